"""What starting costs: `--help`, `--version`, `explain` until its request is at the host, each late import.

Programs are timed by the clock, as a user waits for them, against a bare `python -c "import …"`; imports by
their CPU time less that of an interpreter that does nothing, against httpx. The host and token stand in the
environment unless a row says otherwise. Ratios are medians of the ratios within each round.
"""

import argparse
import statistics
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.util import find_spec

from host import ENDPOINT
from measure import Host, host, lakewright, median_ratio, print_table, rounds, run, version, workspace

BARE, CLICK, HTTPX = "python -c pass", "python -c 'import click'", "python -c 'import httpx'"
HELP, VERSION = "lakewright --help", "lakewright --version"
EXPLAIN = "lakewright explain FILE, spawn to request"
LOGIN = "the same with a login of the Databricks SDK (M2M)"

IMPORTS = (
    ("httpx", "httpx"),
    ("click", "click"),
    ("asyncio", "-"),
    ("pydantic", "pydantic"),
    ("yaml", "PyYAML"),
    ("platformdirs", "platformdirs"),
    ("pathspec", "pathspec"),
    ("tree_sitter", "tree-sitter"),
    ("truststore", "truststore"),
    ("rich.console", "rich"),
    ("rich.markdown", "rich"),
    ("starlette.applications", "starlette"),
    ("uvicorn", "uvicorn"),
    ("databricks.sdk.core", "databricks-sdk"),
    ("lakewright.cli.main", "lakewright"),
    ("lakewright.tasks.explain", "lakewright"),
    ("lakewright.serving", "lakewright"),
    ("lakewright.wiring", "lakewright"),
)
"""(module, the distribution whose version is shown)."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5, help="default: 5")
    options = parser.parse_args()
    if options.rounds < 1:
        parser.error("rounds are at least 1")
    with host(10) as small, workspace(small.address) as (file, env):
        argv = lakewright("explain", str(file), "--model", ENDPOINT, "--format", "ndjson")
        rows: dict[str, Callable[[], float]] = {
            BARE: partial(_cpu, "pass"),
            CLICK: partial(_seconds, [sys.executable, "-c", "import click"], env),
            HELP: partial(_seconds, lakewright("--help"), env),
            VERSION: partial(_seconds, lakewright("--version"), env),
            HTTPX: partial(_seconds, [sys.executable, "-c", "import httpx"], env),
            EXPLAIN: partial(_until_request, argv, env, small),
            LOGIN: partial(_until_request, argv, _with_login(env), small),
        }
        rows |= {module: partial(_cpu, f"import {module}") for module, _ in IMPORTS if _exists(module)}
        if options.rounds > 1:  # a single round shows that all of it runs
            for measure in rows.values():
                measure()  # compiles what was never imported before
        samples = list(rounds(rows, options.rounds))
    _print(samples)


def _seconds(argv: Sequence[str], env: dict[str, str]) -> float:
    return run(argv, env).seconds


def _cpu(code: str) -> float:
    return run([sys.executable, "-c", code]).cpu


def _until_request(argv: Sequence[str], env: dict[str, str], at: Host) -> float:
    spawned = run(argv, env).spawned
    return (at.request_after(spawned) - spawned) / 1e9


def _with_login(env: Mapping[str, str]) -> dict[str, str]:
    """A service principal's secret in place of the token: the Databricks SDK must fetch one."""
    others = {name: value for name, value in env.items() if name != "DATABRICKS_TOKEN"}
    return {**others, "DATABRICKS_CLIENT_ID": "benchmark", "DATABRICKS_CLIENT_SECRET": "benchmark"}


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def _print(samples: list[dict[str, float]]) -> None:
    def column(name: str) -> list[float]:
        return [sample[name] for sample in samples]

    table = []
    ours = version("lakewright") or "-"
    against = {CLICK: CLICK, HELP: CLICK, VERSION: CLICK, HTTPX: HTTPX, EXPLAIN: HTTPX, LOGIN: HTTPX}
    versions = {CLICK: f"click {version('click')}", HTTPX: f"httpx {version('httpx')}"}
    for name, base in against.items():
        ratio = f"{median_ratio(column(name), column(base)):.2f} x {base.removeprefix('python -c ')}"
        table.append([name, ratio, _ms(column(name)), str(len(samples)), versions.get(name, ours)])
    table.append([f"{BARE} (CPU)", "-", _ms(column(BARE)), str(len(samples)), "-"])
    httpx = _less(column("httpx"), column(BARE))
    for module, distribution in IMPORTS:
        name = f"import {module} (CPU, less bare)"
        if module in samples[0]:
            net = _less(column(module), column(BARE))
            ratio = f"{median_ratio(net, httpx):.2f} x httpx"
            table.append([name, ratio, _ms(net), str(len(samples)), version(distribution) or "-"])
        else:
            table.append([name, "not installed", "-", "-", "-"])
    print_table(["what", "ratio", "ms", "n", "version"], table)


def _less(figures: Sequence[float], bare: Sequence[float]) -> list[float]:
    return [figure - nothing for figure, nothing in zip(figures, bare, strict=True)]


def _ms(seconds: Sequence[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f}"


if __name__ == "__main__":
    main()
