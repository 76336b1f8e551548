"""What each tool answers, and how it refuses."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from lakewright.errors import ToolFailedError
from lakewright.tools import searching
from lakewright.tools.output import MAX_BYTES, MAX_LINES, MAX_ROWS
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace import worker
from lakewright.workspace.files import Workspace
from support_workspace import workspace_of, write_tree

_TOOLS = {tool.spec.name: tool for tool in READ_TOOLS}
_ORDERS = (
    "import json\n\nclass Order:\n    def total(self) -> int:\n        return 1\n\nprint(Order().total())\r\n"
)
_FILES: Mapping[str, str | bytes] = {
    "src/orders.py": _ORDERS,
    "src/empty.py": "",
    "src/long.py": "".join(f"x{number} = {number}\n" for number in range(1, 1001)),
    "src/wide.py": "y" * 5_000 + "\n",
    "book.py": "# Databricks notebook source\nx = 1\n\n# COMMAND ----------\n\ndef f(): pass\n",
    "notes.md": "text\n",
    "data.bin": b"\0\1\2\3\0",
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return workspace_of(write_tree(tmp_path, _FILES))


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    worker._workers.clear()


def test_the_tools_and_their_order() -> None:
    """Names, arguments and order are what the outside was promised; none of them changes anything."""
    shapes = {}
    for tool in READ_TOOLS:
        parameters = json.loads(json.dumps(tool.spec.parameters))
        shapes[tool.spec.name] = (list(parameters["properties"]), parameters["required"])
        keys = {key for field in parameters["properties"].values() for key in field}
        assert keys == {"type", "description"}
        assert set(parameters) == {"type", "properties", "required"}
        assert not tool.mutates
    assert list(shapes.items()) == [
        ("read_file", (["path", "startLine", "endLine"], ["path"])),
        ("list_files", (["glob"], [])),
        ("search_text", (["pattern", "glob"], ["pattern"])),
        ("outline", (["path"], ["path"])),
        ("find_symbol", (["name"], ["name"])),
    ]


@pytest.mark.parametrize(
    ("tool", "arguments", "answer"),
    [
        (
            "read_file",
            {"path": "src/orders.py", "startLine": 3, "endLine": 5},
            "3\tclass Order:\n4\t    def total(self) -> int:\n5\t        return 1\n[src/orders.py has 7 lines]",  # noqa: E501 - the answer to the letter
        ),
        ("read_file", {"path": "src/orders.py", "startLine": 7}, "7\tprint(Order().total())"),
        (
            "read_file",
            {"path": "src/orders.py", "startLine": "7", "endLine": 9.0},
            "7\tprint(Order().total())",
        ),
        ("read_file", {"path": "notes.md", "startLine": None}, "1\ttext"),
        ("read_file", {"path": "src/empty.py"}, "[src/empty.py is empty]"),
        ("list_files", {"glob": "src/*"}, "src/empty.py\nsrc/long.py\nsrc/orders.py\nsrc/wide.py"),
        (
            "list_files",
            {"glob": ""},
            "book.py\ndata.bin\nnotes.md\nsrc/empty.py\nsrc/long.py\nsrc/orders.py\nsrc/wide.py",
        ),
        ("list_files", {"glob": "*.rb"}, "[no readable file matches *.rb]"),
        (
            "search_text",
            {"pattern": "total"},
            "src/orders.py:4:     def total(self) -> int:\nsrc/orders.py:7: print(Order().total())",
        ),
        ("search_text", {"pattern": "total", "glob": "*.md"}, "[no line of 1 files matches]"),
        (
            "outline",
            {"path": "src/orders.py"},
            "3-5  class  class Order\n  4-5  method  def total(self) -> int",
        ),
        ("outline", {"path": "src/empty.py"}, "[src/empty.py has 0 lines and no symbols]"),
        ("outline", {"path": "book.py"}, "2-2  cell 1  code\n6-6  cell 2  code\n6  function  def f()"),
        (
            "find_symbol",
            {"name": "total"},
            "Definitions of total:\nsrc/orders.py:4-5: method in Order: def total(self) -> int\n"  # noqa: ISC004 - one text
            "Uses:\nsrc/orders.py:7: print(Order().total())",
        ),
        ("find_symbol", {"name": "nothing"}, "[no definition of nothing found]"),
    ],
)
async def test_answers(workspace: Workspace, tool: str, arguments: dict[str, object], answer: str) -> None:
    """The text for the model, to the letter."""
    assert await _TOOLS[tool].run(arguments, workspace) == answer


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("read_file", {}, r"read_file needs `path`"),
        ("read_file", {"path": None}, r"read_file needs `path`"),
        ("read_file", {"path": ""}, r"`path` of read_file must not be empty"),
        ("read_file", {"path": 3}, r"`path` of read_file must be a string, not a number"),
        ("read_file", {"path": ["a"]}, r"`path` of read_file must be a string, not a list"),
        (
            "read_file",
            {"path": "a", "lines": 3},
            r"takes no argument `lines`; it takes `path`, `startLine`, `endLine`",
        ),
        ("read_file", {"path": "a", "startLine": 0}, r"`startLine` of read_file must be 1 or more"),
        (
            "read_file",
            {"path": "a", "startLine": 1.5},
            r"`startLine` of read_file must be a whole number, not a frac",
        ),
        (
            "read_file",
            {"path": "a", "endLine": True},
            r"`endLine` of read_file must be a whole number, not a bool",
        ),
        (
            "read_file",
            {"path": "a", "endLine": "x"},
            r"`endLine` of read_file must be a whole number, not a text",
        ),
        (
            "read_file",
            {"path": "a", "startLine": 5, "endLine": 4},
            r"`endLine` \(4\) of read_file lies before",
        ),
        (
            "read_file",
            {"path": "src/orders.py", "startLine": 8},
            r"has 7 lines; `startLine` 8 is beyond its end",
        ),
        ("read_file", {"path": "src/nope.py"}, r"src/nope.py can't be read: there is no such file"),
        ("read_file", {"path": "src"}, r"src can't be read: it is a folder"),
        ("read_file", {"path": "data.bin"}, r"data.bin can't be read: it is a binary file"),
        ("read_file", {"path": "../x"}, r"lies outside the workspace root"),
        ("list_files", {"glob": "../*"}, r"leads out of the workspace root"),
        ("search_text", {"pattern": "("}, r"`pattern` is no regular expression"),
        ("search_text", {"pattern": "x", "glob": "../*"}, r"leads out of the workspace root"),
        (
            "outline",
            {"path": "notes.md"},
            r"notes.md has no outline: its language is none of Python, TypeScript",
        ),
        ("outline", {"path": ".env"}, r"deny list"),
        ("find_symbol", {"name": "a b"}, r"`name` is not the name of a symbol"),
    ],
)
async def test_refusals(workspace: Workspace, tool: str, arguments: dict[str, object], sentence: str) -> None:
    """Bad arguments and refused files come back as a sentence that names what is wrong."""
    with pytest.raises(ToolFailedError, match=sentence):
        await _TOOLS[tool].run(arguments, workspace)


async def test_long_files_are_cut_with_a_way_to_go_on(workspace: Workspace) -> None:
    """Following what the last line says, a model reads the whole file, each line once."""
    rows: list[str] = []
    start = 1
    while True:
        answer = (
            await _TOOLS["read_file"].run({"path": "src/long.py", "startLine": start}, workspace)
        ).split("\n")
        rows += [row for row in answer if not row.startswith("[")]
        assert len(answer) <= MAX_LINES + 1
        if not answer[-1].startswith("[cut"):
            break
        start = int(answer[-1].split("startLine ")[1].split(" ")[0])
    assert [row.split("\t")[1] for row in rows] == [f"x{number} = {number}" for number in range(1, 1001)]


async def test_every_answer_is_bounded(tmp_path: Path) -> None:
    """However much there is, one call brings at most some 32 KB, and says what was cut."""
    files = {f"folder{n % 3}/{'n' * 150}{n}.py": f"{'é' * 900} = f()  # needle\n" for n in range(700)}
    workspace = workspace_of(
        write_tree(
            tmp_path, {**files, "many.py": "def f(): pass\n" * 900, "wide.py": f"{'é' * 3_000}\n" * 90}
        )
    )
    calls = [
        ("read_file", {"path": "wide.py"}, "startLine"),
        ("read_file", {"path": "many.py"}, "startLine 401"),
        ("list_files", {}, "narrow it with glob"),
        ("search_text", {"pattern": "needle"}, "narrow it with glob"),
        ("outline", {"path": "many.py"}, "400 of 900 symbols"),
        ("find_symbol", {"name": "f"}, "search_text with a glob"),
    ]
    for tool, arguments, note in calls:
        answer = await _TOOLS[tool].run(arguments, workspace)
        assert note in answer.split("\n")[-1], tool
        assert len(answer.encode()) < 2 * MAX_BYTES, tool
    listed = await _TOOLS["list_files"].run({}, workspace)
    assert len([row for row in listed.split("\n") if row.endswith(".py")]) <= MAX_ROWS
    assert "folder0/ 234 files" in listed


async def test_a_pattern_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model is told so; the loop goes on meanwhile."""
    monkeypatch.setattr(searching, "SECONDS", 0.3)
    workspace = workspace_of(write_tree(tmp_path, {"a.txt": "a" * 60 + "b\n"}))
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.005)

    counting = asyncio.create_task(count())
    with pytest.raises(
        ToolFailedError, match=r"took longer than 0.3 seconds and was stopped. Use a simpler pattern"
    ):
        await _TOOLS["search_text"].run({"pattern": "^(a+)+$"}, workspace)
    counting.cancel()
    assert turns > 5


async def test_odd_names_are_shown_on_one_line_and_can_be_sent_back(tmp_path: Path) -> None:
    """A name with a newline, an escape or bytes that are no text is listed as JSON writes it."""
    names = ["a\nb.py", "c\x1b[31m.py", os.fsdecode(b"\xe9.py"), "with space.py", "größe:3.py"]
    workspace = workspace_of(write_tree(tmp_path, dict.fromkeys(names, "x = 1\n")))
    rows = (await _TOOLS["list_files"].run({}, workspace)).split("\n")
    sent_back = [json.loads(row) if row.startswith('"') else row for row in rows]
    assert sorted(sent_back) == sorted(names)
    for row, name in zip(rows, sent_back, strict=True):
        row.encode()
        assert row.isprintable()
        assert await _TOOLS["read_file"].run({"path": name}, workspace) == "1\tx = 1"


async def test_tools_read_the_editors_buffers(tmp_path: Path) -> None:
    """Every tool sees the text of open buffers, not what is on the disk."""
    workspace = workspace_of(
        write_tree(tmp_path, {"a.py": "def old(): pass\n"}),
        overlay={"a.py": "def new(): pass\n", "b.py": "new()\n"},
    )
    answers = [
        await _TOOLS[tool].run(arguments, workspace)
        for tool, arguments in [
            ("read_file", {"path": "a.py"}),
            ("list_files", {}),
            ("search_text", {"pattern": "old|new"}),
            ("outline", {"path": "a.py"}),
            ("find_symbol", {"name": "new"}),
        ]
    ]
    assert answers[1] == "a.py\nb.py"
    assert all("old" not in answer for answer in answers)
    assert "b.py:1: new()" in answers[4]
