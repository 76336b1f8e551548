"""Searching text and names over a workspace."""

from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace.listing import never
from lakewright.workspace.names import find
from lakewright.workspace.search import Row, search
from support_workspace import workspace_of, write_tree


@pytest.mark.parametrize(
    ("pattern", "lines"),
    [
        ("alpha", [1, 3]),
        ("^alpha$", [3]),
        ("(?i)ALPHA$", [3]),
        ("a", [1, 2, 3]),
        ("x*", [1, 2, 3, 4]),
        ("^$", [4]),
        (r"beta\nalpha", [2]),
        (r"\Aalpha", [1]),
        ("[[a]lpha", [1, 3]),
        ("nothing", []),
    ],
)
def test_lines_that_match(tmp_path: Path, pattern: str, lines: list[int]) -> None:
    """One row a line; `^` and `$` are a line's ends, also where lines end with CRLF."""
    for number, newline in enumerate(["\n", "\r\n"]):
        text = newline.join(["alpha one", "beta", "alpha", "", ""])
        workspace = workspace_of(write_tree(tmp_path / str(number), {"a.txt": text}))
        found = search(workspace, pattern, None, most=10, stop=never)
        assert [row.line for row in found.rows] == lines
        assert not found.more


def test_rows_are_bounded(tmp_path: Path) -> None:
    """At most as many rows as wanted, and it says so; of a long line the part that matches is shown."""
    workspace = workspace_of(
        write_tree(tmp_path, {"a.txt": "x\n" * 20, "b.txt": "-" * 5_000 + "needle" + "-" * 5_000})
    )
    found = search(workspace, "x", None, most=5, stop=never)
    assert (len(found.rows), found.more) == (5, True)
    row = search(workspace, "needle", None, most=5, stop=never).rows[0]
    assert "needle" in row.text
    assert len(row.text) < 400


def test_binary_and_unsure_files_are_passed_over(tmp_path: Path) -> None:
    """A search goes on over what can't be read; UTF-16 is text."""
    files = {
        "a.bin": b"needle\0\1\2",
        "b.txt": "né needle".encode("cp850"),
        "c.txt": "needle".encode("utf-16"),
        "d.py": b"# coding: idna\n" + b"needle" * 500,
        "e.ipynb": b'{"worksheets": [{"cells": 5}], "needle": 1}',
    }
    found = search(workspace_of(write_tree(tmp_path, files)), "needle", None, most=5, stop=never)
    assert found.rows == [Row("c.txt", 1, "needle")]


@pytest.mark.parametrize(
    "pattern", ["(", "[", "*", "(?P<a", r"\p{L}", "(?<=a+)b", "a{999999999999999999999}"]
)
def test_a_pattern_that_cannot_be_is_refused(tmp_path: Path, pattern: str) -> None:
    """The sentence names the argument."""
    with pytest.raises(InputError, match="`pattern` is no regular expression"):
        search(workspace_of(tmp_path), pattern, None, most=5, stop=never)


def test_when_time_runs_out_what_was_found_counts(tmp_path: Path) -> None:
    """A search that is told to stop comes back with its rows and says that it isn't complete."""
    workspace = workspace_of(write_tree(tmp_path, {"a.txt": "x", "b/c.txt": "x"}))
    asked: list[bool] = []

    def stop() -> bool:
        asked.append(True)
        return len(asked) > 1

    found = search(workspace, "x", None, most=5, stop=stop)
    assert ([row.path for row in found.rows], found.unfinished) == (["a.txt"], True)


_FILES = {
    "orders.py": "class Order:\n    def total(self):\n        return 1  # total\n\n"
    "class Cart:\n    def total(self): ...\n",
    "main.py": "from orders import Order\nprint(Order().total(), 'total')\n",
    "store.ts": "export function total(x: number) { return x; }\ntotal(total(1));\n",
    "q.sql": "CREATE TABLE main.Sales (id INT);\nSELECT id FROM sales;\n",
    "notes.md": "About total and more.\n",
}


def test_a_name_is_found_where_it_is_defined_and_used(tmp_path: Path) -> None:
    """Across languages; comments and strings don't count; other files that hold the word are named."""
    names = find(workspace_of(write_tree(tmp_path, _FILES)), "total", most=10, stop=never)
    assert [(one.path, one.symbol.qualified, one.symbol.line) for one in names.definitions] == [
        ("orders.py", "Order.total", 2),
        ("orders.py", "Cart.total", 6),
        ("store.ts", "total", 1),
    ]
    assert [(row.path, row.line) for row in names.uses] == [("main.py", 2), ("store.ts", 2)]
    assert names.mentions == ["notes.md"]


@pytest.mark.parametrize("name", ["Order.total", "Order::total", "Order#total", "Order.total()"])
def test_a_qualified_name_chooses_among_definitions(tmp_path: Path, name: str) -> None:
    """Only the member of that class is a definition then."""
    names = find(workspace_of(write_tree(tmp_path, _FILES)), name, most=10, stop=never)
    assert [one.symbol.qualified for one in names.definitions] == ["Order.total"]


def test_names_of_sql_have_no_letter_case(tmp_path: Path) -> None:
    """As in the language itself; a catalog and schema before the name don't matter."""
    names = find(workspace_of(write_tree(tmp_path, _FILES)), "SALES", most=10, stop=never)
    assert [(one.path, one.symbol.name) for one in names.definitions] == [("q.sql", "main.Sales")]
    assert [(row.path, row.line) for row in names.uses] == [("q.sql", 2)]


def test_uses_are_bounded(tmp_path: Path) -> None:
    """No more than wanted, and it says so."""
    workspace = workspace_of(write_tree(tmp_path, {"a.py": "f()\n" * 10, "b.py": "f()\n"}))
    names = find(workspace, "f", most=4, stop=never)
    assert (len(names.uses), names.cut) == (4, True)


@pytest.mark.parametrize("name", ["", "a b", "def x(", "..", "x; y"])
def test_what_is_no_name_is_refused(tmp_path: Path, name: str) -> None:
    """The sentence names the argument."""
    with pytest.raises(InputError, match="`name` is not the name"):
        find(workspace_of(tmp_path), name, most=4, stop=never)
