"""A run that failed, in the editor: one message with its hint, and a button where one helps."""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from lsprotocol import types

from lakewright.errors import LakewrightError
from lakewright.lsp.client import ClientError
from lakewright.lsp.editor_words import in_editor, joined
from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.session import Session

AGAIN = "Try again"

_LONGEST = 2_000
"""Characters of a message."""

_PATIENCE = 600.0
"""Seconds in which a button is waited for."""

_SEVERITIES: Mapping[str, types.MessageType] = MappingProxyType(
    {
        "input": types.MessageType.Warning,
        "rate_limit": types.MessageType.Warning,
        "model": types.MessageType.Warning,
        "edit": types.MessageType.Warning,
    }
)
"""By the error's kind; every other is an error."""

_WORTH_ANOTHER_TRY = frozenset({"config", "auth", "rate_limit", "endpoint", "network", "edit"})
"""Kinds whose cause may be gone the next time, by itself or once its hint was followed."""


def show(
    session: Session,
    error: LakewrightError,
    *,
    again: Callable[[], None] | None = None,
    clock: Callable[[], float] = time.time,
) -> None:
    """Tell the user, without waiting for what they say to it; `again` starts the same run anew. What the
    user ended isn't told.
    """
    if error.kind == "cancelled":
        return
    severity = _SEVERITIES.get(error.kind, types.MessageType.Error)
    message = message_of(error, clock())
    can_ask = session.client.can("window.showMessage") is not None
    if again is not None and can_ask and error.kind in _WORTH_ANOTHER_TRY:
        session.background.start(_ask(session, severity, message, again))
    else:
        session.client.show(severity, message)


def message_of(error: LakewrightError, now: float) -> str:
    """What went wrong and what to do, on one line; with a limit, until when."""
    words = [in_editor(error.message)]
    if error.kind == "rate_limit" and error.retry_after:
        until = time.strftime("%H:%M:%S", time.localtime(now + error.retry_after))
        words.append(f"The next try makes sense at {until}.")
    words.append(in_editor(error.hint or ""))
    return shortened(one_line(joined(*words)), _LONGEST)


def show_notes(session: Session, notes: Sequence[str]) -> None:
    """What a person should read beside what a run brought, in one message; the same words once a session."""
    new = [note for note in dict.fromkeys(map(one_line, notes)) if note and note not in session.said]
    session.said.update(new)
    if new:
        session.client.show(types.MessageType.Warning, shortened(" ".join(new), _LONGEST))


async def _ask(
    session: Session, severity: types.MessageType, message: str, again: Callable[[], None]
) -> None:
    params = types.ShowMessageRequestParams(severity, message, [types.MessageActionItem(AGAIN)])
    try:
        async with asyncio.timeout(_PATIENCE):
            pressed = await session.client.request(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
    except (ClientError, TimeoutError):
        return
    if getattr(pressed, "title", None) == AGAIN:
        again()
