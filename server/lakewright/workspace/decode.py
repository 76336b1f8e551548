"""Bytes to text, without guessing: what can't be told for sure is refused, never mangled."""

import codecs
import re
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.workspace.paths import shown

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_COOKIE = re.compile(rb"^[ \t\f]*(?:#|//|--|/\*|;|\")[^\n]*?coding[:=][ \t]*([-\w.]+)")
"""PEP 263, and what Emacs and Vim write in the comments of other languages."""

BINARY = "it is a binary file"
_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\b\x1b\0")
_WESTERN = ("cp1252", "iso8859-15", "iso8859-2", "cp1250", "iso8859-9", "cp1254", "iso8859-1")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with its newlines as they were; `bom + text.encode(encoding)` are the bytes again."""

    text: str
    encoding: str
    bom: bytes = b""


def decode(data: bytes, path: str) -> Decoded:
    """The text of a file. Raises InputError for binary data and for encodings that aren't sure."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return Decoded(_strict(data[len(bom) :], encoding, path), encoding, bom)
    if b"\0" in data:
        wide = _wide(data)
        if wide is None:
            raise _refused(path, BINARY)
        return Decoded(data.decode(wide), wide)
    if len(data.translate(None, _CONTROLS)) < len(data) * 0.9:
        raise _refused(path, BINARY)
    declared = _declared(data)
    if declared:
        return Decoded(_strict(data, declared, path), declared)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        if _surely_western(data):
            return Decoded(data.decode("latin-1"), "latin-1")
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, f"it is not UTF-8 (line {line}) and doesn't declare another encoding") from None


def begins_binary(head: bytes) -> bool:
    """Whether the first bytes already show that no text follows."""
    if b"\0" not in head or any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    return bool(head[0::2].count(0) and head[1::2].count(0))


def _strict(data: bytes, encoding: str, path: str) -> str:
    try:
        text = data.decode(encoding)
        if text.encode(encoding) == data:
            return text
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(path, f"line {line} is not the {encoding} that its start declares") from None
    except UnicodeError:
        pass  # some codecs say no more, in either direction
    raise _refused(path, f"its {encoding} bytes can't be told back from the text")


def _refused(path: str, reason: str) -> InputError:
    return InputError(
        f"{shown(path)} can't be read: {reason}.",
        hint="Save it as UTF-8, or declare its encoding in the first two lines, if it is text.",
    )


def _declared(data: bytes) -> str | None:
    """The encoding named in the first two lines, if it is one of text and not UTF-8."""
    for line in data.split(b"\n", 2)[:2]:
        match = _COOKIE.match(line)
        if not match:
            continue
        name = match[1].decode("ascii", "replace")
        try:
            plain = "a".encode(name) == b"a"
        except (LookupError, ValueError):  # unknown, or a codec that isn't of text, such as hex
            return None
        codec = codecs.lookup(name).name
        return codec if plain and codec not in ("utf-8", "ascii", "utf-8-sig") else None
    return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, if it can be nothing else: every zero byte on the same side, most
    characters from the first 256, and no control character or unknown one in the text.
    """
    zeros = (data[0::2].count(0), data[1::2].count(0))
    if len(data) % 2 or min(zeros) or max(zeros) * 4 < len(data):
        return None
    encoding = "utf-16-le" if zeros[1] else "utf-16-be"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    return encoding if all(char.isprintable() or char in "\t\n\r\f" for char in text) else None


def _surely_western(data: bytes) -> bool:
    """Whether Latin-1 is sure: every byte above ASCII is a letter that all Western and Central
    European code pages have in the same place, stands in a word with ASCII letters, alone or in pairs.

    Text in Cyrillic, Greek or Asian encodings has such bytes in longer runs.
    """
    if data.translate(None, _SHARED + bytes(range(128))):
        return False
    runs = re.findall(rb"([A-Za-z]?)([\x80-\xff]+)([A-Za-z]?)", data)
    return all(len(run) <= 2 and (before or after) for before, run, after in runs)


def _shared_letters() -> bytes:
    def same(byte: int) -> bool:
        readings = {bytes((byte,)).decode(codec, "replace") for codec in _WESTERN}
        return len(readings) == 1 and readings.pop().isalpha()

    return bytes(byte for byte in range(128, 256) if same(byte))


_SHARED = _shared_letters()
