"""A JSON object with `answer_summary` and `updated_files: [{file_name, file_content}]`.

It may be the whole answer, follow prose, or stand in a fence. `null`, `"null"`, `{}` and an object without
files apply nothing and say so; an entry without its name or its text is refused.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from lakewright.edits.forms.fences import Fence, closing_line, is_fence, opening
from lakewright.edits.forms.names import clean, read_info
from lakewright.edits.forms.source import Place, Reading, RefusedForm, Source, refusal
from lakewright.edits.values import Kind, WholeFile

_SUMMARY, _FILES, _NAME, _CONTENT = "answer_summary", "updated_files", "file_name", "file_content"
_ANCHOR = re.compile(r'\{\s*"(?:answer_summary|updated_files)"\s*:')
_HALF = re.compile(r'\[?\s*\{\s*"(?:file_name"\s*:\s*"[^"\n]{0,400}"\s*,\s*"file_content|file_content)"\s*:')
_LANGUAGES = frozenset({"", "json", "jsonc", "json5", "javascript", "js", "text", "txt", "plaintext"})
_NOTHING = frozenset({"null", '"null"', "{}", "[]", '""', "None"})
_SAID_NOTHING = "The model's answer was empty ({}): nothing was changed."
_NO_FILES = "The model's answer names no changed files: nothing was changed."


class _TwiceError(ValueError):
    """A key stands twice in one object: which of the two is meant can't be told."""


def read_object(source: Source, place: Place) -> Reading | None:
    """The object that begins on the place's line, or that the fence there holds."""
    if place.fence is not None:
        return None
    line = source.lines[place.at]
    fence = opening(line, place.at)
    if fence is None:
        begin = _begins_on_line(source, place.at)
        return None if begin is None else _decoded(source, place.at, begin, None)
    info = read_info(fence.info)
    if info.language not in _LANGUAGES or info.sure:  # a name makes the fence a file that holds JSON
        return None
    begin = _begins_in_fence(source, fence)
    return None if begin is None else _decoded(source, place.at, begin, fence)


def nothing_said(source: Source) -> str | None:
    """The note for an answer that is no more than `null`, `{}` and the like, also in a fence."""
    if len(source.text) > 1000:
        return None
    lines = [line.strip() for line in source.lines if line.strip() and not is_fence(line)]
    said = "".join(lines)
    return _SAID_NOTHING.format(said) if said in _NOTHING else None


def _begins_on_line(source: Source, at: int) -> int | None:
    """The offset of an object that begins with one of our keys, or that is all of the answer and has them."""
    line, start = source.lines[at], source.starts[at]
    brace = line.find("{")
    while brace >= 0:
        if (brace == 0 or line[brace - 1] != "`") and _ANCHOR.match(source.text, start + brace):
            return start + brace
        brace = line.find("{", brace + 1)
    begin = start + len(line) - len(line.lstrip())
    first = not source.text[:begin].strip() if at < 20 else False  # blank lines before are few
    if line.lstrip().startswith(("{", "[")) and (
        (first and _has_our_keys(source.text)) or _HALF.match(source.text, begin)
    ):
        return begin
    return None


def _begins_in_fence(source: Source, fence: Fence) -> int | None:
    """The offset of the object that a fence holds and begins with."""
    at = next((i for i in range(fence.line + 1, len(source.lines)) if source.lines[i].strip()), None)
    if at is None or not source.lines[at].lstrip().startswith(("{", "[")):
        return None
    begin = source.starts[at] + len(source.lines[at]) - len(source.lines[at].lstrip())
    if _ANCHOR.match(source.text, begin) or _HALF.match(source.text, begin):
        return begin
    close = closing_line(source.lines, fence, fence.line + 1)
    end = len(source.text) if close is None else source.starts[close]
    return begin if _has_our_keys(source.text[begin:end]) else None


def _has_our_keys(text: str) -> bool:
    return f'"{_FILES}"' in text or f'"{_SUMMARY}"' in text


def _decoded(source: Source, start: int, begin: int, fence: Fence | None) -> Reading:
    """The object at offset `begin`; the first line of the form is `start`."""
    before = source.text[source.starts[start] : begin].strip() if fence is None else ""
    try:
        value, end = _DECODER.raw_decode(source.text, begin)
    except (ValueError, RecursionError) as error:
        return _undecoded(source, start, begin, error)
    found, said, notes = _read_value(value)
    line = _line_of(source, end, start)
    rest = source.text[end : source.starts[line] + len(source.lines[line])].strip()
    after = line + 1
    if fence is not None:
        close = closing_line(source.lines, fence, after)
        if close is not None and not any(text.strip() for text in source.lines[after:close]):
            after, fence = close + 1, None
    said = "\n\n".join(part for part in (before, said, rest) if part)
    return Reading(start, after, found, said=said, notes=notes, fence=fence)


def _undecoded(source: Source, start: int, begin: int, error: Exception) -> Reading:
    """An object that is cut or isn't JSON; nothing after its beginning can be told apart."""
    tail = len(source.text.rstrip().rstrip("`~").rstrip())
    cut = isinstance(error, json.JSONDecodeError) and (error.pos >= tail or "Unterminated" in error.msg)
    if isinstance(error, json.JSONDecodeError):
        why = (
            "it is cut off"
            if cut
            else f"it isn't valid JSON at its line {_lines_to(source, begin, error.pos)}"
        )
    else:
        why = (
            str(error)
            if isinstance(error, _TwiceError)
            else "it is nested too deeply or holds a number too long"
        )
    reason = f"Not applied: the JSON object of the answer can't be read: {why}. Nothing of it was applied."
    kind = Kind.UNFINISHED if cut else Kind.FORM
    return Reading(start, len(source.lines), (refusal(None, kind, reason),), stop=True)


def _lines_to(source: Source, begin: int, position: int) -> int:
    return source.text.count("\n", begin, position) + 1


def _line_of(source: Source, offset: int, at: int) -> int:
    """The line that holds an offset at or after line `at`."""
    while at + 1 < len(source.starts) and source.starts[at + 1] < offset:
        at += 1
    return at


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise _TwiceError("one of its keys stands there twice")
    return keys


_DECODER = json.JSONDecoder(strict=False, object_pairs_hook=_unique)


def _read_value(value: Any) -> tuple[tuple[WholeFile | RefusedForm, ...], str, tuple[str, ...]]:
    """The changes, the summary and the notes of a decoded object."""
    if not isinstance(value, dict) or not ({_SUMMARY, _FILES} & value.keys()):
        reason = f'Not applied: files stand outside of an object with "{_SUMMARY}" and "{_FILES}".'
        return (refusal(None, Kind.FORM, reason),), "", ()
    summary = value.get(_SUMMARY)
    said = summary.strip() if isinstance(summary, str) and summary.strip() != "null" else ""
    files = value.get(_FILES)
    if files is None or files in ("null", "", [], {}):
        return (), said, (_NO_FILES,)
    if not isinstance(files, list):
        reason = f'Not applied: "{_FILES}" isn\'t a list of objects with "{_NAME}" and "{_CONTENT}".'
        return (refusal(None, Kind.FORM, reason),), said, ()
    return tuple(_read_entry(entry) for entry in files), said, ()


def _read_entry(entry: Any) -> WholeFile | RefusedForm:
    name, content = (entry.get(_NAME), entry.get(_CONTENT)) if isinstance(entry, dict) else (None, None)
    if not isinstance(name, str) or not name.strip() or name.strip() == "null":
        return refusal(None, Kind.FORM, f'Not applied: an entry of "{_FILES}" has no "{_NAME}".')
    path = clean(name.strip())
    if not isinstance(content, str) or content.strip() == "null":
        reason = f'Not applied: the entry for {path} in "{_FILES}" has no "{_CONTENT}".'
        return refusal(path, Kind.FORM, reason)
    return WholeFile(path, content)
