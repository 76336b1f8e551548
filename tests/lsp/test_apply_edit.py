"""A refactor in the editor, with editors that keep texts: what the user then sees, is told and can undo."""

from pathlib import Path

import pytest

from lakewright.lsp.client import ClientError
from lakewright.workspace.snapshots import State, list_snapshots
from support_lsp_editor import EDITORS, Json, edit, run
from support_lsp_edits import IN_A, IN_B, NEW, NEW_A, NEW_B, A, B, Bench, bench_of


@pytest.fixture(params=EDITORS)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A bench for every editor."""
    return await bench_of(tmp_path, request.param)


async def test_one_edit_changes_open_and_closed_files(bench: Bench) -> None:
    """In every editor both files show the new text after one request, and the snapshot can be undone."""
    outcome = await bench.deliver(await bench.run(IN_A, IN_B))
    assert outcome.error is None
    assert outcome.applied
    assert bench.texts("a.py", "lib/b.py") == [NEW_A, NEW_B]
    assert len(bench.editor.edits) == 1
    assert bench.snapshots == [State.APPLIED]
    assert outcome.snapshot == list_snapshots(bench.session.state, bench.root)[0].id
    assert bench.editor.messages == []


async def test_a_saved_change_is_undone_from_a_shell(bench: Bench) -> None:
    """Once the editor has saved what it changed, the command line takes back exactly that."""
    await bench.deliver(await bench.run(IN_A, IN_B))
    for path in ("a.py", "lib/b.py"):
        if bench.editor.uri(path) in bench.editor.shown:
            bench.editor.save(path)
    assert bench.undone_in_a_shell() == "undone"
    assert [(bench.editor.root / path).read_text() for path in ("a.py", "lib/b.py")] == [A, B]


async def test_a_new_file_comes_with_the_edits(bench: Bench) -> None:
    """A new file is there in every editor: by the edit, or written by the server, which says so."""
    creates = "resourceOperations" in (bench.editor.manners.declares or {})
    outcome = await bench.deliver(await bench.run(IN_A, NEW))
    assert outcome.error is None
    assert bench.editor.text("lib/new.py") == "x = 1\n"
    assert bench.editor.messages == ([] if creates else ["Created lib/new.py."])
    assert bench.snapshots == [State.APPLIED]


async def test_typing_elsewhere_meanwhile(bench: Bench) -> None:
    """What the user types in other lines meanwhile stays, and the edits come where they belong."""
    outcome = await bench.run(IN_A)
    bench.editor.type("a.py", 0, 0, "# mine 😀\n\n")
    bench.editor.replace("a.py", "tax.RATE", "tax.RATE  # sure")
    await bench.deliver(outcome)
    assert outcome.error is None
    assert bench.editor.text("a.py") == "# mine 😀\n\n" + NEW_A.replace("tax.RATE", "tax.RATE  # sure")


async def test_typing_at_the_place_meanwhile(bench: Bench) -> None:
    """What the user changes in the very lines is left alone: the edit is refused whole, with the reason."""
    outcome = await bench.run(IN_A, IN_B)
    bench.editor.replace("a.py", "sum(rows)", "fsum(rows)")
    await bench.deliver(outcome)
    assert outcome.error is not None
    assert outcome.error.kind == "edit"
    assert "a.py has changed" in outcome.error.message
    assert bench.editor.text("a.py") == A.replace("sum(rows)", "fsum(rows)")
    assert bench.editor.edits == []
    assert (bench.snapshots, outcome.snapshot) == ([], None)


async def test_declined(bench: Bench) -> None:
    """A user who says no hears nothing more: done, no snapshot, a line in the log."""
    bench.editor.decide = lambda _params: set()
    outcome = await bench.deliver(await bench.run(IN_A, IN_B))
    assert (outcome.error, outcome.applied, outcome.snapshot) == (None, False, None)
    assert bench.editor.text("a.py") == A
    assert bench.editor.messages == []
    assert bench.editor.logged == ["Run the-run: the edit was declined."]
    assert bench.snapshots == []


async def test_said_and_not_done(bench: Bench) -> None:
    """An editor that says it applied what it didn't (Neovim 0.12 after No) makes us record nothing."""
    bench.editor.decide = lambda _params: {"nothing"}
    outcome = await bench.deliver(await bench.run(IN_A, IN_B, NEW))
    assert (outcome.error, outcome.applied, outcome.snapshot) == (None, False, None)
    assert bench.editor.messages == []
    assert bench.undone_in_a_shell() == "nothing"
    assert not (bench.editor.root / "lib/new.py").exists()


async def test_an_error_is_one_failure(bench: Bench) -> None:
    """An editor that answers with an error fails the run with its words on one line."""

    def refuse(_params: Json) -> None:
        raise ClientError("No\nway")

    bench.editor.decide = refuse
    outcome = await bench.deliver(await bench.run(IN_A))
    assert outcome.error is not None
    assert outcome.error.message == "The editor could not apply the edit: No way"
    assert outcome.snapshot is None


async def test_some_files_ticked(tmp_path: Path) -> None:
    """Of a preview in which the user ticks one file, that one changes, and an undo takes back that one."""
    bench = await bench_of(tmp_path, "VS Code")
    bench.editor.decide = lambda _params: {bench.editor.uri("a.py")}
    outcome = await bench.deliver(await bench.run(IN_A, IN_B))
    assert (outcome.error, outcome.applied) == (None, True)
    (tmp_path / "work/lib/b.py").write_text(B.replace("1.2", "7"))
    assert bench.undone_in_a_shell() == "undone"
    assert (tmp_path / "work/a.py").read_text() == A
    assert (tmp_path / "work/lib/b.py").read_text() == B.replace("1.2", "7")


STALE = {"VS Code": 2, "Neovim 0.11": 2, "Helix": 2}


@pytest.mark.parametrize("name", STALE)
async def test_stale_is_asked_again_once(tmp_path: Path, name: str) -> None:
    """An edit that reaches the editor after a keystroke is located again and sent once more."""
    bench = await bench_of(tmp_path, name)

    def type_before(_params: Json) -> None:
        if len(bench.editor.edits) == 1:
            bench.editor.type("a.py", 0, 0, "# late\n")

    bench.editor.decide = type_before
    outcome = await bench.deliver(await bench.run(IN_A, IN_B))
    assert outcome.error is None
    assert bench.editor.text("a.py") == "# late\n" + NEW_A
    assert bench.editor.text("lib/b.py") == NEW_B
    assert len(bench.editor.edits) == STALE[name]
    assert bench.snapshots == [State.APPLIED]


@pytest.mark.parametrize("name", STALE)
async def test_stale_twice_fails(tmp_path: Path, name: str) -> None:
    """Twice too late is a failure that says so; nothing is at a wrong place."""
    bench = await bench_of(tmp_path, name)
    bench.editor.decide = lambda _params: bench.editor.type("a.py", 0, 0, "#\n")
    outcome = await bench.deliver(await bench.run(IN_A))
    assert outcome.error is not None
    assert "a.py changed while the edit was being applied" in outcome.error.message
    assert bench.editor.text("a.py") == "#\n#\n" + A
    assert len(bench.editor.edits) == 2


async def test_stale_at_the_place_is_refused(tmp_path: Path) -> None:
    """A keystroke in the very line, while the edit is under way, wins."""
    bench = await bench_of(tmp_path, "VS Code")

    def type_before(_params: Json) -> None:
        bench.editor.replace("a.py", "sum(rows)", "fsum(rows)")

    bench.editor.decide = type_before
    outcome = await bench.deliver(await bench.run(IN_A))
    assert outcome.error is not None
    assert "don't fit any more" in outcome.error.message
    assert bench.editor.text("a.py") == A.replace("sum(rows)", "fsum(rows)")
    assert bench.snapshots == []


async def test_without_apply_edit(tmp_path: Path) -> None:
    """An editor that applies no edits fails the run with what to do instead."""
    bench = await bench_of(tmp_path, "plain")
    bench.editor.manners = type(bench.editor.manners)(None)
    outcome = await bench.deliver(await bench.run(IN_A))
    assert outcome.error is not None
    assert "--write" in (outcome.error.hint or "")
    assert bench.snapshots == []


async def test_nothing_to_change_is_said(bench: Bench) -> None:
    """A refactor that changes nothing shows the model's words in one message."""
    await bench.deliver(await bench.run())
    assert bench.editor.messages == ["Nothing was changed. Well said."]
    assert bench.editor.edits == []


async def test_an_edit_in_text_that_came_to_nothing_is_not_shown(bench: Bench) -> None:
    """The message has the model's words alone, as the command line has them."""
    outcome = await bench.run()
    outcome.answer = 'It is so already.\n\n{"answer_summary": "All is well.", "updated_files": []}'
    await bench.deliver(outcome)
    [message] = bench.editor.messages
    assert "All is well." in message
    assert "{" not in message


async def test_a_cancelled_run_leaves_nothing(bench: Bench) -> None:
    """A run that was cancelled before the edit left sends none, and keeps no snapshot."""
    outcome = await bench.run(IN_A)
    cancelled = run()
    cancelled.cancelled = True
    await bench.deliver(outcome, cancelled)
    assert bench.editor.edits == []
    assert bench.snapshots == []


async def test_a_closed_file_in_another_encoding(bench: Bench) -> None:
    """A closed file that an editor could misread isn't sent through it."""
    (bench.editor.root / "west.py").write_bytes("# caf\xe9\nx = 1\n".encode("latin-1"))
    outcome = await bench.deliver(await bench.run(edit("west.py", ("x = 1", "x = 2"))))
    assert outcome.error is not None
    assert "isn't UTF-8" in outcome.error.message
    assert bench.editor.edits == []
