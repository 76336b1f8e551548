"""How a client comes to ask for suggestions: registered while they are switched on where it can, else said
once in the capabilities.
"""

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.feature_manager import FeatureManager

from lakewright.errors import LakewrightError
from lakewright.lsp.client import Client, ClientError
from lakewright.lsp.inline_completion import ACCEPTED
from lakewright.lsp.settings import tree_of
from lakewright.lsp.settings_changes import first_loaded

if TYPE_CHECKING:
    from lakewright.lsp.session import Session

INLINE, ITEMS = types.TEXT_DOCUMENT_INLINE_COMPLETION, types.TEXT_DOCUMENT_COMPLETION
_CAPABILITIES = {INLINE: "textDocument.inlineCompletion", ITEMS: "textDocument.completion"}


def announce(client: Client, options: Mapping[str, Any], features: FeatureManager) -> None:
    """What the answer to `initialize` says of it.

    A client that shows inline completions must know the command that they carry. Items are announced to a
    client that can't register them only if its `initializationOptions` ask for them: some editors prefer an
    announced source, be it empty, to their own.
    """
    told = features.feature_options
    told[INLINE] = told[ITEMS] = None
    method = _method(client)
    if method == INLINE:
        features.command(ACCEPTED["command"])(lambda: None)
    if not _is_dynamic(client, method):
        if method == INLINE:
            told[INLINE] = types.InlineCompletionOptions()
        elif _given(options, "asCompletionItems") is True:
            told[ITEMS] = types.CompletionOptions()


def begin(session: "Session") -> None:
    """The client is ready. Settings are read for it only where it makes a difference now."""
    session.settings.on_change.append(partial(_changed, session))
    method = _method(session.client)
    if method == ITEMS:
        wanted = _is_dynamic(session.client, ITEMS) or _given(session.options, "asCompletionItems") is True
        if wanted:
            follow(session)
    elif _is_dynamic(session.client, INLINE) and _given(session.options, "enabled") is not False:
        session.background.start(_register(session, {INLINE}))


def follow(session: "Session") -> None:
    """Read the settings, and register or take back what they say."""
    session.background.start(_follow(session))


async def _follow(session: "Session") -> None:
    try:
        complete = (await first_loaded(session)).settings.complete
    except LakewrightError:
        return
    method = _method(session.client)
    session.completions.as_items = complete.enabled and complete.as_completion_items
    wanted = complete.enabled if method == INLINE else session.completions.as_items
    if _is_dynamic(session.client, method):
        await _register(session, {method} if wanted else set())


def _changed(session: "Session") -> None:
    knew = session.completions.as_items is not None
    session.completions.settings_changed()
    if knew or _is_dynamic(session.client, _method(session.client)):
        follow(session)


async def _register(session: "Session", wanted: set[str]) -> None:
    """Bring the client to these methods."""
    registered = session.completions.registered
    new, old = wanted - registered, registered - wanted
    registered ^= new | old
    try:
        if new:
            for_all = {"documentSelector": None}
            entries = [{"id": _id(one), "method": one, "registerOptions": for_all} for one in new]
            await session.client.request(types.CLIENT_REGISTER_CAPABILITY, {"registrations": entries})
        if old:
            gone = [{"id": _id(one), "method": one} for one in old]
            await session.client.request(types.CLIENT_UNREGISTER_CAPABILITY, {"unregisterations": gone})
    except ClientError as error:
        session.client.log(types.MessageType.Warning, f"Completions could not be registered: {error}")


def _method(client: Client) -> str:
    return INLINE if client.can(_CAPABILITIES[INLINE]) is not None else ITEMS


def _is_dynamic(client: Client, method: str) -> bool:
    return bool(client.can(f"{_CAPABILITIES[method]}.dynamicRegistration"))


def _id(method: str) -> str:
    return "lakewright-" + method.rpartition("/")[2]


def _given(options: Mapping[str, Any], key: str) -> Any:
    """A key of `complete` as `initializationOptions` have it."""
    complete = tree_of(options).get("complete")
    return complete.get(key) if isinstance(complete, Mapping) else None
