"""What `lakewright undo` says: what was taken back, what stands against it, what there is to take back."""

import json
from collections.abc import Sequence
from pathlib import Path

import click

from lakewright.cli.exits import EXIT_CODES, show_error
from lakewright.cli.sanitize import visible, visible_line
from lakewright.errors import EditError
from lakewright.workspace.snapshots import Snapshot
from lakewright.workspace.undo import Undone

_WIDEST_INSTRUCTION = 50
_FILES_NAMED = 3
_REFUSED_HINT = "Put right what is named above and undo again, or take the files from version control."


def say(sentence: str) -> None:
    """What was put right before the undo began: on standard error, in every format."""
    click.echo(f"note: {visible_line(sentence)}", err=True)


def show_undone(undone: Undone, root: Path, form: str) -> int:
    """Say how it ended; the exit code for it."""
    if undone.state == "refused":
        return _show_refused(undone, form)
    if form == "json":
        _print_json(undone.to_json())
        return 0
    text = undone.message
    if undone.state == "nothing" and undone.snapshot is None:
        text = f"There is nothing to undo in {root}."
    click.echo("\n".join([visible_line(text), *(f"  {visible_line(path)}" for path in undone.files)]))
    return 0


def show_snapshots(snapshots: Sequence[Snapshot], root: Path, form: str) -> None:
    """The list, newest first."""
    if form == "json":
        _print_json({"snapshots": [one.to_json() for one in snapshots]})
        return
    if not snapshots:
        click.echo(f"There are no snapshots of {visible_line(str(root))}.")
        return
    rows = [("SNAPSHOT", "TIME", "STATE", "INSTRUCTION", "FILES"), *map(_row, snapshots)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        click.echo("  ".join(map(str.ljust, row, widths)).rstrip())


def _show_refused(undone: Undone, form: str) -> int:
    first, _, conflicts = undone.message.partition("\n")
    error = EditError(first, hint=_REFUSED_HINT)
    if form == "json":
        _print_json({**undone.to_json(), "error": error.to_json()})
    else:
        if conflicts:
            click.echo(visible(conflicts), err=True)
        show_error(error)
    return EXIT_CODES[error.kind]


def _row(snapshot: Snapshot) -> tuple[str, ...]:
    asked = " ".join(snapshot.instruction.split())
    if len(asked) > _WIDEST_INSTRUCTION:
        asked = asked[: _WIDEST_INSTRUCTION - 1] + "…"
    names = [change.path for change in snapshot.files]
    more = len(names) - _FILES_NAMED
    files = ", ".join(names[:_FILES_NAMED]) + (f" and {more} more" if more > 0 else "")
    when = snapshot.time.astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return tuple(map(visible_line, (snapshot.id, when, str(snapshot.state), asked, files)))


def _print_json(value: object) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
