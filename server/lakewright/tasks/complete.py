"""`complete`: what belongs at a cursor, by one request to a model that chats.

A completion is no conversation: it isn't kept in the history, and nothing can go on from it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import ClassVar

from lakewright.agent.events import AnswerText, Note, Phase, PhaseChanged, RunEvent, Sink
from lakewright.agent.loop import Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.events import FinishReason
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.core.threads import in_daemon_thread
from lakewright.edits.masks import new_mask
from lakewright.errors import InputError, ModelError
from lakewright.tasks.base import RunContext, RunRequest
from lakewright.tasks.code_context import with_text
from lakewright.tasks.completion.filters import filtered, filtered_cut, is_complete, written
from lakewright.tasks.completion.parses import longest_that_parses
from lakewright.tasks.completion.prompt import Place, around, place_of, prompt
from lakewright.tasks.completion.taking import Bounds
from lakewright.tasks.outcome import Outcome, TargetShown
from lakewright.tasks.prompting import system_prompt
from lakewright.tasks.reporting import MASKED, fill_outcome

MAX_TOKENS = 768
"""Of an answer without thinking: more than the lines of a completion take."""

WINDOW_CHARACTERS = 1.5
"""Of the file, for each token of the model's context window: half of it at most."""

Watch = Callable[[Callable[[], str]], None]
"""Is given, once the model is asked, a function that tells what it has begun to write at the cursor."""


@dataclass(frozen=True, slots=True)
class Complete:
    """Fills in at a cursor. Without tools; it thinks only where the request says so."""

    watch: Watch | None = None
    quick: bool = False
    """Without what takes longer than a key: somebody types."""
    command: ClassVar[str] = "complete"

    async def run(self, request: RunRequest, context: RunContext, outcome: Outcome) -> None:
        """Fill `outcome.completion`, "" where nothing belongs at the cursor. `outcome.answer` stays None.

        What can't be read, or isn't a place in the file, fails before anything is sent.
        """
        if request.target is None or request.conversation is not None:
            raise InputError(
                "A completion can't go on from an earlier run.",
                hint="Name the cursor alone: lakewright complete src/orders.py:12:5",
            )
        workspace = context.workspace
        if request.target.language is None:
            workspace = with_text(workspace, request.target)
        place = await place_of(request.target, workspace)
        outcome.target = TargetShown(place.source.path, place.line, place.line)
        known = await around(place, workspace, quick=self.quick)
        context.sink(PhaseChanged(Phase.CONNECTING))
        bounds = Bounds(lines=request.max_lines) if request.max_lines else Bounds()
        async with context.connect() as model:
            outcome.endpoint = model.endpoint
            characters = int(model.context_window * WINDOW_CHARACTERS)
            text = prompt(place, known, lines=bounds.lines, characters=characters)
            record = RunRecord()
            if self.watch is not None:
                self.watch(lambda: written(record.answer.text, place.hole))
            try:
                await _ask(model, text, place, bounds, record, request=request, context=context)
            finally:
                fill_outcome(outcome, record)
                outcome.answer = None
        outcome.completion = await _completion(record, place, bounds, context.sink)


async def _ask(
    model: Model,
    text: str,
    place: Place,
    bounds: Bounds,
    record: RunRecord,
    *,
    request: RunRequest,
    context: RunContext,
) -> None:
    asked = ModelRequest(
        system=system_prompt("complete", request.system),
        messages=(UserMessage((Text(text),)),),
        thinking=request.thinking,
        max_tokens=request.max_tokens or (MAX_TOKENS if request.thinking == "off" else None),
    )

    def enough(delta: str) -> bool:
        return "\n" in delta and is_complete(record.answer.text, place.hole, bounds)

    loop = Loop(
        model,
        Toolbox((), context.workspace),
        replace(context.limits, turns=1),
        _without_answer(context.sink),
        context.clock,
        may_end_silently=True,
        enough=enough,
    )
    await loop.run(asked, record)


def _without_answer(sink: Sink) -> Sink:
    """What the model writes is not yet the completion: nobody is shown it."""

    def show(event: RunEvent) -> None:
        if not isinstance(event, AnswerText):
            sink(event)

    return show


async def _completion(record: RunRecord, place: Place, bounds: Bounds, sink: Sink) -> str:
    """What may go in of the model's answer; of one that was cut, its whole lines.

    Raises ModelError where nothing of a cut one may.
    """
    raw, hole = record.answer.text, place.hole
    if record.masked or new_mask(raw, hole.prefix + hole.suffix):
        sink(Note(MASKED))
        return ""
    cut = record.finish is FinishReason.LENGTH
    filters = filtered_cut if cut else filtered
    wanted = filters(raw, hole, bounds)
    text = wanted and await in_daemon_thread(
        longest_that_parses, raw, hole, bounds, place.name, filters=filters
    )
    if cut and not text:
        raise ModelError(
            "The model ran out of tokens before it wrote a completion.",
            hint="Raise --max-tokens or lower --thinking.",
        )
    if wanted and not text:
        sink(Note("What the model wrote would have broken the file: nothing of it is used."))
    return text
