"""Standard output and error of a run where they are pipes or files: the event loop never waits for a
reader, and a reader that goes away is noticed at once, not at the next write.
"""

import asyncio
import os
import select
import stat
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TextIO, cast

from lakewright.cli.exits import unwritable

_AT_ONCE = getattr(select, "PIPE_BUF", 512)
"""Bytes that a pipe which takes anything takes without a wait."""


@dataclass(frozen=True, slots=True)
class StandardFiles:
    """Where a run speaks. A terminal is the stream itself; anything else is a PatientFile."""

    out: TextIO
    err: TextIO

    @contextmanager
    def watched(self, on_gone: Callable[[], None]) -> Iterator[None]:
        """While the running loop runs: `on_gone` is called when the reader of `out` goes away."""
        for file in self._patient():
            file.attach(on_gone)
        try:
            yield
        finally:
            for file in self._patient():
                file.detach()

    def hurry(self, seconds: float) -> None:
        """From now on wait for readers that long, all in all; what they don't take is dropped."""
        for file in self._patient():
            file.hurry(seconds)

    def flush(self) -> None:
        """Write all that waits."""
        self.out.flush()
        self.err.flush()

    def say(self, lines: Sequence[str]) -> None:
        """To whoever reads standard error, if anyone does."""
        with suppress(OSError):
            self.err.write("".join(f"{line}\n" for line in lines))
            self.err.flush()

    def _patient(self) -> "list[PatientFile]":
        return [file for file in (self.out, self.err) if isinstance(file, PatientFile)]


def standard_files() -> StandardFiles:
    """Those of the process. Without anyone to read standard error a run goes on; without standard
    output it has no purpose.
    """
    return StandardFiles(_patient(sys.stdout, needed=True), _patient(sys.stderr, needed=False))


class PatientFile:
    """Text to a file descriptor, as UTF-8; what can't be encoded becomes `?`.

    `flush` writes what the reader takes. While an event loop runs, the rest follows when the reader is
    ready; without one, `flush` waits. Raises BrokenPipeError when the reader has gone and InputError
    when nothing can be written; of a file that isn't `needed` nobody hears such a failure.
    """

    encoding = "utf-8"

    def __init__(self, descriptor: int, *, needed: bool) -> None:
        self._descriptor = descriptor
        self._needed = needed
        self._waiting = bytearray()
        self._failure: Exception | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._calls_back = False
        """Whether the loop tells when the reader is ready."""
        self._on_gone: Callable[[], None] = _ignore
        self._deadline: float | None = None

    def fileno(self) -> int:
        return self._descriptor

    def isatty(self) -> bool:
        return False

    def write(self, text: str) -> int:
        self.write_bytes(_utf8(text))
        return len(text)

    def write_bytes(self, data: bytes) -> None:
        """What is no text of ours: the bytes of files."""
        self._raise_failure()
        if self._failure is None:
            self._waiting += data

    def flush(self) -> None:
        self._raise_failure()
        if self._loop is None:
            self._write_all()
        else:
            self._write_some()
        self._raise_failure()

    def attach(self, on_gone: Callable[[], None]) -> None:
        """Write with the running loop, and call `on_gone` when the reader goes away (once; never for a
        file that isn't needed).
        """
        self._loop = asyncio.get_running_loop()
        if not self._needed:
            return
        self._on_gone = on_gone
        if stat.S_ISFIFO(os.fstat(self._descriptor).st_mode):
            with suppress(NotImplementedError):  # Windows: the next write notices it
                self._loop.add_reader(self._descriptor, self._fail, BrokenPipeError())

    def detach(self) -> None:
        """The loop ends: what waits is left for the next `flush`."""
        if self._loop is not None:
            with suppress(NotImplementedError):
                self._loop.remove_reader(self._descriptor)
            self._call_back(wanted=False)
        self._loop, self._on_gone = None, _ignore

    def hurry(self, seconds: float) -> None:
        """See StandardFiles."""
        self._deadline = time.monotonic() + seconds

    def _write_some(self) -> None:
        while self._waiting and _is_ready(self._descriptor, 0):
            self._write_once()
        self._call_back(wanted=bool(self._waiting))

    def _write_all(self) -> None:
        while self._waiting:
            left = None if self._deadline is None else max(self._deadline - time.monotonic(), 0)
            if not _is_ready(self._descriptor, left):
                self._waiting.clear()
                return
            self._write_once()

    def _write_once(self) -> None:
        try:
            written = os.write(self._descriptor, self._waiting[:_AT_ONCE])
        except BlockingIOError:
            return  # another process of the pipe has it non-blocking, and was quicker
        except OSError as error:
            self._fail(error)
        else:
            del self._waiting[:written]

    def _fail(self, error: OSError) -> None:
        self._waiting.clear()
        self._failure = error
        if not isinstance(error, BrokenPipeError):
            self._failure = unwritable(error)
        on_gone = self._on_gone
        self.detach()
        if self._failure is error:
            on_gone()

    def _raise_failure(self) -> None:
        if self._failure is not None and self._needed:
            raise self._failure

    def _call_back(self, *, wanted: bool) -> None:
        if self._loop is None or wanted is self._calls_back:
            return
        self._calls_back = wanted
        if wanted:
            self._loop.add_writer(self._descriptor, self._write_some)
        else:
            self._loop.remove_writer(self._descriptor)


def _patient(stream: TextIO, *, needed: bool) -> TextIO:
    if stream.isatty():
        return stream
    # It has of a text file what the outputs use.
    return cast("TextIO", PatientFile(stream.fileno(), needed=needed))


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:
        pass
    try:  # the bytes of a file's name that the locale couldn't read
        return text.encode(errors="surrogateescape").decode(errors="replace").encode()
    except UnicodeEncodeError:
        return text.encode(errors="replace")


def _is_ready(descriptor: int, seconds: float | None) -> bool:
    if sys.platform == "win32":  # select knows sockets only
        return True
    return bool(select.select([], [descriptor], [], seconds)[1])


def _ignore() -> None:
    """Nobody wants to know."""
