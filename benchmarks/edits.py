"""How often edits with a model's usual slips are applied rightly, refused or applied WRONGLY.

Real files of this machine, one edit a case; ours against two matchers as popular tools have them. From a
seed, so that two runs on one machine say the same. `--fresh` measures defects the matcher wasn't written for.
"""

import argparse
import random
import statistics
import sys
import sysconfig
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher
from pathlib import Path

import edits_cases
import edits_fresh
import edits_later
import edits_misquotes
import edits_stales
from lakewright.edits.locate import locate
from lakewright.edits.values import Located
from measure import print_table

KNOWN = edits_cases.Suite(
    edits_misquotes.MUST_APPLY | edits_later.MUST_APPLY, edits_stales.MUST_REFUSE | edits_later.MUST_REFUSE
)
Matcher = Callable[[edits_cases.Case], str | None]
EXTENSIONS = (".py", ".js", ".ts", ".c", ".h", ".java", ".go", ".rs", ".md", ".css", ".json", ".cs", ".scala")


def files(seed: int, number: int) -> list[Path]:
    """Up to `number` files of each kind that this machine has: Python's, its packages', Node's, npm's."""
    folders = [
        Path(sysconfig.get_path("stdlib")),
        Path(sysconfig.get_path("purelib")),
        Path(sysconfig.get_path("include")),
    ]
    folders += [
        path
        for place in (
            "/usr/lib/node_modules",
            "/usr/share/nodejs",
            "/usr/include",
            "/usr/local/lib/node_modules",
        )
        if (path := Path(place)).is_dir()
    ]
    by_kind: dict[str, set[Path]] = defaultdict(set)
    for folder in folders:
        for path in folder.rglob("*"):
            if path.suffix in EXTENSIONS and path.is_file() and 500 < path.stat().st_size < 400_000:
                by_kind[path.suffix].add(path)
    rng = random.Random(seed)
    return [
        path
        for _, paths in sorted(by_kind.items())
        for path in rng.sample(sorted(paths), min(number, len(paths)))
    ]


def blocks(seed: int, paths: list[Path]) -> Iterator[edits_cases.Block]:
    """One true edit for each file."""
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
        if "\r" in text or (not text.isprintable() and "\f" in text) or not text.endswith("\n"):
            continue
        rng = random.Random(f"{seed} {path.name}")
        if block := edits_cases.block_of(rng, path.name, text.removesuffix("\n").split("\n")):
            yield block


def ours(case: edits_cases.Case) -> str | None:
    found = locate(case.text, case.search, case.replace, path=case.path)
    return (
        case.text[: found.start] + found.replacement + case.text[found.end :]
        if isinstance(found, Located)
        else None
    )


def exact(case: edits_cases.Case) -> str | None:
    """Exact and unique, as the strictest tools do."""
    return case.text.replace(case.search, case.replace) if case.text.count(case.search) == 1 else None


def fuzzy(case: edits_cases.Case) -> str | None:
    """Exact, else lines without their blanks, else the most similar window: as popular tools do."""
    if case.search in case.text:
        return case.text.replace(case.search, case.replace, 1)
    lines, rows = case.text.split("\n"), case.search.split("\n")
    stripped, wanted = [line.strip() for line in lines], [row.strip() for row in rows]
    best, place = 0.0, -1
    for at in range(len(lines) - len(rows) + 1):
        window = stripped[at : at + len(rows)]
        if window == wanted:
            best, place = 1.0, at
            break
        same = sum(a == b for a, b in zip(window, wanted, strict=True)) / len(rows)
        if same > max(best, 0.3):
            score = SequenceMatcher(None, "\n".join(window), "\n".join(wanted), autojunk=False).ratio()
            best, place = (score, at) if score > best else (best, place)
    if best < 0.8:
        return None
    return "\n".join([*lines[:place], *case.replace.split("\n"), *lines[place + len(rows) :]])


def judge(case: edits_cases.Case, result: str | None) -> str:
    """applied, cosmetic (blanks at line ends and blank lines differ), refused or WRONG."""
    if result is None:
        return "refused"
    if case.wanted is None:
        return "WRONG" if result != case.text else "refused"
    if result == case.wanted:
        return "applied"
    return "cosmetic" if _bare(result) == _bare(case.wanted) else "WRONG"


def _bare(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--files", type=int, default=60, help="files of each kind")
    parser.add_argument(
        "--fresh", action="store_true", help="the defects that the matcher wasn't written for"
    )
    parser.add_argument("--show", type=int, default=0, help="print so many of our failures")
    options = parser.parse_args()
    suite = edits_fresh.SUITE if options.fresh else KNOWN
    made = list(blocks(options.seed, files(options.seed, options.files)))
    rng = random.Random(options.seed)
    every = [case for block in made for case in edits_cases.cases(rng, block, suite)]
    matchers: dict[str, Matcher] = {"lakewright": ours, "exact and unique": exact, "strip and fuzzy": fuzzy}
    rows: list[list[str]] = []
    for name, matcher in matchers.items():
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        times: list[float] = []
        for case in every:
            clock = time.perf_counter()
            result = matcher(case)
            times.append(1000 * (time.perf_counter() - clock))
            verdict = judge(case, result)
            counts[case.defect][verdict] += 1
            wished = "refused" if case.wanted is None else "applied"
            if matcher is ours and options.show and verdict not in (wished, "cosmetic"):
                options.show -= 1
                _show(case, verdict, result)
        rows.extend(_rows(name, counts, suite, times))
    kinds = sorted({Path(block.path).suffix for block in made})
    print(
        f"{len(every)} edits of {len(made)} files ({' '.join(kinds)}), seed {options.seed}", file=sys.stderr
    )
    print_table(
        ("matcher", "defect", "n", "applied %", "cosmetic %", "refused %", "WRONG %", "p50 / p99 ms"), rows
    )


def _rows(
    name: str, counts: dict[str, Counter[str]], suite: edits_cases.Suite, times: list[float]
) -> Iterator[list[str]]:
    groups = {"must apply": suite.must_apply, "must refuse": suite.must_refuse}
    ranked = statistics.quantiles(times, n=100)
    for group, defects in groups.items():
        total = sum((counts[defect] for defect in defects), Counter[str]())
        yield _row(name, group, total, f"{ranked[49]:.1f} / {ranked[98]:.1f}")
        if name == "lakewright":
            yield from (_row(name, defect, counts[defect], "") for defect in defects if counts[defect])


def _row(name: str, defect: str, counts: Counter[str], times: str) -> list[str]:
    total = sum(counts.values()) or 1
    shares = [f"{100 * counts[what] / total:.1f}" for what in ("applied", "cosmetic", "refused", "WRONG")]
    return [name, defect, str(sum(counts.values())), *shares, times]


def _show(case: edits_cases.Case, verdict: str, result: str | None) -> None:
    print(
        f"=== {verdict}: {case.defect} in {case.path}",
        f"--- search\n{case.search}\n--- replace\n{case.replace}",
        sep="\n",
        file=sys.stderr,
    )
    if result is None:
        print(locate(case.text, case.search, case.replace, path=case.path), file=sys.stderr)
    else:
        wanted, got = (case.wanted or case.text).split("\n"), result.split("\n")
        at = next((i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), 0)
        print(
            "--- wanted",
            *wanted[at - 2 : at + 6],
            "--- got",
            *got[at - 2 : at + 6],
            sep="\n",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main()
