"""`lakewright doctor`: walk every hop, and at the first that fails say what to do."""

# ruff: noqa: PLC0415 - `--help` pays for none of it
from pathlib import Path
from typing import Any

import click

from lakewright.cli.options import CONNECTION_OPTIONS, ConnectionOptions, check_faults, with_options


@click.command(
    epilog="""\b
Examples:
  lakewright doctor
  lakewright doctor -v                        every setting with its origin
  lakewright doctor --profile PROD --model databricks-claude-sonnet-4-5
  lakewright doctor --file secrets/prod.env   why a file is not read
  lakewright doctor --format json | jq '.checks[] | select(.ok == false)'
  lakewright doctor --sandbox --fault html-502
""",
)
@click.option(
    "--file",
    "file",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="Only say whether this file may be read, and if not, why; needs no network.",
)
@click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="The workspace root; default: the nearest parent with .git, else the file's folder.",
)
@with_options(*CONNECTION_OPTIONS)
def doctor(*, file: Path | None, root: Path | None, **typed: Any) -> int:
    """Walk every hop, from the settings to an answer with thinking and tools.

    Each check has a time; the walk ends at the first that fails and says what to do. It asks the
    model five small questions and sends nothing of your files.
    """
    options = ConnectionOptions(**typed)
    check_faults(options.faults, sandbox=bool(options.sandbox))
    if file is not None:
        return _file(file, root, options)
    return _walk(root, options)


def _file(file: Path, root: Path | None, options: ConnectionOptions) -> int:
    from lakewright.cli.doctor_file import check_file
    from lakewright.cli.doctor_report import finish, show_check

    check, error = check_file(file, root, options)
    show_check(options.form, check)
    return finish(options.form, [check], error, verbose=options.verbose)


def _walk(override: Path | None, options: ConnectionOptions) -> int:
    from lakewright.cli.doctor_report import Check, finish, not_run, show_check, show_starting
    from lakewright.cli.doctor_visit import Visit
    from lakewright.cli.doctor_walk import STEPS, walk
    from lakewright.cli.running import run_until_ended
    from lakewright.errors import CancelledRunError, LakewrightError

    checks: list[Check] = []

    def show(check: Check) -> None:
        checks.append(check)
        show_check(options.form, check)

    def starting(name: str) -> None:
        show_starting(options.form, name)

    error: LakewrightError | None
    visit = Visit(options, override)
    try:
        error = run_until_ended(walk(visit, STEPS, starting=starting, show=show))
    except CancelledRunError as interrupted:
        error = interrupted
    checks += not_run([step.name for step in STEPS[len(checks) :]])
    return finish(options.form, checks, error, verbose=options.verbose)
