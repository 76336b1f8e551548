"""What is said of a rename: how much was changed, and where the word stands that stays."""

import re
from collections.abc import Mapping, Sequence

from lakewright.sandbox.mind.splices import Splice
from lakewright.sandbox.reading.words import counted

_MOST_PLACES = 5


def told_renamed(
    old: str, new: str, splices: Mapping[str, Sequence[Splice]], texts: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """The sentence, and the notes. `texts` are those of the files that are changed."""
    count = sum(map(len, splices.values()))
    told = f"Renamed `{old}` to `{new}` in {counted(count, 'place')} of {counted(len(splices), 'file')}."
    left = []
    for path, text in texts.items():
        changed = {splice.start for splice in splices.get(path, ())}
        left += [
            f"`{path}:{text.count(chr(10), 0, found.start()) + 1}`"
            for found in re.finditer(rf"(?<![\w$]){re.escape(old)}(?![\w$])", text)
            if found.start() not in changed
        ]
    if not left:
        return told, ()
    unique = list(dict.fromkeys(left))
    more = f" and {len(unique) - _MOST_PLACES} more" if len(unique) > _MOST_PLACES else ""
    shown = f"{', '.join(unique[:_MOST_PLACES])}{more}"
    return told, (f"The word stays where it is text, or means something else: {shown}.",)
