"""Going on from earlier runs: what they said comes back, what they read is made anew."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from lakewright.agent.history import StoredRun
from lakewright.agent.stored import Replay, restore, store, text_hash
from lakewright.core.messages import AssistantMessage, Message, UserMessage
from lakewright.core.parts import Text
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError, LakewrightError, ToolFailedError
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace.files import Workspace

Rebuild = Callable[[Mapping[str, object]], Awaitable[str]]
"""Make the prompt of an earlier run anew from how it was made. May raise LakewrightError."""

StandIn = Callable[[Mapping[str, object]], str]
"""What stands for a prompt whose text changed since."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Earlier runs, oldest first, and their messages as a model can be shown them."""

    runs: tuple[StoredRun, ...]
    messages: tuple[Message, ...]

    @property
    def target(self) -> Target | None:
        """The target of the newest run."""
        return target_from_json(self.runs[-1].prompt.get("target")) if self.runs else None


async def earlier(
    request: RunRequest, context: RunContext, *, rebuild: Rebuild, stand_in: StandIn
) -> Conversation:
    """The conversation that `request` goes on from; empty for a new one.

    Raises InputError where there is none of that id, or where it can't be read.
    """
    if request.conversation is None:
        return Conversation((), ())
    root = str(context.workspace.root.path)
    runs = await in_daemon_thread(context.history.find, request.conversation, root)
    messages: list[Message] = []
    for run in runs:
        try:
            prompt = await _prompt(run, rebuild, stand_in)
            restored = await restore(run.messages, _replay(context.workspace))
        except (ValueError, KeyError, TypeError, AttributeError):
            raise InputError(
                f"The run {run.run} was kept by another version and can't be read.",
                hint="Leave out --continue to begin a new conversation.",
            ) from None
        messages += [UserMessage((Text(prompt),)), *restored]
    return Conversation(runs, tuple(messages))


def stored_run(
    *,
    run: str,
    command: str,
    context: RunContext,
    endpoint: str,
    before: Conversation,
    prompt: Mapping[str, object],
    prompt_text: str,
    messages: list[Message],
) -> StoredRun | None:
    """What to keep of a run; None where the model said nothing that one could go on from."""
    if not any(isinstance(message, AssistantMessage) for message in messages):
        return None
    return StoredRun(
        run=run,
        conversation=before.runs[-1].conversation if before.runs else run,
        parent=before.runs[-1].run if before.runs else None,
        command=command,
        root=str(context.workspace.root.path),
        endpoint=endpoint,
        prompt=prompt,
        prompt_hash=text_hash(prompt_text),
        messages=store(messages),
    )


def target_to_json(target: Target) -> dict[str, object]:
    """How a run's target is kept: without its text."""
    return {
        "path": target.path,
        "startLine": target.start_line,
        "endLine": target.end_line,
        "stdin": target.text is not None,
    }


def target_from_json(stored: object) -> Target | None:
    """The target again; its text, if it came from standard input, is gone."""
    if not isinstance(stored, Mapping):
        return None
    start, end = stored.get("startLine"), stored.get("endLine")
    return Target(
        str(stored["path"]),
        start if isinstance(start, int) else None,
        end if isinstance(end, int) else None,
    )


async def _prompt(run: StoredRun, rebuild: Rebuild, stand_in: StandIn) -> str:
    try:
        text = await rebuild(run.prompt)
    except LakewrightError:
        return stand_in(run.prompt)
    return text if text_hash(text) == run.prompt_hash else stand_in(run.prompt)


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
