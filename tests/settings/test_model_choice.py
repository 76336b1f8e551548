"""Which model a command uses, and with which options."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.errors import ConfigError
from lakewright.settings.model_choice import Role, choose_model
from support_settings import Sources

_OWN, _B = "https://own.example", "https://b.example"
_PROFILES = f"[DEFAULT]\nhost = {_OWN}\ntoken = own-token\n"
_USER = f"""
profile: DEFAULT
model: the-default
roles: {{explain: claude, refactor: plain-endpoint}}
models:
  - name: claude
    model: claude-endpoint
    apiBase: {_B}
    apiKey: b-token
    thinking: 2048
    maxTokens: 9000
  - {{name: here, model: here-endpoint}}
"""


@pytest.mark.parametrize(
    ("flags", "environ", "role", "model", "host", "endpoint"),
    [
        ({}, {}, "explain", None, _B, "claude-endpoint"),
        ({}, {}, "refactor", None, _OWN, "plain-endpoint"),
        ({}, {}, "complete", None, _OWN, "the-default"),
        ({"model": "here"}, {}, "explain", None, _OWN, "here-endpoint"),
        ({"model": "x"}, {}, "explain", None, _OWN, "x"),
        ({}, {"LAKEWRIGHT_MODEL": "x"}, "explain", None, _OWN, "x"),
        ({"model": "x"}, {}, "explain", "claude", _B, "claude-endpoint"),
        ({"profile": "DEFAULT"}, {}, "explain", None, _OWN, "claude-endpoint"),
        ({"host": f"{_OWN}/serving-endpoints/x/invocations"}, {}, "explain", None, _OWN, "x"),
        (
            {},
            {"AYE_DBX_API_URL": "https://aye.example", "AYE_DBX_API_KEY": "k", "AYE_DBX_MODEL": "m"},
            "explain",
            None,
            "https://aye.example",
            "m",
        ),
        (
            {},
            {"DATABRICKS_HOST": f"{_OWN}/serving-endpoints/x/invocations", "DATABRICKS_TOKEN": "t"},
            "refactor",
            None,
            _OWN,
            "plain-endpoint",
        ),
    ],
)
def test_the_first_that_names_a_model_decides(  # noqa: PLR0917 - the columns of a table
    tmp_path: Path,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    role: Role,
    model: str | None,
    host: str,
    endpoint: str,
) -> None:
    """Call, flag and variable beat what came with the host, that beats roles, those beat `model`."""
    sources = Sources(tmp_path, environ=dict(environ))
    sources.profiles(_PROFILES)
    sources.user(_USER)
    choice = choose_model(sources.load(flags), role, model)
    assert choice.login is not None
    assert (choice.login.host, choice.endpoint) == (host, endpoint)


def test_without_any_name_the_host_decides(tmp_path: Path) -> None:
    """A profile alone is enough: the model is then taken from the host's list."""
    sources = Sources(tmp_path)
    sources.profiles(_PROFILES)
    choice = choose_model(sources.load(), "explain")
    assert (choice.endpoint, choice.named, choice.thinking) == (None, False, "medium")


def test_an_address_may_name_the_endpoint(tmp_path: Path) -> None:
    """A pasted address of an endpoint works as host and as model."""
    environ = {"DATABRICKS_HOST": f"{_OWN}/serving-endpoints/x/invocations", "DATABRICKS_TOKEN": "t"}
    choice = choose_model(Sources(tmp_path, environ=environ).load(), "explain")
    assert choice.endpoint == "x"


@pytest.mark.parametrize(
    ("flags", "role", "thinking", "max_tokens"),
    [
        ({}, "explain", 2048, 9000),
        ({"thinking": "high", "max_tokens": 50}, "explain", "high", 50),
        ({}, "refactor", "low", 77),
        ({}, "complete", "off", 77),
        ({"thinking": "high"}, "complete", "high", 77),
    ],
)
def test_a_models_own_options_count(
    tmp_path: Path, flags: Mapping[str, object], role: Role, thinking: object, max_tokens: int
) -> None:
    """A flag beats the entry's options, those beat the general ones; completion thinks only on request."""
    sources = Sources(tmp_path)
    sources.profiles(_PROFILES)
    sources.user(f"{_USER}thinking: low\nmaxTokens: 77\n")
    choice = choose_model(sources.load(flags), role)
    assert (choice.thinking, choice.max_tokens) == (thinking, max_tokens)


def test_a_model_with_its_own_host_needs_no_other(tmp_path: Path) -> None:
    """The models block alone works, though several profiles leave the host open."""
    sources = Sources(tmp_path)
    sources.profiles(f"[x]\nhost = {_OWN}\n[y]\nhost = {_OWN}\n")
    sources.user(f"models: [{{name: m, model: e, apiBase: '{_B}', apiKey: k}}]\n")
    choice = choose_model(sources.load(), "explain")
    assert choice.login is not None
    assert (choice.login.host, choice.login.fields) == (_B, {"token": "k"})


def test_a_wrong_flag_is_never_passed_over(tmp_path: Path) -> None:
    """A profile named for this call and missing is an error, whatever the roles' models have of their own."""
    sources = Sources(tmp_path)
    sources.user(_USER)
    with pytest.raises(ConfigError, match="nope"):
        choose_model(sources.load({"profile": "nope"}), "explain")


@pytest.mark.parametrize(
    ("profiles", "said"),
    [(_PROFILES, "no `apiKey`"), (f"{_PROFILES}[b]\nhost = {_B}\ntoken = b-own\n", None)],
)
def test_an_address_without_key_takes_only_its_own_hosts_login(
    tmp_path: Path, profiles: str, said: str | None
) -> None:
    """An entry's host is met with the profile for it, never with another host's token."""
    sources = Sources(tmp_path)
    sources.profiles(profiles)
    sources.user(f"models: [{{name: m, model: e, apiBase: '{_B}'}}]\n")
    if said is None:
        choice = choose_model(sources.load(), "explain")
        assert choice.login is not None
        assert choice.login.fields["token"] == "b-own"
    else:
        with pytest.raises(ConfigError, match=said):
            choose_model(sources.load(), "explain")


def test_a_key_without_address_is_no_login(tmp_path: Path) -> None:
    """A token alone goes nowhere but to the host that the same file names."""
    sources = Sources(tmp_path)
    sources.profiles(_PROFILES)
    sources.user("models: [{name: m, model: e, apiKey: k}]\n")
    with pytest.raises(ConfigError, match="no `apiBase`"):
        choose_model(sources.load(), "explain")
    sources.user(f"host: {_OWN}\nmodels: [{{name: m, model: e, apiKey: k}}]\n")
    choice = choose_model(sources.load(), "explain")
    assert choice.login is not None
    assert (choice.login.host, choice.login.fields) == (_OWN, {"token": "k"})


def test_the_sandbox_asks_no_models_host(tmp_path: Path) -> None:
    """With `--sandbox` a model's own address and token are left alone."""
    sources = Sources(tmp_path)
    sources.user(_USER)
    choice = choose_model(sources.load({"sandbox": True}), "explain")
    assert (choice.login, choice.endpoint) == (None, "claude-endpoint")
