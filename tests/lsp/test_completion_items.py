"""A suggestion as an item of the editor's list, in a form that no client filters out or breaks."""

from pathlib import Path
from typing import Any

import pytest

from lakewright.lsp.completion_items import completion_items
from lakewright.lsp.text import Encoding, Position, Span
from support_lsp_client import Json
from support_lsp_completion import Bench, Script


async def _listed(bench: Bench) -> Any:
    """The answer at the cursor."""
    params = {"textDocument": {"uri": bench.uri}, "position": bench.position(), "context": {"triggerKind": 1}}
    answer = completion_items(bench.session, params)
    if answer is None or isinstance(answer, dict):
        return answer
    bench.clock.advance(1)
    return await answer


def _bench(root: Path, text: str, *scripts: Script, encoding: Encoding = Encoding.UTF16) -> Bench:
    (root / ".git").mkdir()
    bench = Bench(root, text, *scripts, encoding=encoding)
    bench.session.completions.as_items = True
    return bench


def _applied(bench: Bench, item: Json) -> str:
    """The document's text once the item is accepted."""
    edit = item["textEdit"]
    span = Span(*(Position(**edit["range"][end]) for end in ("start", "end")))
    lines = bench.document.lines.copy()
    lines.replace(span, edit["newText"])
    return lines.text


@pytest.mark.parametrize("encoding", Encoding)
async def test_the_item_holds_the_word_at_the_cursor(tmp_path: Path, encoding: Encoding) -> None:
    """Clients compare it with what was typed: range, text and filter begin where the word does."""
    text = 'x = "\U0001f600\u00e9"; r\u00e9su‸\n'
    bench = _bench(tmp_path, text, ["m\u00e9 = 1\n"], encoding=encoding)
    answer = await _listed(bench)
    (item,) = answer["items"]
    assert answer["isIncomplete"] is True
    assert item["label"] == item["filterText"] == item["textEdit"]["newText"] == "r\u00e9sum\u00e9 = 1"
    assert item["textEdit"]["range"]["end"] == bench.position()
    assert _applied(bench, item) == 'x = "\U0001f600\u00e9"; r\u00e9sum\u00e9 = 1\n'
    assert (item["preselect"], item["insertTextFormat"]) == (False, 1)
    assert item["command"]["command"] == "lakewright.completionAccepted"


async def test_several_lines_are_one_in_the_list(tmp_path: Path) -> None:
    """The label is short and one line; the whole text is in the documentation, whatever it holds."""
    text = "def fence(a):\r\n    ‸\r\n"
    bench = _bench(tmp_path, text, ["if a:\n    return '````" + "x" * 80 + "'\n"])
    answer = await _listed(bench)
    (item,) = answer["items"]
    assert item["label"] == "if a:\N{HORIZONTAL ELLIPSIS}"
    shown = item["documentation"]["value"].split("\n")
    assert shown[0] == shown[-1] == "`" * 5
    assert _applied(bench, item).count("\r\n") == _applied(bench, item).count("\n") == 3


async def test_a_long_line_is_cut_in_the_list_alone(tmp_path: Path) -> None:
    """The label ends in three dots; the filter and the text do not."""
    bench = _bench(tmp_path, "x = ‸\n", ["a" * 100 + "\n"])
    (item,) = (await _listed(bench))["items"]
    assert item["label"] == "a" * 60 + "\N{HORIZONTAL ELLIPSIS}"
    assert item["filterText"] == item["textEdit"]["newText"] == "a" * 100


async def test_a_block_below_the_cursor_is_named_by_its_first_line(tmp_path: Path) -> None:
    """A label is never empty."""
    bench = _bench(tmp_path, "def f():‸\n", ["\n    return 1\n"])
    (item,) = (await _listed(bench))["items"]
    assert item["label"].startswith("return 1")
    assert _applied(bench, item) == "def f():\n    return 1\n"


async def test_nothing_to_suggest_is_null(tmp_path: Path) -> None:
    """And so is everything while items are switched off."""
    bench = _bench(tmp_path, "def f():\n    ‸\n", [""])
    assert await _listed(bench) is None
    bench.session.completions.as_items = False
    assert await _listed(bench) is None
    assert bench.asked == 1


async def test_typing_along_asks_nobody(tmp_path: Path) -> None:
    """The next request of the list, which is incomplete, is answered from memory."""
    bench = _bench(tmp_path, "def f():\n    ‸\n", ["return 12\n"])
    await _listed(bench)
    bench.type("ret")
    (item,) = (await _listed(bench))["items"]
    assert item["textEdit"]["newText"] == "return 12"
    assert bench.asked == 1
