"""What a command prints, kept to its end: one that prints for ever must not fill the memory."""

import re
import threading
from collections import deque
from collections.abc import Callable, Mapping

_KEPT_BYTES = 65_536
"""Enough for the end that is wanted, in four bytes a character, and for long paths within it."""

_SECRET = re.compile(r"(?i)TOKEN|SECRET|PASSW(OR)?D|PASSPHRASE|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|(^|_)PAT$")
"""In names of variables, as tools and clouds have them."""

_SHORTEST_SECRET = 8
"""Characters; less is a switch, or a word that output may hold for any reason."""


class Tail:
    """The end of a command's output. `add` is called from a thread, `text` when all has come.

    `said` makes of the text what may be shown, before it is cut: a half of what it takes out would stay.
    """

    def __init__(self, said: Callable[[str], str]) -> None:
        self._said = said
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._lock = threading.Lock()

    def add(self, chunk: bytes) -> None:
        """Take what has come, in pieces of at most 64 KB, and let go of what is too old."""
        with self._lock:
            self._chunks.append(chunk)
            self._size += len(chunk)
            while self._size - len(self._chunks[0]) >= _KEPT_BYTES:
                self._size -= len(self._chunks.popleft())

    def text(self, most: int) -> str:
        """The last `most` characters, from the beginning of a line where one is near."""
        with self._lock:
            data = b"".join(self._chunks)
        text = self._said(data.decode("utf-8", "replace"))
        if len(text) <= most and len(data) < _KEPT_BYTES:
            return text
        text = text[-most:]
        line = text.find("\n", 0, most // 4)
        return text[line + 1 :]


def without_secrets(text: str, environ: Mapping[str, str]) -> str:
    """The text with `***` in place of what the environment holds of tokens, passwords and keys: a test that
    fails may print all of its surroundings.
    """
    secrets = {
        value for name, value in environ.items() if len(value) >= _SHORTEST_SECRET and _SECRET.search(name)
    }
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "***")
    return text
