"""What an editor gave as settings. It can't be mended where it is read, so that a wrong value is left out
with a warning that names it, and the rest holds.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lakewright.errors import ConfigError
from lakewright.settings.layers import Layer, Value, WrongValueError, checked, find_leaf, is_node, place_of
from lakewright.settings.models_block import read_block
from lakewright.settings.origins import Origin, Source

PLACE = "editor settings"
CLIENT_KEYS = frozenset(("statusnotifications", "path", "proxy", "trace"))
"""Keys beside the settings that are for the editor's side, or for the session; folded."""

_MAY_REFER = frozenset(("ignore", "edits"))
"""Settings in which `${` is text. In the others a workspace's own settings could fetch secrets."""

Path = tuple[str, ...]


def editor_layer(trees: Sequence[Mapping[str, Any]], warnings: list[str], notes: list[str]) -> Layer:
    """The settings of all trees, the weakest first. None is "not set"."""
    layer: Layer = {}
    for tree in trees:
        for written, value in _leaves(tree, ()):
            try:
                leaf, found = _checked(written, value, notes)
            except WrongValueError as error:
                warnings.append(f"{place_of(lambda _path: PLACE, written)} {error}; it was left out.")
            except ConfigError as error:
                warnings.append(f"{_line(error.message).removesuffix('.')}; it was left out.")
            else:
                layer[leaf] = Value(found, Origin(Source.EDITOR, PLACE))
    return layer


def _leaves(tree: Mapping[str, Any], above: Path) -> Iterator[tuple[Path, Any]]:
    """The values by their paths, nodes opened up; `limits.turns` is a path, too, as editors write it."""
    for key, value in tree.items():
        path = (*above, *str(key).split("."))
        if value is None or (not above and _folded(path[0]) in CLIENT_KEYS):
            continue
        if isinstance(value, Mapping) and len(path) == 1 and is_node(path[0]):
            yield from _leaves(value, path)
        else:
            yield path, value


def _checked(written: Path, value: Any, notes: list[str]) -> tuple[Path, Any]:
    leaf = find_leaf(written)
    if leaf is None:
        problem = "should hold settings of its own" if len(written) == 1 and is_node(written[0]) else None
        raise WrongValueError(problem or "is not a setting")
    try:
        refers = leaf[0] not in _MAY_REFER and _refers(value)
    except RecursionError:
        raise WrongValueError("is nested too deeply") from None
    if refers:
        raise WrongValueError("refers to a variable, which only your settings file may do")
    if leaf == ("models",):
        block = read_block(value, lambda _path: PLACE)
        notes += block.notes(PLACE)
        value = block.entries
    return leaf, checked(leaf, value)


def _refers(value: Any) -> bool:
    match value:
        case str():
            return "${" in value
        case Mapping():
            return any(map(_refers, value.values()))
        case list():
            return any(map(_refers, value))
    return False


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in text)


def _folded(key: str) -> str:
    return key.replace("_", "").replace("-", "").lower()
