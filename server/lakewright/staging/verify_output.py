"""What a command prints, kept to its end: one that prints for ever must not fill the memory."""

import asyncio
import codecs
import re
import threading
from collections import deque
from collections.abc import Callable

_KEPT_BYTES = 65_536
"""Enough for the end that is wanted, in four bytes a character, and for long paths within it."""

_LINE = 1_000
"""Characters of a line that a listener gets."""


class Tail:
    """The end of a command's output. `add` is called from a thread, `text` when all has come.

    `real_paths` turns paths of the scratch copy into those of the workspace. `on_line` is called on the
    event loop of the maker with the newest line; lines that come faster than it runs are left out.
    """

    def __init__(
        self, real_paths: Callable[[str], str], on_line: Callable[[str], None] | None = None
    ) -> None:
        self._real_paths = real_paths
        self._on_line = on_line
        self._loop = asyncio.get_running_loop()
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._lock = threading.Lock()
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._open = ""
        self._newest: str | None = None

    def add(self, chunk: bytes) -> None:
        """Take what has come, in pieces of at most 64 KB, and let go of what is too old."""
        with self._lock:
            self._chunks.append(chunk)
            self._size += len(chunk)
            while self._size - len(self._chunks[0]) >= _KEPT_BYTES:
                self._size -= len(self._chunks.popleft())
        if self._on_line is not None:
            self._announce(chunk)

    def text(self, most: int) -> str:
        """The last `most` characters, from the beginning of a line where one is near."""
        with self._lock:
            data = b"".join(self._chunks)
        text = self._real_paths(data.decode("utf-8", "replace"))
        if len(text) <= most and len(data) < _KEPT_BYTES:
            return text
        text = text[-most:]
        line = text.find("\n", 0, most // 4)
        return text[line + 1 :]

    def _announce(self, chunk: bytes) -> None:
        """Lines end with a newline, or with the carriage return of a progress bar."""
        lines = re.split(r"[\r\n]+", self._open + self._decoder.decode(chunk))
        self._open = lines[-1][-_LINE:]
        whole = next((line for line in reversed(lines[:-1]) if line.strip()), None)
        if whole is None:
            return
        with self._lock:
            waiting = self._newest is not None
            self._newest = whole[:_LINE]
        if not waiting and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._tell)

    def _tell(self) -> None:
        with self._lock:
            line, self._newest = self._newest, None
        if self._on_line is not None and line is not None:
            self._on_line(self._real_paths(line))
