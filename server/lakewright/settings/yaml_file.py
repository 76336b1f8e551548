"""A YAML file as plain values that remember their lines, so that every complaint can name one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lakewright.errors import ConfigError

_SIZE_LIMIT = 256 * 1024  # bytes; a settings file is a page
_NODE_LIMIT = 5000  # aliases can multiply a small file without end


@dataclass(frozen=True, slots=True)
class YamlFile:
    """`values` is the top mapping; `lines` has the 1-based line of each key by its path."""

    path: Path
    values: dict[str, Any]
    lines: dict[tuple[str, ...], int]

    def place(self, path: tuple[str, ...]) -> str:
        """`file:line` of a key, or of the nearest one above it that is there."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.path}:{self.lines[path]}" if path else str(self.path)


def read_yaml(path: Path) -> YamlFile:
    """Read and parse. Raises ConfigError that names the file and, where there is one, the line and key."""
    import yaml  # noqa: PLC0415 - only where there is a file to read

    text = _text(path)
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        lines = _lines(node, path)  # before `<<` is merged: merges of merges multiply without end
        values = loader.construct_document(node) if node is not None else {}
    except (yaml.YAMLError, ValueError, TypeError) as error:
        raise _broken(path, text, error) from None
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply.", hint="Settings are two levels deep.") from None
    if not isinstance(values, dict):
        raise ConfigError(
            f"{path}:1: settings must be `key: value` lines, and this is something else.",
            hint="For example: `profile: DEFAULT`.",
        )
    return YamlFile(path, {str(key): value for key, value in values.items()}, lines)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_SIZE_LIMIT + 1)
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}.", hint="Make it readable for you, or remove it."
        ) from None
    if len(data) > _SIZE_LIMIT:
        raise ConfigError(f"{path} is larger than 256 KB.", hint="That is no settings file.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text.", hint="Save the file as UTF-8.") from None


def _broken(path: Path, text: str, error: Exception) -> ConfigError:
    """One sentence from the parser's error; its own text quotes the file, which may hold a token."""
    position = getattr(error, "position", None)
    if position is not None:
        line = text.count("\n", 0, position) + 1
        return ConfigError(f"{path}:{line}: a control character.", hint="Remove it.")
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "a value can't be read"
    if mark is None:
        return ConfigError(f"{path} is not valid YAML.", hint="Mend it, or remove the line.")
    line = min(mark.line, max(0, text.count("\n")))
    key = _key_near(text, line)
    at_key = f" near `{key}`" if key else ""
    return ConfigError(
        f"{path}:{line + 1}:{at_key} not valid YAML: {_one_line(problem)}.",
        hint="Check the quotes, brackets and indentation on this line and the one above.",
    )


def _one_line(problem: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in problem).split())


def _key_near(text: str, line: int) -> str | None:
    lines = text.splitlines()
    for number in range(min(line, len(lines) - 1), -1, -1):
        key, colon, _ = lines[number].strip().removeprefix("- ").partition(":")
        if colon and key.replace("_", "").replace("-", "").isalnum():
            return key
    return None


def _lines(node: Any, path: Path) -> dict[tuple[str, ...], int]:
    """The line of each key. Raises ConfigError where there are too many, aliases counted each time."""
    import yaml  # noqa: PLC0415 - loaded already by the caller

    lines: dict[tuple[str, ...], int] = {}
    waiting: list[tuple[tuple[str, ...], Any]] = [((), node)]
    for _ in range(_NODE_LIMIT):
        if not waiting:
            return lines
        above, current = waiting.pop()
        if isinstance(current, yaml.MappingNode):
            for key, value in current.value:
                inner = (*above, str(key.value))
                lines[inner] = key.start_mark.line + 1
                waiting.append((inner, value))
        elif isinstance(current, yaml.SequenceNode):
            for number, value in enumerate(current.value):
                inner = (*above, str(number))
                lines[inner] = value.start_mark.line + 1
                waiting.append((inner, value))
    raise ConfigError(f"{path} holds more than {_NODE_LIMIT} values.", hint="That is no settings file.")
