"""A refactor's words in the text format: prose as it comes, edits never; whatever the pieces."""

import json
from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.agent.events import AnswerText, Note, Retried, RunEvent, TurnEnded
from lakewright.cli.prose import ProseAlone
from lakewright.edits.forms.registry import read_answer
from lakewright.tasks.outcome import Outcome

BLOCK = "```path=a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n```\n"
BARE = "src/a.py\n<<<<<<< SEARCH\nold\n=======\nnew\n>>>>>>> REPLACE\n"
OBJECT = json.dumps(
    {"answer_summary": "I changed it.", "updated_files": [{"file_name": "a.py", "file_content": "new\n"}]}
)
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-old\n+new\n"
WHOLE = "```python path=a.py\nnew\n```\n"
LONG = "This is a sentence that says what was done."


class _Heard:
    """An output that remembers; `turns` are the words of each turn, the last one perhaps unfinished."""

    def __init__(self) -> None:
        self.events: list[RunEvent] = []
        self.turns: list[str] = [""]

    def show(self, event: RunEvent) -> None:
        self.events.append(event)
        match event:
            case AnswerText(text):
                self.turns[-1] += text
            case TurnEnded():
                self.turns.append("")
            case Retried(restart=True):
                self.turns[-1] = ""

    def finish(self, outcome: Outcome, closing: Sequence[str] = ()) -> None:
        del outcome, closing


def _heard(pieces: Iterable[str]) -> str:
    heard = _Heard()
    prose = ProseAlone(heard)
    for piece in pieces:
        prose.show(AnswerText(piece))
    prose.show(TurnEnded())
    return heard.turns[0]


@pytest.mark.parametrize("size", [1, 3, 1000])
@pytest.mark.parametrize(
    ("answer", "prose"),
    [
        (LONG, LONG),
        (f"- {LONG}\n- more\n\n---\n", f"- {LONG}\n- more\n\n---\n"),
        (OBJECT, "I changed it."),
        (f"{LONG}\n\n{OBJECT}", f"{LONG}\n\nI changed it."),
        (f"{LONG} {OBJECT}", f"{LONG} I changed it."),
        (f"```json\n{OBJECT}\n```", "I changed it."),
        (f"{LONG}\n\n{BLOCK}\nThat is all.", f"{LONG}\n\nThat is all."),
        (f"\n\n{BLOCK}{BLOCK}\nThat is all.", "That is all."),
        (f"{LONG}\n\n{DIFF}", LONG),
        (f"{WHOLE}\n{LONG}", LONG),
        (f"Use `{{}}` and `x`.\n\n```python\nx = {{}}\n```\n{LONG}", None),
        (f"{LONG}\n{OBJECT[:60]}", LONG),
    ],
)
def test_edits_are_left_out(answer: str, prose: str | None, size: int) -> None:
    """Each form, whole or begun, goes; what is only like one stays."""
    heard = _heard(answer[at : at + size] for at in range(0, len(answer), size))
    assert " ".join(heard.split()) == " ".join((answer if prose is None else prose).split())


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_a_name_above_an_edit_may_stay_but_nothing_else_is_lost(size: int) -> None:
    """It was passed on before the edit began; what follows is whole."""
    answer = f"{LONG}\n\n{BARE}\nso that is all.\n"
    heard = _heard(answer[at : at + size] for at in range(0, len(answer), size))
    assert "old" not in heard
    assert [line for line in heard.split("\n") if line and line != "src/a.py"] == [LONG, "so that is all."]


_PARTS = st.sampled_from(
    [LONG, "`", "``", "~", "<", "\n", "\n\n", " ", "-", "--- ", "+", "{", "}", BLOCK, BARE, DIFF]
)


@given(st.lists(_PARTS), st.data())
def test_pieces_make_no_difference(parts: list[str], data: st.DataObject) -> None:
    """No line of the prose is lost, however the answer is cut, and none comes twice."""
    answer = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(answer)), max_size=8)))
    heard = _heard(answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)], strict=True))
    lines = [line for line in heard.split("\n") if line.strip()]
    for line in read_answer(answer).prose.split("\n"):
        if line.strip():
            assert any(line in one or one in line for one in lines)
    assert heard.count(LONG) <= answer.count(LONG)


def test_prose_comes_as_it_is_written() -> None:
    """A person sees a long sentence grow; what may become an edit waits for the turn's end."""
    heard = _Heard()
    output = ProseAlone(heard)
    for piece in (LONG[:20], LONG[20:30], "\n\n``", "`python path=a.py\n"):
        output.show(AnswerText(piece))
    assert heard.events == [AnswerText(LONG[:20]), AnswerText(LONG[20:30]), AnswerText("\n\n")]


def test_a_restart_and_an_end_in_the_middle() -> None:
    """What a restarted turn said is forgotten; of one that never ends the prose is told."""
    heard = _Heard()
    output = ProseAlone(heard)
    output.show(AnswerText(f"Void: {OBJECT}"))
    output.show(Retried("Cut.", 0.0, restart=True))
    output.show(AnswerText("Anew."))
    output.show(TurnEnded())
    output.show(AnswerText(f"\n\nI use\n{OBJECT[:50]}"))
    output.show(Note("Beside it."))
    output.finish(Outcome("run-1", "refactor"))
    assert [turn.strip() for turn in heard.turns] == ["Anew.", "I use"]
    assert Note("Beside it.") in heard.events
