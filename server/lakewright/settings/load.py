"""All sources of settings to one value: flags, an editor, variables, the project's file, the user's, and
defaults.
"""

import os
import re
from collections.abc import Hashable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lakewright.errors import ConfigError
from lakewright.settings.editor import editor_layer
from lakewright.settings.layers import (
    Layer,
    Value,
    WrongValueError,
    checked,
    find_leaf,
    merge,
    place_of,
    walk,
)
from lakewright.settings.models_block import Describe, read_block
from lakewright.settings.origins import Loaded, Origin, Source
from lakewright.settings.project import PROJECT_FILE, project_layer
from lakewright.settings.references import resolve
from lakewright.settings.tree import Roles
from lakewright.settings.yaml_file import read_yaml

PREFIX = "LAKEWRIGHT_"
_NOT_SETTINGS = frozenset(("LAKEWRIGHT_CONFIG", "LAKEWRIGHT_STATE_DIR"))


def load_settings(
    flags: Mapping[str, object],
    *,
    root: Path | None,
    environ: Mapping[str, str] = os.environ,
    editor: Sequence[Mapping[str, Any]] = (),
) -> Loaded:
    """Read everything.

    `flags` are settings by name or dotted path (None: not given); `root` is the workspace root whose
    `.lakewright.yaml` counts; `editor` are the trees that an editor gave, the weakest first. Raises
    ConfigError for what is wrong in the user's own sources; in the project's file and in the editor's
    settings a wrong key is left out with a warning.
    """
    warnings: list[str] = []
    notes: list[str] = []
    user = _user_layer(environ, warnings, notes)
    variables = _variable_layer(environ, warnings, notes)
    edited = editor_layer(editor, warnings, notes)
    outer = [variables, edited, _flag_layer(flags)]
    own, _ = merge([user, *outer])
    below, _ = merge([user])
    project: Layer = {}
    if root is not None:
        names_known = below.model_copy(update={"models": own.models})
        project, refused = project_layer(root, names_known)
        warnings += refused
    settings, origins = merge([user, project, *outer])
    return Loaded(
        settings=settings,
        origins=origins,
        warnings=tuple(warnings),
        notes=tuple(notes),
        environ=dict(environ),
        own_roles={role: getattr(own.roles, role) for role in Roles.model_fields},
        root=root,
    )


def user_file(environ: Mapping[str, str]) -> Path | None:
    """The user's file, None when there is none. A LAKEWRIGHT_CONFIG that doesn't exist is an error."""
    path = _user_path(environ)
    if path.is_file():
        return path
    if environ.get("LAKEWRIGHT_CONFIG"):
        raise ConfigError(
            f"LAKEWRIGHT_CONFIG names {path}, which is no file.",
            hint="Create it, or unset LAKEWRIGHT_CONFIG.",
        )
    return None


def stamp_of(root: Path | None, environ: Mapping[str, str]) -> Hashable:
    """Equal as long as the files that `load_settings` would read haven't changed."""
    paths = [_user_path(environ), *([root / PROJECT_FILE] if root is not None else [])]
    return tuple(_stamp(path) for path in paths)


def _user_path(environ: Mapping[str, str]) -> Path:
    named = environ.get("LAKEWRIGHT_CONFIG")
    if named:
        return Path(named).expanduser()
    import platformdirs  # noqa: PLC0415 - not needed where the variable names the file

    return platformdirs.user_config_path("lakewright", appauthor=False) / "config.yaml"


def _stamp(path: Path) -> Hashable:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _user_layer(environ: Mapping[str, str], warnings: list[str], notes: list[str]) -> Layer:
    path = user_file(environ)
    if path is None:
        return {}
    file = read_yaml(path)
    layer: Layer = {}
    for written, leaf, raw in walk(resolve(file, environ)):
        if leaf is None:
            warnings.append(f"{place_of(file.place, written)} is not a setting; it was left out.")
        elif raw is not None:
            place = place_of(file.place, written)
            value = _value(leaf, raw, place, file.place, notes)
            layer[leaf] = Value(value, Origin(Source.USER_FILE, file.place(written)))
    return layer


def _variable_layer(environ: Mapping[str, str], warnings: list[str], notes: list[str]) -> Layer:
    layer: Layer = {}
    for name in sorted(environ):
        text = environ[name].strip()
        if not name.startswith(PREFIX) or name in _NOT_SETTINGS or not text:
            continue
        leaf = find_leaf(tuple(name.removeprefix(PREFIX).split("__")))
        if leaf is None:
            warnings.append(f"{name} is not a setting; it was left out.")
            continue
        raw = _structured(name, text) if leaf in (("models",), ("ignore",)) else text
        layer[leaf] = Value(_value(leaf, raw, name, _always(name), notes), Origin(Source.VARIABLE, name))
    return layer


def _flag_layer(flags: Mapping[str, object]) -> Layer:
    layer: Layer = {}
    for name, raw in flags.items():
        if raw is None:
            continue
        leaf = find_leaf(tuple(name.split(".")))
        if leaf is None:
            raise KeyError(name)
        flag = "--" + re.sub(r"([A-Z])", r"-\1", leaf[-1]).lower()
        layer[leaf] = Value(_value(leaf, raw, flag, _always(flag), []), Origin(Source.FLAG, flag))
    return layer


def _value(leaf: tuple[str, ...], raw: Any, place: str, describe: Describe, notes: list[str]) -> Any:
    if leaf == ("models",):
        block = read_block(raw, describe)
        notes += block.notes(describe(leaf))
        raw = block.entries
    try:
        return checked(leaf, raw)
    except WrongValueError as error:
        raise ConfigError(f"{place} {error}.", hint="Correct it, or remove it.") from None


def _always(place: str) -> Describe:
    return lambda _path: place


def _structured(name: str, text: str) -> Any:
    """A list in a variable: YAML, of which JSON is a part; anything else is one item."""
    if not text.startswith(("[", "-")):
        return text
    import yaml  # noqa: PLC0415 - only for the few variables that hold lists

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise ConfigError(
            f"{name} is not a list in YAML or JSON.", hint="For example: [build/, dist/]."
        ) from None
