"""One run of a task over real sockets: real tools, loop, dialect, transport and sandbox."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from lakewright.agent.events import RunEvent
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.ports import Model
from lakewright.core.request import Thinking
from lakewright.sandbox.server import SandboxServer
from lakewright.serving import ServingEndpoint
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.complete import Complete
from lakewright.tasks.explain import Explain
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.refactor import Refactor
from lakewright.tasks.running import run_task
from lakewright.transport.http import HttpClient
from lakewright.transport.retry import RetryPolicy
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import find_root


class FixedCredentials:
    """The sandbox's token, whatever is asked for."""

    def __init__(self, server: SandboxServer) -> None:
        self.host = server.host
        self.origin = "the test"
        self._token = server.token

    async def headers(self, *, force_refresh: bool = False) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}

    async def close(self) -> None:
        """Nothing is open."""


async def explain(
    server: SandboxServer,
    root: Path,
    path: str,
    *,
    endpoint: str = "databricks-claude-sonnet-4-5",
    thinking: Thinking = "medium",
    conversation: str | None = None,
    instruction: str | None = None,
    events: list[RunEvent] | None = None,
) -> Outcome:
    """Explain `path` below `root`, a repository, with one endpoint of the sandbox; no retry waits."""
    target = Target(path) if conversation is None else None
    request = RunRequest(target, instruction, thinking, conversation=conversation)
    return await run_task(Explain(), request, _context(server, root, endpoint, events))


async def refactor(
    server: SandboxServer,
    root: Path,
    path: str,
    instruction: str,
    *,
    endpoint: str = "databricks-claude-sonnet-4-5",
    conversation: str | None = None,
    verify: str | None = None,
    events: list[RunEvent] | None = None,
    lines: tuple[int, int] | None = None,
) -> Outcome:
    """Change `path` below `root`, or some lines of it, as told, likewise."""
    target = Target(path, *(lines or ())) if conversation is None else None
    request = RunRequest(target, instruction, "medium", conversation=conversation, verify=verify)
    return await run_task(Refactor(), request, _context(server, root, endpoint, events))


async def complete(
    server: SandboxServer,
    root: Path,
    target: Target,
    *,
    endpoint: str = "databricks-claude-haiku-4-5",
    max_tokens: int | None = None,
    events: list[RunEvent] | None = None,
) -> Outcome:
    """Complete at a cursor below `root`, likewise; without thinking."""
    request = RunRequest(target, thinking="off", max_tokens=max_tokens)
    return await run_task(Complete(), request, _context(server, root, endpoint, events))


def _context(server: SandboxServer, root: Path, endpoint: str, events: list[RunEvent] | None) -> RunContext:
    @asynccontextmanager
    async def connect() -> AsyncGenerator[Model, None]:
        async with HttpClient(environ={}) as client:
            yield ServingEndpoint(endpoint, client, FixedCredentials(server), policy=RetryPolicy(scale=0))

    return RunContext(
        connect=connect,
        workspace=Workspace(find_root(root / "-")),
        history=History(root / ".git" / "state"),
        limits=Limits(),
        sink=(events if events is not None else []).append,
    )
