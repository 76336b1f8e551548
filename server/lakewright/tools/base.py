"""What a tool is."""

from collections.abc import Mapping
from typing import Protocol

from lakewright.core.request import ToolSpec
from lakewright.workspace.files import Workspace


class Tool(Protocol):
    """A tool the model may call. `mutates` is True when it changes anything; when in doubt, True.

    `run` gets arguments that are a JSON object but nothing more: it checks them itself. It raises
    ToolFailedError with a sentence for the model, and is cancelled like any coroutine.
    """

    @property
    def spec(self) -> ToolSpec: ...

    @property
    def mutates(self) -> bool: ...

    async def run(self, arguments: Mapping[str, object], workspace: Workspace) -> str:
        """Do it and return the text for the model, bounded in size."""
        ...
