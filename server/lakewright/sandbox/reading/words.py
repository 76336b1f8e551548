"""Words that carry meaning, out of questions and identifiers alike; words that agree with a number."""

import re

_STOP_WORDS = """
the and for with this that what where when which who why how does did are was were can could should would has
have had code file files function functions method methods class classes explain describe about into from here
there else matters matter tell show find use used uses work works working line lines you your its not but all
any get gets each they them their then than will just more most some answer question please lakewright compute
computed happen happens come comes look
"""
SAYS_LITTLE = frozenset(_STOP_WORDS.split())


def words(text: str) -> set[str]:
    """Words of a text, identifiers taken apart, in lower case; without those that say little."""
    spaced = re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", text.replace("_", " "))
    return {
        word
        for word in re.findall(r"[a-z][a-z0-9]{2,}", spaced.lower())
        if word not in SAYS_LITTLE and len(word) > 2
    }


def counted(count: int, noun: str) -> str:
    """`1 line`, `2 lines`, `2 classes`, `2 properties`."""
    if count == 1:
        return f"1 {noun}"
    stem, ending = (noun[:-1], "ies") if re.search(r"[^aeiou]y$", noun) else (noun, "s")
    return f"{count} {stem}{'es' if re.search(r'(?:s|x|ch|sh)$', noun) else ending}"


def agreeing(verb: str, *, one: bool) -> str:
    """The verb after one or after several."""
    return verb + ("es" if verb.endswith("ch") else "s") if one else verb


def lines_named(start: int, end: int) -> str:
    """`Line 3` or `Lines 3-5`."""
    return f"Line {start}" if start == end else f"Lines {start}-{end}"
