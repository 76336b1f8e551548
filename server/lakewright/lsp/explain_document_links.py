"""Places that an answer names, such as `src/orders.py:12`: found in text, and where a click leads."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lakewright.errors import InputError

if TYPE_CHECKING:
    from lakewright.workspace.files import Workspace

_MOST = 300
"""Names that are looked for on disk, for one answer."""

_LINES = r":(?P<line>\d{1,7})(?:[-\N{EN DASH}]\d{1,7})?"
_IN_TEXT = re.compile(r"(?P<path>[\w.@+~-]+(?:/[\w.@+~-]+)*)" + _LINES + r"(?![\w/:])")
_WHOLE = re.compile(r"(?P<path>[^:`\n][^`\n]*?)" + _LINES)
_DESTINATION = re.compile(r"(?P<path>[^\s:#?()<>`|\\]+)(?:#L?(?P<line>\d{1,7})(?:-L?\d{1,7})?)?")


class Links:
    """Looks up where a path leads: `uri_of` gives the link to a file of the client's folders, None for what
    is none. Each path is looked for once.
    """

    def __init__(self, uri_of: Callable[[str], str | None]) -> None:
        self._uri_of = uri_of
        self._known: dict[str, str | None] = {}

    def in_text(self, text: str, at: int) -> tuple[str, str] | None:
        """The name of a place that begins there, and its URI."""
        return self._resolved(_IN_TEXT.match(text, at))

    def whole(self, text: str) -> str | None:
        """The URI of a text that is nothing but the name of a place."""
        found = self._resolved(_WHOLE.fullmatch(text))
        return None if found is None else found[1]

    def destination(self, text: str) -> str | None:
        """The URI that a relative link of the model's means; in one, `%20` may stand for a blank."""
        match = _DESTINATION.fullmatch(text) or _WHOLE.fullmatch(text)
        found = self._resolved(match) or self._resolved(match, unquote)
        return None if found is None else found[1]

    def _resolved(
        self, match: re.Match[str] | None, read: Callable[[str], str] = str
    ) -> tuple[str, str] | None:
        if match is None:
            return None
        path = read(match["path"])
        if path not in self._known:
            self._known[path] = self._uri_of(path) if len(self._known) < _MOST else None
        uri = self._known[path]
        if uri is None:
            return None
        return match[0], f"{uri}#L{match['line']}" if match["line"] else uri


def file_in(workspace: "Workspace", path: str) -> Path | None:
    """The file of the workspace, where there is one that may be read. Looks at the disk."""
    try:
        found = workspace.absolute(path)
        is_file = found.is_file()
    except (InputError, OSError, ValueError):
        return None
    return found if is_file and workspace.why_refused(path) is None else None
