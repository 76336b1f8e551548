"""A whole file in a fence with its path; only where it is clear that the fence IS the file.

Clear is a fence whose info string names the file (`path=src/x.py`, `python:src/x.py`, `src/x.py`). A name
in a title line, in `title=` or in the first line's comment is how explanations show a snippet, too: it
counts only where the title or the line before says that the file is new, whole or replaced. Citations
(line ranges, line numbers) never count. A named fence that looks like a part of its file (it begins
indented, or the words before call it a snippet) is refused, and so is one whose end can't be told for
sure: other fences inside it, or Markdown in a fence of three marks.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from lakewright.edits.forms.blocks import begins_block
from lakewright.edits.forms.diffs import PATCHES
from lakewright.edits.forms.fences import Fence, closes, opening, without_indent
from lakewright.edits.forms.names import Info, mentions, name_on, named_with_remark, read_info
from lakewright.edits.forms.source import Place, Reading, Source, joined, refusal
from lakewright.edits.values import Kind, WholeFile

_WHOLE = re.compile(
    r"\b(?:full|whole|complete|entire) (?:new |updated |rewritten |revised )?(?:file|contents?|text|source)\b"
    r"|^\W*(?:new file|creat(?:e|ed|ing) (?:a |the |this )?(?:new )?file)\b"
    r"|^new(?: file)?$",
    re.IGNORECASE | re.MULTILINE,
)
_PART = re.compile(
    r"\b(?:snippets?|excerpts?|fragment|for example|for instance|e\.g\.|currently|existing code"
    r"|looks? like this|would look|could look|something like|sketch|relevant (?:part|lines?|section|code))\b",
    re.IGNORECASE,
)
_NOT_ALL = re.compile(
    r"\b(?:not|rather than|instead of|part|parts|function|method|class|section|block|docstring)\b|n't\b",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[ \t]*(\d{1,7})[ \t]*[|:\u2502\t]")
_LONGEST = 400  # characters of a line that may name or describe a file
_COMMENT = re.compile(r"[ \t]*(?:#|//|--|;|/\*|<!--|%)[ \t]*(\S[^\n]{0,300})")
_NOT_FILES = frozenset(
    {"console", "output", "shell-session", "terminal", "shellsession", "log", "diff", "patch", "mermaid"}
)
_MARKDOWN = (".md", ".markdown", ".mdx", ".qmd", ".rmd", ".rst", ".adoc", ".txt")
_LOOK_BACK = 4  # lines before the fence that may hold its title and the words about it


def read_whole(source: Source, place: Place) -> Reading | None:
    """The file that the fence at the place holds."""
    fence = opening(source.lines[place.at], place.at)
    if fence is None:
        return None
    info = read_info(fence.info)
    if place.fence is not None:
        return _inside(place, fence, info)
    words = _before(source, place)
    path = None
    if not info.excerpt and (info.language not in _NOT_FILES or (info.sure or "").endswith(PATCHES)):
        path = info.sure or _titled(source, fence, info, words)
    if path is None:
        return None
    start = words[0] if words and name_on(source.lines[words[0]]) == path else place.at
    close = _last_line(source.lines, fence)
    if (
        close is not None
        and begins_block(source.lines[close])
        and _only_names(source.lines[place.at + 1 : close])
    ):
        return None
    problem = _unclear_end(source.lines, fence, close, path)
    if problem is None and close is not None:
        return _whole(source, fence, path, words, Reading(start, close + 1, ()))
    where = f"the file {path} at line {place.at + 1} of the answer"
    reason = f"Not applied: where {where} ends can't be told: {problem}."
    kind = Kind.UNFINISHED if close is None else Kind.FORM
    hint = " Nothing after it was read. Use create_file or edit_file."
    return Reading(start, len(source.lines), (refusal(path, kind, reason + hint),), stop=True)


def _whole(source: Source, fence: Fence, path: str, words: Sequence[int], reading: Reading) -> Reading:
    """The file of a fence with a sure end, or why it looks like a part of a file."""
    body = source.lines[fence.line + 1 : reading.end - 1]
    content = without_indent(body, fence.indent)
    problem = _looks_partial(content or (), source.lines[words[0]] if words else "")
    if content is not None and problem is None:
        return replace(reading, found=(WholeFile(path, joined(content)),))
    reason = f"Not applied: the fence for {path} at line {fence.line + 1} of the answer "
    reason += problem or "is indented, but not all of its lines are"
    return replace(reading, found=(refusal(path, Kind.FORM, f"{reason}. Use edit_file to change a part."),))


def _inside(place: Place, fence: Fence, info: Info) -> Reading | None:
    """A named fence inside a plain one: they may have been counted off by one, so it isn't passed over."""
    if place.fence is None or place.fence.info or info.sure is None or info.excerpt:
        return None
    where = f"the fence for {info.sure} at line {fence.line + 1} of the answer"
    reason = f"Not applied: {where} stands inside another."
    found = refusal(info.sure, Kind.FORM, reason)
    return Reading(place.at, place.at + 1, (found,), fence=place.fence)


def _before(source: Source, place: Place) -> list[int]:
    """The lines just before the fence that may name it or speak of it, the nearest first."""
    first = max(place.floor, place.at - _LOOK_BACK)
    return [at for at in range(place.at - 1, first - 1, -1) if source.lines[at].strip()][:2]


def _titled(source: Source, fence: Fence, info: Info, words: Sequence[int]) -> str | None:
    """The file that a title, a sentence or the first comment names, where words say it is all of it."""
    said = [source.lines[at][:_LONGEST] for at in words]
    name, remark = named_with_remark(said[0]) if said else (None, "")
    about = "\n".join([remark, *said] if name else said[:1])
    if not _WHOLE.search(about) or _PART.search(about) or _NOT_ALL.search(about):
        return None
    spoken = mentions(said[0]) if said and said[0].rstrip().endswith(":") else ()
    inside = source.lines[fence.line + 1][:_LONGEST] if fence.line + 1 < len(source.lines) else ""
    commented = name_on(inside) if _COMMENT.match(inside) else None
    names = dict.fromkeys(path for path in (info.title, name, *spoken, commented) if path)
    return next(iter(names)) if len(names) == 1 else None


def _last_line(lines: Sequence[str], fence: Fence) -> int | None:
    """The line that ends the fence, or that leaves open where it ends: another fence, a block's marker."""
    for at in range(fence.line + 1, len(lines)):
        if closes(lines[at], fence) or begins_block(lines[at]):
            return at
        inner = opening(lines[at], at)
        if inner and closes(inner.indent + inner.marks, fence):
            return at
    return None


def _only_names(lines: Sequence[str]) -> bool:
    return all(not line.strip() or name_on(line) for line in lines)


def _unclear_end(lines: Sequence[str], fence: Fence, last: int | None, path: str) -> str | None:
    """Why the fence's end can't be told, if so."""
    if last is None:
        return "its fence isn't closed"
    if begins_block(lines[last]):
        return "it holds the marker of a search/replace block"
    if not closes(lines[last], fence) or len(lines[last]) - len(lines[last].lstrip()) > len(fence.indent):
        return f"it holds another fence (line {last + 1}); a file with fences needs longer ones around it"
    if path.lower().endswith(_MARKDOWN) and fence.marks == "```":
        return "a text that may hold fences of its own needs four marks around it"
    if last + 1 < len(lines) and lines[last + 1].strip() and opening(lines[last + 1], 0) is None:
        after = next((line for line in lines[last + 1 :] if opening(line, 0)), None)
        if after is not None and closes(after, fence):
            return "text follows its closing fence at once, and then a fence without a name"
    return None


def _looks_partial(content: Sequence[str], words: str) -> str | None:
    """Why the text looks like a part of its file, if so."""
    shown = [line for line in content if line.strip()][:3]
    if shown and shown[0][:1] in (" ", "\t"):
        return "begins indented, as a part of a file does"
    numbers = [int(match[1]) for line in shown if (match := _NUMBERED.match(line))]
    if len(numbers) == 3 and numbers[1] - numbers[0] == numbers[2] - numbers[1] == 1:
        return "has line numbers in it"
    if match := _PART.search(words[:_LONGEST]):
        return f"follows words that call it a part ({match[0]})"
    return None
