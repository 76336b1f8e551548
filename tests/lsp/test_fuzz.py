"""Schedules by seed: all that can happen between a client, the server, a host and a clock, in every order.

`--schedules 20000` plays more of them; `--seed N` plays one alone and prints all that was said in it.
"""

import gc
from pathlib import Path

import pytest

from support_lsp_fuzz_play import script_of_said, table

_PARTS = 8
_FEW = 400
"""Schedules between two collections of garbage, which tells of what was lost on the way."""


@pytest.mark.timeout(1200)
@pytest.mark.parametrize("part", range(_PARTS))
def test_every_schedule_ends_well(
    part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """No edit, document or message of a cancelled run; every request answered once; progress in pairs; what
    is streamed is what is answered; documents in step; no task, no socket left; nothing on the loop raised.
    """
    seed = request.config.getoption("seed")
    seeds = range(part, request.config.getoption("schedules"), _PARTS) if seed is None else [seed]
    if seed is not None and part:
        pytest.skip("one seed is one schedule")
    played = table(tmp_path, monkeypatch)
    for number, one in enumerate(seeds, 1):
        broken = played.play(one)
        if seed is not None:
            print(script_of_said(played))  # noqa: T201 - what the option is for
        if broken:
            pytest.fail(f"pytest {__file__} -n0 -s --seed {one}\n" + "\n".join(broken))
        if number % _FEW == 0:
            gc.collect()


def test_a_seed_is_a_schedule(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Played twice, the same seed makes the same messages in the same order, names of chance aside."""
    played = table(tmp_path, monkeypatch)
    scripts = []
    for _ in range(2):
        assert played.play(7) == []
        scripts.append(script_of_said(played, briefly=True))
    assert scripts[0] == scripts[1]
