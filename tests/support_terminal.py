"""Scripted runs, streams that say whether they are terminals, and a small terminal screen."""

import io
from dataclasses import dataclass

from lakewright.core.usage import Usage
from lakewright.errors import LakewrightError
from lakewright.tasks.outcome import Outcome


class FakeStream(io.StringIO):
    """A text stream that is a terminal or isn't; `gone` makes it a closed pipe."""

    def __init__(self, *, tty: bool = False, encoding: str = "utf-8") -> None:
        super().__init__()
        self._tty = tty
        self._encoding = encoding
        self.gone = False

    @property
    def encoding(self) -> str:  # type: ignore[override] # StringIO has none
        return self._encoding

    def isatty(self) -> bool:
        return self._tty

    def write(self, text: str) -> int:
        if self.gone:
            raise BrokenPipeError
        text.encode(self._encoding)
        return super().write(text)


@dataclass
class FakeClock:
    """Seconds that pass only when told to."""

    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def an_outcome(
    *,
    requests: int = 3,
    error: LakewrightError | None = None,
    usage: Usage | None = None,
    served_model: str | None = None,
) -> Outcome:
    """The outcome of a run on a Claude endpoint that took 4.2 s."""
    return Outcome(
        run="20261121-101502-4f9a1c",
        command="explain",
        endpoint="databricks-claude-sonnet-4-5",
        served_model=served_model,
        usage=usage or Usage(input_tokens=12345, cached_input_tokens=8000, output_tokens=678),
        requests=requests,
        total_ms=4200,
        error=error,
    )


LAST_LINE = "databricks-claude-sonnet-4-5 · 3 requests · 12,345 in (8,000 cached) / 678 out · 4.2 s"


def pieces(text: str, size: int) -> list[str]:
    """`text` in deltas of `size` characters."""
    return [text[at : at + size] for at in range(0, len(text), size)]


__all__ = ["LAST_LINE", "FakeClock", "FakeStream", "an_outcome", "pieces"]
