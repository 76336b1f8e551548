"""A file that parsed before an edit must parse after it; one that didn't must not get worse.

SQL isn't checked: what its grammar calls an error is often another system's dialect. A large file takes
100 ms and more, so callers keep this off the event loop.
"""

import ast
import json
import posixpath
import re
import tomllib
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from lakewright.edits.values import Kind, Refused
from lakewright.workspace.languages import language_of
from lakewright.workspace.syntax import broken_lines


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where parsing failed: line from 1, and the parser's words."""

    line: int
    words: str


def check(path: str, before: str | None, after: str) -> Refused | None:
    """A refusal with the parse error and its line, or None; `before` is None for a new file.

    A new file must parse where the parser is sure; by its grammar alone it isn't judged.
    """
    extension = posixpath.splitext(path)[1].lower()
    parse = _PARSERS.get(extension)
    if parse is None:
        return None if before is None else _by_grammar(path, before, after)
    new = parse(after)
    if new is None:
        return None
    old = None if before is None else parse(before)
    if before is None or old is None:
        newer = before is None and extension in _NEWER and not _broken(path, after)
        return None if newer else _refused(new, after, existed=before is not None)
    if extension in _NEWER:  # the grammar may know a newer Python, and it counts the errors
        return _by_grammar(path, before, after)
    return _refused(new, after, existed=True) if _worse(before, old, after, new) else None


def _by_grammar(path: str, before: str, after: str) -> Refused | None:
    now = _broken(path, after)
    then = _broken(path, before) if now else []
    if len(now) <= len(then):
        return None
    known = {_row(before, line) for line in then}
    line = next((line for line in now if _row(after, line) not in known), now[0])
    return _refused(_Fault(line, "the grammar of the language has no such text"), after, existed=True)


def _broken(path: str, text: str) -> list[int]:
    language = language_of(path)
    return [] if language is None or language.name == "sql" else broken_lines(text, language)


def _refused(fault: _Fault, after: str, *, existed: bool) -> Refused:
    told = "With this edit the file no longer parses" if existed else "The new file doesn't parse"
    rows = after.split("\n")
    first = max(0, fault.line - 3)
    shown = "\n".join(
        f"{i + 1:>6} | {rows[i].rstrip()[:160]}" for i in range(first, min(fault.line + 1, len(rows)))
    )
    return Refused(f"{told}: line {fault.line}: {fault.words[:300]}.\n{shown}", Kind.SYNTAX)


def _worse(before: str, old: _Fault, after: str, new: _Fault) -> bool:
    """Whether parsing now fails earlier than at the old place, seen from the end that the edit left alone."""
    rows, now = before.split("\n"), after.split("\n")
    head = next(
        (i for i, (a, b) in enumerate(zip(rows, now, strict=False)) if a != b), min(len(rows), len(now))
    )
    if old.line <= head:
        return new.line < old.line
    return len(now) - new.line > len(rows) - old.line


def _row(text: str, line: int) -> str:
    rows = text.split("\n", line)
    return rows[line - 1] if line <= len(rows) else ""


def _python(text: str) -> _Fault | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except SyntaxError as error:
        return _Fault(error.lineno or 1, error.msg or "invalid syntax")
    except (ValueError, RecursionError, MemoryError) as error:
        return _Fault(1, str(error) or "too deeply nested")
    return None


def _json(text: str) -> _Fault | None:
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        return _Fault(error.lineno, error.msg)
    except (ValueError, RecursionError) as error:
        return _Fault(1, str(error))
    return None


def _toml(text: str) -> _Fault | None:
    try:
        tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        match = re.search(r"at line (\d+)", str(error))
        line = int(match[1]) if match else text.count("\n") + 1
        return _Fault(line, str(error))
    return None


def _yaml(text: str) -> _Fault | None:
    import yaml  # noqa: PLC0415 - 20 ms that only edits of YAML pay

    try:
        for _ in yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            pass
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return _Fault(line, f"{error.problem or error.context or 'invalid YAML'}")
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        return _Fault(1, str(error).partition("\n")[0])
    return None


_PARSERS: dict[str, Callable[[str], _Fault | None]] = {
    ".py": _python,
    ".pyi": _python,
    ".pyw": _python,
    ".json": _json,
    ".ipynb": _json,
    ".toml": _toml,
    ".yaml": _yaml,
    ".yml": _yaml,
}
_NEWER = frozenset({".py", ".pyi", ".pyw"})
"""Written for Pythons that may be newer than the one that runs."""
