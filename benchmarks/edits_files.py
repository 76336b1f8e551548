"""Real files for the edits: whatever code this machine has, and true edits of them."""

import os
import random
import shutil
import sysconfig
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from edits_cases import Block, block_of

LANGUAGES = {
    ".py": "Python",
    ".js": "JavaScript",
    ".mjs": "JavaScript",
    ".cjs": "JavaScript",
    ".ts": "TypeScript",
    ".c": "C",
    ".h": "C",
    ".cc": "C++",
    ".hpp": "C++",
    ".java": "Java",
    ".go": "Go",
    ".rs": "Rust",
    ".cs": "C#",
    ".scala": "Scala",
    ".sql": "SQL",
    ".sh": "shell",
    ".pl": "Perl",
    ".pm": "Perl",
    ".rb": "Ruby",
    ".lua": "Lua",
    ".md": "Markdown",
    ".css": "CSS",
    ".json": "JSON",
    ".yml": "YAML",
}
"""What is taken, by extension."""
SIZES = range(500, 400_000)
MAX_FOUND = 200_000
_SYSTEM = (
    "/usr/lib/node_modules",
    "/usr/local/lib/node_modules",
    "/opt/homebrew/lib/node_modules",
    "/usr/share/nodejs",
    "/usr/include",
    "/usr/share/perl",
    "/usr/share/perl5",
    "/usr/share/doc",
    "/usr/lib/ruby",
    "/usr/local/go/src/strings",
)


def files(seed: int, number: int, *, stdlib: bool = False) -> list[Path]:
    """Up to `number` files of each kind: Python's own (`stdlib`: no others), its packages', npm's own,
    headers, documents.
    """
    by_kind: dict[str, set[Path]] = defaultdict(set)
    for path in _walk(iter([_OWN]) if stdlib else _folders()):
        if stdlib and _PACKAGES in path.parts:
            continue
        if path.suffix in LANGUAGES and not path.is_symlink() and path.stat().st_size in SIZES:
            by_kind[path.suffix].add(path)
    rng = random.Random(seed)
    return [
        path
        for _, paths in sorted(by_kind.items())
        for path in rng.sample(sorted(paths), min(number, len(paths)))
    ]


_OWN = Path(sysconfig.get_path("stdlib"))
_PACKAGES = "site-packages"


def _folders() -> Iterator[Path]:
    yield from (Path(sysconfig.get_path(name)) for name in ("stdlib", "purelib", "include"))
    yield from map(Path, _SYSTEM)
    npm = shutil.which("npm")  # .../npm/bin/npm-cli.js, wherever Node was put
    if npm and (package := Path(npm).resolve().parent.parent).name == "npm":
        yield package


def _walk(folders: Iterator[Path]) -> Iterator[Path]:
    seen: set[str] = set()
    for folder in dict.fromkeys(path.resolve() for path in folders if path.is_dir()):
        for place, _, names in os.walk(folder):
            if place in seen or len(seen) > MAX_FOUND:
                continue
            seen.add(place)
            yield from (Path(place, name) for name in names)


def blocks(seed: int, paths: Sequence[Path]) -> Iterator[Block]:
    """One true edit for each file that is UTF-8 with LF and a final newline."""
    for path in paths:
        try:
            text = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError):
            continue
        if "\r" in text or "\f" in text or not text.endswith("\n"):
            continue
        rng = random.Random(f"{seed} {path.name}")
        if block := block_of(rng, path.name, text.removesuffix("\n").split("\n")):
            yield block


def languages(made: Sequence[Block]) -> Counter[str]:
    """How many edits there are in each language."""
    return Counter(LANGUAGES[Path(block.path).suffix] for block in made)
