"""The tools there are, in the order in which a model is told of them."""

from lakewright.tools.base import Tool
from lakewright.tools.list_files import LIST_FILES
from lakewright.tools.read_file import READ_FILE

READ_TOOLS: tuple[Tool, ...] = (READ_FILE, LIST_FILES)
