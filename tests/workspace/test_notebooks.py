"""Notebooks read as their cells."""

import json
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace.notebooks import Cell, cells, read_ipynb
from support_workspace import workspace_of, write_tree

_DOCUMENT = {
    "nbformat": 4,
    "metadata": {"kernelspec": {"language": "python"}, "language_info": {"name": "python"}},
    "cells": [
        {"cell_type": "markdown", "source": ["# Sales\n", "by day"]},
        {
            "cell_type": "code",
            "source": "def net(x):\n    return x\n",
            "outputs": [{"text": "CANARY OUTPUT"}],
        },
        {"cell_type": "code", "source": []},
        {"cell_type": "raw", "source": "as it is"},
    ],
}
_TEXT = """\
# %% [markdown] cell 1
# # Sales
# by day

# %% [code] cell 2
def net(x):
    return x

# %% [code] cell 3

# %% [raw] cell 4
# as it is
"""


def test_an_ipynb_becomes_its_cells(tmp_path: Path) -> None:
    """Code stands as it is, prose as comments, outputs are left out; the kernel gives the language."""
    write_tree(tmp_path, {"a.ipynb": json.dumps(_DOCUMENT)})
    source = workspace_of(tmp_path).read("a.ipynb")
    assert source.text == _TEXT
    assert source.is_notebook
    assert source.language is not None
    assert source.language.name == "python"


@pytest.mark.parametrize(
    ("document", "text", "language"),
    [
        ({"cells": []}, "", "python"),
        (
            {"worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1"]}]}]},
            "# %% [code] cell 1\nx = 1\n",
            "python",
        ),
        (
            {
                "metadata": {"language_info": {"name": "Scala"}},
                "cells": [{"cell_type": "markdown", "source": "a"}],
            },
            "// %% [markdown] cell 1\n// a\n",
            "scala",
        ),
        (
            {"metadata": {"kernelspec": {"language": "sql"}}, "cells": [{"cell_type": 3, "source": 4}, 5]},
            "-- %% [raw] cell 1\n-- 4\n",
            "sql",
        ),
    ],
)
def test_other_kernels_and_forms(document: object, text: str, language: str) -> None:
    """Older forms, other languages and odd cells are read; comments are those of the language."""
    notebook = read_ipynb(json.dumps(document), "a.ipynb")
    assert (notebook.text, notebook.language) == (text, language)


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"cells": 3}', "null", "[" * 100_000])
def test_what_is_no_notebook_is_refused(text: str) -> None:
    """Broken files are an error in words, whatever is broken."""
    with pytest.raises(InputError, match="can't be read as a notebook"):
        read_ipynb(text, "a.ipynb")


_SOURCE = """\
# Databricks notebook source
# MAGIC %md
# MAGIC # Sales

# COMMAND ----------

df = spark.table("orders")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT * FROM orders

# COMMAND ----------

"""


@pytest.mark.parametrize("comment", ["#", "--", "//"])
def test_databricks_source_has_cells(tmp_path: Path, comment: str) -> None:
    """Cells of a notebook saved as source are found in every language; its text stays as it is."""
    text = "\n".join(comment + line[1:] if line.startswith("#") else line for line in _SOURCE.split("\n"))
    write_tree(tmp_path, {"a.py": text})
    source = workspace_of(tmp_path).read("a.py")
    assert source.text == text
    assert source.is_notebook
    assert cells(text) == [Cell(1, "markdown", 2, 3), Cell(2, "code", 7, 7), Cell(3, "sql", 11, 12)]


def test_cells_of_an_ipynb_text() -> None:
    """The separators that reading wrote are found again."""
    found = [(cell.number, cell.content, cell.start_line, cell.end_line) for cell in cells(_TEXT)]
    assert found == [(1, "markdown", 1, 4), (2, "code", 5, 8), (3, "code", 9, 10), (4, "raw", 11, 13)]


def test_other_text_has_no_cells() -> None:
    """A separator in the middle of a file makes no notebook."""
    assert cells("x = 1\n# COMMAND ----------\n# %% [code] cell 2\n") == []


@pytest.mark.parametrize("sheet", ['{"cells": 5}', '{"cells": null}', "5"])
def test_sheets_of_another_shape_hold_no_cells(sheet: str) -> None:
    """Whatever stands in the place of an old notebook's cells, reading it ends in text."""
    assert read_ipynb(f'{{"worksheets": [{sheet}]}}', "old.ipynb").text == ""
