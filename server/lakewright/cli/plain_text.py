"""The text format for pipes, files, NO_COLOR and dumb terminals: no colour, no control characters.

Standard output holds the answer, turn by turn, or what came of the run at its end; everything else
goes to standard error as it comes.
"""

from collections.abc import Sequence
from typing import TextIO

from lakewright.agent.events import AnswerText, ReasoningText, Retried, RunEvent, TurnEnded
from lakewright.cli.options import AnswerPlace
from lakewright.cli.result_out import NOT_WRITTEN, refused_text, write_result
from lakewright.cli.sanitize import visible
from lakewright.cli.terminal_stream import TextStream
from lakewright.cli.terminal_words import Narrator, last_line
from lakewright.tasks.outcome import Outcome

UNFINISHED = "— the answer stops here, unfinished —"


class PlainOutput:
    """`out` gets whole turns only: a turn that failed half-way is shown on `err`, marked as such, so
    that no pipe takes half an answer for a whole one.
    """

    def __init__(
        self, out: TextIO, err: TextIO, *, reasoning: bool, verbose: int, answer: AnswerPlace = "out"
    ) -> None:
        self._out = out
        self._answer = plain_answer(out, err, answer)
        self._aside = PlainAside(err, reasoning=reasoning, verbose=verbose)

    def show(self, event: RunEvent) -> None:
        self._aside.show(event)
        self._answer.show(event)

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        write_result(self._out, outcome)
        self._aside.finish(outcome, unfinished=self._answer.unfinished, closing=closing)


def plain_answer(out: TextIO, err: TextIO, place: AnswerPlace) -> "PlainAnswer":
    """The answer in plain text, where it belongs."""
    return PlainAnswer({"out": out, "err": err, "nowhere": None}[place])


class PlainAnswer:
    """The answer alone: each turn when it is complete, apart by a blank line, one newline at the end.
    Without a stream nothing of it is shown.
    """

    def __init__(self, out: TextIO | None) -> None:
        self._out = TextStream(out) if out is not None else None
        self._turn: list[str] = []
        self._wrote = False

    @property
    def unfinished(self) -> str:
        """What the turn at hand has said so far; it isn't written."""
        return visible("".join(self._turn)).strip("\n")

    def show(self, event: RunEvent) -> None:
        if self._out is None:
            return
        match event:
            case AnswerText(text):
                self._turn.append(text)
            case Retried(restart=True):
                self._turn.clear()
            case TurnEnded():
                said = self.unfinished
                self._turn.clear()
                if said.strip():
                    self._out.write(("\n" if self._wrote else "") + said + "\n")
                    self._wrote = True
            case _:
                pass


class PlainAside:
    """All but the answer: reasoning line by line, calls, retries, notes, and what the run took."""

    def __init__(self, err: TextIO, *, reasoning: bool, verbose: int) -> None:
        self._err = TextStream(err)
        self._reasoning = reasoning
        self._verbose = verbose
        self._narrator = Narrator(verbose=verbose)
        self._line: list[str] = []
        """The reasoning since the last newline."""
        self._begins = True
        """Whether the next reasoning is a turn's first: its separator would be blank lines here."""

    def show(self, event: RunEvent) -> None:
        if isinstance(event, ReasoningText):
            if self._reasoning:
                self._think(visible(event.text))
            return
        if isinstance(event, AnswerText | TurnEnded):
            self._end_line()
        line = self._narrator.line(event)
        if line is not None:
            self._end_line()
            self._err.write(line + "\n")
        if isinstance(event, TurnEnded | Retried):
            self._begins = True

    def finish(self, outcome: Outcome, *, unfinished: str = "", closing: Sequence[str] = ()) -> None:
        """Say what the run took; before it, what the turn that never ended had said, what had been
        accepted before a failure, and the closing words.
        """
        self._end_line()
        if unfinished.strip():
            self._err.write(f"{unfinished}\n{UNFINISHED}\n")
        refused = refused_text(outcome)
        if refused:
            self._err.write(f"{refused}{NOT_WRITTEN}\n")
        self._err.write("".join(f"{line}\n" for line in closing))
        line = last_line(outcome, verbose=self._verbose)
        if line is not None:
            self._err.write(line + "\n")

    def _think(self, text: str) -> None:
        if self._begins:
            text = text.lstrip("\n")
            self._begins = not text
        whole, newline, rest = text.rpartition("\n")
        if newline:
            self._err.write("".join(self._line) + whole + newline)
            self._line = []
        if rest:
            self._line.append(rest)

    def _end_line(self) -> None:
        if self._line:
            self._err.write("".join(self._line) + "\n")
            self._line = []
