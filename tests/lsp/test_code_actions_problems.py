"""Diagnostics in a command's argument: read with care, and carried to where they are by now."""

from pathlib import Path
from typing import Any

import pytest

from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.code_actions_problems import Problem, some_problems
from lakewright.lsp.text import Position, Span
from support_lsp_client import Json
from support_lsp_runs import bench

RANGE: Json = {"start": {"line": 8, "character": 4}, "end": {"line": 8, "character": 7}}
SPAN = Span(Position(8, 4), Position(8, 7))
TOP: Json = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ([], ()),
        ([{"range": RANGE, "message": "m"}], (Problem(SPAN, "m"),)),
        (
            [{"range": RANGE, "message": "m", "severity": 4, "source": "s", "code": 7, "tags": [1]}],
            (Problem(SPAN, "m", "hint", "s"),),
        ),
        ([{"range": RANGE, "message": "m", "severity": 9, "source": None}], (Problem(SPAN, "m"),)),
    ],
)
def test_what_is_needed_is_read(given: Any, read: tuple[Problem, ...]) -> None:
    """Place, words, severity and source; what else LSP has is left alone."""
    assert some_problems("diagnostics", given) == read


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "diagnostics: it is no array."),
        ([1], r"diagnostics\[0\]: it is no object."),
        ([{"message": "m"}], r"diagnostics\[0\].range: it is missing."),
        ([{"range": RANGE}], r"diagnostics\[0\].message: it is missing."),
        ([{"range": RANGE, "message": 7}], r"diagnostics\[0\].message: it is no string."),
    ],
)
def test_what_is_wrong_is_named(given: Any, said: str) -> None:
    """The field, by its place in the array, and the reason."""
    with pytest.raises(WrongFieldError, match=said):
        some_problems("diagnostics", given)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"range": TOP, "text": "\n"}, "line 10: error (mypy): Wrong"),
        ({"range": RANGE, "text": "changed"}, None),
    ],
)
async def test_diagnostics_are_where_they_are_by_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Json, told: str | None
) -> None:
    """A line that was put in above moves them; what was changed itself isn't held against the model."""
    async with bench(tmp_path, monkeypatch) as at:
        at.client.change(at.uri, 2, change)
        found = {"range": RANGE, "message": "Wrong", "source": "mypy"}
        argument = {
            "textDocument": {"uri": at.uri, "version": 1},
            "instruction": "Put it right.",
            "deliver": "response",
            "diagnostics": [found],
        }
        await at.client.execute("refactor", argument)
        sent = str(at.host.model_requests[0].body)
    assert ("Diagnostics:" in sent) is (told is not None)
    assert told is None or told in sent
