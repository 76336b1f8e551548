"""Text written to standard output or error so that only a closed reader is ever felt."""

import errno
from typing import TextIO

_GONE = frozenset({errno.EIO, errno.EBADF})
"""A terminal that hung up, a descriptor closed by the parent: nobody reads there any more."""


class TextStream:
    """Writes and flushes at once. Raises BrokenPipeError when the reader has gone, and OSError where
    the text was to be kept and can't be (a full disk). What the encoding lacks becomes `?`.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> None:
        if not text:
            return
        try:
            self._write(text)
            self._file.flush()
        except OSError as error:
            if error.errno in _GONE:
                raise BrokenPipeError(errno.EPIPE, "the terminal has gone") from error
            raise

    def _write(self, text: str) -> None:
        try:
            self._file.write(text)
        except UnicodeEncodeError:
            encoding = self._file.encoding
            self._file.write(text.encode(encoding, errors="replace").decode(encoding))
