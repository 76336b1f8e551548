"""The tools that change files: their schemas, what models send, and what they are told."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.agent.record import CallRecord
from lakewright.agent.toolbox import Toolbox
from lakewright.core.parts import ToolCall
from lakewright.edits.values import Kind
from lakewright.errors import ToolFailedError
from lakewright.staging.stage import Stage
from lakewright.tools.edit_arguments import MalformedError, edit_arguments, file_arguments, path_of
from lakewright.tools.registry import READ_TOOLS, edit_tools
from support_staging import data_of, stage_of

_FILES = {"src/a.py": "x = 1\ny = 2\n"}
_CONFIRMED = "Edited src/a.py: 1 edit, line 1."


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return stage_of(tmp_path, _FILES)


async def _call(stage: Stage, tool: str, arguments: Mapping[str, object]) -> str:
    tools = {one.spec.name: one for one in edit_tools(stage)}
    return await tools[tool].run(arguments, stage.view)


def test_names_and_arguments(stage: Stage) -> None:
    """The tools are what the outside was promised; their schemas hold types and descriptions only."""
    tools = edit_tools(stage)
    assert [(tool.spec.name, tool.mutates) for tool in tools] == [("edit_file", True), ("create_file", True)]
    edit, create = (json.loads(json.dumps(tool.spec.parameters)) for tool in tools)
    assert (list(edit["properties"]), edit["required"]) == (["path", "edits"], ["path", "edits"])
    item = edit["properties"]["edits"]["items"]
    assert (list(item["properties"]), item["required"]) == (["search", "replace"], ["search", "replace"])
    assert (list(create["properties"]), create["required"]) == (["path", "content"], ["path", "content"])

    def keys(value: object) -> set[str]:
        if not isinstance(value, dict):
            return set()
        inner = [keys(one) for one in value.get("properties", {}).values()] + [keys(value.get("items"))]
        return set(value).union(*inner)

    assert keys(edit) | keys(create) == {"type", "description", "properties", "required", "items"}
    assert not any(tool.mutates for tool in READ_TOOLS)


_PAIR = {"search": "x = 1", "replace": "x = 5"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "src/a.py", "edits": [_PAIR]},
        {"path": "./src/a.py", "edits": [_PAIR]},
        {"path": "src/a.py", "edits": json.dumps([_PAIR])},
        {"path": "src/a.py", "edits": json.dumps(_PAIR)},
        {"path": "src/a.py", "edits": _PAIR},
        {"path": "src/a.py", **_PAIR},
        {"file_path": "src/a.py", "old_string": "x = 1", "new_string": "x = 5", "replace_all": False},
        {"path": "src/a.py", "edits": [{"old_text": "x = 1", "new_text": "x = 5"}]},
        {"path": "src/a.py", "edits": [{"oldText": "x = 1", "newText": "x = 5", "search": None}]},
        {"path": "src/a.py", "edits": [_PAIR | {"explanation": "why"}], "description": "what"},
        {"path": "src/a.py", "edits": [_PAIR], "file_path": None},
    ],
)
async def test_edits_as_models_send_them(stage: Stage, arguments: dict[str, object]) -> None:
    """What can mean one thing only is taken as meant."""
    assert await _call(stage, "edit_file", arguments) == _CONFIRMED
    assert data_of(stage) == {"src/a.py": b"x = 5\ny = 2\n"}


@pytest.mark.parametrize(
    "arguments",
    [
        {"path": "b.py", "content": "x = 1\n"},
        {"path": "b.py", "content": "x = 1"},
        {"file_path": "b.py", "file_text": "x = 1\n", "explanation": "new"},
        {"filename": "b.py", "contents": "x = 1\n"},
    ],
)
async def test_files_as_models_send_them(stage: Stage, arguments: dict[str, object]) -> None:
    """Other tools' names for path and content are understood."""
    assert await _call(stage, "create_file", arguments) == "Created b.py: 1 line."
    assert data_of(stage) == {"b.py": b"x = 1\n"}


_MALFORMED: list[tuple[str, dict[str, object], str | None, str]] = [
    ("edit_file", {}, None, "`path` is missing"),
    ("edit_file", {"path": ""}, None, "`path` must not be empty"),
    ("edit_file", {"path": 3, "edits": [_PAIR]}, None, "`path` in the call must be text"),
    ("edit_file", {"path": "src/a.py", "file": "b.py", "edits": [_PAIR]}, None, "mean the same"),
    ("edit_file", {"edits": [_PAIR]}, None, "`path` is missing"),
    ("edit_file", {"path": "src/a.py"}, "src/a.py", "`search` is missing"),
    ("edit_file", {"path": "src/a.py", "edits": []}, "src/a.py", "`edits` is empty"),
    ("edit_file", {"path": "src/a.py", "edits": None}, "src/a.py", "must be a list"),
    ("edit_file", {"path": "src/a.py", "edits": "x = 1"}, "src/a.py", "not as a string"),
    ("edit_file", {"path": "src/a.py", "edits": ["x = 1"]}, "src/a.py", "edit 1 must be an object"),
    ("edit_file", {"path": "src/a.py", "edits": [_PAIR, {"search": "x"}]}, "src/a.py", "missing in edit 2"),
    ("edit_file", {"path": "src/a.py", "edits": [{"search": "x", "replace": None}]}, "src/a.py", "deletes"),
    ("edit_file", {"path": "src/a.py", "edits": [_PAIR | {"find": "x"}]}, "src/a.py", "mean the same"),
    (
        "edit_file",
        {"path": "src/a.py", "edits": [{"search": ["x"], "replace": ""}]},
        "src/a.py",
        "must be text",
    ),
    ("edit_file", {"path": "src/a.py", "edits": [_PAIR | {"startLine": 1}]}, "src/a.py", "`startLine`"),
    ("edit_file", {"path": "src/a.py", "replace_all": True, **_PAIR}, "src/a.py", "`replace_all`"),
    ("edit_file", {"path": "src/a.py", "edits": [_PAIR], "content": "x"}, "src/a.py", "`content`"),
    ("create_file", {"path": "b.py"}, None, "`content` is missing"),
    ("create_file", {"path": "b.py", "content": ["x"]}, None, "`content` in the call must be text"),
    ("create_file", {"path": "src/a.py", "content": None}, "src/a.py", "`content` is missing"),
    ("create_file", {"path": "b.py", "content": "x", "text": "y"}, None, "mean the same"),
    ("create_file", {"path": "b.py", "content": "x", "overwrite": True}, None, "`overwrite`"),
]


@pytest.mark.parametrize(("tool", "arguments", "path", "words"), _MALFORMED)
async def test_malformed_calls(
    stage: Stage, tool: str, arguments: dict[str, object], path: str | None, words: str
) -> None:
    """The field at fault is named, and the call counts as a refused edit of the file it names."""
    with pytest.raises(ToolFailedError) as raised:
        await _call(stage, tool, arguments)
    assert words in str(raised.value)
    assert "2 more attempts" in str(raised.value)
    assert [(one.path, one.refused.kind) for one in stage.open_refusals] == [(path, Kind.FORM)]
    assert not stage.files


async def test_refusals_are_told_through_the_toolbox(stage: Stage) -> None:
    """Calls of one turn are answered one after the other, each in the light of the ones before."""
    box = Toolbox((*READ_TOOLS, *edit_tools(stage)), stage.view)
    calls = [
        ("edit_file", {"path": "src/a.py", "edits": [_PAIR]}),
        ("read_file", {"path": "src/a.py"}),
        ("edit_file", {"path": "src/a.py", "edits": [{"search": "z = 1", "replace": "z"}]}),
        ("create_file", {"path": "src/a.py", "content": "z"}),
        ("create_file", {"path": "src/b.py", "content": "z = 1"}),
        ("list_files", {}),
    ]
    records: list[CallRecord] = []
    answers = await box.answer(
        [ToolCall(f"c{n}", name, json.dumps(arguments)) for n, (name, arguments) in enumerate(calls)],
        records,
        lambda _: None,
    )
    told = [(result.is_error, result.content.partition("\n")[0]) for result in answers.results]
    assert told[0] == (False, _CONFIRMED)
    assert told[1] == (False, "1\tx = 5")
    assert told[2][0]
    assert told[2][1].startswith("src/a.py was not changed. The search text is not in the file")
    assert told[3][0]
    assert told[3][1].startswith("src/a.py was not changed. src/a.py exists already. Use edit_file")
    assert told[4] == (False, "Created src/b.py: 1 line.")
    assert answers.results[5].content == "src/a.py\nsrc/b.py"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("path", "edits", "search", "replace", "content", "x")), inner, max_size=4
        )
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(st.sampled_from(("path", "file", "edits", "search", "find", "replace", "content")), _JSON)
)
def test_any_arguments_are_read_or_named(arguments: dict[str, object]) -> None:
    """Whatever JSON comes, it is read, or refused with a sentence; nothing else is raised."""
    for read in (edit_arguments, file_arguments):
        with contextlib.suppress(MalformedError):
            path, _ = read(arguments)
            assert path == path_of(arguments)
