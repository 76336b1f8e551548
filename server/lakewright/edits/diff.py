"""Unified diffs as `git apply` takes them, of texts or of the files' own bytes."""

from collections.abc import Iterator, Sequence

from lakewright.edits.diff_lines import Opcode, opcodes
from lakewright.workspace.decode import Decoded

CONTEXT = 3
_ESCAPES = {"\a": "\\a", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\v": "\\v", "\f": "\\f", "\r": "\\r"} | {
    '"': '\\"',
    "\\": "\\\\",
}
WIDE_NOTE = "# {path} is {encoding}: this diff is for reading, `git apply` can't take it.\n"


def diff(path: str, before: Decoded | None, after: Decoded) -> str:
    """The diff as text; `before` is None for a new file. "" where nothing changes."""
    note = WIDE_NOTE.format(path=path, encoding=after.encoding) if _wide(after) else ""
    text = "".join(head + body for head, body in _parts(path, before, after))
    return note + text if text else ""


def diff_bytes(path: str, before: Decoded | None, after: Decoded) -> bytes:
    """The same with the lines of the file in its own bytes; one in UTF-16 or UTF-32 is shown in UTF-8."""
    encoding = "utf-8" if _wide(after) else after.encoding
    note = WIDE_NOTE.format(path=path, encoding=after.encoding) if _wide(after) else ""
    out = [head.encode() + _encoded(body, encoding, after) for head, body in _parts(path, before, after)]
    return note.encode() + b"".join(out) if out else b""


def quoted(name: str) -> str:
    """A name as git writes it: in quotes with octal bytes, where it has more than plain characters."""
    if name.isascii() and name.isprintable() and '"' not in name and "\\" not in name:
        return name
    plain = "".join(
        _ESCAPES.get(char)
        or (
            char
            if char.isascii() and char.isprintable()
            else "".join(f"\\{byte:03o}" for byte in char.encode("utf-8", "surrogateescape"))
        )
        for char in name
    )
    return f'"{plain}"'


def _encoded(body: str, encoding: str, after: Decoded) -> bytes:
    if after.bom and not _wide(after):
        return body.encode(encoding, "surrogateescape")
    return body.encode(encoding, "backslashreplace")


def _wide(decoded: Decoded) -> bool:
    return decoded.encoding.startswith(("utf-16", "utf-32"))


def _whole(decoded: Decoded) -> str:
    """The text with its mark, which belongs to the first line."""
    return ("\ufeff" if decoded.bom and not _wide(decoded) else "") + decoded.text


def _parts(path: str, before: Decoded | None, after: Decoded) -> Iterator[tuple[str, str]]:
    """Pairs (ASCII or UTF-8 line head, text of a line in the file's encoding)."""
    old, new = "" if before is None else _whole(before), _whole(after)
    if before is None and not new:
        names = f"{quoted('a/' + path)} {quoted('b/' + path)}"
        yield f"diff --git {names}\nnew file mode 100644\nindex 0000000..e69de29\n", ""
        return
    if old == new:
        return
    tab = "\t" if " " in path else ""
    begins = "/dev/null" if before is None else quoted("a/" + path) + tab
    yield f"--- {begins}\n+++ {quoted('b/' + path)}{tab}\n", ""
    a, b = _split(old), _split(new)
    for group in _groups(opcodes(a, b)):
        yield from _hunk(group, a, b)


def _split(text: str) -> list[str]:
    """Lines with their LF, as git sees them: a CR belongs to its line."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last] if last else [])


def _groups(codes: Sequence[Opcode]) -> Iterator[list[Opcode]]:
    """Changes with up to three lines of context; those that are near each other share a hunk."""
    group: list[Opcode] = []
    for index, (tag, a, b, c, d) in enumerate(codes):
        if tag != "equal":
            group.append((tag, a, b, c, d))
            continue
        first, last = index == 0, index == len(codes) - 1
        if b - a > 2 * CONTEXT and not first and not last:
            yield [*group, (tag, a, a + CONTEXT, c, c + CONTEXT)]
            group = [(tag, b - CONTEXT, b, d - CONTEXT, d)]
        elif first:
            group = [(tag, max(a, b - CONTEXT), b, max(c, d - CONTEXT), d)]
        else:
            group.append((tag, a, min(b, a + CONTEXT), c, min(d, c + CONTEXT)) if last else (tag, a, b, c, d))
    if any(code[0] != "equal" for code in group):
        yield group


def _hunk(group: Sequence[Opcode], old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[str, str]]:
    first, last = group[0], group[-1]
    yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@\n", ""
    for tag, a, b, c, d in group:
        if tag == "equal":
            yield from _rows(" ", old[a:b])
        else:
            yield from _rows("-", old[a:b])
            yield from _rows("+", new[c:d])


def _rows(sign: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        yield sign, line
        if not line.endswith("\n"):
            yield "\n\\ No newline at end of file\n", ""


def _range(start: int, end: int) -> str:
    if end - start == 1:
        return str(end)
    return f"{start + (end > start)},{end - start}"
