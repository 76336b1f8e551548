"""`lakewright undo`: take a written refactor back, and list what can be taken back."""

# ruff: noqa: PLC0415 - `--help` pays for none of it
from pathlib import Path

import click

from lakewright.cli.options import with_options

_OPTIONS = (
    click.option("--list", "listed", is_flag=True, help="Show this workspace's snapshots, newest first."),
    click.option(
        "--root",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        help="The workspace root; default: the nearest parent with .git, else this folder.",
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(("text", "json")),
        default="text",
        show_default=True,
        help="text for people; json: one object.",
    ),
)


@click.command(
    epilog="""\b
Examples:
  lakewright undo
  lakewright undo --list
  lakewright undo 20261121-101502-123456
  lakewright undo --format json | jq -r '.files[]'
""",
)
@click.argument("snapshot", required=False)
@with_options(*_OPTIONS)
def undo(*, snapshot: str | None, listed: bool, root: Path | None, form: str) -> int:
    """Put files back as they were before a written refactor.

    Without SNAPSHOT the newest that isn't undone yet; again goes further back. A file that changed
    since is merged; where that isn't clear, nothing is changed. An undone SNAPSHOT is applied again.
    """
    if listed and snapshot is not None:
        raise click.UsageError("--list takes no SNAPSHOT.")
    from lakewright.cli.undo_words import say, show_snapshots, show_undone
    from lakewright.settings.state import state_folder
    from lakewright.workspace.roots import find_root

    place = find_root(Path.cwd() / "-", root).path
    if listed:
        from lakewright.workspace.journal_recovery import cut_off
        from lakewright.workspace.snapshots import list_snapshots

        show_snapshots(list_snapshots(state_folder(), place), place, form)
        for sentence in cut_off(state_folder(), place):
            say(sentence)
        return 0
    from lakewright.cli.ending import stopped_by_signals
    from lakewright.workspace import undo as taking_back

    with stopped_by_signals() as stop:
        undone = taking_back.undo(place, snapshot, state=state_folder(), say=say, stop=stop)
    return show_undone(undone, place, form)
