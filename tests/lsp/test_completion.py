"""Completions in an editor: who is asked when, what goes on, what ends, and what is shown."""

import asyncio
from pathlib import Path

import pytest

from lakewright.errors import NetworkError, RateLimitError
from lakewright.lsp.debounce import LONGEST
from support_lsp_completion import Bench, Gate, text_of
from support_lsp_runs import eventually

TEXT = """\
def total(items):
    ‸


def net(amount):
    return amount
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A workspace."""
    (tmp_path / ".git").mkdir()
    return tmp_path


async def test_a_suggestion_by_hand_is_asked_for_at_once(root: Path) -> None:
    """No timer is set, and one request goes out."""
    bench = Bench(root, TEXT, ["return sum(items)\n"])
    assert await text_of(bench.suggest(by_hand=True)) == "return sum(items)"
    assert (bench.asked, bench.clock.calls) == (1, 0)


async def test_an_automatic_one_waits_for_the_next_key(root: Path) -> None:
    """Nothing is asked before the pause is over, which is never longer than the longest."""
    bench = Bench(root, TEXT, ["return sum(items)\n"])
    answer = bench.suggest()
    await asyncio.sleep(0)
    assert bench.session.runs.active == ()
    bench.clock.advance(LONGEST)
    assert await text_of(answer) == "return sum(items)"
    assert bench.asked == 1


async def test_what_was_suggested_is_answered_at_once(root: Path) -> None:
    """A second request, and those along the suggestion and back, are answers and not promises of one."""
    bench = Bench(root, TEXT, ["return sum(items)\n"])
    await bench.suggested()
    for typed, left in (("", "return sum(items)"), ("ret", "urn sum(items)"), ("urn ", "sum(items)")):
        bench.type(typed)
        answer = bench.suggest()
        assert not asyncio.isfuture(answer)
        assert await text_of(answer) == left
    bench.delete(4)
    assert await text_of(bench.suggest()) == "urn sum(items)"
    assert bench.asked == 1


async def test_nothing_is_an_answer_too(root: Path) -> None:
    """Where the model has nothing to say it isn't asked again, unless by hand."""
    bench = Bench(root, TEXT, [""], ["return 1\n"])
    assert await bench.suggested(by_hand=False) is None
    assert bench.suggest() is None
    assert bench.asked == 1
    assert await bench.suggested(by_hand=True) == "return 1"


async def test_a_newer_request_ends_the_older(root: Path) -> None:
    """The older is answered null, its stream closed; the newer gets its own answer."""
    gate = Gate()
    bench = Bench(root, TEXT, ["ret", gate], ["value = 1\n"])
    older = bench.suggest(by_hand=True)
    await gate.wait_for()
    bench.type("value")
    newer = bench.suggest(by_hand=True)
    assert await text_of(older) is None
    await eventually(lambda: bench.writer.closed == 1)
    assert await text_of(newer) == " = 1"
    assert bench.asked == 2


async def test_a_newer_request_stops_the_older_ones_pause(root: Path) -> None:
    """Of requests in quick succession only the last is asked; all others are null."""
    bench = Bench(root, TEXT, ["return 4\n"])
    answers = []
    for _ in range(4):
        answers.append(bench.suggest())
        bench.clock.advance(0.03)
    bench.clock.advance(1)
    assert [await text_of(answer) for answer in answers] == [None, None, None, "return 4"]
    assert bench.asked == 1


async def test_typing_what_is_being_written_keeps_the_question(root: Path) -> None:
    """The request of before the key is null, that after it gets what is left: one question for both."""
    gate = Gate()
    bench = Bench(root, TEXT, ["return su", gate, "m(items)\n"])
    older = bench.suggest(by_hand=True)
    await gate.wait_for()
    bench.type("ret")
    assert await text_of(older) is None
    newer = bench.suggest()
    bench.type("urn")
    assert await text_of(newer) is None
    newest = bench.suggest()
    gate.opened.set()
    assert await text_of(newest) == " sum(items)"
    assert (bench.asked, bench.writer.closed) == (1, 1)


async def test_a_question_that_nobody_waits_for_is_remembered(root: Path) -> None:
    """The key came, the next request not yet: what the model writes meanwhile is there for it."""
    gate = Gate()
    bench = Bench(root, TEXT, ["return su", gate, "m(items)\n"])
    bench.suggest(by_hand=True)
    await gate.wait_for()
    bench.type("r")
    gate.opened.set()
    await bench.at_rest()
    assert await text_of(bench.suggest()) == "eturn sum(items)"


@pytest.mark.parametrize(
    ("start", "end", "text"),
    [(0, 0, "# first\n"), (4, 9, "all"), (22, 22, "x"), (20, 22, ""), (30, 31, "m")],
    ids=["above", "a name above", "another key", "back over the indentation", "below"],
)
async def test_any_other_change_ends_the_question(root: Path, start: int, end: int, text: str) -> None:
    """Whatever was changed but the beginning of what is written: null, and the stream is closed."""
    gate = Gate()
    bench = Bench(root, TEXT, ["ret", gate])
    answer = bench.suggest(by_hand=True)
    await gate.wait_for()
    bench.replace(start, end, text)
    assert await text_of(answer) is None
    await eventually(lambda: bench.writer.closed == 1)
    await bench.at_rest()


async def test_the_model_may_go_on_otherwise_than_the_user(root: Path) -> None:
    """What was typed looked like the beginning of the answer and wasn't: it is asked again, at once."""
    gate = Gate()
    bench = Bench(root, TEXT, ["Here", gate, " is the rest:\n```\npass\n```\n"], ["x = Here\n"])
    bench.suggest(by_hand=True)
    await gate.wait_for()
    bench.type("H")
    newer = bench.suggest()
    gate.opened.set()
    await text_of(newer)
    assert bench.asked == 2


async def test_a_cancelled_request_closes_its_stream(root: Path) -> None:
    """`$/cancelRequest` ends the question that the request waits for; in the pause before it, the pause."""
    gate = Gate()
    bench = Bench(root, TEXT, ["ret", gate])
    bench.suggest().cancel()
    bench.clock.advance(1)
    await asyncio.sleep(0)
    assert bench.session.runs.active == ()
    answer = bench.suggest(by_hand=True)
    await gate.wait_for()
    answer.cancel()
    await eventually(lambda: bench.writer.closed == 1)
    await bench.at_rest()


@pytest.mark.parametrize("way", ["close", "cancel all", "end all"])
async def test_a_run_that_is_ended_from_outside_answers_null(root: Path, way: str) -> None:
    """Closing the document, `lakewright.cancel` and `shutdown` reach a completion too."""
    gate = Gate()
    bench = Bench(root, TEXT, ["ret", gate])
    answer = bench.suggest(by_hand=True)
    await gate.wait_for()
    if way == "close":
        from lakewright.lsp.sync import did_close

        did_close(bench.session, {"textDocument": {"uri": bench.uri}})
    elif way == "cancel all":
        bench.session.runs.cancel_all()
    else:
        await bench.session.runs.end_all(5)
    assert await text_of(answer) is None
    assert bench.writer.closed == 1


async def test_a_document_closed_in_the_pause_is_not_asked_about(root: Path) -> None:
    """The request is answered, and nothing is sent."""
    bench = Bench(root, TEXT)
    answer = bench.suggest()
    bench.session.documents.close(bench.uri)
    bench.clock.advance(1)
    assert await text_of(answer) is None
    assert bench.asked == 0


async def test_a_change_that_cannot_be_read_in_the_pause_ends_it(root: Path) -> None:
    """The text isn't known any more: the request is answered, and nothing is sent."""
    from lakewright.lsp.sync import did_change

    bench = Bench(root, TEXT)
    answer = bench.suggest()
    did_change(bench.session, {"textDocument": {"uri": bench.uri}, "contentChanges": [{"text": 1}]})
    bench.clock.advance(1)
    assert await text_of(answer) is None
    assert bench.asked == 0


async def test_documents_do_not_disturb_each_other(root: Path) -> None:
    """A request in one leaves the question of another alone."""
    gate = Gate()
    bench = Bench(root, TEXT, ["return 1", gate, "\n"], ["return 2\n"])
    first = bench.suggest(by_hand=True)
    await gate.wait_for()
    other = (root / "other.py").as_uri()
    bench.session.documents.open(other, "python", 1, bench.document.text)
    bench.uri, own = other, bench.uri
    assert await text_of(bench.suggest(by_hand=True)) == "return 2"
    bench.uri = own
    gate.opened.set()
    assert await text_of(first) == "return 1"


async def test_a_failure_is_not_said_to_who_did_not_ask(root: Path) -> None:
    """Automatic: null and the status, and nobody is asked for a while; longer after each failure."""
    error = NetworkError("The host can't be reached.")
    bench = Bench(root, TEXT, [error], [error], ["return 1\n"])
    assert await bench.suggested(by_hand=False) is None
    assert bench.session.status.to_json()["state"] == "unreachable"
    assert bench.client.notified == []
    assert bench.suggest() is None
    bench.clock.advance(2)
    assert await bench.suggested(by_hand=False) is None
    bench.clock.advance(2)
    assert bench.suggest() is None
    bench.clock.advance(2)
    assert await bench.suggested(by_hand=False) == "return 1"
    assert bench.session.status.to_json()["state"] == "ready"


async def test_a_host_says_when_it_wants_to_be_asked_again(root: Path) -> None:
    """Not before that."""
    bench = Bench(root, TEXT, [RateLimitError("Too much.", retry_after=30.0)], ["return 1\n"])
    assert await bench.suggested(by_hand=False) is None
    bench.clock.advance(28)
    assert bench.suggest() is None
    bench.clock.advance(2)
    assert await bench.suggested(by_hand=False) == "return 1"


async def test_a_failure_by_hand_is_said_once_for_each_cause(root: Path) -> None:
    """The same again is silent, another is told; and by hand the host is asked whatever happened before."""
    down, busy = NetworkError("The host can't be reached."), RateLimitError("Too much.", hint="Wait.")
    bench = Bench(root, TEXT, [down], [down], [busy], ["return 1\n"])
    for _ in range(3):
        assert await bench.suggested(by_hand=True) is None
    assert [text.partition(".")[0] for text in bench.client.warnings] == [
        "The host can't be reached",
        "Too much",
    ]
    assert await bench.suggested(by_hand=True) == "return 1"


async def test_nothing_of_an_ignored_document_leaves(root: Path) -> None:
    """Null, no request, and the status says why; another document is completed, and the status clear."""
    (root / ".gitignore").write_text("secret.py\n")
    bench = Bench(root, TEXT, ["return 1\n"], name="secret.py")
    assert await bench.suggested() is None
    assert bench.asked == 0
    assert "ignore" in bench.session.status.to_json()["excluded"]
    bench.uri = (root / "open.py").as_uri()
    bench.session.documents.open(bench.uri, "python", 1, bench.document.text)
    assert await bench.suggested() == "return 1"
    assert "excluded" not in bench.session.status.to_json()


async def test_nothing_of_a_large_document_leaves(root: Path) -> None:
    """Null at once, with the reason."""
    bench = Bench(root, "x = 1\n" * 200_000)
    assert bench.suggest(by_hand=True) is None
    assert "1 MB" in bench.session.status.to_json()["excluded"]


async def test_a_document_whose_text_is_not_known_is_left_alone(root: Path) -> None:
    """After a change that could not be read nothing is asked, and an unknown document has no suggestion."""
    bench = Bench(root, TEXT)
    bench.document.is_lost = True
    assert bench.suggest(by_hand=True) is None
    bench.uri += "x"
    assert bench.suggest(by_hand=True) is None


async def test_switched_off_means_off(root: Path) -> None:
    """`complete.enabled: false`: null, nothing sent, and the status says so; switched on again, it is."""
    bench = Bench(root, TEXT, ["return 1\n"], options={"complete": {"enabled": False}})
    assert await bench.suggested() is None
    assert bench.asked == 0
    assert bench.session.status.to_json()["completion"]["enabled"] is False
    bench.settings.changed({"settings": {"complete": {"enabled": True}}})
    assert await bench.suggested() == "return 1"
    assert bench.session.status.to_json()["completion"]["enabled"] is True
    await bench.session.background.close()


async def test_other_settings_forget_what_was_suggested(root: Path) -> None:
    """Another model may suggest something else."""
    bench = Bench(root, TEXT, ["return 1\n"], ["return 2\n"])
    assert await bench.suggested() == "return 1"
    bench.session.completions.settings_changed()
    assert await bench.suggested() == "return 2"


async def test_longest_completion_is_a_setting(root: Path) -> None:
    """`complete.maxLines` holds for the editor."""
    bench = Bench(root, TEXT, ["a = 1\n    b = 2\n    c = 3\n"], options={"complete": {"maxLines": 2}})
    assert await bench.suggested() == "a = 1\n    b = 2"


async def test_offered_once_however_often_it_is_shown(root: Path) -> None:
    """A suggestion typed along is one, nothing is none, and what is accepted is counted by the command."""
    from lakewright.lsp.arguments import RequestInfo
    from lakewright.lsp.status_commands import accepted_command

    bench = Bench(root, TEXT, ["return 1\n"], [""])
    await bench.suggested()
    bench.type("re")
    await bench.suggested()
    bench.type("x")
    assert await bench.suggested() is None
    accepted_command(bench.session, {}, RequestInfo())
    assert bench.counts == (1, 1)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("x = ‸\n", True),
        ("x = foo(‸)\n", True),
        ("x = {'a': '‸'},\n", True),
        ("def f():\n    ‸\n", True),
        ("x = 1  # the ‸\n", True),
        ("x‸ = 1\n", False),
        ("pri‸nt(x)\n", False),
        ("‸", False),
        ("\n  ‸\n\n", False),
    ],
)
async def test_unasked_nothing_is_suggested_within_a_line(root: Path, text: str, *, asks: bool) -> None:
    """Unless only brackets, quotes and ends of statements follow; by hand it is asked everywhere."""
    bench = Bench(root, text, ["1\n"])
    assert asyncio.isfuture(bench.suggest()) == asks
    assert asyncio.isfuture(bench.suggest(by_hand=True))
    bench.session.runs.cancel_all()
    await bench.at_rest()


async def test_brackets_that_the_editor_closes_are_part_of_the_suggestion(root: Path) -> None:
    """Typing an opening bracket brings a closing one: what is left goes in for it, and nobody is asked."""
    bench = Bench(root, TEXT, ["return sum(items)\n"])
    await bench.suggested()
    bench.type("return sum(", behind=")")
    answer = bench.suggest()
    (item,) = answer["items"]
    at = bench.position()
    assert item["insertText"] == "items)"
    assert item["range"] == {"start": at, "end": {**at, "character": at["character"] + 1}}
    assert bench.asked == 1


async def test_a_chosen_item_of_the_list_is_what_is_gone_on_from(root: Path) -> None:
    """The model sees the item as if it were there; the suggestion begins with it and replaces its range."""
    bench = Bench(root, TEXT.replace("‸", "retu‸"), [" sum(items)\n"])
    line = bench.position()["line"]
    span = {"start": {"line": line, "character": 4}, "end": {"line": line, "character": 8}}
    answer = await bench.suggest(by_hand=True, selectedCompletionInfo={"range": span, "text": "return"})
    (item,) = answer["items"]
    assert (item["insertText"], item["range"]) == ("return sum(items)", span)
    assert "    return<CURSOR>" in bench.writer.prompts[0].replace("\\n", "\n")
    bench.type("rn")
    assert await text_of(bench.suggest()) == " sum(items)"
    assert bench.asked == 1


async def test_line_ends_are_the_documents_own_in_the_file_and_plain_in_ghost_text(root: Path) -> None:
    """A CRLF document is completed and typed along; clients get newlines that they turn into their own."""
    bench = Bench(root, TEXT.replace("\n", "\r\n"), ["if items:\n    return 1\n"])
    assert await bench.suggested() == "if items:\n        return 1"
    bench.type("if items:\r\n    ")
    assert await text_of(bench.suggest()) == "    return 1"


async def test_a_notebooks_cell_is_completed_among_its_fellows(root: Path) -> None:
    """The model sees the cells of the same language around it, and the suggestion goes into the cell."""
    from lakewright.lsp.notebooks_sync import did_open

    bench = Bench(root, "", ["return rate * 2\n"])
    notebook = (root / "book.ipynb").as_uri()
    cells = {
        "a": ("python", "rate = 3\n"),
        "b": ("markdown", "# Canary"),
        "c": ("python", "def twice():\n    "),
    }
    documents = [
        {"uri": f"{notebook}#{name}", "languageId": language, "version": 1, "text": text}
        for name, (language, text) in cells.items()
    ]
    shown = [
        {"kind": 1 if one["languageId"] == "markdown" else 2, "document": one["uri"]} for one in documents
    ]
    opened = {"uri": notebook, "notebookType": "jupyter-notebook", "version": 1, "cells": shown}
    did_open(bench.session, {"notebookDocument": opened, "cellTextDocuments": documents})
    bench.uri = f"{notebook}#c"
    found = bench.session.documents.find(bench.uri)
    assert found is not None
    bench.document, bench.offset = found, len(found.text)
    assert await bench.suggested() == "return rate * 2"
    assert "rate = 3" in bench.writer.prompts[0]
    assert "Canary" not in bench.writer.prompts[0]
    bench.type("return")
    assert await text_of(bench.suggest()) == " rate * 2"


async def test_an_untitled_document_is_completed(root: Path) -> None:
    """What was never saved is a document like any other."""
    bench = Bench(root, "", ["return 1\n"])
    bench.uri = "untitled:Untitled-1"
    bench.document = bench.session.documents.open(bench.uri, "python", 1, "def one():\n    ")
    bench.offset = len(bench.document.text)
    assert await bench.suggested() == "return 1"


async def test_the_class_far_above_is_named(root: Path) -> None:
    """Where the text shown begins within it; nothing of the file is parsed for that."""
    methods = "".join(f"    def method_{number}(self):\n        return {number}\n\n" for number in range(600))
    bench = Bench(root, f"class Orders(Base):\n{methods}    def last(self):\n        ‸\n", ["return 1\n"])
    assert await bench.suggested() == "return 1"
    prompt = bench.writer.prompts[0]
    assert "method_0" not in prompt
    assert "class Orders(Base):" in prompt
