"""The checks that ask the model: a token, a stream, a thought, a call of a tool. No file is read for them."""

import asyncio
import time
from contextlib import aclosing
from dataclasses import dataclass

from lakewright.cli.doctor_report import Finding
from lakewright.cli.doctor_visit import Visit
from lakewright.core.assembly import Assembly, Turn
from lakewright.core.events import Noticed, ReasoningDelta, TextDelta
from lakewright.core.messages import AssistantMessage, Message, ToolMessage, UserMessage
from lakewright.core.parts import Reasoning, RedactedReasoning, Text, ToolResult
from lakewright.core.request import ModelRequest, Thinking, ToolChoice, ToolSpec
from lakewright.errors import ModelError
from lakewright.wire.profiles import ThinkingForm

_SYSTEM = "This is a test of the connection. Answer briefly."
_TOOL = ToolSpec(
    name="look_up_code",
    description="Look up the code of a name.",
    parameters={
        "type": "object",
        "properties": {"name": {"type": "string", "description": "The name."}},
        "required": ["name"],
    },
)
_CODE = "4711"


async def answer(visit: Visit) -> Finding:
    """Ask for a single token."""
    said = await _asked(visit, _question("Reply with the word OK."), max_tokens=1)
    served = f", served by {said.turn.served_model}" if said.turn.served_model else ""
    return Finding("\n".join((f"a token came{served}", *said.notes)))


async def streaming(visit: Visit) -> Finding:
    """See whether an answer comes in pieces, and not at its end."""
    said = await _asked(visit, _question("Count from 1 to 40, in words."), max_tokens=512)
    detail = f"{said.deltas} pieces in {said.reads} reads, the first after {said.first_ms} ms"
    if said.deltas > 3 and said.reads == 1:
        hint = "All of it came at once: a proxy may hold streams back. Answers come whole, but late."
        return Finding(detail, hint)
    return Finding(detail)


async def thinking(visit: Visit) -> Finding:
    """See whether reasoning comes, in the form that the model takes."""
    assert visit.model is not None
    question = "Which is larger, 17 * 23 or 19 * 21? Think it through, then say the number."
    said = await _asked(visit, _question(question), thinking="low", max_tokens=2048)
    form = visit.model.profile.thinking
    parts = [part for part in said.turn.parts if isinstance(part, Reasoning | RedactedReasoning)]
    if form is ThinkingForm.NONE or "thinking" in visit.model.profile.dropped:
        return Finding("this model takes no request to think", ok=None)
    if not parts:
        return Finding(
            f"{form.value}: asked for, and none came", "Some models leave it out where a question is easy."
        )
    length = sum(len(part.text) for part in parts if isinstance(part, Reasoning))
    shown = f"{length} characters of reasoning" if length else "reasoning whose text the host leaves out"
    return Finding(f"{form.value}: {shown}")


async def tools(visit: Visit) -> Finding:
    """Have the model call a tool, send a result back, and take its answer."""
    assert visit.model is not None
    choice: ToolChoice = "required" if visit.model.profile.forced_tool else "auto"
    messages = _question("Call look_up_code for the name Probe, then say the code it gives.")
    said = await _asked(visit, messages, max_tokens=2048, tool_choice=choice)
    if not said.turn.tool_calls:
        raise ModelError(
            f"The model at {visit.model.endpoint} called no tool when it was asked to.",
            hint="Without tools it sees only what is sent at first: choose another with `--model`.",
        )
    called = AssistantMessage(said.turn.parts, visit.model.endpoint)
    results = tuple(ToolResult(call.id, _CODE) for call in said.turn.tool_calls)
    messages = (*messages, called, ToolMessage(results))
    said = await _asked(visit, messages, max_tokens=2048, tool_choice="none")
    text = "".join(part.text for part in said.turn.parts if isinstance(part, Text))
    if not text.strip():
        raise ModelError(
            f"The model at {visit.model.endpoint} said nothing after its tool had answered.",
            hint="Try again, or choose another with `--model`.",
        )
    return Finding(f"{_TOOL.name} was called, its result taken")


@dataclass(frozen=True, slots=True)
class _Said:
    """A whole turn and how it came: pieces of text and reasoning, and the reads that brought them."""

    turn: Turn
    deltas: int
    reads: int
    first_ms: int
    notes: tuple[str, ...]


def _question(text: str) -> tuple[Message, ...]:
    return (UserMessage((Text(text),)),)


async def _asked(
    visit: Visit,
    messages: tuple[Message, ...],
    *,
    max_tokens: int,
    thinking: Thinking = "off",
    tool_choice: ToolChoice | None = None,
) -> _Said:
    assert visit.model is not None
    request = ModelRequest(
        system=_SYSTEM,
        messages=messages,
        tools=(_TOOL,) if tool_choice else (),
        tool_choice=tool_choice or "auto",
        thinking=thinking,
        max_tokens=max_tokens,
    )
    assembly, notes, rounds, first = Assembly(), [], _Rounds(), 0.0
    deltas, begun = 0, time.perf_counter()
    async with aclosing(visit.model.stream(request)) as events:
        async for event in events:
            first = first or time.perf_counter()
            assembly.add(event)
            if isinstance(event, Noticed):
                notes.append(event.message)
            elif isinstance(event, TextDelta | ReasoningDelta):
                deltas += 1
                rounds.mark()
    first_ms = round((first - begun) * 1000)
    return _Said(assembly.turn(), deltas, len(rounds.seen), first_ms, tuple(notes))


class _Rounds:
    """Counts the rounds of the event loop in which something came: what one read brings comes in one."""

    def __init__(self) -> None:
        self.seen: set[int] = set()
        self._round = 0

    def mark(self) -> None:
        self.seen.add(self._round)
        asyncio.get_running_loop().call_soon(self._next)

    def _next(self) -> None:
        self._round += 1
