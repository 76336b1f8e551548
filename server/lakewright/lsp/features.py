"""Every LSP method that is handled, in one table: what the client may send, and which file it goes to."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lsprotocol import types

from lakewright.lsp import cancelling, code_actions, folders_sync, notebooks_sync, settings_changes, sync
from lakewright.lsp.completion_items import completion_items
from lakewright.lsp.execute import execute_command
from lakewright.lsp.inline_completion import inline_completion
from lakewright.lsp.session import Session
from lakewright.lsp.tracing import set_trace


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
    Feature(types.TEXT_DOCUMENT_DID_SAVE, sync.did_save, types.SaveOptions(include_text=False)),
    Feature(types.TEXT_DOCUMENT_DID_CLOSE, sync.did_close),
    Feature(types.NOTEBOOK_DOCUMENT_DID_OPEN, notebooks_sync.did_open),
    Feature(types.NOTEBOOK_DOCUMENT_DID_CHANGE, notebooks_sync.did_change),
    Feature(types.NOTEBOOK_DOCUMENT_DID_SAVE, notebooks_sync.did_save),
    Feature(types.NOTEBOOK_DOCUMENT_DID_CLOSE, notebooks_sync.did_close),
    Feature(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, folders_sync.did_change_workspace_folders),
    Feature(types.WORKSPACE_DID_RENAME_FILES, folders_sync.did_rename_files, folders_sync.ALL_FILES),
    Feature(types.WORKSPACE_DID_CREATE_FILES, folders_sync.did_create_files, folders_sync.ALL_FILES),
    Feature(types.WORKSPACE_DID_DELETE_FILES, folders_sync.did_delete_files, folders_sync.ALL_FILES),
    Feature(types.WORKSPACE_DID_CHANGE_CONFIGURATION, settings_changes.did_change_configuration),
    Feature(types.WORKSPACE_EXECUTE_COMMAND, execute_command),
    Feature(types.TEXT_DOCUMENT_CODE_ACTION, code_actions.code_actions, code_actions.OPTIONS),
    Feature(types.TEXT_DOCUMENT_INLINE_COMPLETION, inline_completion),
    Feature(types.TEXT_DOCUMENT_COMPLETION, completion_items),
    Feature(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, cancelling.progress_cancelled),
    Feature(types.SET_TRACE, set_trace),
)

NOTEBOOK_SYNC = types.NotebookDocumentSyncOptions(
    notebook_selector=[types.NotebookDocumentFilterWithNotebook(notebook="*")], save=True
)
"""Every notebook, with all its cells."""
