"""All that the conversation has shown so far: code by path, where names occur, what couldn't be read."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from lakewright.sandbox.mind.conversation import Asked, Conversation
from lakewright.sandbox.mind.prompt import read_prompt
from lakewright.sandbox.mind.toolkit import Role, path_argument, role_of
from lakewright.sandbox.reading.languages import language_of
from lakewright.sandbox.reading.outline import read_outline
from lakewright.sandbox.reading.source import Source, merge, read_source, shorten
from lakewright.sandbox.reading.symbols import Symbol

_PLACE = re.compile(
    r"^\s*(?:[-*] )?`?(?P<path>[^\s`:][^`:\n]*?\.\w+)`?(?::(?P<line>\d+))(?::\d+)?(?:-\d+)?"
    r"[:\s]*(?P<text>.*)$"
)
_PATH_ALONE = re.compile(r"^\s*(?:[-*#]+ )?`?(?P<path>[^\s`:][^`:\n]*?\.\w+)`?:?\s*(?:\(.*\))?$")
_LINE_ALONE = re.compile(r"^\s*(?:[-*] )?(?:line )?(?P<line>\d+)[:|\t ]\s*(?P<text>.*)$")
_DEFINES = re.compile(
    r"\b(?:def|class|function|func|fn|interface|trait|struct|enum|object|type|record|create|definition|defined)\b"
    r"|^\s*(?:(?:public|private|protected|static|export|async|const)\s+)",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"(?i)^\s*(?:\[?error|failed|refused|not allowed|access denied|there is no|no such)"
    r"|\b(?:not found|does not exist|doesn't exist|no such file|outside the workspace|is ignored|deny list"
    r"|denied|can't be read|cannot be read|not a text file|is binary)\b"
)
_SHOWS = re.compile(r" *\d+\t|[^\s:]+:\d+: |Definitions of ")
"""How answers begin that show code, whatever words it holds."""

_TOLD_TOTAL = re.compile(r"^\[(?:.* has ([\d,]+) lines|cut after line [\d,]+ of ([\d,]+))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Place:
    """A name seen somewhere: path, line, the line's text, and whether it is its definition."""

    path: str
    line: int
    text: str
    defines: bool


@dataclass(slots=True)
class Knowledge:
    """What is known. `sources` by path; code without a path is under the empty one."""

    sources: dict[str, Source] = field(default_factory=dict)
    places: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    outlines: dict[str, tuple[Symbol, ...]] = field(default_factory=dict)
    listed: tuple[str, ...] = ()
    failures: list[str] = field(default_factory=list)
    other: list[Asked] = field(default_factory=list)

    def add(self, source: Source) -> None:
        path = source.path or ""
        known = self.sources.get(path)
        self.sources[path] = merge(known, source) if known else source


def gather(conversation: Conversation) -> Knowledge:
    """Read the whole conversation."""
    knowledge = Knowledge()
    for said in conversation.said:
        if said.speaker == "user":
            prompt = read_prompt(said.text)
            if prompt.code and prompt.code.strip():
                knowledge.add(replace(read_source(prompt.path, prompt.code), total=prompt.total))
        for call in said.calls:
            if call.result is not None:
                _learn(knowledge, call, call.result)
    return knowledge


def failed(result: str) -> bool:
    """Whether a tool's answer looks like a refusal: short, and in the words of one."""
    return len(result) < 600 and _SHOWS.match(result) is None and _FAILED.search(result) is not None


def _learn(knowledge: Knowledge, call: Asked, result: str) -> None:
    role = role_of(call.name)
    if role is not None and failed(result):
        knowledge.failures.append(f"`{call.name}` said: {shorten(result, 160)}")
        return
    match role:
        case Role.READ:
            path = path_argument(call.arguments)
            start = call.arguments.get("startLine")
            source = read_source(path, result, start=start if isinstance(start, int) else 1)
            if source.lines:
                knowledge.add(replace(source, total=_total(call, result, source)))
        case Role.OUTLINE:
            knowledge.outlines[path_argument(call.arguments) or ""] = read_outline(result)
        case Role.FIND | Role.SEARCH:
            name = next((value for value in call.arguments.values() if isinstance(value, str)), "")
            knowledge.places[name] = tuple(places_in(result, name))
        case Role.LIST:
            knowledge.listed += tuple(row.strip() for row in result.split("\n") if _PATH_ALONE.match(row))
        case None:
            knowledge.other.append(call)


def _total(call: Asked, result: str, source: Source) -> int | None:
    """The number of lines of the whole file: told, or known because the file ended before the lines did."""
    told = _TOLD_TOTAL.search(result)
    if told:
        return int((told[1] or told[2]).replace(",", ""))
    asked_to = call.arguments.get("endLine")
    ended = asked_to is None or (isinstance(asked_to, int) and source.last < asked_to)
    return source.last if ended and "startLine" in call.arguments else None


def places_in(result: str, name: str) -> Iterator[Place]:
    """`path:line: text` rows, or rows of lines below a row with a path."""
    path: str | None = None
    defining = False
    seen: set[tuple[str, int]] = set()
    for whole_row in result.split("\n"):
        row = whole_row[:400]
        if re.match(r"(?i)\W*(?:definitions?|defined)\b", row):
            defining = True
        elif re.match(r"(?i)\W*(?:uses?|used|references?)\b", row):
            defining = False
        place = _PLACE.match(row)
        if place:
            here, line, text = place["path"], int(place["line"]), place["text"]
        elif alone := _PATH_ALONE.match(row):
            path = alone["path"]
            continue
        elif path and (under := _LINE_ALONE.match(row)):
            here, line, text = path, int(under["line"]), under["text"]
        else:
            continue
        if (here, line) not in seen:
            seen.add((here, line))
            yield Place(here, line, text.strip(), defining or _is_definition(text, name))


def _is_definition(text: str, name: str) -> bool:
    before = re.split(rf"\b{re.escape(name)}\b", text, maxsplit=1)[0] if name else text
    return _DEFINES.search(before) is not None and "=" not in before and "(" not in before


def by_path(places: tuple[Place, ...]) -> Mapping[str, list[Place]]:
    """Places grouped by file, in order."""
    grouped: dict[str, list[Place]] = {}
    for place in places:
        grouped.setdefault(place.path, []).append(place)
    return grouped


_FAMILIES = (frozenset({"JavaScript", "TypeScript"}), frozenset({"C", "C++"}))


def same_language(path: str, source: Source) -> bool:
    """Whether a name in that file can mean the one in this source."""
    theirs = language_of(path, "")
    if theirs is None or source.language is None or theirs.name == source.language.name:
        return True
    return any({theirs.name, source.language.name} <= family for family in _FAMILIES)
