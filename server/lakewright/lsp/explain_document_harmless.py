"""A model's Markdown as a document that does nothing by itself: no HTML, no pictures (a preview fetches
them), no links but those of the web, of this document and of the client's files.

Code stays as it is. Where it begins and ends is never left to a renderer's reading: fences are written
anew, and a backtick that closes nothing on its line is escaped. All else is a backslash before what would
have done something, which no renderer shows.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lakewright.lsp.explain_document_links import Links
from lakewright.lsp.progress_words import without_unseen

_FENCE = re.compile(
    r"(?P<blank>[ \t]*)(?P<items>(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*)(?P<mark>`{3,}|~{3,})(?P<info>.*)"
)
_LANGUAGE = re.compile(r"[\w+#.-]{1,30}")
_OF_A_TABLES_RULE = "|:- \t>*+.)0123456789"
"""What such a line is made of, with all that may stand before it in a list or a quotation."""
_URL = r"(?:https?://|mailto:)(?:[^\s<>()\[\]`|\\!]|\([^\s<>()\[\]`|\\!]*\))+"
_AUTOLINK = re.compile(rf"<{_URL}>")
_BARE = re.compile(_URL)
_DEFINED = re.compile(rf"\s*{_URL}\s*$")
_TARGET = re.compile(
    rf"\(\s*(?:<?(?P<url>{_URL}|\#[\w-]+)>?|(?P<path>[^\s()<>]+))(?:\s+\"[^\"<>`\\\[\]|]*\")?\s*\)"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_WORD = re.compile(r"[\w.@+~/-]+")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def harmless(markdown: str, links: Links) -> str:
    """The Markdown, ready to be shown; places that it names are links."""
    lines = _plain(markdown).split("\n")
    return "\n".join(_blocks(lines, _in_tables(lines), links))


def code_span(text: str) -> str:
    """A line as code, whatever it holds."""
    text = without_unseen(text) or " "
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


@dataclass(frozen=True, slots=True)
class _Fence:
    """A block of code at hand: what opened it, in which column, and in which one it is written."""

    mark: str
    column: int
    written: int

    def ends_with(self, line: str) -> bool:
        run = line.strip(" \t")
        return len(run) >= len(self.mark) and not run.strip(self.mark[0])

    def inside(self, line: str) -> str:
        """A line of it, never left of where the fence is written: it would end the list around it."""
        if not self.column:
            return line
        text = line.lstrip(" \t")
        blank = len(line[: len(line) - len(text)].expandtabs(4))
        return " " * (self.written + max(0, blank - self.column)) + text if text else ""


def _blocks(lines: list[str], in_tables: list[bool], links: Links) -> Iterator[str]:
    fence: _Fence | None = None
    for line, is_in_table in zip(lines, in_tables, strict=True):
        if fence is not None:
            ends = fence.ends_with(line)
            yield " " * fence.written + fence.mark if ends else fence.inside(line)
            fence = None if ends else fence
        elif (opening := _opened(line)) is not None:
            fence, language = opening
            yield " " * fence.written + fence.mark + language
        else:
            yield _Line(line, links, is_in_table=is_in_table).written()
    if fence is not None:
        yield " " * fence.written + fence.mark


def _opened(line: str) -> tuple[_Fence, str] | None:
    """The fence that a line opens, and its language. One that a list's mark stands before loses the mark."""
    match = _FENCE.fullmatch(line)
    if match is None or (match["mark"][0] == "`" and "`" in match["info"]):
        return None
    column = len(match["blank"].expandtabs(4)) + len(match["items"].expandtabs(4))
    written = column if column <= 3 and not match["items"] else 0
    language = _LANGUAGE.match(match["info"].strip())
    return _Fence(match["mark"], column, written), language[0] if language else ""


def _in_tables(lines: list[str]) -> list[bool]:
    """Whether a renderer might take a line for a row of a table: lines without a blank one between them, of
    which one looks like a table's rule.
    """
    found: list[bool] = []
    block: list[str] = []
    for line in [*lines, ""]:
        if line.strip():
            block.append(line)
            continue
        found += [any("-" in one and not one.strip(_OF_A_TABLES_RULE) for one in block)] * len(block)
        found.append(False)
        block = []
    return found[: len(lines)]


class _Line:
    """One line of text that isn't in a fence, read from left to right."""

    def __init__(self, text: str, links: Links, *, is_in_table: bool) -> None:
        self._text, self._links, self._is_in_table = text, links, is_in_table
        self._at = 0
        self._depth = 0
        """Brackets that are open: in them no link may be made."""
        self._out: list[str] = []

    def written(self) -> str:
        while self._at < len(self._text):
            self._step()
        return "".join(self._out)

    def _step(self) -> None:
        text, at = self._text, self._at
        match text[at]:
            case "\\":
                is_escape = text[at + 1 : at + 2] in _PUNCTUATION and at + 1 < len(text)
                self._take(2 if is_escape else 1)
            case "`":
                self._ticks()
            case "~":
                run = _run(text, at)
                self._take(len(run), "\\~" * len(run) if len(run) >= 3 else run)
            case "<":
                self._angle()
            case "!" if text.startswith("![", at):
                self._depth += 1
                self._take(2, "!\\[")
            case "[":
                self._depth += 1
                self._take(1)
            case "]":
                self._bracket()
            case _:
                self._words()

    def _take(self, length: int, instead: str | None = None) -> None:
        self._out.append(self._text[self._at : self._at + length] if instead is None else instead)
        self._at += length

    def _link(self, length: int, text: str, uri: str) -> None:
        """Make a link of what was plain text. An exclamation mark before it would make it a picture."""
        if self._out and self._out[-1] == "!":
            self._out[-1] = "\\!"
        self._take(length, f"[{text}]({uri})")

    def _ticks(self) -> None:
        run = _run(self._text, self._at)
        start = self._at + len(run)
        end = _closing(self._text, start, len(run))
        if end is None:
            self._take(len(run), "\\`" * len(run))
            return
        content = self._text[start:end]
        uri = self._links.whole(content.strip()) if not self._depth else None
        if self._is_in_table:
            content = re.sub(r"(?<!\\)\|", r"\\|", content)
        span, length = f"{run}{content}{run}", end + len(run) - self._at
        if uri is None:
            self._take(length, span)
        else:
            self._link(length, span, uri)

    def _angle(self) -> None:
        link = _AUTOLINK.match(self._text, self._at)
        if link is not None:
            self._take(len(link[0]))
            return
        follows = self._text[self._at + 1 : self._at + 2]
        self._take(1, "&lt;" if follows.isalpha() or follows in ("/", "!", "?") else "<")

    def _bracket(self) -> None:
        """The end of a link's text, maybe: what it leads to decides."""
        self._depth = max(0, self._depth - 1)
        text, after = self._text, self._at + 1
        if text.startswith(":", after):
            is_harmless = _DEFINED.match(text, after + 1)
            self._take(1 if is_harmless else 2, None if is_harmless else "]\\:")
        elif text.startswith("(", after):
            target = _TARGET.match(text, after)
            uri = None
            if target is not None:
                uri = target["url"] or self._links.destination(target["path"])
            if target is None or uri is None:
                self._take(2, "]\\(")
            else:
                self._take(target.end() - self._at, f"]({uri})")
        else:
            self._take(1)

    def _words(self) -> None:
        """A word, with what is a link in it."""
        bare = _BARE.match(self._text, self._at)
        if bare is not None:
            self._take(len(bare[0]))
            return
        word = _WORD.match(self._text, self._at)
        if word is None:
            self._take(1)
            return
        named = self._links.in_text(self._text, self._at) if not self._depth else None
        if named is None:
            self._take(len(word[0]))
        else:
            name, uri = named
            self._link(len(name), name, uri)


def _run(text: str, at: int) -> str:
    end = at
    while end < len(text) and text[end] == text[at]:
        end += 1
    return text[at:end]


def _closing(text: str, start: int, length: int) -> int | None:
    """Where the run of backticks begins that closes a span of code."""
    return next(
        (match.start() for match in re.compile("`+").finditer(text, start) if len(match[0]) == length), None
    )


def _plain(markdown: str) -> str:
    """Lines end with LF; nothing controls, hides or turns text around."""
    text = markdown.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", without_unseen(re.sub("[\x85\u2028\u2029]", " ", text)))
