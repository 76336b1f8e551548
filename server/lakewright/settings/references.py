"""`${VAR}` in the user's files: a token needn't stand in them."""

import re
from collections.abc import Mapping
from typing import Any

from lakewright.errors import ConfigError
from lakewright.settings.yaml_file import YamlFile

# Continue writes `${{ secrets.NAME }}` for the same thing.
_REFERENCE = re.compile(r"\$\{(?:\{\s*secrets\.(\w+)\s*\}|([A-Za-z_]\w*))\}")


def resolve(file: YamlFile, environ: Mapping[str, str]) -> dict[str, Any]:
    """The file's values with each reference replaced.

    Raises ConfigError that names variable, file and line when a variable isn't set.
    """

    def text(value: str, path: tuple[str, ...]) -> str:
        def found(match: re.Match[str]) -> str:
            name = match[1] or match[2]
            if environ.get(name):
                return environ[name]
            raise ConfigError(
                f"{file.place(path)}: `{'.'.join(path)}` refers to {name}, which is not set.",
                hint=f"Set the environment variable {name}, or remove the line.",
            )

        return _REFERENCE.sub(found, value)

    def inside(value: Any, path: tuple[str, ...]) -> Any:
        if isinstance(value, str):
            return text(value, path)
        if isinstance(value, dict):
            return {str(key): inside(inner, (*path, str(key))) for key, inner in value.items()}
        if isinstance(value, list):
            return [inside(inner, (*path, str(number))) for number, inner in enumerate(value)]
        return value

    return {key: inside(value, (key,)) for key, value in file.values.items()}
