"""The workspace: paths, whole files and ranges, buffers over disk, globs."""

import json
import os
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace.files import WHOLE_BYTES
from lakewright.workspace.paths import shown
from support_workspace import workspace_of, write_tree


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return write_tree(
        tmp_path / "root",
        {
            "a.py": "x = 1\n",
            "src/b.py": "y = 2",
            "src/deep/c.ts": "",
            "src/deep/d.tsx": "\n",
            "docs/e f.md": "z\r\nz\r\n",
            ".gitignore": "gen/\n",
            "gen/g.py": "",
        },
    )


def test_lines_are_counted_as_editors_do(tree: Path) -> None:
    """A newline at the end begins no further line."""
    counts = {path: workspace_of(tree).read(path).lines for path in workspace_of(tree).files()}
    assert counts == {".gitignore": 1, "a.py": 1, "docs/e f.md": 2, "src/b.py": 1, "src/deep/c.ts": 0,
                      "src/deep/d.tsx": 1}  # fmt: skip


def test_text_keeps_its_newlines_and_says_what_it_is(tree: Path) -> None:
    """CRLF stays; encoding, size and language are told."""
    source = workspace_of(tree).read("docs/e f.md")
    assert (source.text, source.encoding, source.size, source.language) == ("z\r\nz\r\n", "utf-8", 6, None)
    assert workspace_of(tree).read("./src/../a.py").path == "a.py"


def test_a_large_file_needs_a_range(tree: Path) -> None:
    """Above 1 MB a file is refused whole, with a hint, and read when a range of it is wanted."""
    (tree / "large.sql").write_text("select 1;\n" * (WHOLE_BYTES // 10 + 1))
    workspace = workspace_of(tree)
    with pytest.raises(InputError, match=r"large.sql is larger than 1 MB") as caught:
        workspace.read("large.sql")
    assert caught.value.hint == "Name a range of lines, for example large.sql:1-400."
    assert workspace.read("large.sql", ranged=True).lines == WHOLE_BYTES // 10 + 1


def test_paths_are_told_relative_to_the_root(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the current folder, absolute or through `..`; outside is an input error."""
    monkeypatch.chdir(tree / "src")
    workspace = workspace_of(tree)
    assert workspace.relative("b.py") == "src/b.py"
    assert workspace.relative(Path("deep/../b.py")) == "src/b.py"
    assert workspace.relative(tree / "a.py") == "a.py"
    assert workspace.relative("..") == "."
    with pytest.raises(InputError, match="outside the workspace root"):
        workspace.relative("../../x.py")


def test_open_buffers_stand_over_the_disk(tree: Path) -> None:
    """A buffer's text is read instead of the file's, new ones are listed; rules hold for them, too."""
    overlay = {"a.py": "changed = 1\n", "new.py": "n", "gen/h.py": "canary", ".env": "canary"}
    workspace = workspace_of(tree, overlay=overlay)
    assert workspace.read("a.py").text == "changed = 1\n"
    assert workspace.read("new.py").text == "n"
    assert list(workspace.files("*.py")) == ["a.py", "src/b.py", "new.py"]
    for path in ("gen/h.py", ".env"):
        with pytest.raises(InputError, match=r"ignored|deny list"):
            workspace.read(path)


@pytest.mark.parametrize(
    ("glob", "expected"),
    [
        ("*.py", ["a.py", "src/b.py"]),
        ("/*.py", ["a.py"]),
        ("./*.py", ["a.py"]),
        ("./a.py", ["a.py"]),
        ("src", ["src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
        ("src/", ["src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
        ("./src/", ["src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
        ("src/*", ["src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
        ("src/**/*.{ts,tsx}", ["src/deep/c.ts", "src/deep/d.tsx"]),
        ("{src,docs}/*.{py,md}", ["docs/e f.md", "src/b.py"]),
        ("**/deep/*", ["src/deep/c.ts", "src/deep/d.tsx"]),
        ("deep", ["src/deep/c.ts", "src/deep/d.tsx"]),
        ("e f.md", ["docs/e f.md"]),
        ("[ab].py", ["a.py", "src/b.py"]),
        ("gen/*", []),
        ("/etc/*", []),
        (".", [".gitignore", "a.py", "docs/e f.md", "src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
        ("!a.py", []),
        ("**", [".gitignore", "a.py", "docs/e f.md", "src/b.py", "src/deep/c.ts", "src/deep/d.tsx"]),
    ],
)
def test_globs(tree: Path, glob: str, expected: list[str]) -> None:
    """Patterns as in a `.gitignore`, with braces; none brings back what is ignored."""
    assert list(workspace_of(tree).files(glob)) == expected
    assert glob[0] in "!/." or list(workspace_of(tree).files(f"{tree}/{glob}")) == (
        expected
        if "/" in glob.rstrip("/") or glob == "**" or glob.startswith("src")
        else [path for path in expected if "/" not in path]
    )


@pytest.mark.parametrize("glob", ["../*", "src/../../*.py", "..", "#x", "{a,b}" * 7, "a\0b"])
def test_globs_that_cannot_be(tree: Path, glob: str) -> None:
    """A pattern that leads out of the root, is none, or stands for too many is refused in words."""
    with pytest.raises(InputError):
        list(workspace_of(tree).files(glob))


def test_a_walk_can_be_stopped(tree: Path) -> None:
    """Between two folders a cancelled walk ends."""
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 1

    assert list(workspace_of(tree).files(stop=stop)) == [".gitignore", "a.py"]


def test_a_deep_tree_is_walked(tree: Path) -> None:
    """Depth is no reason to fail."""
    here = Path.cwd()
    os.chdir(tree)
    try:
        for _ in range(300):
            Path("d").mkdir()
            os.chdir("d")
        Path("end.py").write_text("")
    finally:
        os.chdir(here)
    assert [path[-6:] for path in workspace_of(tree).files("end.py")] == ["end.py"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/a b.py", "src/a b.py"),
        ("größe.py", "größe.py"),
        ("a\nb", r'"a\nb"'),
        ("a\x1b[31m", r'"a\u001b[31m"'),
        (" a", '" a"'),
        ("\udce9", r'"\udce9"'),
        ('"a"', r'"\"a\""'),
        ("", '""'),
    ],
)
def test_paths_are_shown_on_one_line(path: str, text: str) -> None:
    """Control characters and bytes that are no text are shown as escapes."""
    assert shown(path) == text


def test_the_size_of_a_file_is_counted_in_bytes(tmp_path: Path) -> None:
    """Letters of two bytes count twice; of a notebook the cells count, not the outputs beside them."""
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [{"text": "-" * WHOLE_BYTES}]}
    files = {"a.txt": "é" * (WHOLE_BYTES // 2 + 1), "b.ipynb": json.dumps({"cells": [cell]})}
    workspace = workspace_of(write_tree(tmp_path, files))
    with pytest.raises(InputError, match="larger than 1 MB"):
        workspace.read("a.txt")
    assert "x = 1" in workspace.read("b.ipynb").text
