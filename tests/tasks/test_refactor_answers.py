"""Edits that the model writes as text: applied like calls, refused with words it can use."""

import json
import threading
from collections.abc import Collection, Sequence

import pytest

from lakewright.agent.limits import Limits
from lakewright.core.events import Event, Finished, FinishReason
from lakewright.core.messages import AssistantMessage
from lakewright.edits.forms.registry import Answer, read_answer
from lakewright.tasks import refactor_answers
from lakewright.tasks.base import RunRequest, Target
from lakewright.tasks.prompting import sections
from support_agent import call_turn, text_turn
from support_tasks import Bench, edit_turn

REQUEST = RunRequest(Target("tax.py"), "Name the rate.")
RATE = ("    return net * 0.19", "    return net * RATE")
DONE = text_turn("Named the rate.")

BLOCK = """\
I use the constant.

```path=tax.py
<<<<<<< SEARCH
    return net * {old}
=======
    return net * RATE
>>>>>>> REPLACE
```

That is all.
"""
NEW_FILE = """\
```path=rate.py
<<<<<<< SEARCH
=======
RATE = 0.19
>>>>>>> REPLACE
```
"""
DIFF = """\
```diff
--- a/tax.py
+++ b/tax.py
@@ -4,4 +4,4 @@
 def tax(net: float) -> float:
     if net < 0:
         raise ValueError
-    return net * 0.19
+    return net * RATE
```
"""
WHOLE = "Here it is.\n\n```python path=orders.py\n{text}```\n"
ORDERS = "from tax import tax\n\n\ndef total(net: float) -> float:\n    return tax(net) + net\n"
OBJECT = json.dumps(
    {"answer_summary": "Turned round.", "updated_files": [{"file_name": "orders.py", "file_content": ORDERS}]}
)


async def test_answers_are_read_beside_the_event_loop(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one takes tenths of a second, in which an editor would stand still."""
    read_in: list[bool] = []

    def noted(text: str, *, leave_out: Collection[str] = ()) -> Answer:
        read_in.append(threading.current_thread() is threading.main_thread())
        return read_answer(text, leave_out=leave_out)

    monkeypatch.setattr(refactor_answers, "read_answer", noted)
    along = call_turn(READ, text=BLOCK.format(old="0.19"))
    outcome = await bench.run(REQUEST, along, DONE)
    assert [edit.path for edit in outcome.edits] == ["tax.py"]
    assert read_in == [False, False]


@pytest.mark.parametrize(
    ("answer", "changed"),
    [
        (BLOCK.format(old="0.19"), ("tax.py",)),
        (BLOCK.format(old="0.19") + NEW_FILE, ("tax.py", "rate.py")),
        (DIFF, ("tax.py",)),
        (WHOLE.format(text=ORDERS), ("orders.py",)),
        (OBJECT, ("orders.py",)),
        (f"```json\n{OBJECT}\n```", ("orders.py",)),
        ("Use a constant:\n\n```python\nRATE = 0.19\n```\n", ()),
        ("null", ()),
        ("{}", ()),
    ],
)
async def test_each_form_is_applied(answer: str, changed: tuple[str, ...], bench: Bench) -> None:
    """One answer in text is enough; what fits no form is an answer and changes nothing."""
    outcome = await bench.run(REQUEST, text_turn(answer))
    assert outcome.error is None
    assert tuple(edit.path for edit in outcome.edits) == changed
    assert outcome.answer == answer


@pytest.mark.parametrize("answer", ["null", "{}"])
async def test_an_empty_object_is_said(answer: str, bench: Bench) -> None:
    """A person hears that the model's answer held nothing."""
    await bench.run(REQUEST, text_turn(answer))
    assert any("nothing was changed" in note for note in bench.notes)


def test_the_form_that_the_rules_show_is_the_form_that_is_read(bench: Bench) -> None:
    """The example of the system prompt is itself an edit that can be read."""
    from lakewright.edits.forms.registry import read_answer

    (change,) = read_answer(sections("refactor")["rules"]).changes
    assert change.path == "src/orders.py"


async def test_a_refused_one_comes_back(bench: Bench) -> None:
    """The model hears what became of each edit, with the reason and the nearest real lines."""
    first = BLOCK.format(old="0.21") + NEW_FILE
    outcome = await bench.run(REQUEST, text_turn(first), text_turn(BLOCK.format(old="0.19")))
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["rate.py", "tax.py"]
    assert isinstance(bench.sent(1).messages[-2], AssistantMessage)
    told = bench.prompt(1)
    assert told.startswith("Your answer held edits.")
    assert "- tax.py was not changed." in told
    assert "return net * 0.19" in told
    assert "- Created rate.py" in told


@pytest.mark.parametrize(
    ("turns", "says"),
    [
        ([BLOCK.format(old="0.21")] * 9, "tax.py was refused 3 times"),
        ([BLOCK.format(old="0.21"), "I can't."], "tax.py was refused: "),
        (["```path=tax.py\n<<<<<<< SEARCH\n    return net * 0.19\n=======\n", "Sorry."], "tax.py"),
        ([OBJECT[:-30], "Sorry."], "can't be read"),
        (["```python path=tax.py\ndef tax(net):\n    ...\n```\n", "Sorry."], "tax.py"),
    ],
)
async def test_what_stays_refused_fails(turns: Sequence[str], says: str, bench: Bench) -> None:
    """A form that is never made good, unfinished ones too, ends the run with an edit error."""
    outcome = await bench.run(REQUEST, *map(text_turn, turns))
    assert outcome.error is not None
    assert outcome.error.kind == "edit"
    assert says in outcome.error.message
    assert outcome.edits == []


async def test_a_block_after_a_refused_call_makes_it_good(bench: Bench) -> None:
    """Calls and text are two ways to say the same: either mends the other."""
    wrong = ("    return net * 0.21", "    return net * RATE")
    outcome = await bench.run(REQUEST, edit_turn("tax.py", wrong), text_turn(BLOCK.format(old="0.19")))
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]


@pytest.mark.parametrize(
    "shown", [WHOLE.format(text="def total(net):\n    return 0\n"), OBJECT, OBJECT[:-30]]
)
async def test_a_summary_that_shows_code_replaces_no_file(shown: str, bench: Bench) -> None:
    """After edits by call, a whole file in the closing words is what was done, never a change."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", RATE), text_turn(shown))
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]


async def test_a_summary_that_repeats_its_diff_is_done(bench: Bench) -> None:
    """A diff of what the calls have done already is applied already."""
    outcome = await bench.run(REQUEST, edit_turn("tax.py", RATE), text_turn(DIFF))
    assert outcome.error is None
    assert len(bench.models[-1].requests) == 2


async def test_a_masked_answer_is_refused(bench: Bench) -> None:
    """Text that a gateway rewrote isn't what the model wrote."""
    turn: list[Event] = text_turn(BLOCK.format(old="0.19"))
    turn[-1] = Finished(FinishReason.STOP, masked=True)
    outcome = await bench.run(REQUEST, turn, text_turn("It was masked."))
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.edits) == ("edit", [])


async def test_the_last_turn_may_answer_in_text(bench: Bench) -> None:
    """Where calls aren't possible any more, an answer in text is the edit, and the run succeeds."""
    turns = [edit_turn("tax.py", RATE), text_turn(NEW_FILE)]
    outcome = await bench.run(REQUEST, *turns, limits=Limits(turns=2))
    assert bench.sent(1).tool_choice == "none"
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py", "rate.py"]


READ = ("r", "read_file", '{"path": "orders.py"}')


async def test_a_block_said_along_with_a_call_is_applied(bench: Bench) -> None:
    """An edit in the text of a turn that also calls tools isn't lost."""
    turn = call_turn(READ, text=BLOCK.format(old="0.19"))
    outcome = await bench.run(REQUEST, turn, DONE)
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]


async def test_a_refused_block_said_along_with_a_call_comes_back(bench: Bench) -> None:
    """The model hears of it once it ends its turn, and can mend it."""
    turn = call_turn(READ, text=BLOCK.format(old="0.21"))
    outcome = await bench.run(REQUEST, turn, DONE, text_turn(BLOCK.format(old="0.19")))
    assert outcome.error is None
    assert [edit.path for edit in outcome.edits] == ["tax.py"]
    assert "- tax.py was not changed." in bench.prompt(2)


async def test_a_masked_block_said_along_with_a_call_is_refused(bench: Bench) -> None:
    """Text that a gateway rewrote isn't what the model wrote, whatever the turns after it."""
    turn = call_turn(READ, text=BLOCK.format(old="0.19"))
    turn[-1] = Finished(FinishReason.TOOL_CALLS, masked=True)
    outcome = await bench.run(REQUEST, turn, DONE, DONE)
    assert outcome.error is not None
    assert (outcome.error.kind, outcome.edits) == ("edit", [])
