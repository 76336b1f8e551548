"""What the documents say is what the code does."""

import re
import subprocess
from pathlib import Path

import pytest

from project.tables import README, rendered

ROOT = Path(__file__).parents[2]
DOCUMENTS = [README, *(ROOT / "server").glob("*.md")]


def test_the_readme_tables_are_current() -> None:
    """Commands, options and settings in the README come from the code (`make format` writes them)."""
    text = README.read_text("utf-8")
    assert rendered(text) == text


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_paths_named_in_backticks_exist(document: Path) -> None:
    """A path of this repository that a document names is there."""
    for path in re.findall(r"`((?:server|tests|benchmarks)/[\w./-]+)`", document.read_text("utf-8")):
        assert (ROOT / path).exists(), path


def test_make_targets_named_in_the_readme_exist() -> None:
    """Each `make …` of the README is a target of the Makefile."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?:`|\$ )make ([a-z]+)", README.read_text("utf-8")))
    assert targets >= {"demo", "test"}
    for target in targets:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_no_file_names_a_package_index() -> None:
    """Pinned requirements and documents hold hashes, never the address of an index."""
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    index = re.compile(r"https?://\S*(?:pypi|pythonhosted|npmjs)", re.IGNORECASE)
    for name in tracked.splitlines():
        file = ROOT / name
        if file.is_file() and file.suffix in {".txt", ".toml", ".md", ".py", ".json", ""}:
            assert not index.search(file.read_text("utf-8", errors="replace")), name
