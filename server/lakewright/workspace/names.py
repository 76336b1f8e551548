"""Where a name is defined and used in all allowed files. Runs in the worker process."""

import re
from dataclasses import dataclass

from lakewright.errors import InputError
from lakewright.workspace.files import SourceFile, Workspace
from lakewright.workspace.listing import Stop
from lakewright.workspace.search import Row, row_at
from lakewright.workspace.syntax import Symbol, occurrences, outline


@dataclass(frozen=True, slots=True)
class Definition:
    """A symbol and its file."""

    path: str
    symbol: Symbol


@dataclass(frozen=True, slots=True)
class Names:
    """Definitions, uses as identifiers, and files of other languages that hold the word.

    `cut`: uses were left out; `unfinished`: time ran out.
    """

    definitions: list[Definition]
    uses: list[Row]
    mentions: list[str]
    cut: bool
    unfinished: bool


def find(workspace: Workspace, name: str, *, most: int, stop: Stop) -> Names:
    """Everything about a name. `Outer.name` (or `Outer::name`) keeps only definitions that lie in
    `Outer`; uses are those of the last part. Raises InputError for what is no name.
    """
    parts = [part for part in re.split(r"\.|::|#|->", name.strip().removesuffix("()")) if part]
    if not parts or not all(re.fullmatch(r"[\w$~]+[?!]?", part) for part in parts):
        raise InputError(
            "`name` is not the name of a symbol.", hint="Give an identifier; search_text finds other text."
        )
    found = Names([], [], [], cut=False, unfinished=False)
    cut = False
    for path in workspace.files(stop=stop):
        if stop():
            break
        source = _holding(workspace, path, parts[-1])
        if source is None:
            continue
        if source.language is None:
            found.mentions.append(path)
            continue
        cut |= _add(found, source, parts, most)
    return Names(found.definitions, found.uses, found.mentions, cut, unfinished=stop())


def _holding(workspace: Workspace, path: str, word: str) -> SourceFile | None:
    """The file, if it is text in which the word stands."""
    try:
        source = workspace.read(path, ranged=True)
    except InputError:
        return None
    return source if re.search(rf"(?<![\w$]){re.escape(word)}(?![\w$])", source.text, re.IGNORECASE) else None


def _add(found: Names, source: SourceFile, parts: list[str], most: int) -> bool:
    """Add the file's definitions and uses; True when some uses had no room."""
    language = source.language
    assert language is not None
    positions = occurrences(source.text, language, parts[-1])
    if not positions:
        return False
    here = [symbol for symbol in outline(source.text, language) if _fits(symbol, parts, language.name)]
    found.definitions.extend(Definition(source.path, symbol) for symbol in here)
    lines = source.text.split("\n")
    used = sorted({position.line for position in positions} - {symbol.line for symbol in here})
    room = max(0, most - len(found.uses))
    found.uses.extend(row_at(lines[line - 1].rstrip("\r"), source.path, line, 0) for line in used[:room])
    return len(used) > room


def _fits(symbol: Symbol, parts: list[str], language: str) -> bool:
    qualified = re.split(r"\.|::", symbol.qualified)
    if language == "sql":
        return [part.lower() for part in qualified[-len(parts) :]] == [part.lower() for part in parts]
    return qualified[-len(parts) :] == parts
