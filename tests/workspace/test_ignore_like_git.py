"""The ignore rules against git itself, over generated trees and patterns."""

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support_workspace import ignored_by_git, init_git, workspace_of, write_tree

_NAMES = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "abc",
        "a.c",
        "b.py",
        ".c",
        "A",
        "a b",
        "a ",
        "[a]",
        "!a",
        "#a",
        "é",
        "a-b",
        "]",
        "a\\b",
        "*",
    ]
)
_PIECES = st.sampled_from(
    [
        "a",
        "b",
        "c",
        "A",
        ".",
        ".c",
        "py",
        "*",
        "**",
        "***",
        "?",
        "/",
        "/",
        "/",
        "[ab]",
        "[!a]",
        "[^b]",
        "[a-c]",
        "[]a]",
        "[",
        "]",
        "!",
        "#",
        "\\",
        "\\a",
        "\\*",
        "\\ ",
        " ",
        "[[:alpha:]]",
        "[[:nope:]]",
        "[\\]a]",
        "[a-]",
        "é",
        "-",
        "**/",
        "/**",
    ]
)
_PATTERNS = st.one_of(
    st.lists(_PIECES, min_size=1, max_size=6).map("".join),
    st.tuples(
        st.sampled_from(["", "!", "/", "!/"]), _NAMES, st.sampled_from(["", "/", "/*", "/**", "*"])
    ).map("".join),
)
_FILES = st.lists(st.lists(_NAMES, min_size=1, max_size=4), min_size=1, max_size=12)
_RULES = st.dictionaries(
    st.sampled_from([(), ("a",), ("a", "b"), ("ab",)]),
    st.lists(_PATTERNS, max_size=6),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(files=_FILES, rules=_RULES, ending=st.sampled_from(["\n", "\r\n", ""]))
@example(files=[["a", "b"]], rules={(): ["a/", "!a/b"]}, ending="\n")
@example(files=[["ab"], ["a", "b", "ab"]], rules={(): ["a**/b"]}, ending="\n")
@example(files=[["a", "b", "abc"]], rules={(): ["a/**/abc", "!**/b"], ("a",): ["!abc"]}, ending="\r\n")
def test_the_rules_agree_with_git(
    files: list[list[str]], rules: dict[tuple[str, ...], list[str]], ending: str
) -> None:
    """For any tree and any patterns, a file is refused exactly when git calls it ignored."""
    folder = Path(tempfile.mkdtemp())
    try:
        init_git(folder)
        paths = _written(folder, files)
        for names, patterns in rules.items():
            if folder.joinpath(*names).is_dir():
                text = "\n".join(patterns).replace("\n", ending or "\n") + ending
                folder.joinpath(*names, ".gitignore").write_text(text, newline="")
        workspace = workspace_of(folder)
        refused = {path for path in paths if workspace.why_refused(path)}
        assert refused == ignored_by_git(folder, paths)
        assert set(workspace.files()) - {p for p in workspace.files() if p.endswith(".gitignore")} == (
            {path for path in paths if (folder / path).is_file()} - refused
        )
    finally:
        shutil.rmtree(folder)


def _written(folder: Path, files: list[list[str]]) -> set[str]:
    """Write the files that the tree has room for; return their paths and those of their folders."""
    paths: set[str] = set()
    for names in files:
        parents = [folder.joinpath(*names[:length]) for length in range(1, len(names))]
        if any(parent.is_file() for parent in parents) or folder.joinpath(*names).is_dir():
            continue
        write_tree(folder, {"/".join(names): "x"})
        paths.update("/".join(names[:length]) for length in range(1, len(names) + 1))
    return paths
