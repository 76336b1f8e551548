"""Undo in the editor: open documents and closed files together, or not at all; whoever made the change."""

from pathlib import Path

import pytest

from lakewright.lsp.arguments import WrongFieldError
from lakewright.workspace.snapshots import State
from support_lsp_client import ErrorAnswerError, in_process
from support_lsp_editor import EDITORS, edit
from support_lsp_edits import IN_A, IN_B, NEW, NEW_A, NEW_B, A, B, Bench, bench_of
from support_workspace import write_tree
from support_writing import write

BOTH = ("a.py", "lib/b.py")


@pytest.fixture(params=EDITORS)
async def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Bench:
    """A bench for every editor."""
    return await bench_of(tmp_path, request.param)


async def test_undo_is_the_way_back(bench: Bench) -> None:
    """After an undo the user sees all texts as they were; open ones by one edit, the snapshot is undone."""
    name = await bench.refactor(IN_A, IN_B)
    answer = await bench.undo()
    assert (answer["snapshot"], answer["state"]) == (name, "undone")
    assert sorted(answer["files"]) == [*BOTH]
    assert bench.texts(*BOTH) == [A, B]
    assert len(bench.editor.edits) == 2
    assert bench.snapshots == [State.UNDONE]


async def test_again_goes_further_back(bench: Bench) -> None:
    """Each undo takes back one refactor; then there is nothing more."""
    await bench.refactor(IN_A)
    await bench.refactor(edit("a.py", ("tax.RATE", "tax.rate()")))
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("a.py") == [NEW_A]
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("a.py") == [A]
    answer = await bench.undo()
    assert answer == {"state": "nothing", "files": [], "message": answer["message"]}


async def test_one_that_is_undone_is_applied_again(bench: Bench) -> None:
    """Named again, an undone snapshot comes back."""
    name = await bench.refactor(IN_A, IN_B)
    await bench.undo(name)
    assert (await bench.undo(name))["state"] == "applied"
    assert bench.texts(*BOTH) == [NEW_A, NEW_B]


async def test_a_new_file_goes_again(bench: Bench) -> None:
    """What the refactor has created is deleted, by the editor or on disk, and its empty folder with it."""
    if not bench.editor.manners.opens:
        (bench.root / "lib/b.py").unlink()
    await bench.refactor(IN_A, NEW)
    assert (await bench.undo())["state"] == "undone"
    assert not (bench.root / "lib/new.py").exists()
    assert bench.texts("a.py") == [A]


async def test_typing_elsewhere_stays(bench: Bench) -> None:
    """What the user has typed in other lines since is kept."""
    await bench.refactor(IN_A, IN_B)
    bench.editor.type("a.py", 0, 0, "# mine 😀\n\n")
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts(*BOTH) == ["# mine 😀\n\n" + A, B]


async def test_typing_at_the_place_keeps_all(bench: Bench) -> None:
    """Where the changed lines were changed again, no file is touched, closed ones neither."""
    await bench.refactor(IN_A, IN_B)
    bench.editor.replace("a.py", "amount(rows):", "amounts(rows):")
    before = bench.texts(*BOTH)
    answer = await bench.undo()
    assert (answer["state"], answer["files"]) == ("refused", ["a.py"])
    assert "the same lines were changed since" in answer["message"]
    assert bench.texts(*BOTH) == before
    assert bench.snapshots == [State.APPLIED]


async def test_a_file_that_was_closed_again(bench: Bench) -> None:
    """A document that was saved and closed is put back on disk, without the editor."""
    await bench.refactor(IN_A)
    bench.editor.save("a.py")
    bench.editor.close("a.py")
    assert (await bench.undo())["state"] == "undone"
    assert (bench.root / "a.py").read_text() == A
    assert len(bench.editor.edits) == 1


async def test_what_the_command_line_wrote(bench: Bench) -> None:
    """A refactor written by a shell is undone in the open document, which the editor has reloaded."""
    write(bench.root, bench.session.state, {"a.py": NEW_A, "lib/b.py": NEW_B})
    bench.editor.type("a.py", 0, len(A), NEW_A)
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts(*BOTH) == [A, B]


async def test_an_editor_that_declines(bench: Bench) -> None:
    """Where the editor doesn't take the edit nothing is undone, closed files neither."""
    await bench.refactor(IN_A, IN_B)
    if bench.editor.uri("lib/b.py") in bench.editor.shown:
        bench.editor.save("lib/b.py")
        bench.editor.close("lib/b.py")
    bench.editor.decide = lambda _params: set()
    assert (await bench.undo())["state"] == "refused"
    assert bench.texts(*BOTH) == [NEW_A, NEW_B]
    assert bench.snapshots == [State.APPLIED]


async def test_a_disk_that_refuses(bench: Bench) -> None:
    """Where a closed file can't be written the open document keeps its text, too."""
    await bench.refactor(IN_A, IN_B)
    if bench.editor.uri("lib/b.py") in bench.editor.shown:
        bench.editor.save("lib/b.py")
        bench.editor.close("lib/b.py")
    bench.editor.decide = lambda _params: (bench.root / "lib/b.py").chmod(0o444)
    answer = await bench.undo()
    assert answer["state"] == "refused"
    assert "write-protected" in answer["message"]
    assert bench.texts(*BOTH) == [NEW_A, NEW_B]


@pytest.mark.parametrize("name", [name for name, manners in EDITORS.items() if manners.stale != "none"])
async def test_stale_undo_changes_nothing(tmp_path: Path, name: str) -> None:
    """A keystroke while the edit is under way: what was typed stays, and no half of the undo is left."""
    bench = await bench_of(tmp_path, name)
    await bench.refactor(IN_A, IN_B)

    def type_once(_params: object) -> None:
        if len(bench.editor.edits) == 2:
            bench.editor.type("a.py", 0, 0, "# late\n")

    bench.editor.decide = type_once
    answer = await bench.undo()
    assert answer["state"] == "refused"
    assert bench.texts(*BOTH) == ["# late\n" + NEW_A, NEW_B]


async def test_line_ends_of_the_editor(tmp_path: Path) -> None:
    """An editor that has given a file one kind of line ends keeps them when it is put back."""
    bench = await bench_of(tmp_path, "VS Code")
    await bench.refactor(IN_A)
    text = bench.editor.text("a.py").replace("\n", "\r\n")
    bench.editor.type("a.py", 0, len(NEW_A), text)
    assert (await bench.undo())["state"] == "undone"
    assert bench.texts("a.py") == [A.replace("\n", "\r\n")]


async def test_only_the_clients_folders(tmp_path: Path) -> None:
    """A snapshot of another root is refused by name, and never the newest."""
    bench = await bench_of(tmp_path, "Helix")
    other = write_tree(tmp_path / "other", {"c.py": "x = 1\n"})
    written = write(other, bench.session.state, {"c.py": "x = 2\n"})
    assert (await bench.undo())["state"] == "nothing"
    answer = await bench.undo(written.snapshot)
    assert answer["state"] == "refused"
    assert str(other) in answer["message"]
    assert (other / "c.py").read_text() == "x = 2\n"


async def test_an_unknown_snapshot_is_a_wrong_argument(tmp_path: Path) -> None:
    """A name that there isn't is told as such, with the field."""
    bench = await bench_of(tmp_path, "Helix")
    with pytest.raises(WrongFieldError, match="snapshot"):
        await bench.undo("20261121-101502-123456")


async def test_over_the_wire(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command answers as the contract has it, and a wrong argument is InvalidParams."""
    monkeypatch.setenv("LAKEWRIGHT_STATE_DIR", str(tmp_path / "state"))
    root = write_tree(tmp_path / "work", {"a.py": A})
    name = write(root, tmp_path / "state", {"a.py": NEW_A}).snapshot
    async with in_process(root=root) as client:
        answer = await client.execute("undo", {})
        assert answer == {
            "snapshot": name,
            "state": "undone",
            "files": ["a.py"],
            "message": answer["message"],
        }
        assert (root / "a.py").read_text() == A
        assert (await client.execute("undo"))["state"] == "nothing"
        for wrong in ({"snapshot": 3}, {"snapshot": "20261121-101502-123456"}):
            with pytest.raises(ErrorAnswerError, match="snapshot") as refused:
                await client.execute("undo", wrong)
            assert refused.value.code == -32602
