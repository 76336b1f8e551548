"""`create_file`: a file that isn't there yet, as a staged change."""

from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.core.request import ToolSpec
from lakewright.edits.values import Kind, NewFile, Refused
from lakewright.errors import ToolFailedError
from lakewright.staging.stage import Stage
from lakewright.tools.edit_arguments import MalformedError, file_arguments, path_of
from lakewright.workspace.files import Workspace

_SPEC = ToolSpec(
    "create_file",
    "Create a new text file in the workspace; folders on the way to it are made. It never replaces a file:"
    " use edit_file to change one that is there. Give the whole text, every line of it.",
    {
        "type": "object",
        "properties": {
            "path": {
                "type": "string",
                "description": "The new file, relative to the workspace root, for example src/tax.py.",
            },
            "content": {"type": "string", "description": "All of its text, without a fence around it."},
        },
        "required": ["path", "content"],
    },
)


@dataclass(frozen=True, slots=True)
class CreateFile:
    """The tool, bound to the stage of one run."""

    stage: Stage
    spec: ToolSpec = _SPEC
    mutates: bool = True

    async def run(self, arguments: Mapping[str, object], workspace: Workspace) -> str:  # noqa: ARG002 - the stage has its own
        """Stage the file. Raises ToolFailedError with what to do better."""
        try:
            path, content = file_arguments(arguments)
        except MalformedError as error:
            refused = Refused(f"create_file: {error}", Kind.FORM)
            raise ToolFailedError(self.stage.refuse(path_of(arguments), refused).message) from None
        verdict = await self.stage.apply(NewFile(path, content))
        if verdict.refused:
            raise ToolFailedError(verdict.message)
        return verdict.message
