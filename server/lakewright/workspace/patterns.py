"""Path patterns as git has them, compiled to expressions that can't be made slow.

A pattern comes from a stranger's repository or from a model, and the expression engine holds the
interpreter's lock: with one star after another it must not try all combinations. Where a star is
followed by another, the first place that fits is the best one, so the group in between is atomic.
Names are bytes, as they are for git: `?` stands for one byte.
"""

import re
from collections.abc import Callable, Iterator, Mapping

_Token = tuple[str, bytes]
"""A kind (`one`: exactly one byte; `star`, `folders`, `some folders`, `rest`) and its expression."""

_NAMED: Mapping[bytes, Callable[[int], bool]] = {
    b"alnum": lambda c: chr(c).isalnum(),
    b"alpha": lambda c: chr(c).isalpha(),
    b"blank": lambda c: c in b" \t",
    b"cntrl": lambda c: c < 32 or c == 127,
    b"digit": lambda c: chr(c).isdigit(),
    b"graph": lambda c: 33 <= c < 127,
    b"lower": lambda c: chr(c).islower(),
    b"print": lambda c: 32 <= c < 127,
    b"punct": lambda c: 33 <= c < 127 and not chr(c).isalnum(),
    b"space": lambda c: c in b" \t\n\r\f\v",
    b"upper": lambda c: chr(c).isupper(),
    b"xdigit": lambda c: c in b"0123456789abcdefABCDEF",
}
_STAR = b"[^/]*"


class _NeverMatchesError(Exception):
    """The pattern is malformed; git lets such a one match nothing."""


def compile_pattern(pattern: bytes) -> re.Pattern[bytes] | None:
    """The expression for `fullmatch` on a path below the pattern's folder, or None if nothing fits.

    Literal text before the first special character is matched on its own, so that `a**/b` reads as
    `a` and `**/b`, which is how git reads it.
    """
    try:
        tokens = list(_tokens(pattern))
    except _NeverMatchesError:
        return None
    return re.compile(_joined(tokens), re.DOTALL)


def _tokens(pattern: bytes) -> Iterator[_Token]:
    special = re.search(rb"[*?\[\\]", pattern)
    start = special.start() if special else len(pattern)
    for byte in pattern[:start]:
        yield "one", re.escape(bytes((byte,)))
    at = start
    while at < len(pattern):
        char = pattern[at : at + 1]
        if char == b"*":
            token, at = _stars(pattern, start, at)
            yield token
        elif char == b"[":
            members, at = _bracket(pattern, at + 1)
            yield "one", members
        elif char == b"?":
            yield "one", b"[^/]"
            at += 1
        else:
            if char == b"\\":
                at += 1
                if at == len(pattern):
                    raise _NeverMatchesError
            yield "one", re.escape(pattern[at : at + 1])
            at += 1


def _stars(pattern: bytes, start: int, at: int) -> tuple[_Token, int]:
    """One star, or several that stand for folders when slashes (or the ends) enclose them."""
    end = at
    while pattern[end : end + 1] == b"*":
        end += 1
    enclosed = at == start or pattern[at - 1 : at] == b"/"
    if end - at == 1 or not enclosed:
        return ("star", _STAR), end
    if end == len(pattern):
        return ("rest", b".*"), end
    if pattern[end : end + 1] == b"/":
        return ("folders", b"(?:[^/]*/)*?"), end + 1
    if pattern[end : end + 2] == b"\\/":
        return ("folders", b"(?:[^/]*/)+?"), end + 2
    return ("star", _STAR), end


def _bracket(pattern: bytes, at: int) -> tuple[bytes, int]:
    """The expression of a set such as `[a-z_]`, and where the pattern goes on. `at` is behind the `[`."""
    negated = pattern[at : at + 1] in (b"!", b"^")
    at += negated
    members: set[int] = set()
    previous, first = 0, True
    while first or pattern[at : at + 1] != b"]":
        first = False
        if at >= len(pattern):
            raise _NeverMatchesError
        char = pattern[at]
        if char == ord("-") and previous and pattern[at + 1 : at + 2] not in (b"", b"]"):
            last, at = _member(pattern, at + 1)
            members.update(range(previous, last + 1))
            previous = 0
        elif named := re.match(rb"\[:([^\]]*):\]", pattern[at:]):
            if named[1] not in _NAMED:
                raise _NeverMatchesError
            members.update(byte for byte in range(128) if _NAMED[named[1]](byte))
            previous, at = 0, at + named.end()
        else:
            previous, at = _member(pattern, at)
            members.add(previous)
    allowed = (set(range(256)) - members if negated else members) - {ord("/")}
    if not allowed:
        raise _NeverMatchesError
    return b"[" + b"".join(b"\\x%02x" % byte for byte in sorted(allowed)) + b"]", at + 1


def _member(pattern: bytes, at: int) -> tuple[int, int]:
    """One byte of a set, a backslash before it taken off."""
    at += pattern[at : at + 1] == b"\\"
    if at >= len(pattern):
        raise _NeverMatchesError
    return pattern[at], at + 1


def _joined(tokens: list[_Token]) -> bytes:
    """One expression. Groups between two `**/`, and runs between two stars, are atomic."""
    groups: list[list[_Token]] = [[]]
    for token in tokens:
        if token[0] == "folders":
            groups.append([])
        groups[-1].append(token)
    pieces = [_group(group) for group in groups]
    return b"".join(b"(?>" + piece + b")" for piece in pieces[:-1]) + pieces[-1] + b"\\Z"


def _group(tokens: list[_Token]) -> bytes:
    runs: list[list[bytes]] = [[]]
    for kind, text in tokens:
        if kind == "star":
            runs.append([])
        runs[-1].append(text)
    if len(runs) == 1:
        return b"".join(runs[0])
    middle = (b"(?>[^/]*?" + b"".join(run[1:]) + b")" for run in runs[1:-1])
    return b"".join((*runs[0], *middle, *runs[-1]))
