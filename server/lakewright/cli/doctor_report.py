"""What doctor found, as values, and how they are shown: lines, one object, or an object a line."""

import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import click

from lakewright.cli.exits import EXIT_CODES, INTERNAL, show_error
from lakewright.cli.options import Format
from lakewright.cli.sanitize import visible
from lakewright.cli.terminal_choice import can_draw
from lakewright.errors import LakewrightError

_INDENT = " " * 29
_ERASE = "\r\x1b[2K"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check that didn't fail says. `detail` may hold several lines; `ok` None means that it
    could not be told, and `hint` that something could be better.
    """

    detail: str
    hint: str | None = None
    ok: bool | None = True


@dataclass(frozen=True, slots=True)
class Check:
    """One hop. `ok` None: not run, or not to be told; `ms` None: not run."""

    name: str
    ok: bool | None
    ms: int | None
    detail: str
    hint: str | None = None

    def to_json(self) -> dict[str, object]:
        """An entry of `checks`."""
        return {"name": self.name, "ok": self.ok, "ms": self.ms, "detail": self.detail, "hint": self.hint}


def not_run(names: Sequence[str]) -> tuple[Check, ...]:
    """The checks behind the one that failed."""
    return tuple(Check(name, None, None, "skipped") for name in names)


def show_starting(form: Format, name: str) -> None:
    """On a terminal, say what is being waited for; the check's own line replaces it."""
    if form == "text" and _is_terminal():
        sys.stdout.write(f"…     {name}")
        sys.stdout.flush()


def show_check(form: Format, check: Check) -> None:
    """Show a check as it ends."""
    if form == "ndjson":
        click.echo(json.dumps({"event": "check", **check.to_json()}, ensure_ascii=False))
    elif form == "text":
        erase = _ERASE if _is_terminal() else ""
        sys.stdout.write(erase + "\n".join(_lines(check)) + "\n")
        sys.stdout.flush()


def finish(form: Format, checks: Sequence[Check], error: LakewrightError | None, *, verbose: int) -> int:
    """Show how it ended; the exit code for it."""
    if form == "text":
        _finish_text(checks, error, verbose)
    else:
        answer: dict[str, object] = {"checks": [check.to_json() for check in checks]}
        if error is not None:
            answer["error"] = error.to_json()
        if form == "ndjson":
            click.echo(json.dumps({"event": "result", **answer}, ensure_ascii=False))
        else:
            click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0 if error is None else EXIT_CODES.get(error.kind, INTERNAL)


def _finish_text(checks: Sequence[Check], error: LakewrightError | None, verbose: int) -> None:
    if _is_terminal():
        sys.stdout.write(_ERASE)
    skipped = [check.name for check in checks if check.ms is None]
    if skipped:
        click.echo(f"-     not run: {', '.join(skipped)}")
    if error is not None:
        sys.stdout.flush()
        show_error(error, verbose=verbose)
    elif len(checks) > 1:
        click.echo(f"ok    all {len(checks)} checks")


def _lines(check: Check) -> Iterator[str]:
    check = replace(check, detail=visible(check.detail))
    first, *more = check.detail.split("\n")
    yield f"{_mark(check.ok)} {check.name:<12}{check.ms or 0:>6} ms  {first}"
    yield from (_INDENT + line for line in more)
    if check.ok is not False and check.hint:
        yield f"{_INDENT}hint: {visible(check.hint)}"


_MARKS: dict[bool | None, tuple[str, str]] = {
    True: ("ok", "green"),
    False: ("FAIL", "red"),
    None: ("?", "yellow"),
}


def _mark(ok: bool | None) -> str:
    word, color = _MARKS[ok]
    padded = f"{word:<5}"
    return click.style(padded, fg=color) if _is_terminal() else padded


def _is_terminal() -> bool:
    return can_draw(sys.stdout, sys.stdout, os.environ)


Show = Callable[[Check], None]
