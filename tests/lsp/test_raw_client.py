"""A client of a hundred lines and no library, against a real server process: what the documentation says is
enough to explain, to cancel, to refactor with a look at the edit, and to take it back.
"""

import asyncio
import os
import sys
from pathlib import Path

import pytest

import support_lsp_raw
from lakewright.sandbox.server import SandboxServer
from support_lsp_client import HANG, repository, uses_host
from support_lsp_runs import FILES

_PACE = 0.5
"""Of a model's speed: so that there is a middle in which to cancel."""


async def _sitting(root: Path, *faults: str) -> str:
    """What the client printed; it must end well."""
    async with SandboxServer(faults, pace=_PACE) as host:
        argv = (
            sys.executable,
            str(support_lsp_raw.__file__),
            str(root / "orders.py"),
            "Rename net to amount",
        )
        process = await asyncio.create_subprocess_exec(
            *argv,
            env={**os.environ, **uses_host(host)},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(HANG):
            printed, errors = await process.communicate()
    assert (process.returncode, errors.decode()) == (0, "")
    return printed.decode()


@pytest.mark.parametrize("faults", [(), ("cut",)])
async def test_a_sitting(faults: tuple[str, ...], tmp_path: Path) -> None:
    """The same end with a host that is well and with one that fails once."""
    printed = await _sitting(repository(tmp_path / "work", FILES), *faults)
    explained, cancelled, refactored, undone = printed.split("== ")[1:]
    assert "reasoning: " in explained
    assert "\ndone: " in explained
    assert ("\nretry in " in explained) == bool(faults)
    assert cancelled.index("-> $/cancelRequest") < cancelled.index("error -32800, outcome cancelled")
    assert "to confirm: " in refactored
    assert "+ 'amount" in refactored
    assert refactored.endswith("\nchanged\n")
    assert "'state': 'undone'" in undone
    assert undone.endswith("as before\n")
