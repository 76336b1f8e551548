"""Over the wire: forms hold for every request, faults of edits strike requests that make edits."""

import json
from collections.abc import Mapping, Sequence

import httpx
import pytest

from lakewright.sandbox.edit_faults import EDIT_FAULTS
from lakewright.sandbox.edit_forms import FORMS
from lakewright.sandbox.faults import FAULTS, GROUPS
from support_sandbox import (
    Body,
    answer_of,
    body_of,
    client_of,
    complaint_of,
    echo,
    post,
    quick_sandbox,
    result_of,
    text_of,
    tool,
    user,
)

_FILES = {
    f"{name}.py": (
        f"import {name}\n\n\ndef {name}_of(x):\n    # The {name} of all numbers here.\n\n"
        f'    y = x + 1\n    return "{name}" if y else -1 <= 2\n'
    )
    for name in ("first", "second")
}
_TOOLS = [
    tool("list_files"),
    tool("read_file", path="string"),
    tool("edit_file", path="string", edits="array"),
    tool("create_file", path="string", content="string"),
]


def _result(call: Body) -> str:
    arguments = json.loads(call["function"]["arguments"])
    match call["function"]["name"]:
        case "list_files":
            return "\n".join(_FILES)
        case "read_file":
            rows = _FILES[arguments["path"]].removesuffix("\n").split("\n")
            return "\n".join(f"{number}\t{row}" for number, row in enumerate(rows, 1))
        case _:
            return "Edited."


async def _edits(client: httpx.AsyncClient, **headers: str) -> tuple[Sequence[Body], str]:
    """One conversation up to its first edits: the calls that make them, or the text."""
    messages = [user("Comment on all files.")]
    while True:
        response = await post(client, body_of(*messages, tools=_TOOLS), **headers)
        assert response.status_code == 200, response.text
        message = response.json()["choices"][0]["message"]
        calls = message.get("tool_calls", [])
        if not calls or any("file" not in _known(call) for call in calls):
            return calls, text_of(message)
        messages += [echo(message), *(result_of(call, _result(call)) for call in calls)]


def _known(call: Body) -> str:
    """The tool's name where it only reads."""
    name = str(call["function"]["name"])
    return name if name in ("list_files", "read_file") else ""


def _said(calls: Sequence[Body], text: str) -> object:
    return text or [call["function"] for call in calls]


@pytest.fixture(scope="module")
def clean() -> dict[str, object]:
    """What the model says without a fault, once a test has asked for it."""
    return {}


async def _clean(clean: dict[str, object]) -> object:
    if "said" not in clean:
        async with quick_sandbox(script="edit-five") as server, client_of(server) as client:
            clean["said"] = _said(*await _edits(client))
    return clean["said"]


@pytest.mark.parametrize("name", EDIT_FAULTS)
async def test_a_fault_strikes_the_first_edits_only(name: str, clean: dict[str, object]) -> None:
    """Not the requests before, which only read; and not the next conversation, unless it never ends."""
    async with quick_sandbox(name, script="edit-five") as server, client_of(server) as client:
        struck = _said(*await _edits(client))
        sound = _said(*await _edits(client))
    lasting = EDIT_FAULTS[name].lasting
    assert struck != await _clean(clean)
    assert (sound != await _clean(clean)) is lasting
    again = (name,) if lasting else ()
    assert [one.faults for one in server.model_requests] == [(), (), (name,), (), (), again]


@pytest.mark.parametrize("name", EDIT_FAULTS)
async def test_a_header_names_a_fault_for_its_request(name: str, clean: dict[str, object]) -> None:
    """The host itself is told none."""
    async with quick_sandbox(script="edit-five") as server, client_of(server) as client:
        struck = _said(*await _edits(client, **{"X-Lakewright-Fault": name}))
        sound = _said(*await _edits(client))
    assert struck != await _clean(clean)
    assert sound == await _clean(clean)


@pytest.mark.parametrize(
    ("faults", "strikes"),
    [
        (("edit-stale:2",), [("edit-stale",), ("edit-stale",), ()]),
        (("edit-stale:always",), [("edit-stale",)] * 3),
        (("edit-stale", "edit-masked"), [("edit-stale",), ("edit-masked",), ()]),
        (("edit-fence", "edit-tags"), [("edit-fence", "edit-tags"), (), ()]),
        (("edit-typo:2", "edit-stale"), [("edit-typo", "edit-stale"), ("edit-typo",), ()]),
    ],
)
async def test_how_often_faults_of_edits_strike(
    faults: tuple[str, ...], strikes: list[tuple[str, ...]]
) -> None:
    """Once, so many times, or always; wrong edits one after the other, misquotes all together."""
    async with quick_sandbox(*faults, script="edit-five") as server, client_of(server) as client:
        for _ in strikes:
            await _edits(client)
    assert [one.faults for one in server.model_requests[2::3]] == strikes


@pytest.mark.parametrize("name", FORMS)
async def test_a_form_holds_for_every_request(name: str) -> None:
    """The model reads by tools, then answers in text, in this conversation and the next."""
    async with quick_sandbox(name, script="edit-five") as server, client_of(server) as client:
        first, again = [await _edits(client) for _ in range(2)]
    assert first == again
    assert first[0] == []
    assert all(name in one.faults for one in server.model_requests)


async def test_a_misquoted_edit_in_another_form() -> None:
    """The fault strikes the edit, the form says it."""
    faults = ("answer-blocks-bare", "edit-quotes")
    async with quick_sandbox(*faults, script="edit-five") as server, client_of(server) as client:
        struck, sound = [(await _edits(client))[1] for _ in range(2)]
    assert "\u201c" in struck
    assert "\u201c" not in sound


async def test_the_model_without_edits_is_not_struck() -> None:
    """A greeting holds nothing to misquote, and uses nothing up."""
    async with quick_sandbox("edit-stale") as server, client_of(server) as client:
        await answer_of(client, body_of(user("Hello, what are you?")))
    assert [one.faults for one in server.model_requests] == [()]


async def test_the_answer_cut_in_an_edit_says_length() -> None:
    """The finish reason of the struck answer, over the wire."""
    async with quick_sandbox("edit-length", script="create-file") as server, client_of(server) as client:
        response = await post(client, body_of(user("Make notes."), tools=_TOOLS))
    choice = response.json()["choices"][0]
    assert choice["finish_reason"] == "length"
    with pytest.raises(ValueError, match=r"Unterminated|delimiter|Expecting"):
        json.loads(choice["message"]["tool_calls"][0]["function"]["arguments"])


async def test_an_unknown_fault_of_edits_is_refused_with_those_near() -> None:
    """As every other fault."""
    async with quick_sandbox() as server, client_of(server) as client:
        refused = await post(client, body_of(), **{"X-Lakewright-Fault": "edit-quoted"})
    assert "edit-quotes" in complaint_of(refused)


_GROUPS: Mapping[str, str] = {
    "503": "Service",
    "cut": "Stream",
    "split-bytes": "Stream",
    "redacted": "Model",
    "no-thinking": "Model",
    "answer-json": "Answer forms",
    "edit-typo": "Misquoted edits, to be applied",
    "edit-stale": "Wrong edits, to be refused",
    "edit-endless": "Wrong edits, to be refused",
}


def test_the_groups_hold_every_fault_once() -> None:
    """The help of the command line is made from them."""
    named = [(name, text) for group in GROUPS.values() for name, text in group.items()]
    assert sorted(named) == sorted(FAULTS.items())
    assert {name: group for group, names in GROUPS.items() for name in names if name in _GROUPS} == _GROUPS
    assert all(text and "\n" not in text for text in FAULTS.values())


_SCRIPTS: Mapping[str, tuple[str, ...]] = {
    "edit-nothing": (),
    "edit-sketch": (),
    "create-file": ("create_file",),
    "edit-five": ("edit_file", "edit_file"),
}


@pytest.mark.parametrize("name", _SCRIPTS)
async def test_what_a_scripted_model_edits(name: str) -> None:
    """By calls where it edits, else in words; and it ends."""
    async with quick_sandbox(script=name) as server, client_of(server) as client:
        calls, text = await _edits(client)
    assert tuple(call["function"]["name"] for call in calls) == _SCRIPTS[name]
    assert bool(text) is not bool(calls)
