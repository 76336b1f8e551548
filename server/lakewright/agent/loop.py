"""The loop of a run: stream a turn, collect its calls, run them, feed back, stop.

It knows a `Model`, tools and a sink, nothing of wires or editors. Cancelling the task that runs it
closes the stream and stops the tools; nothing is left running.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace

from lakewright.agent.events import (
    AnswerText,
    Note,
    Phase,
    PhaseChanged,
    ReasoningText,
    Retried,
    Sink,
    TurnEnded,
    UsageChanged,
)
from lakewright.agent.limits import Limits
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.assembly import Assembly, Turn
from lakewright.core.events import (
    Event,
    Finished,
    FinishReason,
    Noticed,
    PartKind,
    PartStarted,
    ReasoningDelta,
    Retrying,
    TextDelta,
    UsageReported,
)
from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import Text
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.errors import LakewrightError, ModelError

CHARACTERS_PER_TOKEN = 3
"""A careful guess for code; only used to stop before the context window is full."""

WINDOW_SHARE = 0.9
"""How much of the context window a conversation may fill before the model has to answer."""

FollowUp = Callable[[Turn], Awaitable[UserMessage | None]]
"""Asked when a turn ends without tool calls: what the model is told then, or None when it is done."""

_SMALLER = "Ask about less, begin a new conversation, or take a model with a larger window."


@dataclass(frozen=True, slots=True)
class Loop:
    """One run's model, tools, limits and sink. `clock` gives seconds, for the record's timing.

    `check` is called once all calls of a turn are answered, and may raise to end the run. With
    `may_end_silently` a turn that holds nothing is an end like any other. `enough` is asked with each
    piece of text: where it says so, the turn is cut there, as if the model had stopped.
    """

    model: Model
    toolbox: Toolbox
    limits: Limits
    sink: Sink
    clock: Callable[[], float]
    follow_up: FollowUp | None = None
    check: Callable[[], None] | None = None
    may_end_silently: bool = False
    enough: Callable[[str], bool] | None = None

    async def run(self, request: ModelRequest, record: RunRecord) -> None:
        """Go on until the model stops. `request.messages` is the conversation so far.

        `record` is filled as it happens. Raises ModelError when the model refuses or a limit is met,
        and whatever LakewrightError the model's stream raises.
        """
        limit = asyncio.timeout(self.limits.seconds)
        try:
            async with limit:
                await self._turns(request, record)
        except TimeoutError:
            if not limit.expired():
                raise
            message = f"The run took longer than {self.limits.seconds:g} seconds."
            raise _limit_met(record, message, _raise_setting("limits.seconds")) from None

    async def _turns(self, request: ModelRequest, record: RunRecord) -> None:
        for number in range(1, self.limits.turns + 1):
            full = self._nearly_full(record)
            last = full or number == self.limits.turns
            turn = await self._turn(_with(request, record, last=last), record)
            if turn.parts:
                record.messages.append(AssistantMessage(turn.parts, self.model.endpoint))
            question: UserMessage | None = None
            if turn.finish is not FinishReason.TOOL_CALLS:
                _check_end(turn, may_be_silent=self.may_end_silently)
                question = await self._question(turn)
                if question is None:
                    return
            if full:
                raise _limit_met(record, "The conversation fills the model's context window.", _SMALLER)
            if last:
                break
            if _spent(record) >= self.limits.tokens:
                message = f"The run has used {_spent(record):,} tokens."
                raise _limit_met(record, message, _raise_setting("limits.tokens"))
            record.messages.append(question or await self._answers(turn, record))
            if self.check is not None:
                self.check()
        message = f"The model was not done after {number} turns."
        raise _limit_met(record, message, _raise_setting("limits.turns"))

    async def _question(self, turn: Turn) -> UserMessage | None:
        """What the model is told after a turn that it ended by itself."""
        if self.follow_up is None or turn.finish is not FinishReason.STOP:
            return None
        return await self.follow_up(turn)

    async def _answers(self, turn: Turn, record: RunRecord) -> ToolMessage:
        return await self.toolbox.answer(turn.tool_calls, record.calls, self.sink)

    async def _turn(self, request: ModelRequest, record: RunRecord) -> Turn:
        assembly = Assembly()
        before = record.usage
        self.sink(PhaseChanged(Phase.WAITING))
        phases = _Phases(self.sink)
        async with aclosing(_counted(self.model.stream(request), record)) as events:
            async for event in events:
                if record.first_event_at is None and not isinstance(event, Retrying | Noticed):
                    record.first_event_at = self.clock()
                if isinstance(event, Retrying):
                    before += assembly.usage  # what the broken request said it took counts, too
                assembly.add(event)
                phases.see(event)
                self._show(event, record)
                if isinstance(event, UsageReported | Retrying):
                    record.usage = before + assembly.usage
                if self.enough and isinstance(event, TextDelta) and self.enough(event.text):
                    assembly.add(Finished(FinishReason.STOP))
                    break
        turn = assembly.turn()
        record.context_tokens = (turn.usage.input_tokens or 0) + (turn.usage.output_tokens or 0)
        record.answer.end_turn()
        record.reasoning.end_turn()
        record.finish = turn.finish
        record.served_model = turn.served_model or record.served_model
        record.turns += 1
        record.turn_masked = turn.masked
        record.masked = record.masked or turn.masked
        self.sink(TurnEnded())
        self.sink(UsageChanged(record.usage, record.requests))
        return turn

    def _show(self, event: Event, record: RunRecord) -> None:
        match event:
            case TextDelta(text=text):
                self.sink(AnswerText(record.answer.add(text)))
            case ReasoningDelta(text=text):
                self.sink(ReasoningText(record.reasoning.add(text)))
            case Retrying(reason, delay, restart):
                if restart:
                    record.answer.void_turn()
                    record.reasoning.void_turn()
                self.sink(Retried(reason, delay, restart))
            case Noticed(message):
                self.sink(Note(message))
            case _:
                pass

    def _nearly_full(self, record: RunRecord) -> bool:
        match record.messages[-1] if record.messages else None:
            case ToolMessage(results):
                characters = sum(len(result.content) for result in results)
            case UserMessage(parts):
                characters = sum(len(part.text) for part in parts if isinstance(part, Text))
            case _:
                return False
        fresh = characters // CHARACTERS_PER_TOKEN
        return record.context_tokens + fresh > self.model.context_window * WINDOW_SHARE


async def _counted(events: AsyncGenerator[Event, None], record: RunRecord) -> AsyncGenerator[Event, None]:
    """The events; each request is counted when it is sent: a repeat only once its wait is over."""
    record.requests += 1
    waits = False
    async with aclosing(events):
        try:
            async for event in events:
                record.requests += waits
                waits = isinstance(event, Retrying)
                yield event
        except LakewrightError:
            record.requests += waits
            raise


class _Phases:
    """Tells the sink each change from waiting to thinking to writing, once."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._phase = Phase.WAITING

    def see(self, event: Event) -> None:
        match event:
            case ReasoningDelta() | PartStarted(kind=PartKind.REASONING | PartKind.REDACTED_REASONING):
                phase = Phase.THINKING
            case TextDelta() | PartStarted(kind=PartKind.TOOL_CALL):
                phase = Phase.WRITING
            case Retrying():
                phase = Phase.WAITING
            case _:
                return
        if phase is not self._phase:
            self._phase = phase
            self._sink(PhaseChanged(phase))


def _with(request: ModelRequest, record: RunRecord, *, last: bool) -> ModelRequest:
    messages: tuple[Message, ...] = (*request.messages, *record.messages)
    return replace(
        request, messages=messages, tool_choice="none" if last and request.tools else request.tool_choice
    )


def _check_end(turn: Turn, *, may_be_silent: bool) -> None:
    if turn.finish is FinishReason.REFUSED:
        said = " ".join("".join(part.text for part in turn.parts if isinstance(part, Text)).split())
        raise ModelError(
            f"A content filter or policy stopped the answer{': ' + said[:300] if said else '.'}",
            hint="Ask in other words or about less code; your Databricks admin can say which policy it was.",
        )
    if not turn.parts and not may_be_silent and turn.finish is not FinishReason.LENGTH:
        raise ModelError("The model ended its turn with nothing.", hint="Run the command again.")


def _spent(record: RunRecord) -> int:
    return (record.usage.input_tokens or 0) + (record.usage.output_tokens or 0)


def _limit_met(record: RunRecord, message: str, hint: str) -> ModelError:
    """The error of a run that a limit ended; the record says so, too."""
    record.limit_met = True
    return ModelError(message, hint=hint)


def _raise_setting(setting: str) -> str:
    return f"Ask about less, or raise the setting {setting}."
