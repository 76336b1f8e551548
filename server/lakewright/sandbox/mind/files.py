"""Files as the read tool showed them in this task, line by line, to the letter; and the edits sent since."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lakewright.sandbox.mind.conversation import Asked, Conversation
from lakewright.sandbox.mind.edits import CREATE_TOOL, EDIT_TOOL
from lakewright.sandbox.mind.knowledge import failed
from lakewright.sandbox.mind.toolkit import Role, path_argument, role_of
from lakewright.sandbox.reading.source import read_source

MOST_LINES = 8000
"""Of a file that is read wholly."""

_PAGE = 400
_ROW = re.compile(r" *(\d+)\t([\s\S]*)")
_CUT_ROW = re.compile(r" … \[[\d,]+ characters cut\]$")
_CUT = re.compile(r"\[cut after line [\d,]+ of ([\d,]+);[^\n]*\]")
_TOTAL = re.compile(r"\[.* has ([\d,]+) lines\]")
_EMPTY = re.compile(r"\[.* is empty\]")
_REFUSED = re.compile(r"(?i)\s*(?:\[?error|refused|failed)")


@dataclass(slots=True)
class Shown:
    """What is known of a file. `lines` by number; `cut` are those that were shown in part; `failure` is
    what a refused read said.
    """

    lines: dict[int, str] = field(default_factory=dict)
    cut: set[int] = field(default_factory=set)
    total: int | None = None
    failure: str | None = None

    @property
    def whole(self) -> bool:
        return self.total is not None and all(number in self.lines for number in range(1, self.total + 1))

    @property
    def text(self) -> str:
        """All lines, joined by LF: the line end after the last one isn't known."""
        return "\n".join(self.lines[number] for number in range(1, (self.total or 0) + 1))

    def missing(self) -> Iterator[tuple[int, int | None]]:
        """The pages still to read, as first and last line; the last is None for "as far as it goes"."""
        if self.total is None:
            yield max(self.lines, default=0) + 1, None
            return
        wanted = [number for number in range(1, self.total + 1) if number not in self.lines]
        while wanted:
            first = wanted[0]
            run = [number for at, number in enumerate(wanted) if number == first + at][:_PAGE]
            yield first, run[-1]
            wanted = wanted[len(run) :]


@dataclass(frozen=True, slots=True)
class Sent:
    """An edit call and what came of it; a refusal of one path counts for this path."""

    path: str
    result: str
    refused: bool


@dataclass(slots=True)
class Files:
    """`shown` as the files were before anything was changed, `again` as they were read after the last
    edit of them, `sent` in order.
    """

    shown: dict[str, Shown] = field(default_factory=dict)
    again: dict[str, Shown] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)

    def refusals(self, path: str) -> int:
        """How often an edit of the path was refused since one was last accepted."""
        count = 0
        for sent in self.sent:
            if sent.path == path:
                count = count + 1 if sent.refused else 0
        return count

    def current(self, path: str) -> Shown:
        """The file as it was last seen: after a refusal, only what was read since."""
        if self.refusals(path):
            return self.again.get(path, Shown())
        return self.shown.get(path, Shown())

    def texts(self) -> Mapping[str, str]:
        """The files that are known wholly."""
        known = ((path, self.current(path)) for path in self.shown)
        return {path: shown.text for path, shown in known if shown.whole}


def read_files(conversation: Conversation, calls: Sequence[Asked]) -> Files:
    """From the calls of this task, oldest first."""
    files = Files()
    for call in calls:
        if call.result is None:
            continue
        path = path_argument(call.arguments) or ""
        if call.name in (EDIT_TOOL, CREATE_TOOL):
            files.sent.append(Sent(path, call.result, _REFUSED.match(call.result) is not None))
            files.again.pop(path, None)
        elif role_of(call.name) is Role.READ and call.name in conversation.offers:
            changed = any(sent.path == path for sent in files.sent)
            _read(call, (files.again if changed else files.shown).setdefault(path, Shown()))
    return files


def _read(call: Asked, shown: Shown) -> None:
    result = call.result or ""
    if _EMPTY.fullmatch(result):
        shown.total = 0
        return
    rows = result.split("\n")
    found = [_ROW.fullmatch(row) for row in rows]
    last = rows[-1]
    note = _CUT.fullmatch(last) or _TOTAL.fullmatch(last)
    if not all(found[:-1]) or (found[-1] is None and note is None):
        if failed(result):
            shown.failure = result
        else:
            _read_foreign(call, shown)
        return
    for match in filter(None, found):
        number, line = int(match[1]), match[2]
        shown.lines[number] = line
        if _CUT_ROW.search(line):
            shown.cut.add(number)
    shown.total = int(note[1].replace(",", "")) if note and not found[-1] else max(shown.lines)


def _read_foreign(call: Asked, shown: Shown) -> None:
    """Another tool's way to show a file, taken for the whole of it."""
    start = call.arguments.get("startLine")
    source = read_source(None, call.result or "", start=start if isinstance(start, int) else 1)
    shown.lines.update(source.lines)
    shown.total = source.last
