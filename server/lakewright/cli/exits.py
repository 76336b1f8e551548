"""Exit codes by kind of error, and the one way in which an error is shown."""

import sys
import traceback
from collections.abc import Mapping
from contextlib import suppress

from lakewright.errors import InputError, LakewrightError

CHANGE_FOUND = 1
"""`--check`, where there would be a change."""
USAGE = 2
INTERNAL = 70

EXIT_CODES: Mapping[str, int] = {
    "input": 2,
    "config": 3,
    "auth": 3,
    "rate_limit": 4,
    "endpoint": 4,
    "network": 4,
    "model": 4,
    "edit": 5,
    "internal": INTERNAL,
    "cancelled": 130,
}


def show_error(error: LakewrightError, *, verbose: int = 0) -> None:
    """One line and a hint on standard error; the traceback only with `-v`."""
    from lakewright.cli.sanitize import visible_line  # noqa: PLC0415 - only where there is an error

    traced = verbose and error.__traceback__ is not None and error.kind != "cancelled"
    lines = traceback.format_exception(error) if traced else []
    lines.append(f"error: {visible_line(error.message)}\n")
    if error.hint:
        lines.append(f"hint: {visible_line(error.hint)}\n")
    with suppress(OSError):  # nobody listens; the exit code says it, too
        sys.stderr.write("".join(lines))
        sys.stderr.flush()


def internal_error(error: BaseException, *, verbose: int = 0) -> LakewrightError:
    """A defect of ours as an error: its kind is internal; what it holds is shown with `-v` only."""
    shown = LakewrightError(
        f"Lakewright failed inside ({type(error).__name__}).",
        hint="Run it again with -v and report what it prints." if not verbose else "Please report this.",
    )
    shown.__traceback__ = error.__traceback__
    shown.__cause__ = error
    return shown


def unwritable(error: OSError) -> InputError:
    """Standard output takes nothing: a full disk, a quota."""
    return InputError(
        f"Standard output can't be written: {error.strerror}.",
        hint="Write it to a place that has room for it.",
    )
