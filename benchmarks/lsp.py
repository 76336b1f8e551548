"""What the language server costs beside bare pygls: its start and memory; what users wait for; how long its
event loop is held up; what a thousand runs leave behind.

Start and memory are measured with the peer in turn, ratios within each round. Latencies are by the clock of
this machine, from the message that was sent to the one that came, or to the end of the socket at the host. A
miss of a completion asks a host that answers at once: all of it is added by us. Under load eight streams are
open, and a document of 20,000 lines gets 200 changes a second; the loop is watched in the server itself.
"""

import argparse
import json
import random
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from lsp_client import Client, Json, client
from measure import HERE, STAMP, Host, host, lakewright, median_ratio, print_table, rounds, version, workspace

BARE, OURS = "bare pygls", "lakewright serve"
STREAMS, LINES, PAUSE = 8, 20_000, 0.005
Row = list[str]


@dataclass(frozen=True)
class Bench:
    """Where servers are started: a folder with `orders.py`, and an environment that knows one host."""

    root: Path
    env: Mapping[str, str]
    samples: int

    @property
    def uri(self) -> str:
        return (self.root / "orders.py").as_uri()

    @contextmanager
    def server(self, at: Host, argv: Sequence[str] = (), **more: str) -> Iterator[Client]:
        """A server that asks this host, once it is initialized."""
        env = {**self.env, "DATABRICKS_HOST": at.address, **more}
        with client(argv or lakewright("serve"), env, self.root) as running:
            running.initialize(self.root)
            running.open(self.uri, (self.root / "orders.py").read_text("utf-8"))
            yield running

    def explain(self, **more: Any) -> Json:
        return {"textDocument": {"uri": self.uri}, "deliver": "response", "thinking": "off", **more}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="of start and memory; default: 7")
    parser.add_argument("--samples", type=int, default=100, help="of each latency; default: 100")
    parser.add_argument("--runs", type=int, default=1000, help="for the growth of memory; default: 1000")
    parser.add_argument("--changes", type=int, default=400, help="under load; default: 400")
    options = parser.parse_args()
    if min(options.rounds, options.samples, options.changes) < 1 or options.runs < 4:
        parser.error("rounds, samples and changes are at least 1, runs at least 4")
    with host(10) as quick, host(100_000, pace=100) as slow, workspace(quick.address) as (file, env):
        bench = Bench(file.parent, env, options.samples)
        table = [
            *_start(bench, quick, options.rounds),
            *_cancelled(bench, slow),
            *_answered(bench, slow),
            *_suggested(bench, quick),
            *_under_load(bench, slow, options.changes),
            *_growth(bench, quick, options.runs),
        ]
    print_table(["what", "ratio", "figure", "n", "version"], table)


# start and memory ----------------------------------------------------------------------------------------


def _start(bench: Bench, quick: Host, number: int) -> list[Row]:
    """Spawn to `initialize` answered, and the memory then; ours after a run, too."""
    servers = {BARE: [sys.executable, str(HERE / "lsp_servers.py"), "bare"], OURS: lakewright("serve")}
    rows: dict[str, Callable[[], tuple[float, float]]] = {
        name: partial(_spawned, argv, bench) for name, argv in servers.items()
    }
    for measure in rows.values():
        measure()
    samples = list(rounds(rows, number))
    after = [_after_a_run(bench, quick) for _ in range(2)]
    bare = [sample[BARE] for sample in samples]
    table = []
    for what, at, unit in (("spawn to `initialize` answered", 0, "ms"), ("memory then", 1, "MB")):
        for name in rows:
            figures = [sample[name][at] for sample in samples]
            ratio = f"{median_ratio(figures, [one[at] for one in bare]):.2f} x bare pygls"
            table.append(
                [f"{what}: {name}", ratio, f"{statistics.median(figures):.0f} {unit}", str(number), _of(name)]
            )
    resident = statistics.median(one[1] for one in bare)
    first = statistics.median(after)
    table.append(
        [
            f"memory after a run: {OURS}",
            f"{first / resident:.2f} x bare pygls",
            f"{first:.0f} MB",
            "2",
            _of(OURS),
        ]
    )
    return table


def _spawned(argv: Sequence[str], bench: Bench) -> tuple[float, float]:
    spawned = time.monotonic_ns()
    with client(argv, bench.env, bench.root) as running:
        answered = running.initialize(bench.root)
        return (answered - spawned) / 1e6, running.resident


def _after_a_run(bench: Bench, quick: Host) -> float:
    with bench.server(quick) as running:
        running.answer(running.execute("explain", bench.explain())[0])
        return running.resident


# what users wait for -------------------------------------------------------------------------------------


def _cancelled(bench: Bench, slow: Host) -> list[Row]:
    """From a cancellation that was sent to the end of the socket at the host."""
    found = []
    with bench.server(slow) as running:
        for _ in range(bench.samples + 1):
            request, sent = running.execute("explain", bench.explain())
            slow.request_after(sent)
            time.sleep(random.uniform(0.01, 0.05))
            moment = running.notify("$/cancelRequest", {"id": request})
            found.append((slow.left_after(moment) - moment) / 1e6)
            running.answer(request)
    return [_latency("cancel to the socket's end", found[1:])]


def _answered(bench: Bench, slow: Host) -> list[Row]:
    """`deliver: "editor"` answered, and the first reasoning byte on both kinds of progress."""
    answers, people, programs = [], [], []
    with bench.server(slow) as running:
        for number in range(max(2, bench.samples // 4) + 1):
            running.came.clear()
            token = f"deltas-{number}"
            argument = bench.explain(deliver="editor", thinking="low", partialResultToken=token)
            request, sent = running.execute("explain", argument)
            answered, message = running.answer(request)
            answers.append((answered - sent) / 1e6)
            of_programs = running.until(partial(_stamped, running, "reasoning"))
            of_people = running.until(partial(_stamped, running, "report"))
            programs.append((of_programs[0] - of_programs[1]) / 1e6)
            people.append((of_people[0] - of_programs[1]) / 1e6)
            moment = running.execute("cancel", {"run": message["result"]["run"]})[1]
            slow.left_after(moment)
    return [
        _latency('`deliver: "editor"` answered', answers[1:]),
        _latency("first reasoning byte to the first partial result", programs[1:]),
        _latency("first reasoning byte to the first report for people", people[1:]),
    ]


def _stamped(running: Client, kind: str) -> tuple[int, int] | None:
    """When the first progress of a kind with a stamp of the host came, and the stamp."""
    for at, message in running.came:
        value = message.get("params", {}).get("value", {}) if message.get("method") == "$/progress" else {}
        stamp = (
            STAMP.search(value.get("text") or value.get("message") or "")
            if value.get("kind") == kind
            else None
        )
        if stamp is not None:
            return at, int(stamp[1])
    return None


def _suggested(bench: Bench, quick: Host) -> list[Row]:
    """Completions asked for by hand, and the next one after the first character was typed."""
    misses, hits = [], []
    uri = (bench.root / "notes.txt").as_uri()
    with bench.server(quick) as running:
        running.open(uri, "")
        line, version_ = 0, 1

        def type_(text: str, character: int) -> None:
            nonlocal version_
            version_ += 1
            at = {"line": line, "character": character}
            change = {"range": {"start": at, "end": at}, "text": text}
            document = {"uri": uri, "version": version_}
            running.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})

        def suggested(character: int, kind: int) -> tuple[float, Any]:
            place = {"line": line, "character": character}
            params = {"textDocument": {"uri": uri}, "position": place, "context": {"triggerKind": kind}}
            request, sent = running.request("textDocument/inlineCompletion", params)
            answered, message = running.answer(request)
            return (answered - sent) / 1e6, message["result"]

        for number in range(bench.samples + 1):
            start = f"Item {number} "
            type_(start, 0)
            spent, answer = suggested(len(start), 1)
            if answer is None:
                sys.exit("the model's text was not suggested")
            misses.append(spent)
            type_(answer["items"][0]["insertText"][0], len(start))
            spent, answer = suggested(len(start) + 1, 2)
            if answer is None:
                sys.exit("a suggestion was forgotten")
            hits.append(spent)
            type_("\n", len(start) + 1)
            line += 1
    return [
        _latency("completion, miss: added to the model's time", misses[1:]),
        _latency("completion, hit", hits[1:]),
    ]


# the event loop ------------------------------------------------------------------------------------------


def _under_load(bench: Bench, slow: Host, changes: int) -> list[Row]:
    """Keystrokes with a question after each, in a large document beside open streams."""
    late: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "loop.json")
        argv = [sys.executable, str(HERE / "lsp_servers.py"), "watched"]
        with bench.server(slow, argv, LOOP_REPORT=str(report)) as running:
            uri = (bench.root / "large.py").as_uri()
            running.open(uri, "".join(f"value_{number} = {number}\n" for number in range(LINES)))
            running.answer(running.execute("status", {})[0])
            _open_streams(bench, slow, running)
            running.process.send_signal(signal.SIGUSR1)
            for number in range(changes):
                at = {"line": (number * 7919) % LINES, "character": 0}
                change = {"range": {"start": at, "end": at}, "text": "x"}
                document = {"uri": uri, "version": number + 2}
                running.notify(
                    "textDocument/didChange", {"textDocument": document, "contentChanges": [change]}
                )
                request, sent = running.execute("status", {})
                answered, _ = running.answer(request)
                late.append((answered - sent) / 1e6)
                time.sleep(PAUSE)
            running.answer(running.execute("cancel", {})[0])
        loop = json.loads(report.read_text("utf-8"))
    longest = f"{loop['step']:.1f} ms, in {loop['of']}"
    return [
        _latency(f"a change and an answer, {LINES:,} lines, {STREAMS} streams", late),
        ["longest step of the loop then (CPU)", "-", longest, "1", _of(OURS)],
        ["longest lateness of the loop then", "-", f"{loop['late']:.1f} ms", "1", _of(OURS)],
    ]


def _open_streams(bench: Bench, slow: Host, running: Client) -> None:
    for number in range(STREAMS):
        _, sent = running.execute("explain", bench.explain(partialResultToken=f"deltas-{number}"))
        slow.request_after(sent)


def _growth(bench: Bench, quick: Host, runs: int) -> list[Row]:
    """What the second half of many runs leaves in memory."""
    with bench.server(quick) as running:
        resident = []
        for number in range(runs):
            request, _ = running.execute("explain", bench.explain(partialResultToken=f"deltas-{number}"))
            running.answer(request)
            running.came.clear()
            if number + 1 in {runs // 2, runs}:
                resident.append(running.resident)
    grown = (resident[1] - resident[0]) * 1024 / (runs - runs // 2)
    return [["memory that a run leaves (second half)", "-", f"{grown:.1f} KB", str(runs), _of(OURS)]]


def _latency(what: str, found: Sequence[float]) -> Row:
    ordered = sorted(found)
    p95, p99 = (ordered[min(len(ordered) - 1, int(len(ordered) * share))] for share in (0.95, 0.99))
    figure = f"p50 {statistics.median(ordered):.1f}, p95 {p95:.1f}, p99 {p99:.1f}, max {ordered[-1]:.1f} ms"
    return [what, "-", figure, str(len(ordered)), _of(OURS)]


def _of(name: str) -> str:
    return f"pygls {version('pygls')}" if name == BARE else version("lakewright") or "-"


if __name__ == "__main__":
    main()
