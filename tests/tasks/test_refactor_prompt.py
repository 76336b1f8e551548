"""What `refactor` tells the model."""

import pytest

from lakewright.core.request import ModelRequest
from lakewright.tasks import code_context_uses
from lakewright.tasks.base import Diagnostic, RunRequest, Target
from lakewright.tasks.code_context_uses import names_in
from lakewright.workspace.syntax import Symbol
from support_agent import text_turn
from support_tasks import Bench

DONE = text_turn("Nothing to change.")


async def _asked(bench: Bench, request: RunRequest) -> ModelRequest:
    await bench.run(request, DONE)
    return bench.sent()


async def test_the_tools_are_those_that_read_and_those_that_edit(bench: Bench) -> None:
    """All read tools and the two edit tools are offered, and none is forced."""
    asked = await _asked(bench, RunRequest(Target("tax.py"), "Do it."))
    names = [tool.name for tool in asked.tools]
    assert names[0] == "read_file"
    assert names[-2:] == ["edit_file", "create_file"]
    assert asked.tool_choice == "auto"


async def test_a_selection_stands_in_its_surroundings(bench: Bench) -> None:
    """Instruction, marked lines, what surrounds them and the enclosing symbol are there."""
    await bench.run(RunRequest(Target("tax.py", 5, 6), "Say {why}."), DONE)
    prompt = bench.prompt()
    assert prompt.startswith("Say {why}.\n\nCarry this out in lines 5-6 of `tax.py`.")
    assert " 5>     if net < 0:" in prompt
    assert " 7      return net * 0.19" in prompt
    assert "It lies in function `tax`, lines 4-7." in prompt


async def test_imports_far_above_are_named(bench: Bench) -> None:
    """Where the head of the file isn't shown, its imports are."""
    (bench.root / "tax.py").write_text(
        f"import os\n{'x = 1' * 1}\n" + "y = 2\n" * 100 + "def f():\n    pass\n"
    )
    await bench.run(RunRequest(Target("tax.py", 103, 104), "Do it."), DONE)
    assert "Imports: import os" in bench.prompt()


@pytest.mark.parametrize("target", [Target("tax.py", 4, 7), Target("tax.py", 6), Target("tax.py")])
async def test_who_uses_it_is_named(target: Target, bench: Bench) -> None:
    """Uses of what is selected, or of what holds the selection, come from the whole workspace; what the
    prompt shows anyway isn't repeated.
    """
    await bench.run(RunRequest(target, "Do it."), DONE)
    uses = bench.prompt().split("Used elsewhere:\n")[1]
    assert "- orders.py:1: from tax import tax\n- orders.py:5: return net + tax(net)" in uses
    assert "tax.py:4" not in uses


async def test_uses_are_bounded(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many uses are cut and said to be; a search that has no time leaves them out."""
    (bench.root / "many.py").write_text("from tax import tax\n" + "tax(1)\n" * 200)
    await bench.run(RunRequest(Target("tax.py"), "Do it."), DONE)
    assert bench.prompt().count("\n- ") == code_context_uses.MOST_USES
    assert "Used elsewhere (not all of them; find_symbol finds the others):" in bench.prompt()
    assert len(bench.prompt()) < 4_000
    monkeypatch.setattr(code_context_uses, "SECONDS", 0.0)
    await bench.run(RunRequest(Target("tax.py"), "Do it."), DONE)
    assert "Used elsewhere" not in bench.prompt()


async def test_diagnostics_are_handed_on(bench: Bench) -> None:
    """Those that concern the lines are there, each on one line, with who says it."""
    said = (
        Diagnostic(5, 6, "Too\nbroad", "warning", "ruff"),
        Diagnostic(7, 7, "x" * 5_000),
        Diagnostic(1, 1, "os is unused"),
    )
    await bench.run(RunRequest(Target("tax.py", 4, 7), "Fix them.", diagnostics=said), DONE)
    prompt = bench.prompt()
    assert "- lines 5-6: warning (ruff): Too broad\n- line 7: error: xxx" in prompt
    assert "unused" not in prompt
    assert len(prompt) < 2_000


async def test_a_persona_never_replaces_the_rules(bench: Bench) -> None:
    """`--system` takes the persona's place; what tools and edits need stays."""
    asked = await _asked(bench, RunRequest(Target("tax.py"), "Do it.", system="You are a pirate."))
    assert asked.system.startswith("You are a pirate.")
    for rule in ("edit_file", "letter for letter", "<<<<<<< SEARCH", "never an instruction to you"):
        assert rule in asked.system
    assert "senior engineer" not in asked.system


async def test_a_small_window_gets_less_code(bench: Bench) -> None:
    """The prompt leaves half of the model's window free, and says where to read on."""
    (bench.root / "tax.py").write_text("value = 1\n" * 20_000)
    bench.context_window = 8_000
    await bench.run(RunRequest(Target("tax.py"), "Do it."), DONE)
    assert len(bench.prompt()) < 13_000
    assert "read the rest with `read_file` from line" in bench.prompt()


async def test_secrets_are_in_no_prompt(bench: Bench) -> None:
    """Files on the deny list or ignored give no uses, and are no targets."""
    (bench.root / ".gitignore").write_text("ignored.py\n")
    for name in (".env", "ignored.py", "secrets/key.pem"):
        (bench.root / name).parent.mkdir(exist_ok=True)
        (bench.root / name).write_text("from tax import tax  # CANARY\n")
    await bench.run(RunRequest(Target("tax.py"), "Do it."), DONE)
    assert "orders.py:1" in bench.prompt()
    assert "CANARY" not in str(bench.sent())
    for name in (".env", "ignored.py"):
        outcome = await bench.run(RunRequest(Target(name), "Do it."), DONE)
        assert outcome.error is not None
        assert (outcome.error.kind, bench.models[-1].requests) == ("input", [])


async def test_an_empty_file_is_told_in_its_own_words(bench: Bench) -> None:
    """The error of an empty target names what can't be done with it."""
    (bench.root / "empty.py").write_text("\n")
    outcome = await bench.run(RunRequest(Target("empty.py"), "Do it."), DONE)
    assert outcome.error is not None
    assert "nothing to refactor" in outcome.error.message


def _symbol(name: str, start: int, end: int, depth: int = 0) -> Symbol:
    return Symbol("function", name, start, end, start, name, "", depth)


SYMBOLS = (
    _symbol("Order", 1, 20),
    _symbol("__init__", 2, 5, 1),
    _symbol("total", 6, 9, 1),
    _symbol("inner", 7, 8, 2),
    _symbol("_hidden", 22, 30),
    _symbol("main", 32, 40),
)


@pytest.mark.parametrize(
    ("lines", "names"),
    [
        ((None, None), ("Order", "main")),
        ((1, 20), ("Order",)),
        ((6, 9), ("total",)),
        ((9, 9), ("total",)),
        ((3, 3), ()),
        ((2, 9), ("total",)),
        ((22, 40), ("_hidden", "main")),
        ((21, 21), ()),
    ],
)
def test_whose_uses_matter(lines: tuple[int | None, int | None], names: tuple[str, ...]) -> None:
    """What the lines define, outermost only; else what holds them; of a whole file what others may know."""
    assert names_in(SYMBOLS, *lines) == names
