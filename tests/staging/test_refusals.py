"""Every refusal: its kind, whether it names a file of the workspace, and words that let a model go on."""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.values import Edit, FileEdits, Kind, NewFile, Refused, WholeFile
from lakewright.staging.stage import Stage
from lakewright.staging.values import Change
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_staging import accepted, data_of, edit, refusal, stage_of
from support_workspace import workspace_of, write_tree
from support_writing import tree_of

_FILES: Mapping[str, str | bytes] = {
    "src/orders.py": "import os\n\n\ndef total(a):\n    return a\n\n\ndef tax(a):\n    return a\n",
    "src/latin.py": "# coding: latin-1\nname = 'caf\xe9'\n".encode("latin-1"),
    "src/broken.py": "def f(:\n    pass\n",
    "lib/orders.py": "x = 1\ny = 2\n",
    "README.md": "# Orders\n",
    "data.bin": b"\0\1\2\3\0",
    "odd.txt": b"\x80\x81\xfd what\n",
    ".gitignore": "build/\n",
    "build/out.py": "x = 1\n",
    ".env": "TOKEN=1\n",
    ".git/config": "[core]\n",
    "data.json": '{"a": 1}\n',
}
_SECRET = "/etc/hosts"

CASES: list[tuple[Change, Kind, str | None, str]] = [
    # what edits are refused for
    (edit("src/orders.py", ("def totals(a):", "x")), Kind.NOT_FOUND, "src/orders.py", "4 | def total(a):"),
    (edit("src/orders.py", ("    return a", "x")), Kind.AMBIGUOUS, "src/orders.py", "lines 5, 9"),
    (edit("src/orders.py", ("", "x")), Kind.EMPTY_SEARCH, "src/orders.py", "quote a line beside"),
    (edit("src/orders.py"), Kind.FORM, "src/orders.py", "at least one"),
    (
        edit(
            "src/orders.py",
            ("import os", "import re"),
            ("import os\n\n\ndef total(a):", "import os\n\n\ndef sums(a):"),
        ),
        Kind.OVERLAP,
        "src/orders.py",
        "None of this call's edits was made",
    ),
    (
        edit("lib/orders.py", ("x = 1", "y = 2"), ("y = 2", "z = 3")),
        Kind.ORDER,
        "lib/orders.py",
        "one edit of those",
    ),
    (edit("src/orders.py", ("def tax(a):", "def tax(a:")), Kind.SYNTAX, "src/orders.py", "line 8"),
    (edit("src/broken.py", ("    pass", "    pass)")), Kind.SYNTAX, "src/broken.py", "parses"),
    (edit("data.json", ('"a": 1', '"a": 1,')), Kind.SYNTAX, "data.json", "line 1"),
    (edit("src/latin.py", ("caf\xe9", "\u65e5")), Kind.ENCODING, "src/latin.py", "iso8859-1"),
    (
        edit("src/orders.py", ("import os", "mail = '<EMAIL_ADDRESS>'")),
        Kind.MASKED,
        "src/orders.py",
        "gateway",
    ),
    (
        edit("src/orders.py", ("def total(a):\n    return a", "def total(b):\n    # ... rest unchanged")),
        Kind.ELISION,
        "src/orders.py",
        "write out",
    ),
    # paths that name no file of the workspace
    (edit("src/ordres.py", ("x", "y")), Kind.MISSING, None, "lib/orders.py, src/orders.py"),
    (edit("app/lib/orders.py", ("x", "y")), Kind.MISSING, None, "like it: lib/orders.py, src/orders.py"),
    (edit("src\\orders.py", ("x", "y")), Kind.MISSING, None, "src/orders.py"),
    (edit("orders.py", ("", "x = 1\n")), Kind.MISSING, None, "create_file"),
    (edit("src", ("x", "y")), Kind.MISSING, None, "a folder"),
    (edit("", ("x", "y")), Kind.MISSING, None, "a folder"),
    (edit("src/orders.py/x.py", ("x", "y")), Kind.MISSING, None, "no file"),
    (edit("../other.py", ("x", "y")), Kind.OUTSIDE, None, "outside the workspace root"),
    (edit(_SECRET, ("x", "y")), Kind.OUTSIDE, None, "outside the workspace root"),
    (edit("src/\0.py", ("x", "y")), Kind.OUTSIDE, None, "NUL"),
    (edit("src/\ud800.py", ("x", "y")), Kind.OUTSIDE, None, "no file name"),
    (edit("x" * 300, ("x", "y")), Kind.OUTSIDE, None, "too long"),
    (edit("x/" * 600 + "y", ("x", "y")), Kind.OUTSIDE, None, "too long"),
    (edit("link-out.py", ("x", "y")), Kind.OUTSIDE, None, "leads out"),
    (edit("outer/x.py", ("x", "y")), Kind.OUTSIDE, None, "leads out"),
    (edit(".env", ("TOKEN=1", "TOKEN=2")), Kind.DENIED, None, "deny list"),
    (edit("link-env", ("TOKEN=1", "TOKEN=2")), Kind.DENIED, None, "deny list"),
    (edit("build/out.py", ("x = 1", "x = 2")), Kind.DENIED, None, "ignored by"),
    (edit(".gitignore", ("build/\n", "")), Kind.DENIED, None, ".gitignore decides which files may be read"),
    (edit("lib/../.gitignore", ("build/\n", "")), Kind.DENIED, None, "decides which files may be read"),
    (NewFile("build2/.gitignore", "!*\n"), Kind.DENIED, None, "decides which files may be read"),
    (NewFile("src/.lakewrightignore", "!*\n"), Kind.DENIED, None, "decides which files may be read"),
    (NewFile(".Lakewright.YAML", "ignore: []\n"), Kind.DENIED, None, "decides which files may be read"),
    # files that are there, and can't be edited
    (edit("data.bin", ("x", "y")), Kind.DENIED, "data.bin", "binary"),
    (edit("odd.txt", ("what", "that")), Kind.DENIED, "odd.txt", "can't be read"),
    (edit("twice.py", ("x = 1", "x = 2")), Kind.DENIED, "twice.py", "hard links"),
    # new files
    (NewFile("src/orders.py", "x = 1\n"), Kind.EXISTS, "src/orders.py", "edit_file"),
    (NewFile("src", "x"), Kind.MISSING, None, "a folder"),
    (NewFile("src/new/", "x"), Kind.OUTSIDE, None, "none at the end"),
    (NewFile("src\\new.py", "x = 1\n"), Kind.OUTSIDE, None, "/ between folders"),
    (NewFile("src/a\nb.py", "x = 1\n"), Kind.OUTSIDE, None, "control characters"),
    (NewFile("src/ new.py", "x = 1\n"), Kind.OUTSIDE, None, "blanks at an end"),
    (NewFile("README.md/new.py", "x = 1\n"), Kind.OUTSIDE, None, "README.md is a file, not a folder"),
    (NewFile("nowhere.py", "x = 1\n"), Kind.OUTSIDE, None, "leads nowhere"),
    (NewFile("nowhere.py/x.py", "x = 1\n"), Kind.OUTSIDE, None, "not a folder"),
    (NewFile("readme.md", "x\n"), Kind.EXISTS, None, "README.md already"),
    (NewFile("SRC/new.py", "x = 1\n"), Kind.EXISTS, None, "There is src already"),
    (NewFile("../new.py", "x = 1\n"), Kind.OUTSIDE, None, "outside"),
    (NewFile("outer/new.py", "x = 1\n"), Kind.OUTSIDE, None, "leads out"),
    (NewFile(".env.local", "x = 1\n"), Kind.DENIED, None, "deny list"),
    (NewFile(".git/hooks/pre-commit", "#!/bin/sh\n"), Kind.DENIED, None, "deny list"),
    (NewFile("build/new.py", "x = 1\n"), Kind.DENIED, None, "ignored by"),
    (NewFile("src/new.py", "def f(:\n"), Kind.SYNTAX, "src/new.py", "line 1"),
    (
        NewFile("src/new.py", "def f():\n    x = 1\n    # ... rest of the code\n"),
        Kind.ELISION,
        "src/new.py",
        "3",
    ),
    (NewFile("src/new.py", "mail = '<EMAIL_ADDRESS>'\n"), Kind.MASKED, "src/new.py", "gateway"),
    (NewFile("src/new.go", "```go\npackage main\n```"), Kind.FORM, "src/new.go", "fence"),
    (NewFile("src/new.txt", "a\ud800b"), Kind.ENCODING, "src/new.txt", "utf-8"),
    (NewFile("src/new.txt", "a\0b\1\2"), Kind.ENCODING, "src/new.txt", "binary"),
    (NewFile("src/new.ipynb", "x = 1\n"), Kind.SYNTAX, "src/new.ipynb", "JSON"),
    (WholeFile("src/new.py", "def f(:\n"), Kind.SYNTAX, "src/new.py", "line 1"),
]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    root = write_tree(tmp_path / "root", _FILES)
    (tmp_path / "out.py").write_text("x = 1\n")
    (tmp_path / "out").mkdir()
    (root / "link-out.py").symlink_to(tmp_path / "out.py")
    (root / "outer").symlink_to(tmp_path / "out")
    (root / "link-env").symlink_to(".env")
    (root / "nowhere.py").symlink_to("nothing.py")
    (root / "twice.py").write_text("x = 1\n")
    os.link(root / "twice.py", tmp_path / "other-name.py")
    return Stage(workspace_of(root))


@pytest.mark.parametrize(
    ("change", "kind", "path", "words"),
    CASES,
    ids=[f"{type(one[0]).__name__}-{one[1]}-{i}" for i, one in enumerate(CASES)],
)
async def test_refused(stage: Stage, change: Change, kind: Kind, path: str | None, words: str) -> None:
    """The kind, the file it counts for, the words to learn from; nothing is staged."""
    told, counted, message = await refusal(stage, change)
    assert (told, counted) == (kind, path)
    assert words in message
    assert "2 more attempts" in message
    assert (stage.files, stage.view.overlay) == ((), {})
    assert stage.attempted
    assert [(one.path, one.refused.kind, one.attempts) for one in stage.open_refusals] == [(path, kind, 1)]


async def test_kinds_are_all_there() -> None:
    """The table above, and the tests of whole files and forms, leave out no kind of refusal."""
    elsewhere = {Kind.VANISHES, Kind.UNFINISHED, Kind.TOO_LARGE}
    assert {kind for _, kind, _, _ in CASES} | elsewhere == set(Kind)


async def test_a_change_of_a_rewritten_answer_is_refused(tmp_path: Path) -> None:
    """When a gateway rewrote the turn, nothing of it is used, whatever it says."""
    root = write_tree(tmp_path, {"a.py": "x = 1\n"})
    rewritten = [True]
    stage = Stage(workspace_of(root), masked=lambda: rewritten[0])
    kind, path, message = await refusal(stage, edit("a.py", ("x = 1", "x = 2")))
    assert (kind, path) == (Kind.MASKED, "a.py")
    assert "gateway" in message
    rewritten[0] = False
    assert (await stage.apply(edit("a.py", ("x = 1", "x = 2")))).refused is None


async def test_a_folder_as_wide_as_home_opens_one_file(tmp_path: Path) -> None:
    """Where only the target may be read, only it may be changed, and nothing be created."""
    root = write_tree(tmp_path, {"a.py": "x = 1\n", "b.py": "x = 1\n"})
    stage = Stage(Workspace(Root(root, root / "a.py")))
    assert (await refusal(stage, edit("b.py", ("x = 1", "x = 2"))))[:2] == (Kind.DENIED, None)
    assert (await refusal(stage, NewFile("c.py", "x = 1\n")))[:2] == (Kind.DENIED, None)
    assert (await stage.apply(edit("a.py", ("x = 1", "x = 2")))).refused is None


@pytest.mark.parametrize(
    ("path", "counted"),
    [("a.py", "a.py"), ("./a.py", "a.py"), ("gone.py", None), ("../a.py", None), (None, None)],
)
async def test_a_form_that_was_not_finished(tmp_path: Path, path: str | None, counted: str | None) -> None:
    """It counts for the file it names, or for none."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    verdict = stage.refuse(path, Refused("The block is not closed.", Kind.UNFINISHED))
    assert verdict.path == counted
    assert "The block is not closed. Send it again, complete." in verdict.message
    assert stage.attempted
    assert [one.path for one in stage.open_refusals] == [counted]


async def test_creating_what_this_run_has_made(tmp_path: Path) -> None:
    """A new file is replaced by an edit only, a folder of a new file is no file, and the other way round."""
    stage = stage_of(tmp_path, {})
    assert (await stage.apply(NewFile("pkg/a.py", "x = 1\n"))).refused is None
    for change, kind in (
        (NewFile("pkg/a.py", "x = 2\n"), Kind.EXISTS),
        (NewFile("pkg", "x = 2\n"), Kind.OUTSIDE),
        (NewFile("pkg/a.py/b.py", "x = 2\n"), Kind.OUTSIDE),
        (NewFile("pkg/A.py", "x = 2\n"), Kind.EXISTS),
        (NewFile("PKG/b.py", "x = 2\n"), Kind.EXISTS),
    ):
        assert (await refusal(stage, change))[0] == kind
    assert data_of(stage) == {"pkg/a.py": b"x = 1\n"}


async def test_huge_input_is_refused_and_told_briefly(tmp_path: Path) -> None:
    """A path of a megabyte is not sent back, and neither are a thousand edits tried."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    _, _, message = await refusal(stage, edit("y" * 1_000_000, ("x", "y")))
    assert len(message) < 1_000
    many = FileEdits("a.py", edit("a.py", ("x", "y")).edits * 1_000)
    assert (await refusal(stage, many))[0] == Kind.TOO_LARGE


@pytest.mark.parametrize("mode", [0o000])
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
async def test_a_file_without_the_right_to_read_it(tmp_path: Path, mode: int) -> None:
    """The system's refusal is told in words."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    (tmp_path / "a.py").chmod(mode)
    assert (await refusal(stage, edit("a.py", ("x = 1", "x = 2"))))[0] == Kind.DENIED


_PATHS = st.one_of(
    st.sampled_from(
        ["a.py", "./a.py", "sub", "sub/b.txt", "new.py", "..", "/", "", ".env", "link", "a.py/x"]
    ),
    st.text(st.characters(codec=None), max_size=8),
)
_TEXTS = st.one_of(
    st.sampled_from(["x = 1", "x = 1\n", "", "y", "\ud800", "\0", "\ufeffx", "<EMAIL_ADDRESS>", "# ...\n"]),
    st.text(st.characters(codec=None), max_size=12),
)
_CHANGES = st.one_of(
    st.builds(NewFile, _PATHS, _TEXTS),
    st.builds(WholeFile, _PATHS, _TEXTS),
    st.builds(FileEdits, _PATHS, st.lists(st.builds(Edit, _TEXTS, _TEXTS), max_size=3).map(tuple)),
)


@settings(max_examples=150, deadline=None)
@given(changes=st.lists(_CHANGES, max_size=6))
def test_whatever_comes_is_a_verdict(
    tmp_path_factory: pytest.TempPathFactory, changes: list[FileEdits | NewFile | WholeFile]
) -> None:
    """No change raises, the disk stays as it is, and what is staged can be told back from its bytes."""
    root = write_tree(
        tmp_path_factory.mktemp("tree"), {"a.py": "x = 1\n", "sub/b.txt": "y\r\n", ".env": "x\n"}
    )
    (root / "link").symlink_to("sub/b.txt")
    before = tree_of(root)
    stage = Stage(workspace_of(root))

    async def run() -> None:
        for change in changes:
            verdict = await stage.apply(change)
            assert verdict.message
            assert (verdict.refused is None) or verdict.message.endswith(("]", "changed."))

    asyncio.run(run())
    assert tree_of(root) == before
    for file in stage.files:
        assert file.after.bom + file.after.text.encode(file.after.encoding) == file.data
        assert stage.view.read(file.path).text == file.after.text
        assert file.before is None or file.before != file.after


async def test_a_file_that_decides_what_is_read_is_changed_as_the_target(tmp_path: Path) -> None:
    """The user who names `.gitignore` means it, by a link to it too; no other such file is meant with it."""
    root = write_tree(tmp_path, {".gitignore": "build/\n", "lib/.gitignore": "x\n"})
    (root / "ignored").symlink_to(".gitignore")
    for target in (".gitignore", "ignored"):
        stage = Stage(workspace_of(root), target=target)
        await accepted(stage, edit(".gitignore", ("build/", "dist/")))
        assert data_of(stage) == {".gitignore": b"dist/\n"}
        kind, _, _ = await refusal(stage, edit("lib/.gitignore", ("x", "y")))
        assert kind is Kind.DENIED


async def test_a_link_to_such_a_file_is_no_way_round(tmp_path: Path) -> None:
    """What counts is the file that a path leads to."""
    root = write_tree(tmp_path, {".gitignore": "build/\n"})
    (root / "notes.txt").symlink_to(".gitignore")
    kind, _, _ = await refusal(Stage(workspace_of(root)), edit("notes.txt", ("build/\n", "")))
    assert kind is Kind.DENIED
