"""What an editor's user reads of errors that were written for the command line."""

import re
from pathlib import Path

import pytest

import lakewright
from lakewright.errors import ConfigError, EndpointError
from lakewright.lsp import editor_words
from lakewright.lsp.editor_words import error_json, in_editor, joined, sentences_of
from support_lsp_client import in_process


@pytest.mark.parametrize(
    ("of_command_line", "of_editor"),
    [
        (
            "Ask an admin, or choose another with --model.",
            "Ask an admin, or choose another with the setting `model`.",
        ),
        ("name one with `--model` or `roles`.", "name one with the setting `model` or `roles`."),
        (
            "Raise --max-tokens or lower --thinking.",
            "Raise the setting `maxTokens` or lower the setting `thinking`.",
        ),
        ("ask for less, or try another --model.", "ask for less, or try another `model` in the settings."),
        ("Run `databricks auth login --profile x`.", "Run `databricks auth login --profile x`."),
        ("Run `lakewright doctor --model x`.", "Run `lakewright doctor --model x`."),
        ("A name like --modelling or a--model stays.", "A name like --modelling or a--model stays."),
        ("Try again.", "Try again."),
    ],
)
def test_flags_are_settings(of_command_line: str, of_editor: str) -> None:
    """By the name that an editor has for them; commands to be typed stay as they are."""
    assert in_editor(of_command_line) == of_editor


def test_a_sentence_of_the_command_line_is_one_that_is_said() -> None:
    """Each that is known by its words stands somewhere in the code: a change of it there is noticed here."""
    files = Path(lakewright.__file__).parent.rglob("*.py")
    code = "".join(file.read_text("utf-8") for file in files if file.name != "editor_words.py")
    code = re.sub(r'"\s+f?"', "", code)
    assert [text for text in editor_words._SENTENCES if text not in code] == []


def test_an_error_in_both_shapes() -> None:
    """For people in one line, for programmes as the object of an outcome."""
    error = EndpointError("No such model.", hint="Choose another with --model.", status=404)
    assert sentences_of(error) == "No such model. Choose another with the setting `model`."
    assert error_json(error) == {
        "kind": "endpoint",
        "message": "No such model.",
        "hint": "Choose another with the setting `model`.",
        "status": 404,
        "requestId": None,
    }
    assert sentences_of(ConfigError("No host.")) == "No host."


async def test_a_missing_set_up_is_explained_for_an_editor(tmp_path: Path) -> None:
    """The message and the status say which settings there are, and no flag."""
    async with in_process(root=tmp_path, options={}) as client:
        uri = (tmp_path / "a.py").as_uri()
        client.open(uri, "x = 1\n")
        outcome = await client.execute("explain", {"textDocument": {"uri": uri}, "deliver": "response"})
        status = await client.execute("status")
    for said in (outcome["error"]["hint"], status["message"]):
        assert "`sandbox: true`" in said
        assert "`profile`" in said
        assert "--sandbox" not in said


def test_a_hosts_words_end_before_the_hint_begins() -> None:
    """What a host said may lack its full stop; a sentence that has one keeps it alone."""
    assert joined("m is no longer served: it is deprecated", "Choose another.") == (
        "m is no longer served: it is deprecated. Choose another."
    )
    assert joined("Nothing is set.", "") == "Nothing is set."
    assert joined("Why?", "", "Because ") == "Why? Because"
