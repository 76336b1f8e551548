"""The tools there are, in the order in which a model is told of them."""

from lakewright.tools.base import Tool
from lakewright.tools.find_symbol import FIND_SYMBOL
from lakewright.tools.list_files import LIST_FILES
from lakewright.tools.outline import OUTLINE
from lakewright.tools.read_file import READ_FILE
from lakewright.tools.search_text import SEARCH_TEXT

READ_TOOLS: tuple[Tool, ...] = (READ_FILE, LIST_FILES, SEARCH_TEXT, OUTLINE, FIND_SYMBOL)
