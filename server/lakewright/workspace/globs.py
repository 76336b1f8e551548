"""The `glob` argument of tools: one pattern as in a `.gitignore`, with braces."""

import os
import re
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.paths import parts_below, shown
from lakewright.workspace.rules import Rules

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_MOST = 64


class Glob:
    """A pattern to match paths with. Raises InputError for one that leads out of the root."""

    def __init__(self, text: str, root: Path) -> None:
        fixed = re.split(r"[*?\[{]", text, maxsplit=1)[0]
        if text.startswith(("/", "..", "./")) or "/../" in text or "\0" in text:
            names = "/".join(parts_below(root, fixed))
            rest = text[len(fixed) :]
            parts_below(root, f"{names}/{rest}" if rest else names)
            text = f"/{names}{'/' if fixed.endswith('/') and names else ''}{rest}"
        self._patterns = [Rules([os.fsencode(one)], shown(text)) for one in _expanded(text)]
        if not any(self._patterns):
            raise InputError(f"{shown(text)} is no pattern.", hint="Give one such as *.py or src/**/*.sql.")

    def matches(self, path: str) -> bool:
        """Whether the pattern fits the path or one of the folders it lies in."""
        names = os.fsencode(path).split(b"/")
        return any(
            rules.judge(b"/".join(names[:length]), is_folder=length < len(names))
            for length in range(len(names), 0, -1)
            for rules in self._patterns
        )


def _expanded(text: str) -> list[str]:
    """`*.{ts,tsx}` as two patterns; at most 64."""
    done: list[str] = []
    waiting = [text]
    while waiting:
        one = waiting.pop()
        match = _BRACES.search(one)
        if match is None:
            done.append(one)
        else:
            waiting.extend(
                one[: match.start()] + choice + one[match.end() :] for choice in match[1].split(",")
            )
        if len(done) + len(waiting) > _MOST:
            raise InputError(
                f"{shown(text)} stands for more than {_MOST} patterns.", hint="Give one with fewer braces."
            )
    return done
