"""What happens when the model ends a turn of a refactor: edits in its text are applied, the staged files
verified; it hears what was refused or failed, and goes on.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lakewright.agent.events import Note, Phase, PhaseChanged
from lakewright.agent.record import RunRecord
from lakewright.core.assembly import Turn
from lakewright.core.messages import AssistantMessage, ToolMessage, UserMessage
from lakewright.core.parts import AssistantPart, Text
from lakewright.core.threads import in_daemon_thread
from lakewright.edits.forms.registry import WHOLE, Answer, read_answer
from lakewright.edits.values import Kind, Refused
from lakewright.staging.stage import MASKED_TURN, Stage
from lakewright.staging.values import StagedFile, Verdict
from lakewright.tasks.base import RunContext
from lakewright.tasks.prompting import fill, sections
from lakewright.tasks.refactor_words import failure_of, fenced, refused_error, unverified_error
from lakewright.tools.registry import EDIT_TOOL_NAMES

if TYPE_CHECKING:
    from lakewright.staging.verify import Verified

MAX_OUTPUT_LINES = 60
"""Lines of a failed command's output that the user is shown; the model gets all that was kept."""


@dataclass(slots=True)
class Answers:
    """The follow-up and the check of one run's loop. `command` must succeed on the changed files."""

    stage: Stage
    record: RunRecord
    context: RunContext
    command: str | None
    _failed: tuple[StagedFile, ...] | None = field(default=None, init=False)
    """The files on which the command has failed."""
    _calls: int = field(default=0, init=False)
    """How many calls have been looked at."""
    _failure: "Verified | None" = field(default=None, init=False)
    _along: list[tuple[str, bool]] = field(default_factory=list, init=False)
    """What was said along with calls and not yet read, and whether a gateway rewrote it."""

    def check(self) -> None:
        """Raises EditError once a path was refused too often."""
        match self.record.messages[-2:]:
            case [AssistantMessage(parts=parts), ToolMessage()]:
                self._along.append((_text(parts), self.record.turn_masked))
        calls, self._calls = self.record.calls[self._calls :], len(self.record.calls)
        for call in calls:
            if call.name in EDIT_TOOL_NAMES and call.unserved:  # the stage hasn't heard of it
                path = call.arguments.get("path")
                reason = Refused(call.unserved, Kind.FORM)
                self.stage.refuse(path if isinstance(path, str) else None, reason)
        exhausted = self.stage.exhausted
        if exhausted is not None:
            raise refused_error((exhausted,))

    async def follow_up(self, turn: Turn) -> UserMessage | None:
        """What the model is told after a turn that it ended by itself; None when it is done.

        Raises EditError where the command fails a second time.
        """
        verdicts = [*await self._apply_along(), *await self._apply(_text(turn.parts))]
        if any(verdict.refused for verdict in verdicts):
            self.check()
            return _told("refused", verdicts=_rows(verdicts))
        if self.command is None or self.stage.open_refusals or not self.stage.files:
            return None
        return await self._verify(self.command)

    async def _apply(self, text: str) -> list[Verdict]:
        """Whatever edits the text holds. A whole file after edits by call shows what they did."""
        called = any(call.name in EDIT_TOOL_NAMES for call in self.record.calls)
        answer = await _read(text, leave_out=WHOLE if called else ())
        for note in answer.notes:
            self.context.sink(Note(note))
        if answer.changes:
            self.context.sink(PhaseChanged(Phase.TOOLS, "applying the edits of the answer"))
        return await self._staged(answer)

    async def _apply_along(self) -> list[Verdict]:
        """The blocks and diffs of turns that called tools as well. They come before those of this turn."""
        verdicts: list[Verdict] = []
        for text, is_masked in self._along:
            answer = await _read(text, leave_out=WHOLE)
            if is_masked:
                verdicts += [self.stage.refuse(change.path, MASKED_TURN) for change in answer.changes]
            else:
                verdicts += await self._staged(answer)
        self._along.clear()
        return verdicts

    async def _staged(self, answer: Answer) -> list[Verdict]:
        verdicts = [await self.stage.apply(change) for change in answer.changes]
        return verdicts + [self.stage.refuse(form.path, form.refused) for form in answer.refused]

    async def _verify(self, command: str) -> UserMessage | None:
        from lakewright.staging.verify import verify  # noqa: PLC0415 - only where there is a command

        files = self.stage.files
        if self._failure is not None and files == self._failed:
            raise unverified_error(command, self._failure)
        self.context.sink(PhaseChanged(Phase.VERIFYING, command))
        verified = await verify(command, files, self.context.workspace)
        if verified.ok:
            return None
        self._show(command, verified)
        if self._failure is not None:
            raise unverified_error(command, verified)
        self._failed, self._failure = files, verified
        return _told(
            "unverified",
            failure=failure_of(verified),
            command=fenced(command),
            output=fenced(verified.output) if verified.output.strip() else "(it said nothing)",
        )

    def _show(self, command: str, verified: "Verified") -> None:
        lines = verified.output.rstrip().splitlines()[-MAX_OUTPUT_LINES:]
        for line in [f"`{command}` {failure_of(verified)}:", *(f"  {line}" for line in lines)]:
            self.context.sink(Note(line))


async def _read(text: str, *, leave_out: Collection[str]) -> Answer:
    """Beside the event loop: a long answer takes tenths of a second."""
    return await in_daemon_thread(read_answer, text, leave_out=leave_out)


def _text(parts: Sequence[AssistantPart]) -> str:
    return "".join(part.text for part in parts if isinstance(part, Text))


def _told(section: str, **values: str) -> UserMessage:
    return UserMessage((Text(fill(sections("refactor")[section], **values)),))


def _rows(verdicts: Sequence[Verdict]) -> str:
    return "\n".join(f"- {verdict.message}" for verdict in verdicts)
