"""A prompt that wants a gap filled: our own, and the shapes that others use."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from lakewright.sandbox.reading.languages import Language, language_of

_OWN = re.compile(
    r"File `(?P<path>[^`\n]+)`, [\d,]+ lines?\. Complete it at `(?P<marker>[^`\n]+)`,"
    r"[^\n]*? with at most (?P<most>\d+) lines?\."
)
_FIM = tuple(
    re.compile(pattern)
    for pattern in (
        r"<\|fim_prefix\|>(?P<prefix>[\s\S]*?)<\|fim_suffix\|>(?P<suffix>[\s\S]*?)<\|fim_middle\|>",
        r"<fim_prefix>(?P<prefix>[\s\S]*?)<fim_suffix>(?P<suffix>[\s\S]*?)<fim_middle>",
        r"<PRE> ?(?P<prefix>[\s\S]*?) ?<SUF>(?P<suffix>[\s\S]*?) ?<MID>",
        r"<prefix>\n?(?P<prefix>[\s\S]*?)</prefix>\s*<suffix>(?P<suffix>[\s\S]*?)\n?</suffix>",
    )
)
_MARKERS = ("{{FILL_HERE}}", "<FILL_HERE>", "<|cursor|>", "<CURSOR>", "<cursor>", "[CURSOR]", "\u2588")
_ASKS = re.compile(r"(?i)\b(?:complet\w+|fill|insert|autocomplete|continue)\b")
_OPENS = re.compile(r"^`{3,}[^\n]*\n|<(?:QUERY|code|file)>\n?", re.MULTILINE)
_CLOSES = re.compile(r"^`{3,}|\n?</(?:QUERY|code|file)>", re.MULTILINE)
_NAMES_ABOVE = re.compile(r"Names from other files of this workspace:\n\n(`{3,})[^\n]*\n([\s\S]*?)\n\1\n")


@dataclass(frozen=True)
class Hole:
    """The text before and behind the cursor. `names` are signatures of other files; `wrapped` tells how
    the answer is asked for: in a fence, in a tag, or as it is.
    """

    path: str | None
    prefix: str
    suffix: str
    most_lines: int = 12
    names: str = ""
    wrapped: str = ""

    @cached_property
    def language(self) -> Language | None:
        return language_of(self.path, self.prefix + self.suffix)

    @property
    def is_python(self) -> bool:
        return self.language is not None and self.language.name == "Python"

    @property
    def before(self) -> str:
        """The cursor's line up to the cursor."""
        return self.prefix.rpartition("\n")[2]

    @property
    def after(self) -> str:
        """The rest of the cursor's line."""
        return self.suffix.partition("\n")[0]

    @cached_property
    def rows(self) -> list[str]:
        """The other lines: those above, the nearest first, then those below."""
        return [*reversed(self.prefix.split("\n")[:-1]), *self.suffix.split("\n")[1:]]

    @cached_property
    def code(self) -> str:
        """All the code that is known, with the names of other files."""
        return f"{self.prefix}\n{self.suffix}\n{self.names}"

    @cached_property
    def in_text(self) -> bool:
        """Whether the cursor stands in a comment or a string."""
        if self.language is None:
            return False
        last = None
        for found in self.language.noise.finditer(self.prefix):
            last = found
        if last is None or last.end() < len(self.prefix):
            return False
        text = last[0]
        if text.startswith(("#", "//", "--")):
            return True
        return (
            re.fullmatch(
                r"[rRbBuUfFtT]{0,2}(?P<quote>'''|\"\"\"|'|\"|`|/\*)(?:[\s\S]*(?P=quote)|[\s\S]*\*/)", text
            )
            is None
        )


def read_hole(text: str) -> Hole | None:
    """The gap that the prompt shows, None where it shows none."""
    own = _OWN.search(text)
    if own:
        code = _last_fence(text, own["marker"])
        prefix, mark, suffix = code.partition(own["marker"])
        listed = _NAMES_ABOVE.search(text)
        names = listed[2] if listed else ""
        return Hole(own["path"], prefix, suffix, int(own["most"]), names, "fence") if mark else None
    for pattern in _FIM:
        found = pattern.search(text)
        if found:
            return Hole(None, found["prefix"], found["suffix"])
    return next(_marked(text), None) if _ASKS.search(text) else None


def _marked(text: str) -> Iterator[Hole]:
    """The last marker, in the fence or the tag around it, or in the whole prompt."""
    for marker in _MARKERS:
        at = text.rfind(marker)
        if at < 0:
            continue
        start = max((found.end() for found in _OPENS.finditer(text, 0, at)), default=0)
        closing = _CLOSES.search(text, at)
        wrapped = "tag" if "<COMPLETION>" in text else "fence" if "```" in text[:at] else ""
        path = re.search(r"`([\w./-]+\.\w+)`", text[:start])
        after = text[at + len(marker) : closing.start() if closing else len(text)]
        yield Hole(path[1] if path else None, text[start:at], after, wrapped=wrapped)


def _last_fence(text: str, marker: str) -> str:
    """What the last fence holds: ours, longer than any inside."""
    rows = text.rstrip().split("\n")
    ticks = rows[-1].strip()
    openings = [at for at, row in enumerate(rows[:-1]) if ticks and row.startswith(ticks)]
    code = "\n".join(rows[openings[-1] + 1 : -1]) if openings else ""
    return code if marker in code else ""
