"""The client's folders changed, and files that the user has renamed, made or deleted in the editor."""

from lsprotocol import types

from lakewright.lsp.session import Session

ALL_FILES = types.FileOperationRegistrationOptions(
    filters=[types.FileOperationFilter(pattern=types.FileOperationPattern(glob="**"), scheme="file")]
)
"""Files and folders alike, whatever they are called."""


def did_change_workspace_folders(session: Session, params: types.DidChangeWorkspaceFoldersParams) -> None:
    """The next run works in the folders that there are then."""
    event = params.event
    session.folders.changed(
        added=[folder.uri for folder in event.added], removed=[folder.uri for folder in event.removed]
    )


def did_rename_files(session: Session, params: types.RenameFilesParams) -> None:
    """What a run has been asked of one of them is delivered to where it is now."""
    for file in params.files:
        session.folders.renamed(file.old_uri, file.new_uri)


def did_create_files(session: Session, params: types.CreateFilesParams) -> None:
    """Another file is at its place now."""
    for file in params.files:
        session.folders.created(file.uri)


def did_delete_files(_session: Session, _params: types.DeleteFilesParams) -> None:
    """Every read looks at the disk and at what is open: nothing is kept that could be out of date."""
