"""What is staged: the bytes, the words, and how the model's own tools see it."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.values import Edit, FileEdits, NewFile, WholeFile
from lakewright.staging.diffs import diff_bytes_of, diff_of
from lakewright.staging.places import Place, as_spelled, place_of
from lakewright.staging.stage import Stage
from lakewright.staging.values import Change
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace import worker
from lakewright.workspace.atomic_write_file import fingerprint
from support_staging import accepted, data_of, edit, stage_of
from support_workspace import workspace_of, write_tree

_TOOLS = {tool.spec.name: tool for tool in READ_TOOLS}

_LINES = "one = 1\ntwo = 2\nthree = 3\nfour = 4\n"
_CASES: list[tuple[str, bytes | None, Change, bytes, str]] = [
    ("a.py", _LINES.encode(), edit("a.py", ("two = 2", "two = 22")), b"", "Edited a.py: 1 edit, line 2."),
    (
        "a.py",
        _LINES.encode(),
        edit("./a.py", ("four = 4", "four = 44\nfive = 5"), ("one = 1", "one = 11")),
        b"one = 11\ntwo = 2\nthree = 3\nfour = 44\nfive = 5\n",
        "Edited a.py: 2 edits, lines 1 and 4-5.",
    ),
    (
        "a.py",
        _LINES.encode(),
        edit("b/../a.py", ("two = 2\n", "")),
        b"one = 1\nthree = 3\nfour = 4\n",
        "line 2.",
    ),
    (
        "a.py",
        _LINES.encode(),
        edit("a.py", ("two = 2", "two = 22"), ("three", "three")),
        b"",
        "1 edit, line 2. Edit 2 of 2: Nothing to change",
    ),
    (
        "dos.txt",
        b"one\r\ntwo\r\n",
        edit("dos.txt", ("one\ntwo", "one\n1.5\ntwo")),
        b"one\r\n1.5\r\ntwo\r\n",
        "line 2",
    ),
    ("mixed.txt", b"one\r\ntwo\nthree", edit("mixed.txt", ("two", "2")), b"one\r\n2\nthree", "line 2."),
    ("mac.txt", b"one\rtwo\rthree\r", edit("mac.txt", ("two", "2")), b"one\r2\rthree\r", "line 2."),
    (
        "bom.txt",
        b"\xef\xbb\xbfone\n",
        edit("bom.txt", ("one", "caf\xe9")),
        b"\xef\xbb\xbfcaf\xc3\xa9\n",
        "line 1",
    ),
    (
        "wide.txt",
        b"\xff\xfe" + "one\ntwo\n".encode("utf-16-le"),
        edit("wide.txt", ("two", "zw\xf6lf")),
        b"\xff\xfe" + "one\nzw\xf6lf\n".encode("utf-16-le"),
        "line 2",
    ),
    (
        "latin.py",
        "# coding: latin-1\nname = 'caf\xe9'\n".encode("latin-1"),
        edit("latin.py", ("caf\xe9", "th\xe9")),
        "# coding: latin-1\nname = 'th\xe9'\n".encode("latin-1"),
        "line 2",
    ),
    (
        "broken.py",
        b"def f(:\n    pass\n",
        edit("broken.py", ("def f(:", "def f():")),
        b"def f():\n    pass\n",
        "line 1",
    ),
    ("gone.txt", b"one\n", edit("gone.txt", ("one\n", "")), b"<empty>", "1 edit"),
    ("pkg/new.py", None, NewFile("pkg/new.py", "x = 1"), b"x = 1\n", "Created pkg/new.py: 1 line."),
    ("new.py", None, NewFile("new.py", "x = 1\n\ny = 1\n"), b"x = 1\n\ny = 1\n", "3 lines"),
    ("new.txt", None, NewFile("new.txt", "a\r\nb\r\n"), b"a\r\nb\r\n", "2 lines"),
    ("pkg/__init__.py", None, NewFile("pkg/__init__.py", ""), b"<empty>", "0 lines"),
    ("stub.py", None, NewFile("stub.py", "def f():\n    ...\n"), b"def f():\n    ...\n", "2 lines"),
    ("doc.md", None, NewFile("doc.md", "```\nx\n...\n```\n"), b"```\nx\n...\n```\n", "Created"),
    ("new.py", None, WholeFile("new.py", "x = 1\n"), b"x = 1\n", "Created new.py"),
]


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    worker._workers.clear()


@pytest.mark.parametrize(
    ("path", "before", "change", "after", "words"),
    _CASES,
    ids=[f"{i}-{one[0]}" for i, one in enumerate(_CASES)],
)
async def test_accepted(  # noqa: PLR0917 - a row of the table
    tmp_path: Path, path: str, before: bytes | None, change: Change, after: bytes, words: str
) -> None:
    """The file's new bytes, made from its old ones, and where it was changed, in its new lines."""
    stage = stage_of(tmp_path, {} if before is None else {path: before})
    verdict = await accepted(stage, change)
    after = {b"": b"one = 1\ntwo = 22\nthree = 3\nfour = 4\n", b"<empty>": b""}.get(after, after)
    assert words in verdict.message
    assert verdict.path == path
    (file,) = stage.files
    assert (file.path, file.data) == (path, after)
    assert file.expected == (None if before is None else fingerprint(before))
    assert (file.before is None) == (before is None)
    assert file.after.bom + file.after.text.encode(file.after.encoding) == after
    assert len(file.changes) == 1
    assert file.changes[0].path == path
    assert stage.view.read(path).text == file.after.text
    assert diff_of(file)
    assert diff_bytes_of(file)
    assert not stage.open_refusals
    assert {item.name for item in tmp_path.rglob("*") if item.is_file()} == (
        {Path(path).name} if before else set()
    )


async def test_one_change_after_another(tmp_path: Path) -> None:
    """Later edits are located in what earlier ones made; files come in the order of their first change."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    await accepted(stage, edit("b.py", ("y = 1", "y = 2")))
    await accepted(stage, edit("a.py", ("x = 1", "x = 2")))
    await accepted(stage, edit("b.py", ("y = 2", "y = 3")))
    await accepted(stage, NewFile("c.py", "z = 1\n"))
    await accepted(stage, edit("c.py", ("z = 1", "z = 2")))
    assert data_of(stage) == {"b.py": b"y = 3\n", "a.py": b"x = 2\n", "c.py": b"z = 2\n"}
    assert list(data_of(stage)) == ["b.py", "a.py", "c.py"]
    assert [len(file.changes) for file in stage.files] == [2, 1, 2]
    assert stage.files[0].expected == fingerprint(b"y = 1\n")
    assert stage.files[2].expected is None


async def test_back_to_the_original(tmp_path: Path) -> None:
    """A file edited back drops out, and comes in again with the changes made since."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    await accepted(stage, edit("a.py", ("x = 1", "x = 2")))
    await accepted(stage, edit("a.py", ("x = 2", "x = 1")))
    assert data_of(stage) == {}
    assert stage.view.overlay == {}
    await accepted(stage, edit("a.py", ("x = 1", "x = 3")))
    assert [(file.data, len(file.changes)) for file in stage.files] == [(b"x = 3\n", 1)]


async def test_a_created_file_stays_however_empty(tmp_path: Path) -> None:
    """A new file whose text was edited away is still a new file."""
    stage = stage_of(tmp_path, {})
    await accepted(stage, NewFile("a.txt", "one\n"))
    await accepted(stage, edit("a.txt", ("one\n", "")))
    assert data_of(stage) == {"a.txt": b""}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (edit("a.py", ("gone = 1", "value_of_it = 1")), "Already applied: line 1"),
        (edit("a.py", ("value_of_it = 1", "value_of_it = 1")), "Nothing to change"),
        (NewFile("a.py", "value_of_it = 1\n"), "Already applied"),
        (NewFile("a.py", "value_of_it = 1"), "Already applied"),
        (WholeFile("a.py", "value_of_it = 1\n"), "Nothing to change"),
    ],
)
async def test_done_already(tmp_path: Path, change: Change, words: str) -> None:
    """It is said and counts as done: nothing is staged, nothing is refused."""
    stage = stage_of(tmp_path, {"a.py": "value_of_it = 1\n"})
    verdict = await accepted(stage, change)
    assert words in verdict.message
    assert verdict.path == "a.py"
    assert (stage.files, stage.open_refusals) == ((), ())


async def test_a_link_inside_the_root_is_its_file(tmp_path: Path) -> None:
    """What is staged is the file a link leads to, once, and both names show it."""
    root = write_tree(tmp_path, {"src/a.py": "x = 1\n"})
    (root / "link.py").symlink_to("src/a.py")
    (root / "folder").symlink_to("src")
    stage = Stage(workspace_of(root))
    await accepted(stage, edit("link.py", ("x = 1", "x = 2")))
    await accepted(stage, edit("folder/a.py", ("x = 2", "x = 3")))
    await accepted(stage, NewFile("folder/b.py", "y = 1\n"))
    assert data_of(stage) == {"src/a.py": b"x = 3\n", "src/b.py": b"y = 1\n"}
    for name in ("src/a.py", "link.py", "folder/a.py"):
        assert stage.view.read(name).text == "x = 3\n"


def test_a_disk_that_does_not_care_for_letter_case(tmp_path: Path) -> None:
    """A path is taken in the spelling that the disk lists."""
    root = write_tree(tmp_path, {"Src/Caf\xe9.py": "x = 1\n"})
    assert as_spelled(root, "src/CAFE\u0301.PY") == "Src/Caf\xe9.py"
    assert as_spelled(root, "Src/other.py") == "Src/other.py"
    assert place_of("Src/Caf\xe9.py", workspace_of(root)) == Place("Src/Caf\xe9.py", exists=True)


@pytest.mark.parametrize(
    ("disk", "buffer", "encoding", "from_disk"),
    [
        (b"x = 1\r\n", "x = 1\r\n", "utf-8", True),
        (
            "# coding: latin-1\nx = '\xe9'\n".encode("latin-1"),
            "# coding: latin-1\nx = '\xe9'\n",
            "iso8859-1",
            True,
        ),
        (
            "# coding: latin-1\nx = '\xe9'\n".encode("latin-1"),
            "# coding: latin-1\nx = '\xe8'\n",
            "iso8859-1",
            False,
        ),
        ("# coding: latin-1\nx = '\xe9'\n".encode("latin-1"), "x = '\u65e5'\n", "utf-8", False),
        (b"x = 1\n", "x = 10\n", "utf-8", False),
        (None, "x = 1\n", "utf-8", False),
        (b"\0\1\2\0", "x = 1\n", "utf-8", False),
    ],
)
async def test_a_buffer_stands_for_the_disk(
    tmp_path: Path, disk: bytes | None, buffer: str, encoding: str, from_disk: bool
) -> None:
    """Edits are made in an open buffer's text; only one that is saved is taken for what the disk holds."""
    stage = stage_of(tmp_path, {} if disk is None else {"a.py": disk}, overlay={"a.py": buffer})
    await accepted(stage, edit("a.py", ("x = ", "y = ")))
    (file,) = stage.files
    assert file.before is not None
    assert (file.before.text, file.before.encoding) == (buffer, encoding)
    assert file.after.text == buffer.replace("x = ", "y = ")
    assert (file.expected == (fingerprint(disk) if disk else None)) == from_disk
    await accepted(stage, edit("a.py", ("y = ", "x = ")))
    assert stage.files == ()
    assert stage.view.overlay == {"a.py": buffer}


async def test_the_models_tools_read_what_is_staged(tmp_path: Path) -> None:
    """Edited and created files come through every read tool; what isn't staged comes from the disk."""
    stage = stage_of(tmp_path, {"a.py": "def old():\n    pass\n", "b.py": "print(old)\n"})
    await accepted(stage, edit("a.py", ("def old():", "def fresh():")))
    await accepted(stage, NewFile("pkg/c.py", "def made():\n    return fresh()\n"))

    async def ask(tool: str, **arguments: object) -> str:
        return await _TOOLS[tool].run(arguments, stage.view)

    assert await ask("read_file", path="a.py") == "1\tdef fresh():\n2\t    pass"
    assert await ask("read_file", path="pkg/c.py") == "1\tdef made():\n2\t    return fresh()"
    assert await ask("list_files") == "a.py\nb.py\npkg/c.py"
    assert await ask("search_text", pattern="fresh") == "a.py:1: def fresh():\npkg/c.py:2:     return fresh()"
    assert await ask("search_text", pattern="old") == "b.py:1: print(old)"
    assert await ask("outline", path="pkg/c.py") == "1-2  function  def made()"
    assert "a.py:1-2: function: def fresh()" in await ask("find_symbol", name="fresh")
    assert sorted(os.listdir(tmp_path)) == ["a.py", "b.py"]  # noqa: PTH208 - names only


async def test_changes_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Each of many changes that come in together is located in what the one before made."""
    stage = stage_of(tmp_path, {"a.py": "".join(f"x{n} = {n}\n" for n in range(20))})
    changes = [edit("a.py", (f"x{n} = {n}\n", f"y{n} = {n}\n")) for n in range(20)]
    await asyncio.gather(*(accepted(stage, change) for change in changes))
    assert data_of(stage) == {"a.py": "".join(f"y{n} = {n}\n" for n in range(20)).encode()}


async def test_a_cancelled_change_is_not_staged(tmp_path: Path) -> None:
    """Cancelling leaves the stage as it was, and free for the next change."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    task = asyncio.create_task(stage.apply(edit("a.py", ("x = 1", "x = 2"))))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stage.files == ()
    await accepted(stage, edit("a.py", ("x = 1", "x = 3")))
    assert data_of(stage) == {"a.py": b"x = 3\n"}


async def test_two_hundred_edits_in_one_call(tmp_path: Path) -> None:
    """As many edits as a call may hold are made together."""
    text = "".join(f"def f{n}():\n    return {n}\n\n\n" for n in range(1_000))
    stage = stage_of(tmp_path, {"a.py": text})
    pairs = [(f"def f{n}():\n    return {n}\n", f"def g{n}():\n    return {n}\n") for n in range(0, 1_000, 5)]
    verdict = await accepted(stage, edit("a.py", *pairs))
    assert verdict.message.startswith("Edited a.py: 200 edits, lines 1, 21, 41")
    assert verdict.message.endswith("and 188 more places.")
    assert stage.files[0].after.text.count("def g") == 200


_ENCODINGS: Mapping[str, tuple[bytes, str]] = {
    "utf-8": (b"", "utf-8"),
    "bom": (b"\xef\xbb\xbf", "utf-8"),
    "utf-16": (b"\xff\xfe", "utf-16-le"),
    "utf-16-be": (b"\xfe\xff", "utf-16-be"),
}
_ROWS = st.lists(
    st.tuples(st.text("ab \t\f\xe9\u20ac\U0001f40d", max_size=6), st.sampled_from(("\n", "\r\n"))), max_size=8
)


@settings(max_examples=60, deadline=None)
@given(above=_ROWS, below=_ROWS, encoding=st.sampled_from(sorted(_ENCODINGS)), ends=st.booleans())
def test_nothing_changes_outside_the_edit(
    tmp_path_factory: pytest.TempPathFactory,
    above: list[tuple[str, str]],
    below: list[tuple[str, str]],
    encoding: str,
    ends: bool,
) -> None:
    """Whatever surrounds an edit, in any encoding and with any line endings, is the same byte for byte."""
    bom, codec = _ENCODINGS[encoding]
    head, tail = ("".join(text + ending for text, ending in rows) for rows in (above, below))
    tail = "\n" + tail if tail or ends else ""

    def data(middle: str) -> bytes:
        return bom + f"{head}{middle}{tail}".encode(codec)

    stage = stage_of(tmp_path_factory.mktemp("tree"), {"a.txt": data("old value 1")})
    change = FileEdits("a.txt", (Edit("old value 1", "new value 22"),))
    verdict = asyncio.run(stage.apply(change))
    assert verdict.refused is None, verdict.message
    assert data_of(stage) == {"a.txt": data("new value 22")}
