"""One source's settings, checked value by value so that each complaint can name its place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError

from lakewright.settings.origins import Origin, Source
from lakewright.settings.tree import Settings, leaves

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A checked value and where it came from."""

    value: Any
    origin: Origin


Layer = dict[Path, Value]


class WrongValueError(ValueError):
    """A value that its setting can't take; the text says what it should be, and never what it is."""


def find_leaf(path: Path) -> Path | None:
    """The setting that `path` means: camelCase, snake_case and capitals are all the same."""
    return _BY_FOLDED.get(tuple(_folded(step) for step in path))


def walk(values: Mapping[str, Any]) -> Iterator[tuple[Path, Path | None, Any]]:
    """The values of a file as (path as written, setting or None, value), nodes opened up."""
    for key, value in values.items():
        written = (str(key),)
        leaf = find_leaf(written)
        if leaf is None and _folded(str(key)) in _NODES and isinstance(value, Mapping):
            for inner, inner_value in value.items():
                path = (*written, str(inner))
                yield path, find_leaf(path), inner_value
        else:
            yield written, leaf, value


def checked(leaf: Path, value: object) -> Any:
    """The value as the tree holds it. Raises WrongValueError."""
    nested: Any = value
    for step in reversed(leaf):
        nested = {step: nested}
    try:
        found: Any = Settings.model_validate(nested)
    except ValidationError as error:
        raise WrongValueError(_why(error)) from None
    for step in leaf:
        found = getattr(found, _field_name(found, step))
    return found


def merge(layers: list[Layer]) -> tuple[Settings, dict[str, Origin]]:
    """The settings of all layers; `layers` goes from the weakest to the strongest."""
    nested: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for leaf in leaves():
        found = [layer[leaf] for layer in layers if leaf in layer]
        origins[".".join(leaf)] = found[-1].origin if found else Origin(Source.DEFAULT)
        if not found:
            continue
        node = nested
        for step in leaf[:-1]:
            node = node.setdefault(step, {})
        node[leaf[-1]] = _summed(found) if leaf == ("ignore",) else found[-1].value
    return Settings.model_validate(nested), origins


def is_node(key: str) -> bool:
    """Whether a top key holds several settings."""
    return _folded(key) in _NODES


def place_of(describe: Callable[[Path], str], path: Path) -> str:
    """The place of a key for a message: `file:line` and the key in quotes."""
    return f"{describe(path)}: `{'.'.join(_shown(step) for step in path)}`"


def _summed(found: list[Value]) -> tuple[str, ...]:
    # The project's patterns stand first: git's rule is that later ones decide, and those are the user's.
    by_source = sorted(found, key=lambda value: value.origin.source is not Source.PROJECT_FILE)
    return tuple(pattern for value in by_source for pattern in value.value)


def _folded(step: str) -> str:
    return step.replace("_", "").replace("-", "").lower()


def _field_name(node: BaseModel, alias: str) -> str:
    fields = type(node).model_fields
    return next(name for name, field in fields.items() if (field.alias or name) == alias)


def _why(error: ValidationError) -> str:
    reasons = [_reason(found["msg"]) for found in error.errors(include_url=False, include_input=False)]
    return ", or ".join(dict.fromkeys(reasons))


def _reason(message: str) -> str:
    return message.removeprefix("Input ").removeprefix("Value error, ")


def _shown(step: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in step[:60])


_BY_FOLDED: dict[Path, Path] = {tuple(_folded(step) for step in leaf): leaf for leaf in leaves()}
_NODES = frozenset(_folded(leaf[0]) for leaf in leaves() if len(leaf) > 1)
