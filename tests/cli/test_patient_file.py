"""Pipes as standard output: slow readers, readers that go away, disks that are full."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import suppress
from typing import TextIO, cast

import pytest

from lakewright.cli.patient_file import PatientFile, StandardFiles
from lakewright.errors import InputError


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    """Its two ends; a test may close the first."""
    reader, writer = os.pipe()
    yield reader, writer
    for end in (reader, writer):
        try:
            os.close(end)
        except OSError:
            continue


def _files(writer: int) -> tuple[PatientFile, StandardFiles]:
    """Standard output to the pipe; standard error says nothing here."""
    out, err = PatientFile(writer, needed=True), PatientFile(2, needed=False)
    return out, StandardFiles(cast("TextIO", out), cast("TextIO", err))


async def test_a_slow_reader_gets_all_in_order(pipe: tuple[int, int]) -> None:
    """More than a pipe holds is written without the loop ever waiting, and arrives whole."""
    reader, writer = pipe
    out, files = _files(writer)
    text = "".join(f"line {number} ä\n" for number in range(40_000))
    got = bytearray()
    os.set_blocking(reader, False)
    with files.watched(lambda: None):
        for line in text.splitlines(keepends=True):
            out.write(line)
        out.flush()
        while len(got) < len(text.encode()):
            with suppress(BlockingIOError):
                got += os.read(reader, 100_000)
            await asyncio.sleep(0)
    assert got.decode() == text


async def test_what_waits_is_written_after_the_loop(pipe: tuple[int, int]) -> None:
    """What the reader had not taken when the run ended is what the next flush writes."""
    reader, writer = pipe
    out, files = _files(writer)
    with files.watched(lambda: None):
        out.write("x" * 100_000)
        out.flush()
    first = os.read(reader, 200_000)
    out.write("the end")
    files.flush()
    assert (first + os.read(reader, 200_000)).decode() == "x" * 100_000 + "the end"


async def test_a_reader_that_goes_is_noticed_without_a_write(pipe: tuple[int, int]) -> None:
    """A run that only thinks ends, too, when nobody waits for its answer any more."""
    reader, writer = pipe
    gone = asyncio.Event()
    out, files = _files(writer)
    with files.watched(gone.set):
        os.close(reader)
        await gone.wait()
        with pytest.raises(BrokenPipeError):
            out.write("more")


def test_a_reader_in_no_hurry_doesnt_hold_up_an_interrupted_run(pipe: tuple[int, int]) -> None:
    """After Ctrl-C what a full pipe doesn't take is dropped, and the flush returns."""
    _, writer = pipe
    out, files = _files(writer)
    files.hurry(0)
    out.write("x" * 10_000_000)
    files.flush()


def test_nobody_hears_that_standard_error_is_not_read(pipe: tuple[int, int]) -> None:
    """The answer matters, not whether someone reads what stands beside it."""
    reader, writer = pipe
    os.close(reader)
    file = PatientFile(writer, needed=False)
    for _ in range(2):
        assert file.write("aside\n") == 6
        file.flush()


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="this system has no /dev/full")  # noqa: PTH110 - evaluated at import
def test_a_full_disk_is_a_sentence() -> None:
    """It names the reason, and it isn't taken for a reader that went away."""
    descriptor = os.open("/dev/full", os.O_WRONLY)
    try:
        file = PatientFile(descriptor, needed=True)
        file.write("text")
        with pytest.raises(InputError, match="No space left"):
            file.flush()
    finally:
        os.close(descriptor)


@pytest.mark.parametrize(
    ("text", "written"),
    [("a\ud83db", "a?b"), ("gr\udcc3\udcb6e.py", "gröe.py"), ("gr\udcfc.py", "gr\ufffd.py")],
)
def test_what_is_no_text_is_written_all_the_same(text: str, written: str, pipe: tuple[int, int]) -> None:
    """Half a character, or a file's name in another encoding, is no reason to fail; it stays UTF-8."""
    reader, writer = pipe
    file = PatientFile(writer, needed=True)
    file.write(text)
    file.flush()
    assert os.read(reader, 100).decode() == written
