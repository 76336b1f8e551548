"""Edits of a notebook's text, brought back into its JSON."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.errors import InputError
from lakewright.workspace.notebook_edits import rewritten_ipynb
from lakewright.workspace.notebooks import read_ipynb

Json = dict[str, Any]

_CELLS: list[Json] = [
    {"cell_type": "markdown", "id": "aa", "metadata": {}, "source": ["# Sales  \n", "by day\n", "\n", "end"]},
    {
        "cell_type": "code",
        "execution_count": 3,
        "id": "bb",
        "metadata": {"tags": ["x"]},
        "outputs": [{"name": "stdout", "text": ["3\n"]}],
        "source": ["def net(x):\n", "    return x\n"],
    },
    {"cell_type": "code", "execution_count": None, "id": "cc", "metadata": {}, "outputs": [], "source": []},
]


def _notebook(cells: list[Json] | None = None, **more: Any) -> Json:
    top = {
        "cells": _CELLS if cells is None else cells,
        "metadata": {"a": 1},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return top | more


_WRITERS: dict[str, Json] = {
    "nbformat": {"indent": 1, "ensure_ascii": False},
    "escaped": {"indent": 2, "ensure_ascii": True},
    "compact": {"separators": (",", ":")},
    "tabs": {"indent": "\t"},
}


def _view(raw: str) -> str:
    return read_ipynb(raw, "a.ipynb").text


def _sources(raw: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(raw)["cells"]]


@pytest.mark.parametrize("writer", _WRITERS)
def test_only_the_changed_source_changes(writer: str) -> None:
    """One word of one cell: every other byte of the file stays, whoever wrote it."""
    raw = json.dumps(_notebook(), **_WRITERS[writer]) + "\n"
    new = rewritten_ipynb(raw, _view(raw).replace("return x", "return 2 * x"), "a.ipynb")
    assert new == raw.replace("return x", "return 2 * x")


def test_lines_that_stay_keep_their_spelling() -> None:
    """Escapes of a line of the changed cell that is the same stay as they were."""
    raw = '{"nbformat": 4, "cells": [{"cell_type": "code", "source": [ "a = \\"\\u00e9\\/\\"\\n",  "b" ]}]}'
    new = rewritten_ipynb(raw, _view(raw).replace("\nb", "\nb\nc"), "a.ipynb")
    assert new == raw.replace('"b" ]', '"b\\n",  "c" ]')


@pytest.mark.parametrize(
    ("source", "line"),
    [("x = 1\n\n", '"y = 1\\n\\n"'), ("x = 1", '"y = 1"'), (["x = 1\n", "\n"], '["y = 1\\n", "\\n"]')],
)
def test_a_source_stays_of_its_kind(source: Any, line: str) -> None:
    """A string stays a string and a list a list; newlines at the end, which the text hides, stay."""
    raw = json.dumps(_notebook([{"cell_type": "code", "source": source}]))
    assert rewritten_ipynb(raw, _view(raw).replace("x", "y"), "a.ipynb") == raw.replace(
        json.dumps(source), line
    )


@pytest.mark.parametrize("writer", _WRITERS)
def test_an_empty_cell_is_filled_as_the_others_are_set(writer: str) -> None:
    """The layout of a list that was empty is that of its neighbours."""
    filled = _notebook([*_CELLS[:2], {**_CELLS[2], "source": ["x = 1\n", "y = 2"]}])
    raw = json.dumps(_notebook(), **_WRITERS[writer])
    new = rewritten_ipynb(raw, _view(raw) + "x = 1\ny = 2\n", "a.ipynb")
    assert new == json.dumps(filled, **_WRITERS[writer])


def test_a_cell_may_be_emptied() -> None:
    """A marker without lines leaves the cell there, with its outputs."""
    raw = json.dumps(_notebook(), indent=1)
    new = rewritten_ipynb(raw, _view(raw).replace("def net(x):\n    return x\n", ""), "a.ipynb")
    assert json.loads(new) == _notebook([_CELLS[0], {**_CELLS[1], "source": []}, _CELLS[2]])


@pytest.mark.parametrize(
    ("old", "new", "source"),
    [
        ("# by day", "# by week", "# Sales  \nby week\n\nend"),
        ("# # Sales", "# # Turnover", "# Turnover  \nby day\n\nend"),
        ("# end", "# end\n#\n# more", "# Sales  \nby day\n\nend\n\nmore"),
        ("# # Sales\n", "", "by day\n\nend"),
        ("# by day\n", "# new\n\n# by day\n", "# Sales  \nnew\n\nby day\n\nend"),
        ("# # Sales\n# by day", "# by day\n# # Sales\n# by night", "by day\n# Sales  \nby night\n\nend"),
    ],
)
def test_prose_keeps_what_its_text_hides(old: str, new: str, source: str) -> None:
    """The two blanks that break a line in Markdown outlive edits around them, and of their line."""
    raw = json.dumps(_notebook())
    assert _sources(rewritten_ipynb(raw, _view(raw).replace(old, new), "a.ipynb"))[0] == source


@pytest.mark.parametrize("writer", _WRITERS)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_new_cell_is_set_as_the_others(writer: str, place: int) -> None:
    """A marker with a free number makes a cell, at its place, set and keyed as nbformat does."""
    raw = json.dumps(_notebook(), **_WRITERS[writer])
    text = _view(raw)
    markers = ["# %% [markdown] cell 1", "# %% [code] cell 2", "# %% [code] cell 3", ""]
    new_text = f"{text}\n# %% [code] cell 9\nx = 1\n"
    if markers[place]:
        new_text = text.replace(markers[place], f"# %% [code] cell 9\nx = 1\n\n{markers[place]}")
    new = rewritten_ipynb(raw, new_text, "a.ipynb")
    cells = json.loads(new)["cells"]
    assert [cell["id"] for cell in cells if cell["id"] in ("aa", "bb", "cc")] == ["aa", "bb", "cc"]
    name = cells[place].pop("id")
    assert len(name) == 8
    code: Json = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": ["x = 1"],
    }
    assert cells[place] == code
    cells[place] = {"cell_type": "code", "execution_count": None, "id": name, **code}
    if writer != "compact":
        assert new == json.dumps(_notebook(cells), **_WRITERS[writer])


def test_new_prose_and_older_formats() -> None:
    """Prose loses its comment signs; before nbformat 4.5 cells have no id."""
    raw = json.dumps(_notebook([], nbformat_minor=4), indent=1)
    new = rewritten_ipynb(raw, "# %% [markdown] cell 1\n# # Title\n#\n# text\n", "a.ipynb")
    cell = {"cell_type": "markdown", "metadata": {}, "source": ["# Title\n", "\n", "text"]}
    assert new == json.dumps(_notebook([cell], nbformat_minor=4), indent=1)


def test_two_new_cells_have_two_ids() -> None:
    """Also where both hold the same."""
    raw = json.dumps(_notebook())
    new = rewritten_ipynb(raw, _view(raw) + "\n# %% [code] cell 7\nx\n\n# %% [code] cell 8\nx\n", "a.ipynb")
    assert len({cell["id"] for cell in json.loads(new)["cells"]}) == 5


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("# %% [code] cell 2\n", "", "cell 2 would be removed"),
        ("# %% [code] cell 3\n", "", "cell 3 would be removed"),
        ("# %% [code] cell 2", "# %% [markdown] cell 2", "its kind can't be changed"),
        ("# %% [code] cell 3", "# %% [code] cell 2", "cell 3 would be removed"),
        ("# %% [markdown] cell 1", "import os\n# %% [markdown] cell 1", "must begin with the marker"),
        ("return x\n", "return x\n\n# %%\ny = 1\n", "doesn't say which cell"),
        ("return x\n", "return x\n\n# %% [code]\ny = 1\n", "doesn't say which cell"),
        ("return x\n", "return x\n\n# %% [sql] cell 9\ny = 1\n", "doesn't say which cell"),
        ("return x\n", "return x\n# %% [code] cell 3\n", "once and in their order"),
        ("return x\n", "return x\n# %% [code] cell 9\n# %% [code] cell 9\n", "once and in their order"),
        ("# by day", "by day", "begins with '#' and a blank"),
        ("# by day", "#by day", "begins with '#' and a blank"),
        (
            "# %% [code] cell 2\ndef net(x):\n    return x\n\n# %% [code] cell 3\n",
            "# %% [code] cell 2\nx\n\n# %% [code] cell 3\ndef net(x):\n    return x\n\n# %% [code] cell 4\n",
            "have got other numbers",
        ),
        (
            "# %% [code] cell 2\ndef net(x):\n    return x\n\n# %% [code] cell 3\n",
            "# %% [code] cell 2\nx\n# %% [code] cell 3\ny\n# %% [code] cell 4\ndef net(x):\n    return x\n",
            "have got other numbers",
        ),
    ],
)
def test_what_cannot_be_told_is_refused(old: str, new: str, reason: str) -> None:
    """Lost, doubled, half and renumbered markers are an error in words; nothing is guessed."""
    raw = json.dumps(_notebook())
    assert old in _view(raw)
    with pytest.raises(InputError, match=reason) as refused:
        rewritten_ipynb(raw, _view(raw).replace(old, new), "a.ipynb")
    assert refused.value.hint


@pytest.mark.parametrize(
    "cell",
    [
        {"cell_type": "code", "source": "x\n# %% [code] cell 2\ny"},
        {"cell_type": "markdown", "source": "x\n%% [code] cell 2\ny"},
    ],
)
def test_a_cell_that_imitates_a_marker_is_refused(cell: Json) -> None:
    """Where the text can't be split as it was joined, no edit is taken; the same text changes nothing."""
    raw = json.dumps(_notebook([cell]))
    with pytest.raises(InputError, match="looks like the marker"):
        rewritten_ipynb(raw, _view(raw).replace("y", "z"), "a.ipynb")
    assert rewritten_ipynb(raw, _view(raw), "a.ipynb") == raw


@pytest.mark.parametrize("source", [[3], 4, {"a": 1}, None, [["x"]]])
def test_a_source_that_is_no_text_is_not_rewritten(source: Any) -> None:
    """Nobody can say how it should look."""
    raw = json.dumps(_notebook([{"cell_type": "code", "source": source}]))
    with pytest.raises(InputError, match="is no text"):
        rewritten_ipynb(raw, "# %% [code] cell 1\nother\n", "a.ipynb")


def test_sheets_of_old_formats_are_not_rewritten() -> None:
    """Before nbformat 4 lines were kept in several ways: they are read, and left alone."""
    raw = json.dumps({"nbformat": 2, "worksheets": [{"cells": [{"cell_type": "code", "input": ["a", "b"]}]}]})
    with pytest.raises(InputError, match="older than nbformat 4"):
        rewritten_ipynb(raw, _view(raw) + "c", "a.ipynb")


@pytest.mark.parametrize(
    ("old", "search", "replace", "new"),
    [
        (["x\n", "y", "z\n", "w"], "w", "v", ["x\n", "y", "z\n", "v"]),
        (["x\n", "y", "z\n", "w"], "x", "v", ["v\n", "y", "z\n", "w"]),
        (["x\n", "y", "z\n", "w"], "yz", "yv", ["x\n", "yv\n", "w"]),
        (["x\f", "y\n", "z"], "z", "zv", ["x\f", "y\n", "zv"]),
        (["x\n", "y"], "y", "y\ny", ["x\n", "y\n", "y"]),
        (["x\n", "x\n", "x"], "x\nx\nx", "x\nx", ["x\n", "x"]),
        (["x"], "x", "xv", ["xv"]),
        ([], "cell 1", "cell 1\nx\ny", ["x\n", "y"]),
    ],
)
def test_lists_keep_their_division(old: list[str], search: str, replace: str, new: list[str]) -> None:
    """Around a change the entries stay what they were, however a tool has divided them."""
    raw = json.dumps(_notebook([{"cell_type": "code", "source": old}]))
    text = rewritten_ipynb(raw, _view(raw).replace(search, replace), "a.ipynb")
    assert json.loads(text)["cells"][0]["source"] == new


_TEXTS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Z", "Cc"]), max_size=30
) | st.text("ab \n#%[]", max_size=30)


@st.composite
def _notebooks(draw: st.DrawFn) -> str:
    cells = []
    for _ in range(draw(st.integers(0, 4))):
        text = draw(_TEXTS)
        lines = text.splitlines(keepends=True)
        cell: Json = {
            "cell_type": draw(st.sampled_from(["code", "markdown", "raw"])),
            "source": draw(st.sampled_from([text, lines])),
            "metadata": draw(st.dictionaries(st.sampled_from(["source", "cells", "x"]), st.just(["y\n"]))),
        }
        cells.append({key: cell[key] for key in draw(st.permutations(list(cell)))})
    writer = draw(st.sampled_from(list(_WRITERS.values())))
    return json.dumps(_notebook(cells), **writer) + draw(st.sampled_from(["", "\n", "\r\n"]))


@given(_notebooks())
@settings(deadline=None)
def test_an_unchanged_text_changes_no_byte(raw: str) -> None:
    """Whatever a notebook holds and however it is written, also when a blank line is added at its end."""
    assert rewritten_ipynb(raw, _view(raw), "a.ipynb") == raw
    assert rewritten_ipynb(raw, _view(raw) + "\n", "a.ipynb") == raw


@given(_notebooks(), st.data())
@settings(deadline=None)
def test_one_changed_cell_changes_one_source(raw: str, data: st.DataObject) -> None:
    """The document is equal but for that source, which reads as it was wanted."""
    blocks = read_ipynb(raw, "a.ipynb").blocks
    if not blocks:
        return
    block = data.draw(st.sampled_from(blocks))
    lines = data.draw(st.lists(st.text("ab #é", max_size=6), max_size=4))
    while lines and not lines[-1]:
        lines.pop()
    if block.kind != "code":
        lines = [f"# {line}".rstrip() for line in lines]
    new_blocks = [(one.marker, *(lines if one is block else one.lines), "") for one in blocks]
    wanted = "\n".join("\n".join(one) for one in new_blocks)
    new = rewritten_ipynb(raw, wanted, "a.ipynb")
    again = read_ipynb(new, "a.ipynb")
    blank = " #" if block.kind != "code" else " "  # a source of blanks only is shown as nothing
    assert ["".join(one.lines).strip(blank) for one in again.blocks] == [
        "".join(lines if one is block else one.lines).strip(blank) for one in blocks
    ]
    old_document, new_document = json.loads(raw), json.loads(new)
    old_cell, new_cell = old_document["cells"][block.number - 1], new_document["cells"][block.number - 1]
    assert type(new_cell["source"]) is type(old_cell["source"])
    old_cell["source"] = new_cell["source"]
    assert new_document == old_document
    before, after = raw.index(json.dumps("cells")), len(raw) - raw.rindex("metadata")
    assert (new[:before], new[-after:]) == (raw[:before], raw[-after:])
