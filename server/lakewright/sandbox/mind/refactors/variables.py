"""`var` to `const` or `let` in JavaScript and TypeScript, where that can't change anything."""

import re
from collections.abc import Iterator, Sequence

from lakewright.sandbox.mind.refactors.base import Bench, Changes, Declined, Outcome, Refactor, phrased
from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.code_words import Word, code_words
from lakewright.sandbox.reading.source import Source, read_source
from lakewright.sandbox.reading.words import counted

_DECLARED = re.compile(r"var\s+([A-Za-z_$][\w$]*)\s*=(?!=)")
_CHANGED = re.compile(r"\s*(?:=(?![=>])|(?:\+|-|\*\*?|/|%|<<|>>>?|&&?|\|\|?|\^|\?\?)=|\+\+|--)")


def _work(bench: Bench, _asked: re.Match[str]) -> Outcome:
    if bench.language is None or bench.language.name not in ("JavaScript", "TypeScript"):
        return Declined("`var` is a word of JavaScript and TypeScript.")
    source = read_source(bench.path, bench.text)
    if len(source.masked) != len(bench.text):
        return Declined(f"`{bench.path}` has lines that are too long for me.")
    words = code_words(bench.language, bench.text)
    declarations = [word for word in words if word.text == "var"]
    splices = tuple(_splices(bench, source, words, declarations))
    left = len([one for one in declarations if bench.is_chosen(source.number_at(one.at))]) - len(splices)
    notes = (f"{counted(left, 'other')} stayed: their scope or their loop may matter.",) if left else ()
    if not splices:
        return Changes({}, "No `var` there can surely be replaced.", notes)
    return Changes(
        {bench.path: splices}, f"Turned {counted(len(splices), '`var`')} into `const` or `let`.", notes
    )


def _splices(
    bench: Bench, source: Source, words: Sequence[Word], declarations: Sequence[Word]
) -> Iterator[Splice]:
    for one in declarations:
        found = _DECLARED.match(bench.text, one.at)
        in_head = one.before == "(" or one.inside in ("(", "[")
        if found is None or in_head or not bench.is_chosen(source.number_at(one.at)):
            continue
        if "," in _rest_of_statement(source, found.end()):
            continue
        name = found[1]
        uses = [word.at for word in words if word.text == name and word.before not in (".", "?.")]
        first, last = _block(source, one.at)
        if uses[0] < one.at or not all(first <= at <= last for at in uses):
            continue
        changed = any(_is_changed(source, at, name) for at in uses[1:])
        twice = (
            sum(word.before in ("var", "let", "const", "function") for word in words if word.text == name) > 1
        )
        if not twice:
            yield Splice(one.at, one.at + 3, "let" if changed else "const")


def _rest_of_statement(source: Source, at: int) -> str:
    """What follows up to the end of the statement, without what lies in brackets."""
    rest = []
    while at < len(source.masked) and source.masked[at] not in ";}":
        letter = source.masked[at]
        if letter in "([{":
            at = source.close(at)
        else:
            rest.append(letter)
        if letter == "\n" and not re.match(r"\s*[,.+\-*/&|?:]", source.masked[at + 1 :]):
            break
        at += 1
    return "".join(rest)


def _block(source: Source, at: int) -> tuple[int, int]:
    """The innermost braces around a place, or the whole file."""
    around = [
        (start, end)
        for start, end in source.closing.items()
        if source.masked[start] == "{" and start < at < end
    ]
    return max(around, default=(0, len(source.masked)))


def _is_changed(source: Source, at: int, name: str) -> bool:
    before, after = source.masked[max(0, at - 8) : at], source.masked[at + len(name) :]
    stepped = re.search(r"(?:\+\+|--)\s*$", before) or re.match(r"\s+(?:of|in)\b", after)
    return _CHANGED.match(after) is not None or stepped is not None or _is_taken_apart(source, at)


def _is_taken_apart(source: Source, at: int) -> bool:
    """Whether it stands on the left of `[a, b] = …` or `{a} = …`."""
    around = [(start, end) for start, end in source.closing.items() if start < at < end]
    start, end = max(around, default=(0, 0))
    if not around or source.masked[start] == "(":
        return False
    return re.match(r"\s*=(?![=>])", source.masked[end + 1 :]) is not None or _is_taken_apart(source, start)


VARIABLES = Refactor(
    "turn `var` into `const` or `let`",
    "replace var by const or let",
    phrased(r"\bvar\b[^.\n]{0,30}\b(?:const|let)\b", r"\b(?:const|let)\b[^.\n]{0,40}\bvar\b"),
    _work,
)
