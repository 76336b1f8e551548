"""What a streamed chunk costs: Lakewright, the pure-Python limit, httpx and OpenAI's SDK on one stream.

The limit is raw asyncio and `json`, nothing else. `lakewright explain --format ndjson` is measured as a
process, its CPU less that of a ten-chunk stream by the same command (one before and one after); the others
measure themselves after two small streams. Ratios are of CPU time, medians of the ratios within each round.
With --pace the host sends that many chunks a second, every client prints its deltas, and lateness is from
the host's stamp to the line on standard output. A row that decoded something else is dropped, loudly.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from host import ENDPOINT
from measure import (
    HERE,
    STAMP,
    Host,
    Ran,
    digest,
    host,
    lakewright,
    median_ratio,
    print_table,
    rounds,
    run,
    version,
    workspace,
)

SMALL = 10
"""Chunks of the stream that stands for everything but chunks."""

LIMIT, SDK = "raw asyncio + json (the limit)", "OpenAI SDK"

CLIENTS = {LIMIT: "limit", "httpx aiter_lines + json": "httpx", SDK: "openai"}
"""Row -> client of `clients.py`; its name is also the distribution it needs."""

OURS = "lakewright explain"
N = "n: chunks x streams x rounds"


@dataclass(frozen=True)
class Sample:
    """One stream, or several at once: CPU microseconds per chunk, a hash of what was decoded, and how late
    each stamped chunk was, in milliseconds (none when the stream isn't paced).
    """

    micros: float
    hash: str
    late: list[float]


def main() -> None:
    options = _options()
    with ExitStack() as stack:
        small = stack.enter_context(host(SMALL))
        big = stack.enter_context(host(options.chunks, pace=options.pace))
        rows: dict[str, Callable[[], Sample]] = {}
        if options.streams == 1:
            file, env = stack.enter_context(workspace(small.address))
            _explain(file, env, small)  # compiles what was never imported before
            rows[OURS] = lambda: _ours(file, env, small, big, options)
        for row, client in CLIENTS.items():
            if client == "limit" or version(client):
                rows[row] = lambda client=client: _client(client, small, big, options)  # type: ignore[misc]
        samples = list(rounds({LIMIT: rows.pop(LIMIT), **rows}, options.rounds))
    _print(samples, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--chunks", type=int, default=None, help="default: 10,000; 200 with --pace")
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    parser.add_argument("--pace", type=float, help="chunks a second, such as 100; as fast as it goes without")
    parser.add_argument(
        "--streams", type=int, default=1, help="that many at once in each client (explain has one: left out)"
    )
    options = parser.parse_args()
    options.chunks = options.chunks or (200 if options.pace else 10_000)
    if min(options.chunks, options.rounds, options.streams) < 1:
        parser.error("chunks, rounds and streams are at least 1")
    return options


def _client(client: str, small: Host, big: Host, options: argparse.Namespace) -> Sample:
    argv = [sys.executable, str(HERE / "clients.py"), client, big.address, "--warm", small.address]
    argv += ["--streams", str(options.streams), *(["--print"] if options.pace else [])]
    ran = run(argv)
    figures = json.loads(ran.lines[-1][1])
    micros = figures["cpu"] * 1e6 / options.chunks / options.streams
    return Sample(micros, figures["hash"], _lateness(ran))


def _ours(file: Path, env: dict[str, str], small: Host, big: Host, options: argparse.Namespace) -> Sample:
    before = _explain(file, env, small)
    ran = _explain(file, env, big)
    after = _explain(file, env, small)
    chunks = options.chunks - SMALL or 1
    micros = (ran.cpu - (before.cpu + after.cpu) / 2) * 1e6 / chunks
    events = [json.loads(line) for _, line in ran.lines]
    reasoning, text = (
        "".join(event["text"] for event in events if event["event"] == kind) for kind in ("reasoning", "text")
    )
    return Sample(micros, digest(reasoning, text), _lateness(ran))


def _explain(file: Path, env: dict[str, str], at: Host) -> Ran:
    argv = lakewright("explain", str(file), "--model", ENDPOINT, "--format", "ndjson")
    return run(argv, {**env, "DATABRICKS_HOST": at.address}, file.parent)


def _lateness(ran: Ran) -> list[float]:
    """Only deltas count: the result at the end repeats every stamp."""
    deltas = [(when, line) for when, line in ran.lines if json.loads(line)["event"] in ("reasoning", "text")]
    return [(when - int(stamp)) / 1e6 for when, line in deltas for stamp in STAMP.findall(line)]


def _print(samples: list[dict[str, Sample]], options: argparse.Namespace) -> None:
    columns = ["what", "CPU to the limit", "CPU to OpenAI's SDK", "µs per chunk", N, "hash", "version"]
    if options.pace:
        columns.insert(4, "late p50 / p99 / max ms")
    versions = {OURS: version("lakewright"), LIMIT: "-"}
    versions |= {row: version(client) for row, client in CLIENTS.items() if row != LIMIT}
    order = [LIMIT, *([OURS] if options.streams == 1 else []), *(row for row in CLIENTS if row != LIMIT)]
    table = []
    for row in order:
        cells = _cells(row, samples, options)
        table.append([row, *cells, versions[row] or "-"])
    print_table(columns, table)


def _cells(row: str, samples: list[dict[str, Sample]], options: argparse.Namespace) -> list[str]:
    blank = ["-"] * (3 if options.pace else 2)
    if row not in samples[0]:
        return ["not installed", *blank, "-", "-"]
    expected = {sample[LIMIT].hash for sample in samples}
    hashes = {sample[row].hash for sample in samples}
    if hashes != expected or len(hashes) != 1:
        print(f"DROPPED: {row} decoded {hashes}, the limit {expected}", file=sys.stderr)
        return ["dropped: other work", *blank, "-", " ".join(sorted(hashes))]
    micros = [sample[row].micros for sample in samples]
    ratios = [
        f"{median_ratio(micros, [sample[base].micros for sample in samples]):.3g}"
        if base in samples[0]
        else "-"
        for base in (LIMIT, SDK)
    ]
    n = f"{options.chunks} x {options.streams} x {options.rounds}"
    return [*ratios, f"{statistics.median(micros):.1f}", *_late(row, samples, options), n, hashes.pop()]


def _late(row: str, samples: list[dict[str, Sample]], options: argparse.Namespace) -> list[str]:
    if not options.pace:
        return []
    late = sorted(value for sample in samples for value in sample[row].late)
    if not late:
        return ["-"]
    middle, high = late[len(late) // 2], late[min(len(late) - 1, len(late) * 99 // 100)]
    return [f"{middle:.2f} / {high:.2f} / {late[-1]:.2f} (n {len(late)})"]


if __name__ == "__main__":
    main()
