"""Settings that an editor gives: where they stand among the sources, and what becomes of wrong ones."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import ConfigError
from lakewright.settings.credentials import choose_host
from lakewright.settings.load import load_settings, stamp_of
from lakewright.settings.model_choice import Role, choose_model
from lakewright.settings.origins import Source
from support_settings import Sources

_A, _B = "https://a.example", "https://b.example"
_PROFILES = f"[DEFAULT]\nhost = {_A}\ntoken = a-token\n[b]\nhost = {_B}\ntoken = b-token\n"


@pytest.mark.parametrize("strongest", list(Source))
def test_each_source_beats_all_below_it(tmp_path: Path, strongest: Source) -> None:
    """Argument, editor, variable, project, user, default: the strongest that says something holds."""
    sources = Sources(tmp_path)
    if strongest >= Source.USER_FILE:
        sources.user("thinking: 2001\n")
    if strongest >= Source.PROJECT_FILE:
        sources.project("thinking: 2002\n")
    if strongest >= Source.VARIABLE:
        sources.environ["LAKEWRIGHT_THINKING"] = "2003"
    if strongest >= Source.EDITOR:
        sources.editor = [{"thinking": 2004}]
    flags: dict[str, object] = {"thinking": 2005} if strongest is Source.FLAG else {}
    loaded = sources.load(flags)
    assert loaded.settings.thinking == (2000 + strongest.value if strongest else None)
    assert loaded.origins["thinking"].source is strongest


def test_what_is_null_or_absent_hides_nothing(tmp_path: Path) -> None:
    """A client's own defaults leave the values of files and variables as they are."""
    sources = Sources(tmp_path, environ={"LAKEWRIGHT_MAX_TOKENS": "7"})
    sources.user("thinking: high\nlimits: {turns: 3}\nsandbox: true\n")
    sources.editor = [
        {"thinking": None, "maxTokens": None, "sandbox": None, "limits": {"turns": None}, "roles": None}
    ]
    settings = sources.load().settings
    assert (settings.thinking, settings.max_tokens, settings.sandbox) == ("high", 7, True)
    assert settings.limits.turns == 3


def test_later_trees_win_value_by_value() -> None:
    """What a client gave at the start holds where it says nothing later."""
    editor = [{"thinking": "low", "limits": {"turns": 2}}, {}, {"limits": {"tokens": 9}, "thinking": "high"}]
    settings = load_settings({}, root=None, environ={}, editor=editor).settings
    assert (settings.thinking, settings.limits.turns, settings.limits.tokens) == ("high", 2, 9)


def test_names_may_be_written_as_editors_write_them() -> None:
    """Dotted keys and snake_case mean the same as nested camelCase."""
    editor = [{"limits.turns": 2, "edits": {"preview": "never"}, "complete.as_completion_items": True}]
    loaded = load_settings({}, root=None, environ={}, editor=editor)
    assert loaded.warnings == ()
    assert loaded.settings.limits.turns == 2
    assert loaded.settings.edits.preview == "never"
    assert loaded.settings.complete.as_completion_items


_WRONG: tuple[tuple[Mapping[str, Any], str], ...] = (
    ({"thinkin": "high"}, "`thinkin` is not a setting"),
    ({"limits": {"turn": 3}}, "`limits.turn` is not a setting"),
    ({"limits.turn": 3}, "`limits.turn` is not a setting"),
    ({"limits": 3}, "`limits` should hold settings of its own"),
    ({"limits": {"turns": 0}}, "`limits.turns` should be greater than 0"),
    ({"thinking": "hard"}, "`thinking` should be off, low, medium, high or a number"),
    ({"sandbox": "perhaps"}, "`sandbox` should be a valid boolean"),
    ({"edits": {"preview": "sometimes"}}, "`edits.preview` should be 'otherFiles', 'always' or 'never'"),
    ({"profile": {"name": "x"}}, "`profile` should be a valid string"),
    ({"models": {"name": "x"}}, "`models` should be a list of models"),
    ({"models": [{"provider": "databricks"}]}, "`models.0` needs a `name`"),
    ({"host": "${HOME}"}, "`host` refers to a variable"),
    ({"models": [{"name": "a", "apiKey": "${DATABRICKS_TOKEN}"}]}, "`models` refers to a variable"),
    ({"a\nb": 1}, "`a?b` is not a setting"),
)


@pytest.mark.parametrize(("tree", "expected"), _WRONG)
def test_a_wrong_setting_is_one_warning_that_names_it_and_the_rest_holds(
    tree: Mapping[str, Any], expected: str
) -> None:
    """Nothing raises: the editor's other settings, and those of other sources, are as they were."""
    loaded = load_settings({}, root=None, environ={}, editor=[{**tree, "maxTokens": 5}])
    (warning,) = loaded.warnings
    assert warning.startswith("editor settings: ")
    assert expected in warning
    assert warning.endswith("; it was left out.")
    assert loaded.settings == load_settings({"maxTokens": 5}, root=None, environ={}).settings


def test_no_warning_holds_a_value() -> None:
    """A token in the wrong place isn't shown."""
    secret = "dapi0123456789"
    editor: list[Mapping[str, Any]] = [
        {"thinking": secret, "apiKey": secret, "sandbox": secret, "limits": {"turns": secret, "x": secret}},
        {"models": [{"name": "m", "model": "e", "apiKey": secret, "maxTokens": secret}]},
    ]
    loaded = load_settings({}, root=None, environ={}, editor=editor)
    assert len(loaded.warnings) == 6
    assert secret not in "".join((*loaded.warnings, *loaded.notes))


def test_keys_of_the_editors_side_are_no_mistakes() -> None:
    """What the extension keeps for itself under the same name is passed over."""
    editor = [{"statusNotifications": True, "path": "/x", "trace": {"server": "off"}, "trace.server": "off"}]
    assert load_settings({}, root=None, environ={}, editor=editor).warnings == ()


@pytest.mark.parametrize(
    ("editor", "environ", "user", "host"),
    [
        ({"host": _B}, {}, "", _B),
        ({"profile": "b"}, {}, "", _B),
        ({"profile": "b"}, {"LAKEWRIGHT_PROFILE": "DEFAULT"}, "", _B),
        ({"host": _B}, {"LAKEWRIGHT_HOST": _A}, "", _B),
        ({"host": _B}, {"LAKEWRIGHT_SANDBOX": "1"}, "", _B),
        ({"profile": "b"}, {"DATABRICKS_HOST": _A, "DATABRICKS_TOKEN": "t"}, "", _B),
        ({"profile": "b"}, {}, "sandbox: true\n", _B),
        ({"sandbox": True}, {"LAKEWRIGHT_HOST": _A}, "", None),
        ({"sandbox": True, "host": _B}, {}, "", None),
        ({"sandbox": False}, {"LAKEWRIGHT_SANDBOX": "1"}, "", _A),
        ({"thinking": "high"}, {"LAKEWRIGHT_HOST": _B}, "", _B),
    ],
)
def test_an_editors_host_stands_above_the_variables(
    tmp_path: Path, editor: Mapping[str, Any], environ: dict[str, str], user: str, host: str | None
) -> None:
    """Host, profile and sandbox of an editor decide before any variable does."""
    sources = Sources(tmp_path, environ=environ, editor=[editor])
    sources.profiles(_PROFILES)
    sources.user(user)
    login = choose_host(sources.load()).login
    assert (login.host if login else None) == host


def test_a_token_of_the_environment_is_not_for_a_host_of_the_editor(tmp_path: Path) -> None:
    """A workspace's settings that name a host can't collect the token that stands beside no host."""
    sources = Sources(tmp_path, environ={"DATABRICKS_TOKEN": "t"}, editor=[{"host": "https://evil.example"}])
    with pytest.raises(ConfigError, match="there are no credentials for it"):
        choose_host(sources.load())


@pytest.mark.parametrize(
    ("editor", "environ", "project", "role", "endpoint", "named"),
    [
        ({"model": "e"}, {}, "", "explain", "e", False),
        ({"model": "e"}, {"LAKEWRIGHT_MODEL": "v"}, "", "explain", "e", False),
        ({"model": "e"}, {}, "roles: {explain: p}\n", "explain", "e", False),
        ({"model": "e"}, {"LAKEWRIGHT_ROLES__EXPLAIN": "v"}, "", "explain", "e", False),
        ({"model": "e", "roles": {"explain": "r"}}, {}, "roles: {explain: p}\n", "explain", "r", False),
        ({"roles": {"explain": "r"}}, {"LAKEWRIGHT_MODEL": "v"}, "", "explain", "v", True),
        ({"model": "e"}, {}, "", "complete", "e", False),
    ],
)
def test_an_editors_model_beats_weaker_roles_and_not_its_own(
    tmp_path: Path,
    *,
    editor: Mapping[str, Any],
    environ: dict[str, str],
    project: str,
    role: Role,
    endpoint: str,
    named: bool,
) -> None:
    """`model` is for all commands; the more exact `roles` beside it count, those of weaker sources don't."""
    sources = Sources(tmp_path, environ=environ, editor=[editor])
    sources.profiles(_PROFILES)
    sources.project(project)
    choice = choose_model(sources.load(), role)
    assert (choice.endpoint, choice.named) == (endpoint, named)


def test_an_editors_thinking_is_not_for_completions(tmp_path: Path) -> None:
    """They think only when asked to for themselves, as with a file's setting."""
    sources = Sources(tmp_path, editor=[{"thinking": "high"}])
    sources.profiles(_PROFILES)
    loaded = sources.load()
    assert [choose_model(loaded, role).thinking for role in ("explain", "complete")] == ["high", "off"]


def test_a_project_may_not_loosen_limits_of_the_user_though_an_editor_may(tmp_path: Path) -> None:
    """The project file's safety rule holds beside an editor's settings."""
    sources = Sources(tmp_path, editor=[{"maxTokens": 5}])
    sources.user("limits: {turns: 5}\n")
    sources.project(f"limits: {{turns: 9}}\nhost: {_B}\nedits: {{preview: never}}\nmodel: x\n")
    loaded = sources.load()
    assert loaded.settings.limits.turns == 5
    assert (loaded.settings.host, loaded.settings.model) == (None, None)
    assert loaded.settings.edits.preview == "otherFiles"
    assert len(loaded.warnings) == 4
    sources.editor = [{"limits": {"turns": 9}}]
    assert sources.load().settings.limits.turns == 9


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_NAMES = st.sampled_from(("models", "limits", "limits.turns", "roles", "edits", "ignore", "thinking", "host"))


@given(st.lists(st.dictionaries(_NAMES | st.text(max_size=8), _JSON, max_size=4), max_size=3))
def test_nothing_that_an_editor_gives_raises(trees: list[dict[str, Any]]) -> None:
    """Any JSON is settings, with a warning for what is none."""
    loaded = load_settings({}, root=None, environ={}, editor=trees)
    assert all("\n" not in warning for warning in loaded.warnings)


def test_a_stamp_changes_with_the_files_and_with_nothing_else(tmp_path: Path) -> None:
    """Written, changed, removed: each is seen, in the user's file and the project's."""
    sources = Sources(tmp_path)
    user, project = sources.user("thinking: low\n"), sources.project("thinking: low\n")
    seen = [stamp_of(sources.root, sources.environ)]
    assert stamp_of(sources.root, dict(sources.environ)) == seen[0]
    for path in (user, project):
        path.write_text("thinking: high\n")
        os.utime(path, ns=(1, 1))
        seen.append(stamp_of(sources.root, sources.environ))
        path.unlink()
        seen.append(stamp_of(sources.root, sources.environ))
    assert len(set(seen)) == len(seen)
