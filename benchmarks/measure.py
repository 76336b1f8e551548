"""What the benchmarks share: the host and clients as processes, the order of rounds, and the one table.

Figures are ratios within a round, because a machine's speed drifts between rounds. Nothing is judged.
"""

import contextlib
import hashlib
import os
import platform
import queue
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path
from typing import TypeVar

Sample = TypeVar("Sample")

HERE = Path(__file__).parent
STAMP = re.compile(r"<(\d{19})>")
"""The host's monotonic clock in a text of a paced stream, nanoseconds."""


@dataclass(frozen=True)
class Ran:
    """A process that ended: CPU seconds with its children's, the seconds from spawn to its end, when it
    was spawned (monotonic, nanoseconds), and each line of its output with the time it came.
    """

    cpu: float
    seconds: float
    spawned: int
    lines: list[tuple[int, str]]


@dataclass
class Host:
    """A running `host.py`."""

    address: str
    _lines: "queue.SimpleQueue[str]" = field(default_factory=queue.SimpleQueue)

    def request_after(self, spawned: int) -> int:
        """When the first model request after `spawned` reached the host (monotonic, nanoseconds)."""
        return self._after("request", spawned)

    def left_after(self, moment: int) -> int:
        """When the first client after `moment` had ended its socket."""
        return self._after("left", moment)

    def _after(self, wanted: str, moment: int) -> int:
        while True:
            what, _, stamp = self._lines.get(timeout=60).partition(" ")
            if what == wanted and int(stamp) > moment:
                return int(stamp)


@contextlib.contextmanager
def host(chunks: int, *, pace: float | None = None) -> Iterator[Host]:
    """`host.py` in a process of its own, until the block ends."""
    options = ["--chunks", str(chunks), *(["--pace", str(pace)] if pace else [])]
    with subprocess.Popen(
        [sys.executable, str(HERE / "host.py"), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        running = Host(f"http://127.0.0.1:{int(process.stdout.readline())}")
        threading.Thread(target=_forward, args=(process.stdout, running), daemon=True).start()
        try:
            yield running
        finally:
            process.stdin.close()


def _forward(lines: Iterable[str], running: Host) -> None:
    for line in lines:
        running._lines.put(line)  # noqa: SLF001 - the queue's other end


def run(argv: Sequence[str], env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ran:
    """Run a program to its end; a failure shows its standard error and ends the benchmark."""
    with tempfile.TemporaryFile() as errors:
        spawned, clock = time.monotonic_ns(), time.perf_counter()
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors, env=env, cwd=cwd
        )
        assert process.stdout is not None
        with process.stdout:
            lines = [(time.monotonic_ns(), line) for line in process.stdout]
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - clock
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(argv)} ended with {process.returncode}:\n{errors.read().decode()}")
    decoded = [(when, line.decode()) for when, line in lines]
    return Ran(usage.ru_utime + usage.ru_stime, seconds, spawned, decoded)


@contextlib.contextmanager
def workspace(address: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder with a file to explain, and an environment with a new home that knows only this host."""
    with tempfile.TemporaryDirectory() as folder:
        root, home = Path(folder, "work"), Path(folder, "home")
        (root / ".git").mkdir(parents=True)
        home.mkdir()
        (root / "orders.py").write_text(_FILE, "utf-8")
        yield (
            root / "orders.py",
            {
                "PATH": os.environ.get("PATH", os.defpath),
                "HOME": str(home),
                "LAKEWRIGHT_STATE_DIR": str(home / "state"),
                "DATABRICKS_HOST": address,
                "DATABRICKS_TOKEN": "benchmark",
            },
        )


def lakewright(*arguments: str) -> list[str]:
    """The command line of the program as it is installed beside this Python."""
    script = Path(sys.executable).with_name("lakewright")
    return [str(script) if script.exists() else "lakewright", *arguments]


def rounds(rows: Mapping[str, Callable[[], Sample]], number: int) -> Iterator[dict[str, Sample]]:
    """Each round measures every row once, in turn: A B C, A B C, never A A, B B."""
    for done in range(number):
        if sys.stderr.isatty():
            print(f"round {done + 1} of {number}", end="\r", file=sys.stderr)
        yield {name: measure() for name, measure in rows.items()}


def median_ratio(figures: Sequence[float], base: Sequence[float]) -> float:
    """The median of the ratios within each round."""
    return statistics.median(ours / theirs for ours, theirs in zip(figures, base, strict=True))


def digest(reasoning: str, text: str) -> str:
    """A short hash of what was decoded, without the stamps of a paced stream."""
    whole = STAMP.sub("", reasoning) + "\0" + STAMP.sub("", text)
    return hashlib.sha256(whole.encode()).hexdigest()[:10]


def version(distribution: str) -> str | None:
    """The installed version, None when there is none."""
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def print_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """One Markdown table; the interpreter and the machine stand in each row, so that rows can be quoted."""
    where = (platform.python_version(), str(os.cpu_count()))
    print("|", " | ".join((*columns, "Python", "processors")), "|")
    print("|" + "---|" * (len(columns) + len(where)))
    for row in rows:
        print("|", " | ".join((*row, *where)), "|")


_FILE = '''"""Orders and their totals."""


def total(prices: list[float], rate: float) -> float:
    """The sum of all prices with tax."""
    return round(sum(prices) * (1 + rate), 2)
'''
