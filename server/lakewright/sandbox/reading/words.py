"""Words that carry meaning, out of questions and out of identifiers alike."""

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
