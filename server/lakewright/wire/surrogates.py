"""Halves of surrogate pairs: a service may cut an emoji in two (D83D ends a chunk, DE00 begins the next);
half of one can neither be printed nor sent.
"""


def well_formed(text: str) -> str:
    """The text with pairs joined and what stays a half replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return text


def ends_in_half(text: str) -> bool:
    """Whether the last character is the first half of a pair."""
    return "\ud800" <= text[-1:] <= "\udbff"
