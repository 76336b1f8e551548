"""The settings as people read them: the README's table, and what holds right now with its origins."""

import re
from dataclasses import dataclass
from typing import Any

from lakewright.settings.origins import Loaded
from lakewright.settings.tree import ModelEntry, leaves

_USER_IN_ADDRESS = re.compile(r"//[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class SettingShown:
    """One setting as it holds, for a person; tokens are never in it."""

    name: str
    value: str
    origin: str


def settings_table() -> str:
    """The README's table, in Markdown, one row a setting."""
    rows = ["| setting | variable | default | meaning |", "|---|---|---|---|"]
    for leaf, field in leaves().items():
        default = _shown(field.get_default(call_default_factory=True))
        shown = f"`{default}`" if default else ""
        rows.append(f"| `{'.'.join(leaf)}` | `{variable_of(leaf)}` | {shown} | {field.description} |")
    return "\n".join(rows) + "\n"


def variable_of(leaf: tuple[str, ...]) -> str:
    """The environment variable of a setting: `LAKEWRIGHT_LIMITS__TURNS` for limits.turns."""
    return "LAKEWRIGHT_" + "__".join(re.sub(r"(?<=[a-z])(?=[A-Z])", "_", step).upper() for step in leaf)


def effective_settings(loaded: Loaded) -> tuple[SettingShown, ...]:
    """Every setting with its value and where it came from."""
    found = []
    for leaf in leaves():
        value: Any = loaded.settings.model_dump(by_alias=True)
        for step in leaf:
            value = value[step]
        if leaf == ("models",):
            value = loaded.settings.models
        name = ".".join(leaf)
        shown = _USER_IN_ADDRESS.sub("//…@", _shown(value))
        found.append(SettingShown(name, shown, loaded.origins[name].place))
    return tuple(found)


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:g}"
        case ModelEntry():
            return value.name
        case tuple() | list():
            return ", ".join(_shown(item) for item in value)
    return str(value)
