"""Settings from flags, variables and the user's file: their order, their origins, what is wrong in them."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import ConfigError
from lakewright.settings.load import load_settings, user_file
from lakewright.settings.origins import Source
from lakewright.settings.yaml_file import read_yaml
from support_settings import Sources


def test_the_stronger_source_wins_and_says_so(tmp_path: Path) -> None:
    """Flag beats variable beats project beats user file beats default, and each value names its place."""
    sources = Sources(tmp_path)
    user = sources.user("maxTokens: 1\nthinking: low\nlimits:\n  turns: 9\n  seconds: 60\nsandbox: true\n")
    project = sources.project("thinking: high\nlimits:\n  turns: 3\n")
    sources.environ |= {"LAKEWRIGHT_MAX_TOKENS": "2", "LAKEWRIGHT_SANDBOX": "no"}
    loaded = sources.load({"max_tokens": 3})
    settings = loaded.settings
    assert (settings.max_tokens, settings.thinking, settings.sandbox) == (3, "high", False)
    assert (settings.limits.turns, settings.limits.seconds, settings.limits.tokens) == (3, 60, 2_000_000)
    places = {
        "maxTokens": "--max-tokens",
        "sandbox": "LAKEWRIGHT_SANDBOX",
        "thinking": f"{project}:1",
        "limits.turns": f"{project}:3",
        "limits.seconds": f"{user}:5",
        "limits.tokens": "default",
    }
    assert {name: loaded.origins[name].place for name in places} == places
    assert loaded.origins["limits.tokens"].source is Source.DEFAULT
    assert loaded.warnings == ()


def test_without_any_source_there_are_defaults() -> None:
    """Nothing set anywhere is fine: every setting has its default."""
    loaded = load_settings({"model": None}, root=None, environ={})
    assert loaded.settings.limits.turns == 25
    assert {origin.source for origin in loaded.origins.values()} == {Source.DEFAULT}


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("off", "off"),
        ("on", "medium"),
        ("High", "high"),
        ("4096", 4096),
        ("'4096'", 4096),
        ("false", "off"),
    ],
)
def test_thinking_is_read_as_people_write_it(tmp_path: Path, written: str, expected: object) -> None:
    """YAML makes a boolean of `off`; the setting means the word."""
    sources = Sources(tmp_path)
    sources.user(f"thinking: {written}\n")
    assert sources.load().settings.thinking == expected


def test_null_and_empty_mean_not_set(tmp_path: Path) -> None:
    """A key without a value and an empty variable leave the default."""
    sources = Sources(tmp_path, environ={"LAKEWRIGHT_THINKING": " "})
    sources.user("profile:\nmodel: null\nlimits:\n  turns:\n")
    loaded = sources.load()
    assert (loaded.settings.profile, loaded.settings.model, loaded.settings.limits.turns) == (None, None, 25)
    assert loaded.origins["thinking"].source is Source.DEFAULT


@pytest.mark.parametrize(
    ("yaml", "line", "key"),
    [
        ("profile: a\nlimits:\n  turns: many\n", 3, "limits.turns"),
        ("thinking: 500\n", 1, "thinking"),
        ("thinking: ultra\n", 1, "thinking"),
        ("maxTokens: -1\n", 1, "maxTokens"),
        ("\n\nlimits:\n  seconds: .inf\n", 4, "limits.seconds"),
        ("sandbox: perhaps\n", 1, "sandbox"),
        ("ignore: {a: 1}\n", 1, "ignore"),
        ("models: yes\n", 1, "models"),
        ("models:\n  - name: a\n    maxTokens: lots\n", 3, "models.0.maxTokens"),
        ("models:\n  - name: a\n  - just-a-name\n", 3, "models.1"),
        ("models:\n  - name: a\n    apiBase: ftp://x\n", 3, "models.0.apiBase"),
        ("models:\n  - name: a\n    roles: chat\n", 3, "models.0.roles"),
        ("models:\n  - name: a\n  - name: a\n", 1, "models"),
    ],
)
def test_a_wrong_value_names_file_line_and_key(tmp_path: Path, yaml: str, line: int, key: str) -> None:
    """A value that its setting can't take is an error that says where it stands, not what it is."""
    sources = Sources(tmp_path)
    path = sources.user(yaml)
    with pytest.raises(ConfigError) as caught:
        sources.load()
    assert caught.value.message.startswith(f"{path}:{line}: `{key}`")
    assert caught.value.hint


@pytest.mark.parametrize(
    ("yaml", "line"),
    [
        ("profile: a\nlimits: [1\nmodel: b\n", 3),
        ("profile: 'a\n", 2),
        ("profile: a\n\tmodel: b\n", 2),
        ("a: b: c\n", 1),
        ("- a\n- b\n", 1),
        ("just text\n", 1),
        ("profile: *nobody\n", 1),
        ("key: !!python/object:os.system x\n", 1),
    ],
)
def test_broken_yaml_names_file_and_line(tmp_path: Path, yaml: str, line: int) -> None:
    """YAML that can't be read is one sentence with the place."""
    sources = Sources(tmp_path)
    path = sources.user(yaml)
    with pytest.raises(ConfigError) as caught:
        sources.load()
    assert caught.value.message.startswith(f"{path}:{line}:")
    assert "\n" not in caught.value.message


def test_broken_yaml_does_not_quote_the_line(tmp_path: Path) -> None:
    """The broken line may hold a token; its key is named, its value isn't."""
    sources = Sources(tmp_path)
    sources.user("models:\n  - name: a\n    apiKey: 'dapi-secret\n")
    with pytest.raises(ConfigError) as caught:
        sources.load()
    assert "dapi-secret" not in caught.value.message
    assert "apiKey" in caught.value.message


def test_a_file_that_multiplies_is_refused(tmp_path: Path) -> None:
    """Aliases of aliases grow without end in a small file; reading stops."""
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    path = tmp_path / "bomb.yaml"
    path.write_text("\n".join(rows))
    with pytest.raises(ConfigError, match="more than"):
        read_yaml(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"profile: \xff\xfe\n", ":1: not UTF-8"),
        (b"a: 1\nb: \xff\n", ":2: not UTF-8"),
        (b"#" * 300_000, "256 KB"),
    ],
)
def test_what_is_no_text_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    """Other encodings and huge files are no settings."""
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=expected):
        read_yaml(path)


@given(st.text(max_size=200))
def test_any_text_is_settings_or_an_error(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    """Whatever stands in the file, reading gives values or a ConfigError of one line."""
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        sentence = str(read_yaml(path).lines)
    except ConfigError as error:
        sentence = error.message
    assert len(sentence.splitlines()) == 1


def test_an_unknown_key_is_one_warning(tmp_path: Path) -> None:
    """A key that is no setting is left out and named, and the rest counts."""
    sources = Sources(tmp_path, environ={"LAKEWRIGHT_COLOUR": "red"})
    path = sources.user("profile: a\ncolour: red\nlimits:\n  turns: 4\n  lives: 9\n")
    loaded = sources.load()
    assert (loaded.settings.profile, loaded.settings.limits.turns) == ("a", 4)
    assert [warning.split(" ")[0:2] for warning in loaded.warnings] == [
        [f"{path}:2:", "`colour`"],
        [f"{path}:5:", "`limits.lives`"],
        ["LAKEWRIGHT_COLOUR", "is"],
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [("LAKEWRIGHT_THINKING", "500"), ("LAKEWRIGHT_LIMITS__TURNS", "x"), ("LAKEWRIGHT_IGNORE", "[a")],
)
def test_a_wrong_variable_is_named(name: str, value: str) -> None:
    """A variable that can't be used is an error with its name."""
    with pytest.raises(ConfigError, match=name):
        load_settings({}, root=None, environ={name: value})


def test_variables_reach_every_setting() -> None:
    """Any setting has a variable by its path; lists are YAML or one item."""
    environ = {
        "LAKEWRIGHT_LIMITS__TURNS": "7",
        "LAKEWRIGHT_ROLES__EXPLAIN": "some-endpoint",
        "LAKEWRIGHT_IGNORE": "[build/, dist/]",
        "LAKEWRIGHT_MODELS": '[{"name": "m", "model": "e"}]',
        "LAKEWRIGHT_MAX_TOKENS": "99",
        "LAKEWRIGHT_STATE_DIR": "/somewhere",
    }
    loaded = load_settings({}, root=None, environ=environ)
    settings = loaded.settings
    assert (settings.limits.turns, settings.roles.explain, settings.max_tokens) == (7, "some-endpoint", 99)
    assert settings.ignore == ("build/", "dist/")
    assert [(entry.name, entry.endpoint) for entry in settings.models] == [("m", "e")]
    assert loaded.warnings == ()


def test_ignore_lists_add_up(tmp_path: Path) -> None:
    """No source takes patterns of another away; the user's come last, where they decide."""
    sources = Sources(tmp_path, environ={"LAKEWRIGHT_IGNORE": "from-variable"})
    sources.user("ignore: [from-user]\n")
    sources.project("ignore: [from-project]\n")
    assert sources.load().settings.ignore == ("from-project", "from-user", "from-variable")


def test_references_are_replaced(tmp_path: Path) -> None:
    """`${VAR}` takes the variable's value, also inside a text and in Continue's spelling."""
    sources = Sources(tmp_path, environ={"SHARD": "adb-1", "KEY": "k-1"})
    sources.user(
        "host: https://${SHARD}.azuredatabricks.net\n"
        "models:\n  - {name: m, apiKey: '${{ secrets.KEY }}', apiBase: 'https://${SHARD}.x'}\n"
    )
    settings = sources.load().settings
    assert settings.host == "https://adb-1.azuredatabricks.net"
    (entry,) = settings.models
    assert entry.api_key is not None
    assert (entry.api_key.get_secret_value(), entry.host) == ("k-1", "https://adb-1.x")


@pytest.mark.parametrize("value", [None, ""])
def test_an_unset_reference_names_variable_file_and_line(tmp_path: Path, value: str | None) -> None:
    """A reference to nothing is an error, not an empty token."""
    sources = Sources(tmp_path)
    if value is not None:
        sources.environ["MY_TOKEN"] = value
    path = sources.user("models:\n  - name: m\n    apiKey: ${MY_TOKEN}\n")
    with pytest.raises(ConfigError) as caught:
        sources.load()
    assert caught.value.message == f"{path}:3: `models.0.apiKey` refers to MY_TOKEN, which is not set."


def test_a_missing_config_file_names_the_variable(tmp_path: Path) -> None:
    """LAKEWRIGHT_CONFIG that names nothing is an error; it was meant to be read."""
    with pytest.raises(ConfigError, match="LAKEWRIGHT_CONFIG"):
        load_settings({}, root=None, environ={"LAKEWRIGHT_CONFIG": str(tmp_path / "none.yaml")})


def test_the_users_file_stands_in_the_platforms_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a variable the platform's configuration folder is looked at."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("sys.platform", "linux")
    assert user_file({}) is None
    (tmp_path / "lakewright").mkdir()
    (tmp_path / "lakewright" / "config.yaml").write_text("profile: a\n")
    found = user_file({})
    assert found is not None
    assert found.name == "config.yaml"


def test_secrets_are_in_no_repr(tmp_path: Path) -> None:
    """Neither the settings nor what was loaded show a token."""
    sources = Sources(tmp_path, environ={"DATABRICKS_TOKEN": "dapi-secret-1"})
    sources.user("models:\n  - {name: m, apiKey: dapi-secret-2, apiBase: 'https://a.b'}\n")
    loaded = sources.load()
    assert "dapi-secret" not in repr(loaded) + str(loaded.settings) + str(loaded.settings.model_dump())
