"""A cancelled run that is at something which must come to its end, and one that isn't."""

import asyncio
import os
import signal

import pytest

from lakewright.cli.running import Busy, run_until_ended
from lakewright.errors import CancelledRunError


async def _stubborn(busy: Busy, *, holds: bool) -> str:
    """Sends itself the signal and takes longer over its end than a cancelled run is given."""
    os.kill(os.getpid(), signal.SIGINT)
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        if not holds:
            await asyncio.Event().wait()
        with busy.held():
            await asyncio.sleep(0.3)
    return "done"


def test_what_is_busy_is_waited_for() -> None:
    """Its result counts, as if nobody had interrupted it."""
    busy = Busy()
    assert run_until_ended(_stubborn(busy, holds=True), busy, grace=0.05) == "done"
    assert not busy.now


def test_what_is_not_busy_is_left_behind() -> None:
    """After its grace, and no later for having had a thing to hold."""
    with pytest.raises(CancelledRunError):
        run_until_ended(_stubborn(Busy(), holds=False), Busy(), grace=0.05)


def test_a_longer_grace_is_given() -> None:
    """To a run that has processes to end and a copy to remove."""
    assert run_until_ended(_stubborn(Busy(), holds=True), grace=30.0) == "done"
