"""`edit_file`: replace text in a file, as a staged change."""

from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.core.request import ToolSpec
from lakewright.edits.values import FileEdits, Kind, Refused
from lakewright.errors import ToolFailedError
from lakewright.staging.stage import Stage
from lakewright.tools.edit_arguments import MalformedError, edit_arguments, path_of
from lakewright.workspace.files import Workspace

_SPEC = ToolSpec(
    "edit_file",
    "Change a file of the workspace: each edit replaces the text `search` by `replace`. Copy `search` from"
    " the file letter for letter, with its indentation and without line numbers, and with enough lines"
    " around the change that it stands in the file once only. Put all edits of a file into one call: they"
    " are located in the file as it is before the call, and either all are made or none. Write every line"
    " of `replace` out: never `...` or a comment for text left out. An empty `replace` deletes. To insert,"
    " search for a line beside the place and give it back with the new text.",
    {
        "type": "object",
        "properties": {
            "path": {
                "type": "string",
                "description": "The file, relative to the workspace root, for example src/orders.py.",
            },
            "edits": {
                "type": "array",
                "description": "What to replace, in any order.",
                "items": {
                    "type": "object",
                    "properties": {
                        "search": {
                            "type": "string",
                            "description": "Text of the file, exactly as it is there; in one place only.",
                        },
                        "replace": {"type": "string", "description": "The text that takes its place."},
                    },
                    "required": ["search", "replace"],
                },
            },
        },
        "required": ["path", "edits"],
    },
)


@dataclass(frozen=True, slots=True)
class EditFile:
    """The tool, bound to the stage of one run."""

    stage: Stage
    spec: ToolSpec = _SPEC
    mutates: bool = True

    async def run(self, arguments: Mapping[str, object], workspace: Workspace) -> str:  # noqa: ARG002 - the stage has its own
        """Stage the edits. Raises ToolFailedError with what to do better."""
        try:
            path, edits = edit_arguments(arguments)
        except MalformedError as error:
            refused = Refused(f"edit_file: {error}", Kind.FORM)
            raise ToolFailedError(self.stage.refuse(path_of(arguments), refused).message) from None
        verdict = await self.stage.apply(FileEdits(path, edits))
        if verdict.refused:
            raise ToolFailedError(verdict.message)
        return verdict.message
