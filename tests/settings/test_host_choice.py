"""Which host and login are chosen, and what is said when none or too many are."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.errors import ConfigError
from lakewright.settings.credentials import choose_host
from lakewright.settings.login_fields import kinds_of
from lakewright.transport.login import Login
from support_settings import Sources

_A, _B, _C = "https://a.example", "https://b.example", "https://c.example"
_PROFILES = f"""
[DEFAULT]
host = {_C}
token = c-token

[work]
host = {_A}/?o=123
token = a-token

[machine]
host = {_B}
client_id = b-id
client_secret = b-secret

[nowhere]
token = lost-token
"""
_ENV_B = {"DATABRICKS_HOST": _B, "DATABRICKS_TOKEN": "env-b-token"}


def _login(sources: Sources, flags: Mapping[str, object] | None = None) -> Login:
    login = choose_host(sources.load(flags)).login
    assert login is not None
    return login


@pytest.mark.parametrize(
    ("flags", "environ", "user", "host", "credential"),
    [
        ({}, {}, "", _C, {"token": "c-token"}),
        ({}, {}, "profile: work\n", _A, {"token": "a-token"}),
        ({}, {}, f"host: {_A}\n", _A, {"token": "a-token"}),
        ({}, _ENV_B, "profile: work\n", _B, {"token": "env-b-token"}),
        ({}, {"LAKEWRIGHT_PROFILE": "work", **_ENV_B}, "", _A, {"token": "a-token"}),
        ({}, {"LAKEWRIGHT_HOST": "a.example", **_ENV_B}, "", _A, {"token": "a-token"}),
        ({"profile": "work"}, {"LAKEWRIGHT_PROFILE": "machine", **_ENV_B}, "", _A, {"token": "a-token"}),
        ({"profile": "work"}, {"LAKEWRIGHT_HOST": _B}, "", _A, {"token": "a-token"}),
        ({"host": _A}, {"LAKEWRIGHT_PROFILE": "machine"}, "", _A, {"token": "a-token"}),
        ({"profile": "work", "host": _A}, {}, "", _A, {"token": "a-token"}),
        ({"profile": "nowhere", "host": _A}, {}, "", _A, {"token": "lost-token"}),
        (
            {"host": "https://free.example"},
            {"DATABRICKS_TOKEN": "t"},
            "",
            "https://free.example",
            {"token": "t"},
        ),
        ({"host": _B}, {"DATABRICKS_CONFIG_FILE": "/dev/null", **_ENV_B}, "", _B, {"token": "env-b-token"}),
        ({}, {"DATABRICKS_CONFIG_PROFILE": "work"}, "", _A, {"token": "a-token"}),
        ({}, {"DATABRICKS_CONFIG_PROFILE": "work", "DATABRICKS_TOKEN": "x"}, "", _A, {"token": "a-token"}),
        ({}, {"DATABRICKS_HOST": _A}, "", _A, {"token": "a-token"}),
        (
            {},
            {"DATABRICKS_HOST": _A, "DATABRICKS_CLIENT_ID": "i", "DATABRICKS_CLIENT_SECRET": "s"},
            "",
            _A,
            {"client_id": "i", "client_secret": "s"},
        ),
        (
            {},
            {"AYE_DBX_API_URL": f"{_B}/serving-endpoints", "AYE_DBX_API_KEY": "aye"},
            "profile: work",
            _B,
            {"token": "aye"},
        ),
        ({}, {"AYE_DBX_API_URL": _A, "AYE_DBX_API_KEY": "aye", **_ENV_B}, "", _B, {"token": "env-b-token"}),
        ({}, {"AYE_DBX_API_URL": _A}, "", _C, {"token": "c-token"}),
        ({}, {"AYE_DBX_MODEL": "m"}, "", _C, {"token": "c-token"}),
        ({}, {}, f"models: [{{name: m, apiBase: '{_B}', apiKey: k}}]", _B, {"token": "k"}),
        ({"profile": "machine"}, {}, "", _B, {"client_id": "b-id", "client_secret": "b-secret"}),
    ],
)
def test_host_and_credential_come_from_one_source(  # noqa: PLR0917 - the columns of a table
    tmp_path: Path,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    user: str,
    host: str,
    credential: Mapping[str, str],
) -> None:
    """The first source that names a host gives the credential, too."""
    sources = Sources(tmp_path, environ=dict(environ))
    sources.profiles(_PROFILES)
    if user:
        sources.user(user)
    login = _login(sources, flags)
    fields = {name: value for name, value in login.fields.items() if name != "profile"}
    assert (login.host, fields) == (host, credential)


@pytest.mark.parametrize(
    ("flags", "environ", "user", "said"),
    [
        ({"profile": "nope"}, {}, "", "'nope'"),
        ({}, {"LAKEWRIGHT_PROFILE": "nope"}, "", "LAKEWRIGHT_PROFILE"),
        ({}, {"DATABRICKS_CONFIG_PROFILE": "nope"}, "", "DATABRICKS_CONFIG_PROFILE"),
        ({"profile": "nowhere"}, {}, "", "no `host`"),
        ({"profile": "work", "host": _B}, {}, "", "beside the host"),
        ({}, {"DATABRICKS_CONFIG_PROFILE": "work", "DATABRICKS_HOST": _B}, "", "beside the host"),
        ({"host": "https://new.example"}, {}, "", "no credentials for it"),
        ({"host": "https://new.example"}, _ENV_B, "", "no credentials for it"),
        ({}, {"DATABRICKS_TOKEN": "t"}, "host: https://new.example\n", "no credentials for it"),
        ({}, {"DATABRICKS_HOST": "https://new.example"}, "", "no credentials for it"),
        ({"host": "http://a.example"}, {}, "", "Plain http"),
        ({}, {"DATABRICKS_HOST": "ftp://a", "DATABRICKS_TOKEN": "t"}, "", "DATABRICKS_HOST"),
        ({}, {**_ENV_B, "DATABRICKS_CLIENT_ID": "i"}, "", "ambiguous"),
        ({}, {**_ENV_B, "ARM_CLIENT_ID": "i"}, "", "ambiguous"),
        ({}, {"DATABRICKS_HOST": _B, "DATABRICKS_USERNAME": "u"}, "", "incomplete"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, flags: Mapping[str, object], environ: Mapping[str, str], user: str, said: str
) -> None:
    """Missing, contradicting and half credentials are each a sentence with a next step."""
    sources = Sources(tmp_path, environ=dict(environ))
    sources.profiles(_PROFILES)
    if user:
        sources.user(user)
    with pytest.raises(ConfigError) as caught:
        choose_host(sources.load(flags))
    assert said in caught.value.message
    assert caught.value.hint
    for secret in ("token", "b-secret"):
        assert f"-{secret}" not in caught.value.message + caught.value.hint


def test_nothing_at_all_says_how_to_begin(tmp_path: Path) -> None:
    """Two lines: how to set up a host, and how to try without one."""
    with pytest.raises(ConfigError) as caught:
        choose_host(Sources(tmp_path).load())
    assert "databricks auth login" in caught.value.message
    assert "--sandbox" in str(caught.value.hint)
    assert "sandbox: true" in str(caught.value.hint)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("DATABRICKS_TOKEN", "DATABRICKS_HOST"),
        ("AYE_DBX_API_KEY", "AYE_DBX_API_URL"),
        ("AYE_DBX_API_URL", "AYE_DBX_API_KEY"),
    ],
)
def test_half_of_a_pair_is_pointed_out(tmp_path: Path, one: str, other: str) -> None:
    """Whoever set one half hears that the other is missing."""
    with pytest.raises(ConfigError, match=f"{one} is set without {other}"):
        choose_host(Sources(tmp_path, environ={one: "a.example"}).load())


def test_another_clouds_credentials_are_for_no_host(tmp_path: Path) -> None:
    """A host named for the call isn't met with what Terraform or gcloud left in the environment."""
    for name in ("GOOGLE_CREDENTIALS", "ARM_CLIENT_SECRET"):
        with pytest.raises(ConfigError, match="no credentials for it"):
            choose_host(Sources(tmp_path, environ={name: "x"}).load({"host": _A}))


def test_blanks_around_a_token_are_cut(tmp_path: Path) -> None:
    """A token that was read from a file with its line's end still works."""
    environ = {"DATABRICKS_HOST": f" {_A}\n", "DATABRICKS_TOKEN": "t\n"}
    login = _login(Sources(tmp_path, environ=environ))
    assert (login.host, login.fields) == (_A, {"token": "t"})


def test_auth_type_settles_what_is_ambiguous(tmp_path: Path) -> None:
    """An app with a token beside its own principal can say which it means."""
    environ = {**_ENV_B, "DATABRICKS_CLIENT_ID": "i", "DATABRICKS_CLIENT_SECRET": "s"}
    sources = Sources(tmp_path, environ={**environ, "DATABRICKS_AUTH_TYPE": "oauth-m2m"})
    assert _login(sources).kinds == ("oauth-m2m",)


def test_a_profile_that_no_profile_is_the_default(tmp_path: Path) -> None:
    """One profile is meant without a word, several need one, and the file can name it."""
    sources = Sources(tmp_path)
    one = f"[work]\nhost = {_A}\ntoken = t\n"
    two = f"{one}[other]\nhost = {_B}\ntoken = t\n"
    sources.profiles(one)
    assert _login(sources).host == _A
    sources.profiles(two)
    with pytest.raises(ConfigError, match="work, other"):
        choose_host(sources.load())
    sources.profiles(f"[__settings__]\ndefault_profile = other\n{two}")
    assert _login(sources).host == _B


def test_default_gives_nothing_to_other_profiles(tmp_path: Path) -> None:
    """DEFAULT is a profile of its own: its token doesn't go to another profile's host."""
    sources = Sources(tmp_path)
    sources.profiles(f"[DEFAULT]\nhost = {_A}\ntoken = a-token\n[bare]\nhost = {_B}\n")
    login = _login(sources, {"profile": "bare"})
    assert (login.host, login.kinds, login.fields) == (_B, ("databricks-cli",), {"profile": "bare"})


@pytest.mark.parametrize(
    ("flags", "environ", "user", "simulated"),
    [
        ({"sandbox": True}, _ENV_B, "", True),
        ({"sandbox": True}, {"LAKEWRIGHT_PROFILE": "work"}, "", True),
        ({}, {"LAKEWRIGHT_SANDBOX": "1", **_ENV_B}, "profile: work\n", True),
        ({"profile": "work"}, {"LAKEWRIGHT_SANDBOX": "1"}, "", False),
        ({}, _ENV_B, "sandbox: true\n", True),
        ({}, {"LAKEWRIGHT_PROFILE": "work"}, "sandbox: true\n", False),
        ({}, {"LAKEWRIGHT_SANDBOX": "0"}, "sandbox: true\n", False),
    ],
)
def test_the_simulated_host_has_its_place_in_the_order(
    tmp_path: Path, flags: Mapping[str, object], environ: Mapping[str, str], user: str, simulated: bool
) -> None:
    """A stronger source's host beats `sandbox` of a weaker one; the other way round nothing real is asked."""
    sources = Sources(tmp_path, environ=dict(environ))
    sources.profiles(_PROFILES)
    sources.user(user)
    assert (choose_host(sources.load(flags)).login is None) is simulated


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("host = x\n", ":1: a line stands before"),
        ("[a]\nhost = x\nhost = y\n", ":3: the key `host` stands twice in [a]"),
        ("[a]\nhost = x\n[a]\n", ":3: the profile [a] stands twice"),
        ("[a]\nhost = x\ndapi-secret\n", ":3: neither"),
        (b"[a]\nhost = \xff\n", "not UTF-8"),
    ],
)
def test_a_broken_profiles_file_names_the_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    """The file and its line are named; the line itself, which may be a token, isn't shown."""
    sources = Sources(tmp_path)
    path = tmp_path / "databrickscfg"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        choose_host(sources.load())
    assert f"{path}{said}" in caught.value.message or said in caught.value.message
    assert "dapi-secret" not in caught.value.message


def test_a_missing_profiles_file_names_its_variable(tmp_path: Path) -> None:
    """DATABRICKS_CONFIG_FILE that names nothing is said, not skipped."""
    sources = Sources(tmp_path)
    sources.environ["DATABRICKS_CONFIG_FILE"] = str(tmp_path / "none")
    with pytest.raises(ConfigError, match="DATABRICKS_CONFIG_FILE"):
        choose_host(sources.load())


_AZURE = "https://adb-1.2.azuredatabricks.net"


@pytest.mark.parametrize(
    ("host", "fields", "kinds"),
    [
        (_A, {"token": "t"}, ("pat",)),
        (_A, {"username": "u", "password": "p"}, ("basic",)),
        (_A, {"client_id": "i", "client_secret": "s"}, ("oauth-m2m",)),
        (_A, {"client_id": "i"}, ("github-oidc", "azure-devops-oidc")),
        (_A, {"metadata_service_url": "http://localhost:1"}, ("metadata-service",)),
        (_A, {"oidc_token_filepath": "/x"}, ("file-oidc",)),
        (_A, {"oidc_token_env": "X"}, ("env-oidc",)),
        (_AZURE, {"azure_client_id": "i", "azure_client_secret": "s"}, ("azure-client-secret",)),
        (_AZURE, {"azure_client_id": "i"}, ("github-oidc-azure", "azure-cli")),
        (_AZURE, {"azure_tenant_id": "t"}, ("azure-cli",)),
        (_AZURE, {}, ("azure-cli", "databricks-cli")),
        (_A, {"google_credentials": "{}"}, ("google-credentials",)),
        (_A, {"google_service_account": "x@y"}, ("google-id",)),
        (_A, {}, ("databricks-cli",)),
        (_A, {"account_id": "1", "workspace_id": "2"}, ("databricks-cli",)),
    ],
)
def test_the_fields_make_the_kind(host: str, fields: Mapping[str, str], kinds: tuple[str, ...]) -> None:
    """Each set of attributes is one of the SDK's authentication types, named outright."""
    assert kinds_of(host, fields, auth_type=None, origin="here") == kinds


def test_no_login_shows_its_secret(tmp_path: Path) -> None:
    """The values that carry a token show none when printed."""
    sources = Sources(tmp_path, environ={"AYE_DBX_API_URL": _A, "AYE_DBX_API_KEY": "aye-token"})
    sources.profiles(_PROFILES)
    shown = repr(choose_host(sources.load())) + repr(choose_host(sources.load({"profile": "machine"})))
    assert "aye-token" not in shown
    assert "b-secret" not in shown
