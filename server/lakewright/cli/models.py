"""`lakewright models`: what the host serves, what each endpoint can do, and which one each command takes."""

# ruff: noqa: PLC0415 - `--help` pays for none of it
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from lakewright.cli.options import CONNECTION_OPTIONS, ConnectionOptions, check_faults, with_options

if TYPE_CHECKING:
    from lakewright.wire.rows import ModelRow
    from lakewright.wiring import Models

_PATIENCE = 1.0  # seconds of silence before a terminal is told what it waits for


@click.command(
    epilog="""\b
Examples:
  lakewright models
  lakewright models --all --profile PROD
  lakewright models --sandbox
  lakewright models --format json | jq -r '.models[] | select(.roles != []) | .endpoint'
""",
)
@click.option("--all", "everything", is_flag=True, help="Also other tasks, and what isn't ready.")
@with_options(*CONNECTION_OPTIONS)
def models(*, everything: bool, **typed: Any) -> int:
    """Show the endpoints this host serves, best first, and what each can do.

    The roles say which endpoint each command uses; below the table stands why.
    """
    from lakewright.cli.running import run_until_ended

    options = ConnectionOptions(**typed)
    check_faults(options.faults, sandbox=bool(options.sandbox))
    found, warnings = run_until_ended(_asked(options))
    for warning in warnings:
        click.echo(f"warning: {_line(warning)}", err=True)
    rows = found.rows(everything=everything)
    if options.form == "text":
        click.echo(_text(found, rows, everything=everything))
        return 0
    answer: dict[str, object] = {"models": [row.to_json() for row in rows]}
    if options.form == "ndjson":
        click.echo(json.dumps({"event": "result", **answer}, ensure_ascii=False))
    else:
        click.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    return 0


async def _asked(options: ConnectionOptions) -> "tuple[Models, Sequence[str]]":
    import asyncio

    from lakewright.settings.load import load_settings
    from lakewright.wiring import SandboxOptions, list_models
    from lakewright.workspace.roots import find_root

    loaded = load_settings(options.flags(), root=find_root(Path.cwd() / "-").path)
    waiting = asyncio.create_task(_say_what_it_waits_for(options))
    try:
        found = await list_models(loaded, sandbox=SandboxOptions(options.faults))
    finally:
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
    return found, loaded.warnings


async def _say_what_it_waits_for(options: ConnectionOptions) -> None:
    import asyncio

    await asyncio.sleep(_PATIENCE)
    if options.form == "text" and sys.stderr.isatty():
        click.echo("Waiting for the host's list of endpoints…", err=True)


_COLUMNS: tuple[tuple[str, Callable[["ModelRow"], str]], ...] = (
    ("ENDPOINT", lambda row: row.endpoint),
    ("TASK", lambda row: row.task or "?"),
    ("READY", lambda row: _yes_or_no(row.ready)),
    ("THINKING", lambda row: row.thinking or "?"),
    ("TOOLS", lambda row: _yes_or_no(row.tools)),
    ("CONTEXT", lambda row: _size(row.context_window)),
    ("ROLES", lambda row: ", ".join(row.roles)),
)


def _text(found: "Models", rows: "Sequence[ModelRow]", *, everything: bool) -> str:
    columns = [column for column in _COLUMNS if everything or column[0] != "TASK"]
    table = [[name for name, _ in columns], *([show(row) for _, show in columns] for row in rows)]
    on_other_host = {role for role, shown in found.roles.items() if shown.host != found.host}
    why = [
        [role, shown.endpoint or "none", shown.why + (f", on {shown.host}" if role in on_other_host else "")]
        for role, shown in found.roles.items()
    ]
    parts = [f"{_line(found.host)} ({_line(found.origin)})", *_aligned(table)]
    hidden = len({endpoint.name for endpoint in found.endpoints} - {row.endpoint for row in rows})
    if hidden:
        parts.append(f"({hidden} more with --all: other tasks, or not ready)")
    return "\n".join([parts[0], "", *parts[1:], "", *_aligned(why)])


def _aligned(table: Iterable[Sequence[str]]) -> list[str]:
    rows = [[_line(cell) for cell in row] for row in table]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]


def _line(text: str) -> str:
    """A host's own words on one line, without what steers a terminal."""
    from lakewright.cli.sanitize import visible_line

    return visible_line(text)


def _yes_or_no(value: bool | None) -> str:
    return {True: "yes", False: "no", None: "?"}[value]


def _size(tokens: int | None) -> str:
    if tokens is None:
        return "?"
    return f"{tokens / 1e6:g}M" if tokens >= 1_000_000 else f"{tokens / 1e3:g}k"
