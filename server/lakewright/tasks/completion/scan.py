"""Which brackets and strings are open at a place: a small scanner that can stop and go on anywhere."""

import re
from dataclasses import dataclass

from lakewright.tasks.completion.syntaxes import Quote, Syntax

_OPENING = {")": "(", "]": "[", "}": "{"}
_INNER = "${"
"""On the stack: code inside of a template string."""

_BEFORE_REGEX = frozenset("(,=:[!&|?{};+-*%<>~^")
_WORDS_BEFORE_REGEX = frozenset(
    ("return", "typeof", "case", "in", "of", "delete", "void", "throw", "new", "else", "do", "await", "yield")
)
_LONGEST_REGEX = 200
_REGEX = re.compile(r"/(?![*/])(?:[^\\/\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/")


@dataclass(frozen=True, slots=True)
class State:
    """What is open: brackets, strings and comments by their opening, innermost last.

    `extra` counts comments closed that nothing opened, and strings that a line's end cut; `before` is the
    last character.
    """

    stack: tuple[str, ...] = ()
    extra: int = 0
    before: str = ""
    missing: tuple[str, ...] = ()
    """Closing brackets for which the text scanned holds no opening one, in order."""

    def quote(self, syntax: Syntax) -> Quote | None:
        """The string or comment that the place lies in."""
        return syntax.by_opening.get(self.stack[-1]) if self.stack else None


@dataclass(frozen=True, slots=True)
class Closer:
    """What closes a bracket or a quote, at an offset of the text scanned, and how much is open after it."""

    at: int
    depth: int
    is_quote: bool = False


def scan(text: str, state: State, syntax: Syntax, closers: list[Closer] | None = None) -> State:
    """The state at the end of a text that begins in `state`. `closers` is filled where it is wanted."""
    stack, missing, extra, at = list(state.stack), list(state.missing), state.extra, 0
    while True:
        quote = syntax.by_opening.get(stack[-1]) if stack else None
        match = syntax.tokens[quote.opens if quote else ""].search(text, at)
        if match is None:
            break
        mark, at = match[0], match.end()
        if quote is not None:
            depth = len(stack)
            extra += _in_quote(mark, quote, stack)
            if closers is not None and len(stack) < depth and mark != "\n":
                closers.append(Closer(match.start(), len(stack) - len(missing), is_quote=True))
        elif mark in _OPENING:
            if not _close(mark, stack):
                missing.append(mark)
            if closers is not None:
                closers.append(Closer(match.start(), len(stack) - len(missing)))
        elif mark == "*/":
            extra += 1
        elif mark == "/":
            at = _after_slash(text, match.start(), state.before)
        elif mark in syntax.by_opening or mark in "([{":
            stack.append(mark)
    return State(tuple(stack), extra, text[-1:] or state.before, tuple(missing))


def _in_quote(mark: str, quote: Quote, stack: list[str]) -> int:
    """Go on inside of a string or comment; 1 where the line's end cut it."""
    if quote.inner and mark.endswith("{"):
        stack.append(_INNER)
    elif quote.nests and mark == quote.opens:
        stack.append(mark)
    elif mark == "\n":
        stack.pop()
        return 0 if quote.lenient else 1
    elif not (quote.escape and re.fullmatch(quote.escape, mark)):
        stack.pop()
    return 0


def _close(mark: str, stack: list[str]) -> bool:
    """Take the bracket from the stack; False where something else is open, or nothing."""
    if stack and (stack[-1] == _OPENING[mark] or (mark == "}" and stack[-1] == _INNER)):
        stack.pop()
        return True
    return False


def _after_slash(text: str, at: int, before: str) -> int:
    """Where scanning goes on after a slash: behind a regular expression, or behind a division's sign."""
    end = at - 1
    while end >= 0 and text[end] in " \t\n":
        end -= 1
    character = text[end] if end >= 0 else before.strip()
    word = re.search(r"\w+$", text[max(0, end - 12) : end + 1]) if end >= 0 else None
    is_regex = not character or character in _BEFORE_REGEX or (word and word[0] in _WORDS_BEFORE_REGEX)
    match = _REGEX.match(text, at, at + _LONGEST_REGEX) if is_regex else None
    return match.end() if match else at + 1


@dataclass(frozen=True, slots=True)
class Trouble:
    """What doesn't match in a whole text: closed or cut too much, left open."""

    extra: int
    left_open: int

    def no_worse_than(self, other: "Trouble") -> bool:
        return self.extra <= other.extra and self.left_open <= other.left_open


def trouble(state: State, below: State, syntax: Syntax) -> Trouble:
    """Of a text that comes to `state` and goes on with one that by itself comes to `below`, begun in the
    string or comment that `state` lies in.
    """
    stack = list(state.stack if state.quote(syntax) is None else state.stack[:-1])
    extra = state.extra + below.extra + len(state.missing)
    for mark in below.missing:
        if not _close(mark, stack):
            extra += 1
    return Trouble(extra, len(stack) + len(below.stack))
