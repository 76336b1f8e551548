"""What a model or a file says never steers a terminal: its control characters become visible.

Each character is replaced by itself alone, so it makes no difference where a stream is cut.
"""

import re

_REPLACEMENT = "\ufffd"
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 but newline and tab, DEL, C1
    "\u2028\u2029"  # separators that some terminals and pagers take for newlines
    "\u202a-\u202e\u2066-\u2069"  # bidi embeddings, overrides and isolates: text that reads unlike it is
    "\ud800-\udfff]"  # lone surrogates: nothing can encode them
)
_LINE_BREAKERS = re.compile("[\n\t]")


def visible(text: str) -> str:
    r"""`text` without control characters other than newline and tab.

    C0 and DEL become their control pictures (an escape is `␛`), the rest U+FFFD. `\r` goes: a line
    that ends in CRLF stays a line, and nothing is overwritten.
    """
    return text if _UNSAFE.search(text) is None else _UNSAFE.sub(_picture, text)


def visible_with_cr(text: str) -> str:
    r"""The same with `\r` shown as `␍`: in a diff it is part of what changes."""
    return visible(text.replace("\r", "\u240d"))


def visible_line(text: str) -> str:
    """The same for what belongs on one line, such as a file's name: newline and tab are shown, too."""
    return _LINE_BREAKERS.sub(_picture, visible(text))


def _picture(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character == "\r":
        return ""
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else _REPLACEMENT
