"""What the VS Code extension costs beside a bare one of vscode-languageclient: bytes, activation, memory.

Both start `lakewright serve`, and are bundled and packaged alike. In the workbench of a real VS Code, in
windows by turns, each is activated in an extension host that has come to rest: the time until VS Code calls
it active, until its server serves, and what the host has grown by then, garbage collected. Ratios are medians
of the ratios within each round. It needs what `make test-editors` installs.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from extension_bare import Extension, NotBuiltError, bare, library, ours
from measure import median_ratio, print_table, version

if TYPE_CHECKING:
    from extension_window import Cost

BARE, OURS = "bare", "lakewright"
Row = list[str]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="in VS Code; 0: bytes alone; default: 9")
    options = parser.parse_args()
    if options.rounds < 0:
        parser.error("rounds are at least 0")
    try:
        table = _table(options.rounds)
    except NotBuiltError as error:
        sys.stdout.write(f"skipped: {error}\n")
    else:
        print_table(["what", "ratio", "figure", "n", "version"], table)


def _table(rounds: int) -> list[Row]:
    published = ours()
    with tempfile.TemporaryDirectory() as folder:
        extensions = {BARE: bare(Path(folder)), OURS: published}
        table = _sizes(extensions)
        if rounds:
            table += _costs(asyncio.run(_samples(extensions, rounds)))
    return table


def _sizes(extensions: Mapping[str, Extension]) -> list[Row]:
    figures = {
        "bundle": {name: one.bundle for name, one in extensions.items()},
        ".vsix without its wheel": {name: one.without_wheel for name, one in extensions.items()},
    }
    return [
        row
        for what, found in figures.items()
        for row in _rows(what, {name: [size] for name, size in found.items()}, "KB", 1000)
    ]


async def _samples(extensions: Mapping[str, Extension], rounds: int) -> "list[dict[str, Cost]]":
    """Bare and ours in turn, after a round that isn't counted: it fills the system's caches."""
    from extension_window import bench_of  # noqa: PLC0415 - `--help` and bytes need no browser

    async with bench_of(extensions) as bench:
        return [{name: await bench.sample(name) for name in extensions} for _ in range(rounds + 1)][1:]


def _costs(samples: "Sequence[Mapping[str, Cost]]") -> list[Row]:
    kinds = (
        ("activated", "activation", "ms", 1),
        ("busy", "activation (CPU)", "ms", 1),
        ("ready", "activation until its server serves", "ms", 1),
        ("heap", "memory in use then, in the extension host", "MB", 1e6),
        ("resident", "resident memory then, in the extension host", "MB", 1e6),
    )
    return [
        row
        for kind, what, unit, size in kinds
        for row in _rows(
            what, {name: [getattr(one[name], kind) for one in samples] for name in (BARE, OURS)}, unit, size
        )
    ]


def _rows(what: str, found: Mapping[str, Sequence[float]], unit: str, size: float) -> list[Row]:
    versions = {BARE: library(), OURS: version("lakewright") or "-"}
    return [
        [
            f"{what}: {name}",
            f"{median_ratio(figures, found[BARE]):.2f} x bare",
            f"{statistics.median(figures) / size:.1f} {unit}",
            str(len(figures)),
            versions[name],
        ]
        for name, figures in found.items()
    ]


if __name__ == "__main__":
    main()
