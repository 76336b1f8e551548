"""The settings as people read them."""

from pathlib import Path

from lakewright.settings.load import load_settings
from lakewright.settings.reference import effective_settings, settings_table, variable_of
from lakewright.settings.tree import leaves
from support_settings import Sources


def test_every_setting_has_a_row_that_says_what_it_does() -> None:
    """The README's table holds each setting with its variable and a sentence."""
    rows = settings_table().splitlines()[2:]
    assert len(rows) == len(leaves())
    for leaf, row in zip(leaves(), rows, strict=True):
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert cells[:2] == [f"`{'.'.join(leaf)}`", f"`{variable_of(leaf)}`"]
        assert len(cells) == 4
        assert len(cells[3]) > 20


def test_every_variable_of_the_table_works() -> None:
    """The names in the table are the names that are read."""
    words = {"thinking": "high", "models": "[]", "preview": "never"}
    every = {variable_of(leaf): words.get(leaf[-1], "1") for leaf in leaves()}
    assert load_settings({}, root=None, environ=every).warnings == ()
    assert variable_of(("limits", "turns")) == "LAKEWRIGHT_LIMITS__TURNS"
    assert variable_of(("maxTokens",)) == "LAKEWRIGHT_MAX_TOKENS"


def test_what_holds_is_shown_with_its_origin_and_no_secret(tmp_path: Path) -> None:
    """Each value names its place; tokens of models and of addresses aren't in it."""
    sources = Sources(tmp_path)
    path = sources.user(
        "host: https://user:s3cret@a.example\n"
        "models: [{name: m, model: e, apiBase: 'https://b.example', apiKey: s3cret}]\n"
    )
    shown = {row.name: (row.value, row.origin) for row in effective_settings(sources.load({"model": "x"}))}
    assert shown["model"] == ("x", "--model")
    assert shown["models"] == ("m", f"{path}:2")
    assert shown["limits.turns"] == ("25", "default")
    assert "s3cret" not in str(shown)
