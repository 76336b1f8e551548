"""What the read tools have in common: arguments are checked, refusals become words for the model."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from lakewright.core.request import ToolSpec
from lakewright.errors import LakewrightError, ToolFailedError
from lakewright.tools.arguments import Arguments, Field, check, schema
from lakewright.workspace.files import Workspace

Work = Callable[[Arguments, Workspace], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class ReadTool:
    """A tool that changes nothing: its table of arguments and the function that does the work."""

    spec: ToolSpec
    fields: tuple[Field, ...]
    work: Work
    mutates: bool = False

    async def run(self, arguments: Mapping[str, object], workspace: Workspace) -> str:
        """Check the arguments, do the work. Raises ToolFailedError with a sentence for the model."""
        checked = check(self.spec.name, self.fields, arguments)
        try:
            return await self.work(checked, workspace)
        except LakewrightError as error:
            raise ToolFailedError(" ".join(part for part in (error.message, error.hint) if part)) from error


def read_tool(name: str, description: str, fields: Sequence[Field], work: Work) -> ReadTool:
    """A tool from its parts; the schema follows from the fields."""
    return ReadTool(ToolSpec(name, description, schema(fields)), tuple(fields), work)
