"""The model's own words beside a refactor: without the edits that an answer in text is made of.

Those are shown as what became of them, the diff. Words are passed on as they come, as long as no edit
can have begun; what comes from there on waits for the turn's end, when the forms can be told.
"""

import re
from collections.abc import Sequence

from lakewright.agent.events import AnswerText, Retried, RunEvent, TurnEnded
from lakewright.cli.output import Output
from lakewright.tasks.outcome import Outcome

_FORM = re.compile(r"`{3}|~{3}|<{4}|\{|^[ \t]*(?:diff |Index: |--- |\+{3} |\*{3} |@@ )", re.MULTILINE)
"""What some form begins with, or holds near its beginning: a fence, a marker, an object, a diff's head."""

_LONGEST = 12
"""Characters of a line after which nothing that begins a line may follow."""


class ProseAlone:
    """An output that hears the prose of the answer alone."""

    def __init__(self, output: Output) -> None:
        self._output = output
        self._turn = _Turn()

    def show(self, event: RunEvent) -> None:
        match event:
            case AnswerText(text):
                self._pass_on(self._turn.add(text))
                return
            case TurnEnded():
                self._end()
            case Retried(restart=True):
                self._turn = _Turn()
        self._output.show(event)

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        """Of a turn that never ended, too, the edits aren't shown."""
        self._end()
        self._output.finish(outcome, closing)

    async def tick_forever(self) -> None:
        """Let a terminal show how long it waits."""
        tick_forever = getattr(self._output, "tick_forever", None)
        if tick_forever is not None:
            await tick_forever()

    def _end(self) -> None:
        turn, self._turn = self._turn, _Turn()
        self._pass_on(turn.rest())

    def _pass_on(self, text: str) -> None:
        if text:
            self._output.show(AnswerText(text))


class _Turn:
    """What a turn says, and how much of it was passed on. Each line is looked at once it is there."""

    def __init__(self) -> None:
        self._said: list[str] = []
        self._passed = 0
        self._line = ""
        """The line at hand; `_sure` characters of it were passed on."""
        self._sure = 0
        self._waits = False

    def add(self, text: str) -> str:
        """Take a piece; what of it and of those before is prose, whatever follows."""
        self._said.append(text)
        if self._waits:
            return ""
        self._line += text
        form = _FORM.search(self._line)
        self._waits = form is not None
        begin = self._line.rfind("\n", 0, form.start() if form else None) + 1
        sure = begin
        if form is None and len(self._line) - begin > _LONGEST:
            sure = len(self._line.rstrip("`~<"))
        new = self._line[self._sure : sure]
        self._passed += len(new)
        self._line, self._sure = self._line[begin:], max(self._sure, sure) - begin
        return new

    def rest(self) -> str:
        """At the turn's end: the prose that wasn't passed on yet."""
        text = "".join(self._said)
        if not self._waits:
            return text[self._passed :]
        from lakewright.edits.forms.registry import read_answer  # noqa: PLC0415 - few answers hold a form

        blank = text[: len(text) - len(text.lstrip())]
        prose, passed = blank + read_answer(text).prose, text[: self._passed]
        if prose.startswith(passed):
            return prose[len(passed) :]
        lines, known = prose.split("\n"), passed.rstrip().split("\n")
        same = 0
        while same < min(len(lines), len(known)) and lines[same] == known[same]:
            same += 1
        rest = "\n".join(lines[same:]).strip("\n")  # a line that names the file of a form was no prose
        return f"\n\n{rest}" if rest else ""
