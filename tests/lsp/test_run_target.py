"""What is taken of a document, for every kind of selection."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.lsp.run_target import rows_of
from lakewright.lsp.text import Encoding, Lines, Position, Span
from support_lsp_client import Json, in_process, repository, uses_host
from support_lsp_runs import ORDERS, bench, eventually
from support_sandbox import quick_sandbox

TEXTS = st.text(alphabet="ab\n\r\U0001f600 ", max_size=30)


@given(TEXTS, st.data())
def test_rows_hold_what_is_selected(text: str, data: st.DataObject) -> None:
    """The rows, split at LF, are the fewest that hold every selected character."""
    lines = Lines(text, Encoding.UTF16)
    start = data.draw(st.integers(0, len(lines.text)))
    end = data.draw(st.integers(start, len(lines.text)))
    span = Span(lines.position(start), lines.position(end))
    start, end = lines.offset(span.start), lines.offset(span.end)
    first, last = rows_of(lines, span)
    rows = lines.text.split("\n")
    before = sum(len(row) + 1 for row in rows[: first - 1])
    upto = sum(len(row) + 1 for row in rows[:last])
    assert before <= start < before + len(rows[first - 1]) + 1
    assert upto >= end
    assert last == first or sum(len(row) + 1 for row in rows[: last - 1]) < end


def _range(start: tuple[int, int], end: tuple[int, int]) -> Json:
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


TAKEN: dict[str, tuple[Json | None, str]] = {
    "all": (None, "Explain orders.py"),
    "two lines": (_range((7, 2), (8, 5)), "Explain orders.py:8\u20139"),
    "up to a line's start": (_range((5, 0), (7, 0)), "Explain orders.py:6\u20137"),
    "one line": (_range((2, 0), (2, 9)), "Explain orders.py:3"),
    "a cursor in a function": (_range((7, 6), (7, 6)), "Explain orders.py:6\u20139"),
    "within a word": (_range((7, 5), (7, 7)), "Explain orders.py:6\u20139"),
    "a whole word": (_range((7, 4), (7, 7)), "Explain orders.py:6\u20139"),
    "Helix's cursor on a sign": (_range((7, 8), (7, 9)), "Explain orders.py:6\u20139"),
    "Helix's cursor at a line's end": (_range((7, 38), (8, 0)), "Explain orders.py:6\u20139"),
    "a cursor in a method": (_range((13, 9), (13, 9)), "Explain orders.py:13\u201314"),
    "a cursor in no symbol": (_range((2, 0), (2, 0)), "Explain orders.py:3"),
    "two words": (_range((7, 4), (7, 9)), "Explain orders.py:8"),
    "beyond the end": (_range((12, 0), (900, 7)), "Explain orders.py:13\u201314"),
    "wholly beyond the end": (_range((800, 0), (900, 7)), "Explain orders.py:13\u201314"),
    "beyond a line's end": (_range((5, 900), (6, 900)), "Explain orders.py:6\u20137"),
}


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("name", TAKEN)
async def test_the_title_says_what_was_taken(
    name: str, is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of open documents and closed files alike; a cursor means the symbol around it, else its line."""
    selected, title = TAKEN[name]
    async with bench(tmp_path, monkeypatch, "silent") as here:
        if not is_open:
            here.client.close(here.uri)
        here.start(range=selected)
        [begin] = [(await here.client.wait_for("$/progress"))["value"]]
        assert (begin["kind"], begin["title"]) == ("begin", title)


@dataclass(frozen=True, slots=True)
class Prompted:
    """What the host was asked with, for a text and a place in it."""

    text: str
    encoding: str
    position: Position
    before: str


CURSORS = {
    "ASCII": Prompted("net = tot\n", "utf-16", Position(0, 9), "net = tot"),
    "behind an astral character, utf-16": Prompted(
        "x = '\U0001f600' + b\n", "utf-16", Position(0, 9), "x = '\U0001f600' "
    ),
    "behind an astral character, utf-8": Prompted(
        "x = '\U0001f600' + b\n", "utf-8", Position(0, 11), "x = '\U0001f600' "
    ),
    "behind an astral character, utf-32": Prompted(
        "x = '\U0001f600' + b\n", "utf-32", Position(0, 8), "x = '\U0001f600' "
    ),
    "CRLF": Prompted("a = 1\r\nnet = tot\r\n", "utf-16", Position(1, 9), "net = tot"),
    "beyond the line": Prompted("net = tot\nb\n", "utf-16", Position(0, 900), "net = tot"),
}


@pytest.mark.parametrize("name", CURSORS)
async def test_the_cursor_stands_where_the_client_counts(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Code units of the negotiated encoding become characters; the answer's range is the client's again."""
    case = CURSORS[name]
    root = repository(tmp_path / "work", {"a.py": case.text})
    uri = (root / "a.py").as_uri()
    capabilities = {"general": {"positionEncodings": [case.encoding]}}
    async with quick_sandbox() as host:
        for variable, value in uses_host(host).items():
            monkeypatch.setenv(variable, value)
        async with in_process(root=root, capabilities=capabilities) as client:
            client.open(uri, case.text)
            outcome = await client.execute(
                "complete",
                {
                    "textDocument": {"uri": uri},
                    "position": {"line": case.position.line, "character": case.position.character},
                    "deliver": "response",
                },
            )
        assert outcome["state"] == "done"
        start = outcome["completion"]["range"]["start"]
        assert start["line"] == case.position.line
        assert start["character"] == min(case.position.character, 9 if name == "beyond the line" else 99)
        [asked] = host.model_requests
        assert f"{case.before}<CURSOR>" in asked.raw.decode()


EXCLUDED = {
    "ignored": ("ignored.py", "x = 1\n", "it is ignored by"),
    "on the deny list": (".env", "TOKEN=1\n", "deny list"),
    "too large": ("large.py", "x = 1\n" * 170_000, "is larger than 1 MB"),
    "empty": ("empty.py", "", "is empty"),
}


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("name", EXCLUDED)
async def test_excluded_documents_never_leave(
    name: str, is_open: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The outcome is `failed`, of kind `input`, with the reason, a range given or not; nothing is sent."""
    file, text, says = EXCLUDED[name]
    root = repository(tmp_path / "work", {file: text, ".gitignore": "ignored.py\n"})
    uri = (root / file).as_uri()
    async with quick_sandbox() as host:
        for variable, value in uses_host(host).items():
            monkeypatch.setenv(variable, value)
        async with in_process(root=root) as client:
            if is_open:
                client.open(uri, text)
            for selected in (None, _range((0, 0), (1, 0))):
                argument = {"textDocument": {"uri": uri}, "deliver": "response", "range": selected}
                outcome = await client.execute("explain", argument)
                assert (outcome["state"], outcome["error"]["kind"]) == ("failed", "input")
                assert says in outcome["error"]["message"]
        assert host.log == []


async def test_a_range_of_an_older_version_is_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the changes since; where they touched it, ContentModified, and nothing is sent."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        above: Json = {"range": _range((0, 0), (0, 0)), "text": "# one\n# two\n"}
        here.client.change(here.uri, 2, above)
        document = {"uri": here.uri, "version": 1}
        here.start(textDocument=document, range=_range((5, 0), (8, 5)))
        begin = await here.client.wait_for("$/progress")
        assert begin["value"]["title"] == "Explain orders.py:8\u201311"
        here.client.change(here.uri, 3, {"range": _range((8, 0), (8, 1)), "text": "#"})
        refused = here.start(textDocument=document, range=_range((5, 0), (8, 5)), run="another")
        assert (await here.client.refusal_of(refused)).code == -32801
        await eventually(lambda: bool(here.host.model_requests))
        assert len(here.host.model_requests) == 1


async def test_what_is_asked_about_is_the_text_of_that_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change that comes right behind the request isn't in the prompt."""
    async with bench(tmp_path, monkeypatch, "silent") as here:
        here.start()
        here.client.change(here.uri, 2, {"text": "LATER = 1\n"})
        await here.client.wait_for("$/progress")
        await here.client.quiet()
        await eventually(lambda: bool(here.host.model_requests))
        asked = here.record.raw.decode()
        assert "def total" in asked
        assert "LATER" not in asked


def test_the_document_is_as_the_tests_say() -> None:
    """The line numbers above."""
    rows = ORDERS.split("\n")
    assert (rows[5], rows[8], rows[12]) == (
        "def total(rows):",
        "    return net * (1 + TAX)",
        "    def add(self, row):",
    )
