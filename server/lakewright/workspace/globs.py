"""The `glob` argument of tools: one pattern as in a `.gitignore`, with braces."""

import os
import re
from pathlib import Path

from lakewright.errors import InputError
from lakewright.workspace.paths import shown
from lakewright.workspace.rules import Rules

_BRACES = re.compile(r"\{([^{}]*,[^{}]*)\}")
_HINT = "Give one such as *.py or src/**/*.sql, relative to the workspace root."
_MOST = 64


class Glob:
    """A pattern to match paths with. Raises InputError for one that leads out of the root."""

    def __init__(self, text: str, root: Path) -> None:
        text = _below(text, root)
        self._patterns = [Rules([os.fsencode(one)], shown(text)) for one in _expanded(text)]
        if not any(self._patterns):
            raise InputError(f"{shown(text)} is no pattern.", hint=_HINT)

    def matches(self, path: str) -> bool:
        """Whether the pattern fits the path or one of the folders it lies in."""
        names = os.fsencode(path).split(b"/")
        return any(
            rules.judge(b"/".join(names[:length]), is_folder=length < len(names))
            for length in range(len(names), 0, -1)
            for rules in self._patterns
        )


def _below(text: str, root: Path) -> str:
    """The pattern without the root's own path, `.` and `..`; one that leads above the root is refused.

    A slash at its start stands for the root, as in a `.gitignore`.
    """
    if "\0" in text:
        raise InputError("A pattern can't hold a NUL character.", hint=_HINT)
    is_folder = text.endswith("/")
    anchored = text.startswith(("/", "./", "../"))
    if text == str(root) or text.startswith(f"{root}/"):
        text = text[len(str(root)) :]
    names: list[str] = []
    for name in text.split("/"):
        if name == "..":
            if not names:
                raise InputError(f"{shown(text)} leads out of the workspace root.", hint=_HINT)
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    return f"{'/' if anchored else ''}{'/'.join(names) or '**'}{'/' if is_folder and names else ''}"


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
