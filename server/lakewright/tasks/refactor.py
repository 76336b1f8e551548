"""`refactor`: change a file, or some of its lines, as told; other files where that needs it.

Nothing is written here: the outcome holds what was staged, for the front door that writes.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from lakewright.agent.events import Note, Phase, PhaseChanged
from lakewright.agent.loop import Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.events import FinishReason
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError, ModelError
from lakewright.staging.diffs import diff_of
from lakewright.staging.stage import Stage
from lakewright.staging.values import StagedFile
from lakewright.tasks.base import RunContext, RunRequest
from lakewright.tasks.code_context import with_text
from lakewright.tasks.code_prompt import REFACTOR, Draft, Prompt, draft_of
from lakewright.tasks.conversation import Conversation, earlier, keep
from lakewright.tasks.earlier_edits import hashes_of
from lakewright.tasks.outcome import EditShown, Outcome
from lakewright.tasks.prompting import system_prompt
from lakewright.tasks.refactor_answers import Answers
from lakewright.tasks.refactor_words import refused_error
from lakewright.tasks.reporting import MASKED, fill_outcome
from lakewright.tools.base import Tool
from lakewright.tools.registry import READ_TOOLS, edit_tools


class Refactor:
    """Reads through the tools, and changes a staged view of the workspace."""

    command = REFACTOR.command

    async def run(self, request: RunRequest, context: RunContext, outcome: Outcome) -> None:
        """Carry out the instruction and fill the outcome as it goes; `edits` and `staged` hold what was
        accepted, also where the run fails. What can't be read fails before anything is sent.
        """
        if not (request.instruction or "").strip():
            raise InputError(
                "There is nothing to do: the instruction is empty.",
                hint='Say what to change: lakewright refactor src/orders.py -i "Rename net to amount"',
            )
        if request.target is not None:
            context = replace(context, workspace=with_text(context.workspace, request.target))
        if request.verify is not None:
            from lakewright.staging.verify import check_verify  # noqa: PLC0415 - only where there is a command

            check_verify(request.verify, context.workspace)
        before = await earlier(request, context)
        draft = await draft_of(REFACTOR, request, before.target, context.workspace)
        outcome.target = draft.shown
        context.sink(PhaseChanged(Phase.CONNECTING))
        finding = asyncio.ensure_future(draft.with_uses(context.workspace))
        try:
            async with context.connect() as model:
                outcome.endpoint = model.endpoint
                if not finding.done():
                    context.sink(PhaseChanged(Phase.TOOLS, "looking for who uses it"))
                prompt = await (await finding).prompt(model.context_window)
                await _ask(model, prompt, before, request=request, context=context, outcome=outcome)
        finally:
            await _ended(finding)


async def _ended(task: "asyncio.Future[Draft]") -> None:
    """Nobody waits for it any more: whatever it brings is dropped."""
    task.cancel()
    await asyncio.wait((task,))
    if not task.cancelled():
        task.exception()  # else it would be reported as never retrieved


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
    stage = Stage(
        context.workspace,
        target=outcome.target.path if outcome.target else None,
        masked=lambda: record.turn_masked,
        turn=lambda: record.turns,
    )
    tools: tuple[Tool, ...] = (*READ_TOOLS, *edit_tools(stage))
    asked = ModelRequest(
        system=system_prompt(REFACTOR.command, request.system),
        messages=before.with_prompt(prompt),
        tools=tuple(tool.spec for tool in tools),
        thinking=request.thinking,
        max_tokens=request.max_tokens,
    )
    answers = Answers(stage, record, context, request.verify)
    loop = Loop(
        model,
        Toolbox(tools, stage.view),
        context.limits,
        context.sink,
        context.clock,
        follow_up=answers.follow_up,
        check=answers.check,
        may_end_silently=True,
    )
    try:
        await loop.run(asked, record)
    finally:
        fill_outcome(outcome, record)
        outcome.staged = stage.files
        outcome.edits = await in_daemon_thread(edits_shown, stage.files)
        staged = await in_daemon_thread(hashes_of, stage.files, stage.view, context.workspace)
        await keep(
            outcome, context=context, before=before, prompt=prompt, messages=record.messages, staged=staged
        )
    _check_end(record, stage, context)


def edits_shown(files: Sequence[StagedFile]) -> list[EditShown]:
    """Staged files as the result shows them."""
    return [EditShown(file.path, diff_of(file)) for file in files]


def _check_end(record: RunRecord, stage: Stage, context: RunContext) -> None:
    """Whether what was staged may be used."""
    if record.masked:
        context.sink(Note(MASKED))
    if record.finish is FinishReason.LENGTH:
        raise ModelError(
            "The model ran out of tokens before it was done: none of its edits is used.",
            hint="Raise --max-tokens, lower --thinking, or ask for less at a time.",
        )
    if stage.open_refusals:
        raise refused_error(stage.open_refusals)
    if not record.answer.text.strip() and not stage.attempted:
        raise ModelError(
            "The model ended its turn with neither an edit nor an answer.", hint="Run the command again."
        )
