"""Going on from earlier runs: what they said comes back, what they read is made anew."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lakewright.agent.events import Note, Phase, PhaseChanged
from lakewright.agent.history import StoredRun
from lakewright.agent.stored import Replay, restore, store, text_hash
from lakewright.core.messages import AssistantMessage, Message, UserMessage
from lakewright.core.parts import Text
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import ConfigError, InputError, LakewrightError, ToolFailedError
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.code_prompt import Prompt, rebuilt, stand_in, target_from_json
from lakewright.tasks.earlier_edits import edits_now
from lakewright.tasks.outcome import Outcome
from lakewright.tools.registry import EDIT_TOOL_NAMES, READ_TOOLS
from lakewright.workspace.files import Workspace

SECONDS = 20.0
"""The longest that making earlier runs anew may take; what isn't there by then "changed since"."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Earlier runs, oldest first, and their messages as a model can be shown them. `edits_now` says what
    has become of the files that they wanted to change.
    """

    runs: tuple[StoredRun, ...]
    messages: tuple[Message, ...]
    edits_now: str = ""

    @property
    def target(self) -> Target | None:
        """The target of the newest run."""
        return target_from_json(self.runs[-1].prompt.get("target")) if self.runs else None

    def with_prompt(self, prompt: Prompt) -> tuple[Message, ...]:
        """All that the model is shown when it is asked next."""
        texts = [text for text in (prompt.text, self.edits_now) if text]
        return (*self.messages, UserMessage(tuple(map(Text, texts))))


async def earlier(request: RunRequest, context: RunContext) -> Conversation:
    """The conversation that `request` goes on from, whichever commands it is made of; empty for a new one.

    Raises InputError where there is none of that id, or where it can't be read.
    """
    if request.conversation is None:
        return Conversation((), ())
    workspace = context.workspace
    runs = await in_daemon_thread(context.history.find, request.conversation, str(workspace.root.path))
    context.sink(PhaseChanged(Phase.TOOLS, "reading again what the conversation is about"))
    messages: list[Message] = []
    clock = asyncio.get_running_loop().time
    ends = clock() + SECONDS
    for run in runs:
        try:
            prompt = await _prompt(run, workspace, ends - clock())
            restored = await restore(run.messages, _replay(workspace), seconds=ends - clock())
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"The run {run.run} was kept by another version and can't be read.",
                hint="Leave out --continue to begin a new conversation.",
            ) from None
        messages += [UserMessage((Text(prompt),)), *restored]
    return Conversation(runs, tuple(messages), await in_daemon_thread(edits_now, runs, workspace))


async def keep(
    outcome: Outcome,
    *,
    context: RunContext,
    before: Conversation,
    prompt: Prompt,
    messages: Sequence[Message],
    staged: Mapping[str, Sequence[str | None]],
) -> None:
    """Keep a run, so that a later one can go on from it; nothing where the model said nothing. A run that
    can't be kept has ended as it ended all the same.
    """
    if not any(isinstance(message, AssistantMessage) for message in messages):
        return
    kept = StoredRun(
        run=outcome.run,
        conversation=before.runs[-1].conversation if before.runs else outcome.run,
        parent=before.runs[-1].run if before.runs else None,
        command=outcome.command,
        root=str(context.workspace.root.path),
        endpoint=outcome.endpoint or "",
        prompt=prompt.made_from,
        prompt_hash=text_hash(prompt.text),
        messages=store(messages, own_words=EDIT_TOOL_NAMES),
        staged=staged,
    )
    try:
        await in_daemon_thread(context.history.keep, kept)
    except ConfigError as error:
        context.sink(Note(f"{error.message} Nothing can go on from it. {error.hint or ''}".rstrip()))


async def _prompt(run: StoredRun, workspace: Workspace, seconds: float) -> str:
    try:
        async with asyncio.timeout(seconds):
            text = await rebuilt(run.command, run.prompt, workspace)
    except (LakewrightError, TimeoutError):
        return stand_in(run.command, run.prompt)
    return text if text_hash(text) == run.prompt_hash else stand_in(run.command, run.prompt)


def _replay(workspace: Workspace) -> Replay:
    async def replay(name: str, arguments: Mapping[str, object]) -> str | None:
        tool = next((tool for tool in READ_TOOLS if tool.spec.name == name), None)
        if tool is None:
            return None
        try:
            return await tool.run(arguments, workspace)
        except (ToolFailedError, LakewrightError):
            return None

    return replay
