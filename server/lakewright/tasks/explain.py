"""`explain`: say what a file or some of its lines do, or answer a question about them."""

from dataclasses import replace

from lakewright.agent.events import Note, Phase, PhaseChanged
from lakewright.agent.loop import Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.events import FinishReason
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.errors import ModelError
from lakewright.tasks.base import RunContext, RunRequest
from lakewright.tasks.code_context import with_text
from lakewright.tasks.code_prompt import EXPLAIN, Prompt, draft_of
from lakewright.tasks.conversation import Conversation, earlier, keep
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.prompting import system_prompt
from lakewright.tasks.reporting import MASKED, fill_outcome
from lakewright.tools.registry import READ_TOOLS


class Explain:
    """Reads through the tools and changes nothing."""

    command = EXPLAIN.command

    async def run(self, request: RunRequest, context: RunContext, outcome: Outcome) -> None:
        """Explain and fill the outcome as it goes. What can't be read fails before anything is sent."""
        if request.target is not None:
            context = replace(context, workspace=with_text(context.workspace, request.target))
        before = await earlier(request, context)
        draft = await draft_of(EXPLAIN, request, before.target, context.workspace)
        outcome.target = draft.shown
        context.sink(PhaseChanged(Phase.CONNECTING))
        async with context.connect() as model:
            outcome.endpoint = model.endpoint
            prompt = await draft.prompt(model.context_window)
            await _ask(model, prompt, before, request=request, context=context, outcome=outcome)


async def _ask(
    model: Model,
    prompt: Prompt,
    before: Conversation,
    *,
    request: RunRequest,
    context: RunContext,
    outcome: Outcome,
) -> None:
    record = RunRecord()
    asked = ModelRequest(
        system=system_prompt(EXPLAIN.command, request.system),
        messages=before.with_prompt(prompt),
        tools=tuple(tool.spec for tool in READ_TOOLS),
        thinking=request.thinking,
        max_tokens=request.max_tokens,
    )
    toolbox = Toolbox(READ_TOOLS, context.workspace)
    loop = Loop(model, toolbox, context.limits, context.sink, context.clock)
    try:
        await loop.run(asked, record)
    finally:
        fill_outcome(outcome, record)
        await keep(
            outcome, context=context, before=before, prompt=prompt, messages=record.messages, staged={}
        )
    _check_answer(record, context)


def _check_answer(record: RunRecord, context: RunContext) -> None:
    out_of_tokens = record.finish is FinishReason.LENGTH
    if record.answer.text.strip():
        if record.masked:
            context.sink(Note(MASKED))
        if out_of_tokens:
            context.sink(Note("The model ran out of tokens: the answer is cut. Raise --max-tokens for more."))
        return
    raise ModelError(
        "The model ran out of tokens before it wrote an answer."
        if out_of_tokens
        else "The model ended its turn without an answer.",
        hint="Raise --max-tokens or lower --thinking." if out_of_tokens else "Run the command again.",
    )
