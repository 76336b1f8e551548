"""A refactor of files that the user renames while the model thinks."""

from pathlib import Path
from typing import Any

import pytest

from lakewright.lsp import apply_edit_plan
from lakewright.staging.applying_aside import relocated
from lakewright.workspace.snapshots import State
from support_lsp_editor import EDITORS
from support_lsp_edits import IN_A, IN_B, NEW_A, NEW_B, A, B, Bench, bench_of


def rename(bench: Bench, old: str, new: str, *, is_told: bool = True) -> None:
    """The user renames a file or a folder; what is open of it is opened anew."""
    editor = bench.editor
    opened = [uri for uri in editor.shown if uri.startswith(editor.uri(old))]
    texts = {uri.removeprefix(editor.root.as_uri() + "/"): editor.shown[uri] for uri in opened}
    for path in texts:
        editor.close(path)
    (editor.root / new).parent.mkdir(parents=True, exist_ok=True)
    (editor.root / old).rename(editor.root / new)
    if is_told:
        bench.session.folders.renamed(editor.uri(old), editor.uri(new))
    for path, text in texts.items():
        editor.open(new + path.removeprefix(old), text)


@pytest.mark.parametrize("editor", EDITORS)
async def test_a_renamed_file_gets_its_edit_where_it_is_now(tmp_path: Path, editor: str) -> None:
    """In every editor an open file and a closed one in a renamed folder change under their new names, and
    are put back there.
    """
    bench = await bench_of(tmp_path, editor)
    outcome = await bench.run(IN_A, IN_B)
    rename(bench, "a.py", "c.py")
    rename(bench, "lib", "kit")
    await bench.deliver(outcome)
    assert outcome.error is None
    assert bench.texts("a.py", "lib/b.py", "c.py", "kit/b.py") == [None, None, NEW_A, NEW_B]
    assert bench.snapshots == [State.APPLIED]
    await bench.undo(outcome.snapshot)
    assert bench.texts("c.py", "kit/b.py") == [A, B]


async def test_a_file_renamed_while_edits_are_located(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A rename in the very moment in which the edits are located again costs neither the edit nor its
    snapshot.
    """
    bench = await bench_of(tmp_path, "VS Code")
    outcome = await bench.run(IN_A)
    bench.editor.replace("a.py", "import tax", "import tax  # by the user")

    async def slow(*given: Any) -> Any:
        rename(bench, "a.py", "c.py")
        return await relocated(*given)

    monkeypatch.setattr(apply_edit_plan, "relocated", slow)
    await bench.deliver(outcome)
    assert outcome.error is None
    assert bench.texts("c.py") == [NEW_A.replace("import tax", "import tax  # by the user")]
    assert bench.snapshots == [State.APPLIED]


@pytest.mark.parametrize("new", ["c.py", "../c.py"])
async def test_a_file_that_is_gone_is_left_alone(tmp_path: Path, new: str) -> None:
    """One that was renamed and nobody said so, or that has left the folders, isn't guessed at."""
    bench = await bench_of(tmp_path, "VS Code")
    outcome = await bench.run(IN_A)
    rename(bench, "a.py", new, is_told=new != "c.py")
    await bench.deliver(outcome)
    assert outcome.error is not None
    assert outcome.error.kind == "edit"
    assert bench.texts(new) == [A]
    assert bench.editor.edits == []
