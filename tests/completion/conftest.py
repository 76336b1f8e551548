"""What a completion waits for is waited for, however busy the machine is."""

import pytest

from lakewright.tasks.completion import neighbours, prompt

ENOUGH = 30.0


@pytest.fixture(autouse=True)
def _time_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test depends on the clock: those of the limits themselves set them."""
    monkeypatch.setattr(neighbours, "SECONDS", ENOUGH)
    monkeypatch.setattr(prompt, "OUTLINE_SECONDS", ENOUGH)
