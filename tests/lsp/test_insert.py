"""A completion goes in where the cursor stood, or not at all; as the editors of the table."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from lakewright.errors import EditError
from lakewright.lsp.client import ClientError
from lakewright.lsp.insert import insert
from lakewright.lsp.jobs import Job, take_down
from lakewright.lsp.run_params import RunParams
from lakewright.lsp.runs import Run
from lakewright.lsp.text import Position
from lakewright.tasks.outcome import Outcome
from lakewright.tasks.registry import TASKS
from support_lsp_editor import EDITORS, Json, Manners
from support_lsp_edits import Bench, bench_of

TEXT = "# 😀 é\n\n\ndef total(rows):\n    return \n\n\nprint(total([]))\n"
DONE = TEXT.replace("return \n", "return sum(rows)\n")
CURSOR = Position(4, 11)


@dataclass
class Question:
    """A completion that was asked for."""

    bench: Bench
    job: Job

    async def answer(self, text: str = "sum(rows)") -> Outcome:
        """Insert it; a refusal from before anything left is in the outcome, too."""
        outcome = Outcome("the-run", "complete", completion=text)
        try:
            await insert(
                self.bench.session,
                self.job,
                Run("the-run", "complete", None),
                outcome,
                pause=self.bench.editor.pause,
            )
        except EditError as error:
            outcome.error = error
        return outcome


async def asked(tmp_path: Path, name: str, *, is_open: bool = True) -> Question:
    """A question at the cursor of `a.py`."""
    bench = await bench_of(tmp_path, name, {"a.py": TEXT})
    uri = bench.editor.uri("a.py")
    if not is_open:
        bench.editor.close("a.py")
    entry = next(task for task in TASKS if task.command == "complete")
    job = take_down(bench.session, entry, RunParams(uri, position=CURSOR), None)
    job.place = await bench.session.folders.place_of(uri)
    return Question(bench, job)


@pytest.fixture(params=EDITORS)
async def question(request: pytest.FixtureRequest, tmp_path: Path) -> Question:
    """A question for every editor."""
    return await asked(tmp_path, request.param)


async def test_it_goes_in_at_the_cursor(question: Question) -> None:
    """The text stands at the cursor, by one edit that isn't called a refactoring."""
    outcome = await question.answer()
    assert (outcome.error, outcome.applied) == (None, True)
    assert question.bench.texts("a.py") == [DONE]
    (params,) = question.bench.editor.edits
    assert "metadata" not in params
    assert question.bench.snapshots == []


async def test_typing_in_other_lines_meanwhile(question: Question) -> None:
    """The cursor's line is found again where it is by now."""
    question.bench.editor.type("a.py", 0, 0, "# mine\n")
    question.bench.editor.replace("a.py", "print(", "print(1, ")
    outcome = await question.answer()
    assert outcome.error is None
    assert question.bench.texts("a.py") == ["# mine\n" + DONE.replace("print(", "print(1, ")]


@pytest.mark.parametrize(
    ("old", "new"), [("return ", "return s"), ("    return ", "return "), ("):\n    return ", "): ")]
)
async def test_typing_in_the_line_meanwhile(question: Question, old: str, new: str) -> None:
    """Where the user has gone on in the line nothing is inserted, and one failure says so."""
    question.bench.editor.replace("a.py", old, new)
    outcome = await question.answer()
    assert outcome.error is not None
    assert "it wasn't inserted" in outcome.error.message
    assert question.bench.texts("a.py") == [TEXT.replace(old, new, 1)]
    assert question.bench.editor.edits == []


@pytest.mark.parametrize("name", ["VS Code", "Neovim 0.11", "Helix"])
async def test_a_keystroke_while_it_is_under_way(tmp_path: Path, name: str) -> None:
    """Stale once: it is sent again for the text of now. Stale twice: a failure."""
    question = await asked(tmp_path, name)
    editor = question.bench.editor

    def type_once(_params: Json) -> None:
        if len(editor.edits) == 1:
            editor.type("a.py", 0, 0, "# late\n")

    editor.decide = type_once
    assert (await question.answer()).error is None
    assert question.bench.texts("a.py") == ["# late\n" + DONE]
    again = await asked(tmp_path / "again", name)
    again.bench.editor.decide = lambda _params: again.bench.editor.type("a.py", 0, 0, "#\n")
    outcome = await again.answer()
    assert outcome.error is not None
    assert again.bench.texts("a.py") == ["#\n#\n" + TEXT]


async def test_declined_is_quiet(question: Question) -> None:
    """An editor that doesn't insert it hears nothing more."""
    question.bench.editor.decide = lambda _params: set()
    outcome = await question.answer()
    assert (outcome.error, outcome.applied) == (None, False)
    assert question.bench.editor.messages == []


async def test_an_error_is_one_failure(question: Question) -> None:
    """An editor's error fails the run in its words."""

    def refuse(_params: Json) -> None:
        raise ClientError("No\nway")

    question.bench.editor.decide = refuse
    outcome = await question.answer()
    assert outcome.error is not None
    assert outcome.error.message.endswith("No way")


async def test_a_closed_file(tmp_path: Path) -> None:
    """A file that isn't open is completed through the editor, too."""
    question = await asked(tmp_path, "Helix", is_open=False)
    assert (await question.answer()).error is None
    assert question.bench.texts("a.py") == [DONE]


async def test_nothing_to_insert_and_nobody_to_do_it(tmp_path: Path) -> None:
    """Nothing to insert is said; an editor that applies no edits is a failure with what to do."""
    question = await asked(tmp_path, "plain")
    assert (await question.answer("")).error is None
    assert question.bench.editor.messages == ["Nothing belongs at the cursor."]
    question.bench.editor.manners = Manners(None)
    outcome = await question.answer()
    assert outcome.error is not None
    assert "response" in (outcome.error.hint or "")
