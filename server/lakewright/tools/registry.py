"""The tools there are, in the order in which a model is told of them."""

from typing import TYPE_CHECKING

from lakewright.tools.base import Tool
from lakewright.tools.find_symbol import FIND_SYMBOL
from lakewright.tools.list_files import LIST_FILES
from lakewright.tools.outline import OUTLINE
from lakewright.tools.read_file import READ_FILE
from lakewright.tools.search_text import SEARCH_TEXT

if TYPE_CHECKING:
    from lakewright.staging.stage import Stage

READ_TOOLS: tuple[Tool, ...] = (READ_FILE, LIST_FILES, SEARCH_TEXT, OUTLINE, FIND_SYMBOL)

EDIT_TOOL_NAMES = frozenset({"edit_file", "create_file"})


def edit_tools(stage: "Stage") -> tuple[Tool, ...]:
    """The tools that change files, bound to the stage of one run."""
    from lakewright.tools.create_file import CreateFile  # noqa: PLC0415 - explain needs none of it
    from lakewright.tools.edit_file import EditFile  # noqa: PLC0415 - explain needs none of it

    return EditFile(stage), CreateFile(stage)
