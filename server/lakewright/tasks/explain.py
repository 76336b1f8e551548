"""`explain`: say what a file or some of its lines do, or answer a question about them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from lakewright.agent.events import Note, Phase, PhaseChanged
from lakewright.agent.history import StoredRun
from lakewright.agent.loop import Loop
from lakewright.agent.record import RunRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.events import FinishReason
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.ports import Model
from lakewright.core.request import ModelRequest
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import ConfigError, InputError, ModelError
from lakewright.tasks.base import RunContext, RunRequest
from lakewright.tasks.code_context import CodeContext, read_target, render, with_text
from lakewright.tasks.conversation import (
    Conversation,
    earlier,
    stored_run,
    target_from_json,
    target_to_json,
)
from lakewright.tasks.outcome import Outcome, TargetShown
from lakewright.tasks.prompting import fill, sections, system_prompt
from lakewright.tasks.reporting import fill_outcome
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace.files import Workspace

MAX_PROMPT_CHARACTERS = 240_000
"""About 80,000 tokens of code at the most, which every context window of the table holds."""

MASKED = (
    "A guardrail of your company rewrote parts of what was sent or answered (such as <EMAIL_ADDRESS>):"
    " this is not all that the model wrote. Your Databricks admin can say which rule it was."
)

FOLLOW_UP = "Go on: what else matters here?"


@dataclass(frozen=True, slots=True)
class _Prompt:
    """A prompt and how it was made: `made_from` is kept in the history in place of its text."""

    text: str
    made_from: Mapping[str, object]


class Explain:
    """Reads through the tools and changes nothing."""

    command = "explain"

    async def run(self, request: RunRequest, context: RunContext, outcome: Outcome) -> None:
        """Explain and fill the outcome as it goes. What can't be read fails before anything is sent."""
        if request.target is not None:
            context = replace(context, workspace=with_text(context.workspace, request.target))

        async def rebuild(made_from: Mapping[str, object]) -> str:
            return await _rebuild(made_from, context.workspace)

        before = await earlier(request, context, rebuild=rebuild, stand_in=_stand_in)
        prompt = await _prompt(request, before, context.workspace)
        _show_target(outcome, prompt)
        context.sink(PhaseChanged(Phase.CONNECTING))
        async with context.connect() as model:
            outcome.endpoint = model.endpoint
            await self._ask(model, prompt, before, request=request, context=context, outcome=outcome)

    async def _ask(
        self,
        model: Model,
        prompt: _Prompt,
        before: Conversation,
        *,
        request: RunRequest,
        context: RunContext,
        outcome: Outcome,
    ) -> None:
        record = RunRecord()
        asked = ModelRequest(
            system=system_prompt(self.command, request.system),
            messages=(*before.messages, UserMessage((Text(prompt.text),))),
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
            run = stored_run(
                run=outcome.run,
                command=self.command,
                context=context,
                endpoint=model.endpoint,
                before=before,
                prompt=prompt.made_from,
                prompt_text=prompt.text,
                messages=record.messages,
            )
            if run is not None:
                _keep(run, context)
        _check_answer(record, context)


async def _prompt(request: RunRequest, before: Conversation, workspace: Workspace) -> _Prompt:
    target = request.target or before.target
    if target is None:
        raise InputError("There is nothing to explain.", hint="Name a file: lakewright explain src/orders.py")
    made_from: dict[str, object] = {"target": target_to_json(target), "instruction": request.instruction}
    if before.runs and request.target is None:
        question = request.instruction or FOLLOW_UP
        return _Prompt(question, {**made_from, "instruction": question, "again": True})
    code = await read_target(target, workspace)
    cut = replace(target, start_line=code.start, end_line=code.end)
    made_from["target"] = target_to_json(cut)
    text = await in_daemon_thread(_with_code, code, request.instruction)
    return _Prompt(text, {**made_from, "again": False})


def _with_code(code: CodeContext, question: str | None) -> str:
    templates = sections("explain")
    shown = render(code, budget=MAX_PROMPT_CHARACTERS)
    if question and question.strip():
        return fill(templates["question"], what=code.what, code=shown, question=question.strip())
    return fill(templates["request"], what=code.what, code=shown)


async def _rebuild(made_from: Mapping[str, object], workspace: Workspace) -> str:
    instruction = made_from["instruction"]
    question = instruction if isinstance(instruction, str) else None
    if made_from["again"]:
        return question or FOLLOW_UP
    target = target_from_json(made_from["target"])
    if target is None:
        raise ValueError("a kept run without a target")
    return _with_code(await read_target(target, workspace), question)


def _stand_in(made_from: Mapping[str, object]) -> str:
    target = target_from_json(made_from["target"])
    instruction = made_from["instruction"]
    return fill(
        sections("explain")["changed"],
        what=f"`{target.path}`" if target else "a file",
        question=str(instruction or "Explain it."),
    )


def _show_target(outcome: Outcome, prompt: _Prompt) -> None:
    target = target_from_json(prompt.made_from["target"])
    if target is not None:
        outcome.target = TargetShown(target.path, target.start_line, target.end_line)


def _keep(run: StoredRun, context: RunContext) -> None:
    """A run that can't be kept has ended as it ended all the same."""
    try:
        context.history.keep(run)
    except ConfigError as error:
        context.sink(Note(f"{error.message} Nothing can go on from it. {error.hint or ''}".rstrip()))


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
