"""The pieces of the terminal's text format: status line, wrapped reasoning, rendered Markdown, choice."""

import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from lakewright.agent.events import (
    AnswerText,
    Phase,
    PhaseChanged,
    Retried,
    RunEvent,
    ToolAnswered,
    ToolCalled,
)
from lakewright.cli.status_line import StatusLine
from lakewright.cli.terminal_choice import can_draw
from lakewright.cli.terminal_render import Renderer
from lakewright.cli.terminal_screen import size_of
from lakewright.cli.terminal_words import duration
from lakewright.cli.terminal_wrap import DimWrap, dim, dim_lines
from support_terminal import FakeClock, FakeStream, pieces

READ = ToolCalled("c1", "read_file", {"path": "src/tax.py"})
SEARCH = ToolCalled("c2", "search_text", {"pattern": "add_\ntax"})
TOOLS = PhaseChanged(Phase.TOOLS)
WAITING = PhaseChanged(Phase.WAITING)
LATER = Retried("429 Too many requests.", 17.0, restart=False)


@pytest.mark.parametrize(
    ("events", "seconds", "words"),
    [
        ([], 3, ""),
        ([PhaseChanged(Phase.CONNECTING)], 0.9, "connecting"),
        ([PhaseChanged(Phase.CONNECTING)], 12.4, "connecting · 12 s"),
        ([WAITING], 65, "waiting for the model · 1 min 5 s"),
        ([PhaseChanged(Phase.THINKING)], 2, "thinking · 2 s"),
        ([PhaseChanged(Phase.WRITING)], 0, "writing"),
        ([READ, TOOLS], 1, "read_file src/tax.py · 1 s"),
        ([READ, SEARCH, TOOLS], 0, "read_file src/tax.py (and 1 more)"),
        ([READ, SEARCH, TOOLS, ToolAnswered("c1", is_error=False)], 0, "search_text add_␊tax"),
        ([WAITING, LATER], 0, "429 Too many requests: waiting 17 s"),
        ([WAITING, LATER], 12.2, "429 Too many requests: waiting 5 s"),
        ([WAITING, LATER], 16.9, "429 Too many requests: waiting 1 s"),
        ([WAITING, LATER], 20, "waiting for the model · 3 s"),
        ([WAITING, LATER, AnswerText("so")], 0, "waiting for the model"),
        ([WAITING, PhaseChanged(Phase.VERIFYING, "make test")], 3, "verify: make test · 3 s"),
    ],
)
def test_the_status_line_says_what_is_waited_for(events: list[RunEvent], seconds: float, words: str) -> None:
    """Each phase in words with its whole seconds; a retry counts down."""
    clock = FakeClock()
    status = StatusLine(clock)
    for event in events:
        status.see(event)
    clock.now += seconds
    assert status.text()[2:] == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (0.04, "0 s"),
        (0.3, "0.3 s"),
        (4.0, "4 s"),
        (9.96, "10 s"),
        (17.4, "17 s"),
        (59.7, "1 min 0 s"),
    ],
)
def test_durations_read_well(seconds: float, words: str) -> None:
    """Tenths matter below ten seconds, minutes above sixty."""
    assert duration(seconds) == words


@given(st.text(st.sampled_from("ab é漢👩 \n\t"), max_size=200), st.integers(1, 40), st.integers(19, 40))
def test_reasoning_is_wrapped_at_words_and_nothing_is_lost(text: str, size: int, width: int) -> None:
    """No line is wider than the terminal, and all words come out in order, however the text comes."""
    wrap = DimWrap()
    lines = [line for delta in pieces(text, size) for line in wrap.feed(delta, width)] + wrap.end()
    assert all(cell_len(line) <= width for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_words_are_broken_only_when_they_fill_a_line() -> None:
    """A line ends at a blank; a word longer than the line is cut."""
    lines = dim_lines("one two three " + "x" * 25, 20)
    assert [line.text[4:-4] for line in lines] == ["one two three", "x" * 20, "x" * 5]


def test_a_dim_line_is_cut_to_its_cells() -> None:
    """Wide characters count twice, an ellipsis says that something is missing."""
    assert (dim("漢字漢字", cells=6).text, dim("漢字漢字", cells=6).cells) == ("\x1b[2m漢字…\x1b[0m", 5)
    assert dim("short", cells=6).cells == 5


@pytest.fixture
def renderer(monkeypatch: pytest.MonkeyPatch) -> Renderer:
    """A renderer for a terminal with 256 colours."""
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    return Renderer()


def plain(renderer: Renderer, source: str, width: int = 60) -> list[str]:
    """The rendered lines without their colours."""
    return [re.sub(r"\x1b\[[\d;]*m", "", line.text) for line in renderer.block(source, width)]


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("# A *head*", ["A head"]),
        ("List<String> and <b>bold</b>", ["List<String> and <b>bold</b>"]),
        ("<!-- a note -->", ["<!-- a note -->"]),
        ("[red]no markup[/red] :smile:", ["[red]no markup[/red] :smile:"]),
        ("[tax](https://x.y/z) rules", ["tax (https://x.y/z) rules"]),
        ("<https://x.y> and <a@b.c>", ["https://x.y and a@b.c"]),
        ("[](https://x.y)", ["https://x.y"]),
        ("![a *plan*](plan.png)", ["a *plan* (plan.png)"]),
        ("[1]: https://x.y", ["[1]: https://x.y"]),
        ("&#x202e;&lt;&#27;", ["\ufffd<\ufffd"]),
        ("3. c\n4. d", [" 3 c", " 4 d"]),
        ("> said", ["▌ said"]),
        ("", []),
    ],
)
def test_markdown_is_rendered_and_nothing_vanishes(renderer: Renderer, source: str, lines: list[str]) -> None:
    """Markup becomes layout; HTML, rich's own markup, addresses and definitions stay visible."""
    assert plain(renderer, source) == lines


def test_colours_are_all_that_is_written(renderer: Renderer) -> None:
    """A link is no hyperlink sequence: nothing but colours is in a rendered line."""
    source = "# h\n\n[a](http://b) **c** `d`\n\n```python\nx = 1\n```\n\n| a |\n|---|\n| ![i](j) |"
    text = "".join(line.text for line in renderer.block(source, 60))
    assert "\x1b[" in text
    assert "\x1b" not in re.sub(r"\x1b\[[\d;]*m", "", text)


@pytest.mark.parametrize("width", [1, 2, 5, 20, 60, 500])
def test_lines_are_as_wide_as_they_say(renderer: Renderer, width: int) -> None:
    """The cells of a line are those of its text, for tables, lists, code and wide characters."""
    source = "- a 漢字漢字\n  - b\n\n> c d e f\n\n| a | b |\n|---|---|\n| 1 | 漢字 |\n\n```py\nx\t= 1\n```"
    lines = renderer.block(source, width)
    assert [cell_len(text) for text in plain(renderer, source, width)] == [line.cells for line in lines]
    assert width < 20 or max(line.cells for line in lines) <= min(width, 120)


@pytest.mark.parametrize(
    ("source", "tail"),
    [
        ("```text\na\nb\nc\nd", ["b", "c", "d"]),
        ("| head |\n|---|\n" + "\n".join(f"| {n} |" for n in range(50)), ["47", "48", "49"]),
        ("\n".join(f"- {n}" for n in range(50)), ["• 47", "• 48", "• 49"]),
        ("one line", ["one line"]),
    ],
)
def test_the_tail_of_a_block_keeps_its_kind(renderer: Renderer, source: str, tail: list[str]) -> None:
    """The end of a long fence is still code, of a table still rows."""
    lines = [re.sub(r"\x1b\[[\d;]*m", "", line.text).strip() for line in renderer.tail(source, 60, 5)]
    assert [line for line in lines if line][-3:] == tail
    assert len(lines) <= 5


@pytest.mark.parametrize(("count", "coloured"), [(10, True), (400, False)])
def test_only_code_of_a_readable_length_is_highlighted(
    renderer: Renderer, count: int, *, coloured: bool
) -> None:
    """Hundreds of lines are shown at once, without the colours that would keep Ctrl-C waiting."""
    lines = renderer.block("```python\n" + "return 1\n" * count, 60)
    assert len(lines) == count + 2
    assert ("return 1" in lines[2].text) is not coloured


def test_what_cannot_be_rendered_is_shown_as_it_is(
    renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A defect in the renderer shows the block's source."""

    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(renderer, "_lines", broken)
    assert plain(renderer, "**a**\n\x1bb") == ["**a**", "␛b"]


@pytest.mark.parametrize(
    ("out", "err", "environ", "draws"),
    [
        (True, True, {"TERM": "xterm-256color"}, True),
        (True, False, {"TERM": "xterm"}, True),
        (False, True, {"TERM": "xterm", "NO_COLOR": ""}, True),
        (False, False, {"TERM": "xterm"}, False),
        (True, True, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, True, {"TERM": "dumb"}, False),
        (True, True, {}, False),
    ],
)
@pytest.mark.parametrize("platform", ["linux", "darwin"])
def test_only_a_capable_terminal_is_drawn_on(
    *,
    out: bool,
    err: bool,
    environ: dict[str, str],
    draws: bool,
    platform: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Pipes, NO_COLOR and terminals without cursor movement get the plain text."""
    monkeypatch.setattr(sys, "platform", platform)
    assert can_draw(FakeStream(tty=out), FakeStream(tty=err), environ) is draws


def test_a_stream_without_a_size_is_80_by_24() -> None:
    """What has no descriptor or says 0 gets the size that everyone assumes."""
    size = size_of(FakeStream())
    assert (size.columns, size.rows) == (80, 24)


def test_rich_is_not_imported_before_an_answer() -> None:
    """Choosing the terminal costs nothing of rich's console, Markdown or highlighting."""
    late = {"rich.console", "rich.markdown", "markdown_it", "pygments"}
    code = f"import sys, lakewright.cli.terminal; print(sorted({late!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
