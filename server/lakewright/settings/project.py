"""What a project's own file may set. Opening a stranger's repository must not send code anywhere new."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lakewright.settings.layers import Layer, Value, WrongValueError, checked, is_node, place_of, walk
from lakewright.settings.origins import Origin, Source
from lakewright.settings.tree import Settings
from lakewright.settings.yaml_file import read_yaml

PROJECT_FILE = ".lakewright.yaml"
_MAY_SET = frozenset(("roles", "thinking", "limits", "complete", "ignore"))
_ENDPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")


def project_layer(root: Path, below: Settings) -> tuple[Layer, list[str]]:
    """The settings of the file at the root, and a warning for each key that was left out.

    `below` is what holds without it: limits only go down from there, and a role that is a name of
    `models` would choose another host and token, so it may only be an endpoint.
    """
    path = root / PROJECT_FILE
    if not path.is_file():
        return {}, []
    file = read_yaml(path)
    layer: Layer = {}
    warnings: list[str] = []
    for written, leaf, raw in walk(file.values):
        if raw is None:
            continue
        place = place_of(file.place, written)
        try:
            setting, value = _allowed(written, leaf, raw, below)
        except WrongValueError as error:
            warnings.append(f"{place} {error}.")
        else:
            layer[setting] = Value(value, Origin(Source.PROJECT_FILE, file.place(written)))
    return layer, warnings


def _allowed(
    written: tuple[str, ...], leaf: tuple[str, ...] | None, raw: Any, below: Settings
) -> tuple[tuple[str, ...], Any]:
    if leaf is None:
        raise WrongValueError(_unknown(written))
    if leaf[0] not in _MAY_SET:
        raise WrongValueError("may not be set by a project; it was left out")
    return leaf, _CHECKS.get(leaf[0], _as_it_is)(leaf, checked(leaf, raw), below)


def _unknown(written: tuple[str, ...]) -> str:
    if is_node(written[0]) and len(written) == 1:
        return "should hold settings of its own; it was left out"
    return "is no setting that a project may set; it was left out"


def _as_it_is(_leaf: tuple[str, ...], value: Any, _below: Settings) -> Any:
    return value


def _role(_leaf: tuple[str, ...], value: Any, below: Settings) -> Any:
    if not _ENDPOINT.fullmatch(value):
        raise WrongValueError("should be the plain name of an endpoint; it was left out")
    if any(entry.name == value for entry in below.models):
        raise WrongValueError("names an entry of your `models`; a project may only name endpoints; left out")
    return value


def _limit(leaf: tuple[str, ...], value: Any, below: Settings) -> Any:
    allowed = getattr(below.limits, leaf[1])
    if value > allowed:
        raise WrongValueError(f"may only go below {allowed:g}; it was left out")
    return value


def _patterns(_leaf: tuple[str, ...], value: Any, _below: Settings) -> Any:
    if any(pattern.lstrip().startswith("!") for pattern in value):
        raise WrongValueError("may only ignore more, and holds a pattern with `!`; it was left out")
    return value


_CHECKS: dict[str, Callable[[tuple[str, ...], Any, Settings], Any]] = {
    "roles": _role,
    "limits": _limit,
    "ignore": _patterns,
}
