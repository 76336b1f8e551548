"""A model's Markdown in a message: `window/showMessage` is plain text, nothing is rendered there."""

import re

from lakewright.lsp.progress_words import one_line, shortened

_FENCE = re.compile(r"^[ \t]*(?:`{3,}|~{3,}).*$", re.MULTILINE)
_HEAD_OF_LINE = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+][ \t]+)+", re.MULTILINE)
_CODE_OR_LINK = re.compile(r"(`[^`\n]*`)|!?\[((?:`[^`\n]*`|[^\[\]`\n])*)\]\([^()\n]*\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3})(?=[^\s*])([^*]*[^\s*])\1(?![\w*])")
_CODE = re.compile(r"(`[^`\n]*`)")
_SENTENCE = re.compile(r"[.!?](?=\s)")


def plain(text: str) -> str:
    """The words on one line, without the marks of headings, lists, quotes, links and emphasis; code between
    backticks stays as it is.
    """
    words = _HEAD_OF_LINE.sub("", _FENCE.sub("", text))
    words = _CODE_OR_LINK.sub(lambda found: found[1] or found[2], words)
    parts = _CODE.split(words)
    parts[::2] = [_EMPHASIS.sub(r"\2", part) for part in parts[::2]]
    return one_line("".join(parts))


def first_sentences(line: str, most: int) -> str:
    """The beginning of a line: whole sentences where they fill half of it, else whole words."""
    if len(line) <= most:
        return line
    ends = [found.end() for found in _SENTENCE.finditer(line, 0, most)]
    return line[: ends[-1]] if ends and ends[-1] > most // 2 else shortened(line, most)
