"""Configuration as the pages and the README print it: what a test takes from there is what a user copies."""

import re
import textwrap
from pathlib import Path

from editors.programs.program import ROOT

PAGES = ROOT / "server" / "editors"
README = ROOT / "README.md"

_BLOCK = re.compile(r"^( *)```(\S*) ?(\S*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str, name: str = "") -> list[str]:
    """The fenced blocks of a language, and of a file name where one is given, in order."""
    return [
        textwrap.dedent(text)
        for _, of, file, text in _BLOCK.findall(page.read_text(encoding="utf-8"))
        if of == language and file == name
    ]
