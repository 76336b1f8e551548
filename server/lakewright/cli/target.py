"""TARGET as it is typed: `PATH`, `PATH:12`, `PATH:12-40`, `PATH:12:5`, or `-` for standard input."""

import difflib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from lakewright.errors import InputError

MAX_STDIN_BYTES = 1_000_000
_RANGE = re.compile(r"([0-9]{1,15})(?:-([0-9]{1,15}))?")
_POSITION = re.compile(r"(.+):([0-9]{1,15}):([0-9]{1,15})", re.DOTALL)
_POSITION_HINT = "Write PATH:LINE:COLUMN, both from 1, such as src/orders.py:12:5."


@dataclass(frozen=True, slots=True)
class TypedTarget:
    """A file that exists, or the name that standard input goes by (`is_stdin`), and lines of it; or the
    cursor's place at `column` of `start_line`.
    """

    path: Path
    start_line: int | None = None
    end_line: int | None = None
    is_stdin: bool = False
    column: int | None = None


def parse_target(text: str, *, stdin_path: str | None) -> TypedTarget:
    """Read a TARGET. Raises InputError that names the text.

    An existing file wins over a reading as a range: `d:3` is that file where there is one.
    """
    if not text:
        raise InputError("The target is empty.", hint="Name a file, or - for standard input.")
    if text == "-":
        if not stdin_path:
            raise _nameless("src/orders.py")
        return TypedTarget(Path(stdin_path), is_stdin=True)
    if text.startswith("-:"):
        raise InputError("Standard input takes no range of lines.", hint="Pipe only the lines you mean.")
    _refuse_stdin_name(stdin_path)
    if Path(text).exists():
        return TypedTarget(_file(text))
    at = text.rfind(":")
    while at > 0:
        if Path(text[:at]).exists():
            return _with_range(text[:at], text[at + 1 :])
        at = text.rfind(":", 0, at)
    raise _missing(text)


def parse_position(text: str, *, stdin_path: str | None) -> TypedTarget:
    """Read the PATH:LINE:COLUMN of a completion; for `-` it stands in `stdin_path`. Raises InputError
    that names the text.

    The last two numbers are the position, whatever the path holds before them.
    """
    if text != "-":
        _refuse_stdin_name(stdin_path)
        path, line, column = _position(text)
        if not Path(path).exists():
            raise _missing(path)
        return TypedTarget(_file(path), line, column=column)
    if not stdin_path:
        raise _nameless("src/orders.py:12:5")
    path, line, column = _position(stdin_path)
    return TypedTarget(Path(path), line, is_stdin=True, column=column)


def read_stdin(target: TypedTarget) -> str:
    """All of standard input as text, decoded by the rules that files are. It may only be empty where a
    cursor stands in it.
    """
    from lakewright.workspace.decode import decode  # noqa: PLC0415 - only for `-`

    if sys.stdin.isatty():
        print("Reading standard input; end it with Ctrl-D.", file=sys.stderr)  # noqa: T201
    data = sys.stdin.buffer.read(MAX_STDIN_BYTES + 1)
    if len(data) > MAX_STDIN_BYTES:
        raise InputError(
            f"Standard input is larger than {MAX_STDIN_BYTES // 1_000_000} MB.",
            hint="Pipe only the lines you mean.",
        )
    if not data.strip() and target.column is None:
        raise InputError("Standard input is empty.", hint="Pipe some code into it.")
    return decode(data, str(target.path)).text


def _nameless(example: str) -> InputError:
    return InputError(
        "Standard input needs a name to be treated as.", hint=f"Add it: - --stdin-path {example}"
    )


def _refuse_stdin_name(stdin_path: str | None) -> None:
    if stdin_path is not None:
        raise InputError(
            "--stdin-path goes with the target `-`.", hint="Give `-` as the target, or leave it out."
        )


def _position(text: str) -> tuple[str, int, int]:
    """Path, line and column."""
    found = _POSITION.fullmatch(text)
    if found is None:
        raise InputError(f'"{text}" doesn\'t say where the cursor stands.', hint=_POSITION_HINT)
    line, column = int(found[2]), int(found[3])
    if line < 1 or column < 1:
        raise InputError(f'"{text}": lines and columns count from 1.', hint=_POSITION_HINT)
    return found[1], line, column


def _with_range(path: str, lines: str) -> TypedTarget:
    found = _RANGE.fullmatch(lines)
    if found is None:
        raise InputError(
            f'"{lines}" is not a line or a range of lines of {path}.',
            hint=f"Write {path}:12 or {path}:12-40.",
        )
    start = int(found[1])
    end = int(found[2] or found[1])
    if start < 1:
        raise InputError(f'"{lines}" begins before the first line.', hint=f"Lines count from 1: {path}:1.")
    if end < start:
        raise InputError(
            f'"{lines}" ends before it begins.', hint=f"Write the smaller line first: {path}:{end}-{start}."
        )
    return TypedTarget(_file(path), start, end)


def _file(text: str) -> Path:
    path = Path(text)
    if path.is_dir():
        raise InputError(f"{text} is a folder.", hint="Name one file of it.")
    return path


def _missing(text: str) -> InputError:
    name = text[: -len(found[0]) - 1] if (found := re.search(r"(?<=:)[0-9]+(-[0-9]+)?$", text)) else text
    folder = Path(name).parent
    try:
        siblings = os.listdir(folder)  # noqa: PTH208 - names are all that is needed
    except OSError:
        siblings = []
    near = difflib.get_close_matches(Path(name).name, siblings, n=3)
    hint = "Did you mean " + ", ".join(str(folder / one) for one in near) + "?" if near else "Check the path."
    return InputError(f"There is no file {name}.", hint=hint)
