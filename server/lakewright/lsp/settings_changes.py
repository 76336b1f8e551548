"""What of a session follows its settings: from `initialized` on, and at each change of them."""

from functools import partial
from typing import TYPE_CHECKING, Any

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import LakewrightError
from lakewright.lsp.session import Session

if TYPE_CHECKING:
    from lakewright.settings.model_choice import ModelChoice
    from lakewright.settings.origins import Loaded


def begin(session: Session) -> None:
    """The client is ready: it may be asked, and be told."""
    session.settings.on_change.append(partial(_changed, session))
    session.runs.on_change = partial(_runs_changed, session)
    session.background.start(session.settings.watch())
    if session.settings.wants("statusNotifications"):
        session.background.start(_tell_status(session))


def did_change_configuration(session: Session, params: Any) -> None:
    """`workspace/didChangeConfiguration`, its parameters as JSON."""
    session.settings.changed(params)


async def first_loaded(session: Session) -> "Loaded":
    """The settings of the client's first folder, where a command names no document. Raises ConfigError."""
    roots = await session.folders.roots()
    return await session.settings.loaded(roots[0] if roots else None)


async def look_up(session: Session) -> None:
    """Tell the status what the settings name: from files, never by the network."""
    try:
        loaded = await first_loaded(session)
        choice = await in_daemon_thread(_chosen, loaded)
    except LakewrightError as error:
        session.status.settings_read(problem=error)
    else:
        session.status.completion(enabled=loaded.settings.complete.enabled)
        session.status.settings_read(problem=None, simulated=choice.login is None, endpoint=choice.endpoint)


def _chosen(loaded: "Loaded") -> "ModelChoice":
    from lakewright.settings.model_choice import choose_model  # noqa: PLC0415 - pydantic isn't for the start

    return choose_model(loaded, "explain")


async def _tell_status(session: Session) -> None:
    await look_up(session)
    session.status.start()


def _changed(session: Session) -> None:
    session.models.settings_changed()
    session.status.settings_changed()
    if session.status.tells:
        session.background.start(look_up(session))


def _runs_changed(session: Session) -> None:
    session.status.runs_changed(session.runs.active, can_cancel=session.runs.can_cancel)
