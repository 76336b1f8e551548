"""The sentences that end a run which changes or completes: what would change, what was written."""

import shlex
from collections.abc import Iterator
from pathlib import Path

from lakewright.cli.diff_rows import size_of
from lakewright.cli.sanitize import visible_line
from lakewright.tasks.outcome import EditShown, Outcome
from lakewright.workspace.roots import find_root


def closing_words(outcome: Outcome, root: Path, *, checks: bool) -> list[str]:
    """For a person, each one line; none for a run that failed. `checks`: nobody thinks of writing."""
    if outcome.error is not None:
        return []
    if outcome.completion is not None:
        return [] if outcome.completion else ["No completion."]
    if outcome.command != "refactor":
        return []
    return list(_about_changes(outcome, root, checks=checks))


def _about_changes(outcome: Outcome, root: Path, *, checks: bool) -> Iterator[str]:
    count = len(outcome.edits)
    files = "1 file" if count == 1 else f"{count} files"
    named = ", ".join(map(_named, outcome.edits))
    if not outcome.edits:
        yield "Nothing to change; no file was touched."
    elif outcome.applied:
        yield f"Wrote {files}: {named}."
        if outcome.snapshot is not None:
            yield f"`{undo_command(root)}` takes it back (snapshot {outcome.snapshot})."
    elif checks:
        yield f"{files} would change: {named}."
    else:
        yield f"{files} would change: {named}. Nothing is written without --write."


def undo_command(root: Path) -> str:
    """The command as it works from the current folder."""
    if find_root(Path.cwd() / "-").path == root:
        return "lakewright undo"
    return f"lakewright undo --root {shlex.quote(str(root))}"


def _named(edit: EditShown) -> str:
    size = size_of(edit.diff)
    words = ["new"] if size.new else []
    words += [f"+{size.added}"] if size.added else []
    words += [f"-{size.removed}"] if size.removed else []
    return visible_line(edit.path) + (f" ({' '.join(words)})" if words else "")
