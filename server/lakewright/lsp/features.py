"""Every LSP method that is handled, in one table: what the client may send, and which file it goes to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from lakewright.lsp import cancelling, settings_changes, sync
from lakewright.lsp.execute import execute_command
from lakewright.lsp.session import Session


@dataclass(frozen=True, slots=True)
class Feature:
    """A method, its handler, and what the server says of it in its capabilities."""

    method: str
    handle: Callable[[Session, Any], Any]
    options: Any = None


FEATURES: tuple[Feature, ...] = (
    Feature(types.INITIALIZED, sync.initialized),
    Feature(types.TEXT_DOCUMENT_DID_OPEN, sync.did_open),
    Feature(types.TEXT_DOCUMENT_DID_CHANGE, sync.did_change),
    Feature(types.TEXT_DOCUMENT_DID_CLOSE, sync.did_close),
    Feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings_changes.did_change_configuration),
    Feature(types.WORKSPACE_EXECUTE_COMMAND, execute_command),
    Feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, cancelling.progress_cancelled),
)
