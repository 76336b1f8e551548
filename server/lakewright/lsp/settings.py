"""The settings of a session: what the client gives, above all other sources, read again when it changes.

A client gives them in `initialize`, by `workspace/configuration` where it can, else with
`workspace/didChangeConfiguration`. Nothing here waits long for a client that doesn't answer.
"""

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from lsprotocol import types

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp import uris
from lakewright.lsp.client import Client, ClientError

if TYPE_CHECKING:
    from lakewright.settings.origins import Loaded

SECTION = "lakewright"
_PATIENCE = 3.0
"""Seconds that is waited for the client's settings, from the question on; later ones hold from the next run
on.
"""

_OPEN_TO_REPOSITORIES: Mapping[str, str] = MappingProxyType({"Eglot": "eglot-workspace-configuration"})
"""Clients, and where they have settings from that a repository can set without a question: Eglot declares
its variable safe for `.dir-locals.el`. A stranger's could name a host, or a command as `edits.verify`.
"""

Tree = Mapping[str, Any]


class _Question(NamedTuple):
    """What the client was asked for a scope, and until when (seconds of the loop's clock) a run waits."""

    answer: asyncio.Task[Tree]
    until: float


class ClientSettings:
    """One client's settings. `on_change` are called when they, or the files below them, have changed."""

    def __init__(
        self,
        client: Client,
        options: Any,
        *,
        folders: Callable[[], Sequence[str]] = tuple,
        environ: Mapping[str, str] = os.environ,
        patience: float = _PATIENCE,
        name: str | None = None,
    ) -> None:
        """`options` are the client's `initializationOptions`, `folders` gives its folders as URIs; `name` is
        what it calls itself.
        """
        self.on_change: list[Callable[[], None]] = []
        self._client = client
        self._open_to_repositories = _OPEN_TO_REPOSITORIES.get(name or "")
        self._wrong: set[str] = set()
        self._options = self._tree(options, "initializationOptions")
        self._switches = {**(options if isinstance(options, Mapping) else {}), **self._options}
        self._folders = folders
        self._environ = environ
        self._patience = patience
        self._pushed: Tree = {}
        self._pulled: dict[str | None, _Question] = {}
        self._kept: dict[Path | None, tuple[Any, Loaded]] = {}
        self._scopes: dict[Path, str] = {}
        self._said: set[str] = set()

    def wants(self, key: str) -> bool:
        """Whether a switch beside the settings is on in `initializationOptions`."""
        return self._switches.get(key) is True

    async def loaded(self, root: Path | None) -> "Loaded":
        """All sources together; `root` is the workspace root whose file counts and whose settings the
        client is asked for. What is wrong and was left out is said to the user, once.

        Raises ConfigError for what is wrong in the user's own sources.
        """
        pulled = await self._pull(await self._scope(root))
        before = self._kept.get(root)
        trees = (self._options, self._pushed, pulled)
        stamp, loaded = await in_daemon_thread(_load, root, self._environ, trees, before)
        self._kept[root] = (stamp, loaded)
        if before is not None and before[0] != stamp:
            self._tell()
        for warning in (*self._wrong, *loaded.warnings):
            self._warn(warning)
        return loaded

    async def ignored(self, root: Path | None) -> Sequence[str]:
        """The patterns of files that are never read. Raises as `loaded` does."""
        return (await self.loaded(root)).settings.ignore

    def changed(self, params: Any) -> None:
        """`workspace/didChangeConfiguration`, with the parameters as JSON."""
        given = params.get("settings") if isinstance(params, Mapping) else None
        if self._open_to_repositories is not None:
            self._refuse(given)
        elif not self._can_pull:
            self._pushed = self._tree(given, types.WORKSPACE_DID_CHANGE_CONFIGURATION)
        self.close()
        self._tell()

    async def watch(self) -> None:
        """Ask to be told of changes, where the client wants to be asked. After `initialized`."""
        if not self._client.can("workspace.didChangeConfiguration.dynamicRegistration"):
            return
        registration = {
            "id": "lakewright-configuration",
            "method": types.WORKSPACE_DID_CHANGE_CONFIGURATION,
            "registerOptions": {"section": SECTION},
        }
        try:
            await self._client.request(types.CLIENT_REGISTER_CAPABILITY, {"registrations": [registration]})
        except ClientError as error:
            self._client.log(types.MessageType.Info, f"No word of changed settings: {error}")

    def close(self) -> None:
        """Wait for no answer any more."""
        pulled, self._pulled = self._pulled, {}
        for question in pulled.values():
            question.answer.cancel()

    @property
    def _can_pull(self) -> bool:
        return self._open_to_repositories is None and bool(self._client.can("workspace.configuration"))

    def _refuse(self, given: Any) -> None:
        """Say once that settings were given where they don't count."""
        warning = (
            f"Settings of Lakewright in `{self._open_to_repositories}` don't count: a repository may set"
            " it. Give them as `:initializationOptions`, or in your own settings file."
        )
        if isinstance(given, Mapping) and given.get(SECTION):
            self._warn(warning)

    def _warn(self, warning: str) -> None:
        if warning not in self._said:
            self._said.add(warning)
            self._client.show(types.MessageType.Warning, warning)

    def _tree(self, given: Any, origin: str) -> Tree:
        """The settings tree in what came by `origin`. Anything else is said with the next run."""
        # An empty array is an empty object of Lua's.
        if (inner := _inner(given)) and not isinstance(inner, Mapping):
            self._wrong.add(f"Settings in `{origin}` should be an object; they were left out.")
        return tree_of(given)

    def _tell(self) -> None:
        for call in self.on_change:
            call()

    async def _scope(self, root: Path | None) -> str | None:
        """The URI of a root as the client spells it: by another it might not know its folder."""
        if root is None or not self._can_pull:
            return None
        if root not in self._scopes:
            self._scopes[root] = await in_daemon_thread(_spelled, root, tuple(self._folders()))
        return self._scopes[root]

    async def _pull(self, scope: str | None) -> Tree:
        """What the client has for a scope. An answer that takes too long holds from then on."""
        if not self._can_pull:
            return {}
        question = self._pulled.get(scope) or self._question(scope)
        now = asyncio.get_running_loop().time()
        await asyncio.wait((question.answer,), timeout=max(0.0, question.until - now))
        if question.answer.cancelled():  # they changed while they were asked for
            return await self._pull(scope) if self._pulled.get(scope) is not question else {}
        return question.answer.result() if question.answer.done() else {}

    def _question(self, scope: str | None) -> "_Question":
        """One more for the client. It has no more time than the oldest that it has left open: a client that
        never answers is waited for once, not for each of its folders and each step of a run.
        """
        until = asyncio.get_running_loop().time() + self._patience
        until = min([until, *(one.until for one in self._pulled.values() if not one.answer.done())])
        self._pulled[scope] = _Question(asyncio.create_task(self._asked(scope)), until)
        return self._pulled[scope]

    async def _asked(self, scope: str | None) -> Tree:
        item = {"section": SECTION} if scope is None else {"scopeUri": scope, "section": SECTION}
        try:
            answer = await self._client.request(types.WORKSPACE_CONFIGURATION, {"items": [item]})
        except ClientError as error:
            self._client.log(types.MessageType.Info, f"The client has no settings for us: {error}")
            return {}
        given = answer[0] if isinstance(answer, list | tuple) and answer else None
        return self._tree(given, types.WORKSPACE_CONFIGURATION)


def tree_of(given: Any) -> Tree:
    """The settings tree in what a client gave: itself, or under `lakewright`. Anything else is none."""
    inner = _inner(given)
    return inner if isinstance(inner, Mapping) else {}


def _inner(given: Any) -> Any:
    return given[SECTION] if isinstance(given, Mapping) and SECTION in given else given


def _spelled(root: Path, folders: Sequence[str]) -> str:
    for uri in folders:
        path = uris.path_of(uri)
        if path is not None and Path(path).resolve() == root:
            return uri
    return uris.uri_of(str(root))


def _load(
    root: Path | None,
    environ: Mapping[str, str],
    trees: tuple[Tree, ...],
    before: "tuple[Any, Loaded] | None",
) -> "tuple[Any, Loaded]":
    """The settings with the stamp of what they were made of; those of `before` where nothing changed."""
    from lakewright.settings.load import load_settings, stamp_of  # noqa: PLC0415 - not for the start

    stamp = (stamp_of(root, environ), trees)
    if before is not None and before[0] == stamp:
        return before
    return stamp, load_settings({}, root=root, environ=environ, editor=trees)
