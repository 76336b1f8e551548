"""Notebooks: edited as the cells that tools show, written as the file's own JSON."""

import json
from pathlib import Path

import pytest

from lakewright.edits.values import Kind, NewFile
from lakewright.staging.diffs import diff_of
from lakewright.staging.values import Change
from support_staging import accepted, data_of, edit, refusal, stage_of

_BOOK = """{
 "cells": [
  {
   "cell_type": "markdown",
   "metadata": {},
   "source": ["# Orders"]
  },
  {
   "cell_type": "code",
   "execution_count": 3,
   "metadata": {"tags": ["keep"]},
   "outputs": [{"output_type": "stream", "name": "stdout", "text": ["secret output\\n"]}],
   "source": [
    "%pip install orders\\n",
    "total = 1\\n",
    "print(total)"
   ]
  }
 ],
 "metadata": {"language_info": {"name": "python"}},
 "nbformat": 4,
 "nbformat_minor": 5
}
"""


async def test_an_edit_of_a_cell(tmp_path: Path) -> None:
    """Only the cell's source changes: outputs, metadata and layout are the same bytes."""
    stage = stage_of(tmp_path, {"a.ipynb": _BOOK})
    verdict = await accepted(stage, edit("a.ipynb", ("total = 1", "total = 2")))
    assert verdict.message == "Edited a.ipynb: 1 edit, line 6."
    assert data_of(stage) == {"a.ipynb": _BOOK.replace("total = 1", "total = 2").encode()}
    assert "total = 2" in stage.view.read("a.ipynb").text
    assert "secret output" not in stage.view.read("a.ipynb").text
    assert '-    "total = 1\\n",\n+    "total = 2\\n",\n' in diff_of(stage.files[0])
    await accepted(stage, edit("a.ipynb", ("total = 2\nprint(total)", "total = 2\nprint(total + 1)")))
    assert json.loads(data_of(stage)["a.ipynb"])["cells"][1]["source"][-1] == "print(total + 1)"
    await accepted(stage, edit("a.ipynb", ("print(total + 1)", "print(total)"), ("total = 2", "total = 1")))
    assert stage.files == ()


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (edit("a.ipynb", ('"total = 1\\n"', '"total = 2\\n"')), Kind.NOT_FOUND, "as read_file shows it"),
        (edit("a.ipynb", ("secret output", "other")), Kind.NOT_FOUND, "its cells"),
        (edit("a.ipynb", ("print(total)", "print(total")), Kind.SYNTAX, "line 7"),
        (edit("a.ipynb", ("# %% [code] cell 2\n", "")), Kind.FORM, "a.ipynb"),
        (NewFile("a.ipynb", "x = 1\n"), Kind.EXISTS, "exists already"),
        (edit("bad.ipynb", ("x", "y")), Kind.FORM, "can't be read as a notebook"),
    ],
)
async def test_refused(tmp_path: Path, change: Change, kind: Kind, words: str) -> None:
    """What isn't in a cell can't be edited, and a cell must parse as well as before."""
    stage = stage_of(tmp_path, {"a.ipynb": _BOOK, "bad.ipynb": '{"x": 1}'})
    told, path, message = await refusal(stage, change)
    assert (told, path) == (kind, change.path)
    assert words in message


async def test_a_new_notebook_is_its_json(tmp_path: Path) -> None:
    """What reads as a notebook may be created as one."""
    stage = stage_of(tmp_path, {})
    await accepted(stage, NewFile("new.ipynb", _BOOK))
    await accepted(stage, edit("new.ipynb", ("total = 1", "total = 5")))
    assert data_of(stage) == {"new.ipynb": _BOOK.replace("total = 1", "total = 5").encode()}
