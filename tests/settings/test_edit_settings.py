"""The settings of changes and completions: a command that runs is the user's own to name."""

from pathlib import Path

import pytest

from lakewright.errors import ConfigError
from lakewright.settings.tree import Settings
from lakewright.tasks.completion.taking import Bounds
from support_settings import Sources


def test_the_flag_beats_the_variable_beats_the_users_file(tmp_path: Path) -> None:
    """Each names its place; an empty flag switches off what the others say, an empty variable is none."""
    sources = Sources(tmp_path)
    user = sources.user("edits:\n  verify: make test\n")
    assert sources.load().settings.edits.verify == "make test"
    assert sources.load().origins["edits.verify"].place == f"{user}:2"
    sources.environ["LAKEWRIGHT_EDITS__VERIFY"] = " "
    assert sources.load().settings.edits.verify == "make test"
    sources.environ["LAKEWRIGHT_EDITS__VERIFY"] = "make check"
    assert sources.load({"edits.verify": None}).settings.edits.verify == "make check"
    loaded = sources.load({"edits.verify": "true"})
    assert (loaded.settings.edits.verify, loaded.origins["edits.verify"].place) == ("true", "--verify")
    assert sources.load({"edits.verify": ""}).settings.edits.verify is None
    sources.project("edits: {verify: evil}\n")
    assert sources.load().settings.edits.verify == "make check"


@pytest.mark.parametrize("value", ['"a\\0b"', "[make, test]", "5"])
def test_what_is_no_shell_line_is_named(tmp_path: Path, value: str) -> None:
    """A wrong value in the user's own file is an error with its place."""
    sources = Sources(tmp_path)
    path = sources.user(f"edits:\n  verify: {value}\n")
    with pytest.raises(ConfigError, match=f"{path}:2: `edits.verify` should be"):
        sources.load()


def test_the_length_of_completions_is_that_of_the_task(tmp_path: Path) -> None:
    """One default in both places; every source may say another."""
    assert Settings().complete.max_lines == Bounds().lines
    sources = Sources(tmp_path)
    sources.user("complete: {maxLines: 5}\n")
    assert sources.load().settings.complete.max_lines == 5
    sources.project("complete: {maxLines: 7}\n")
    assert sources.load().settings.complete.max_lines == 7
    sources.environ["LAKEWRIGHT_COMPLETE__MAX_LINES"] = "9"
    assert sources.load().settings.complete.max_lines == 9
    sources.environ["LAKEWRIGHT_COMPLETE__MAX_LINES"] = "0"
    with pytest.raises(ConfigError, match="LAKEWRIGHT_COMPLETE__MAX_LINES should be"):
        sources.load()
