"""How often edits with a model's usual slips are applied rightly, refused or applied WRONGLY, and how long
locating them takes (CPU time). Real files of this machine, one edit a case; ours against two matchers as
popular tools have them. From a seed: two runs on one machine say the same. Nothing is judged.

--fresh measures defects that the matcher was never changed for. --show prints our failures.
"""

import argparse
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import edits_fresh
import edits_later
import edits_misquotes
import edits_shown
import edits_stales
from edits_cases import Case, Suite, cases
from edits_files import blocks, files, languages
from edits_matchers import Matcher, exact, fuzzy, judge, ours
from edits_speed import COLUMNS, speed, worst
from lakewright.edits.locate import locate
from measure import print_table

KNOWN = Suite(
    edits_misquotes.MUST_APPLY | edits_later.MUST_APPLY | edits_shown.MUST_APPLY,
    edits_stales.MUST_REFUSE | edits_later.MUST_REFUSE | edits_shown.MUST_REFUSE,
)
MATCHERS: dict[str, Matcher] = {"lakewright": ours, "exact and unique": exact, "strip and fuzzy": fuzzy}
VERDICTS = ("applied", "cosmetic", "refused", "WRONG")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=1, help="chooses files, places and slips (default: 1)")
    parser.add_argument("--files", type=int, default=60, help="files of each kind at most (default: 60)")
    parser.add_argument(
        "--stdlib",
        action="store_true",
        help="only files that come with Python: alike on machines of one version",
    )
    parser.add_argument("--fresh", action="store_true", help="defects that the matcher was never changed for")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="print N of our failures")
    parser.add_argument("--quick", action="store_true", help="small figures of speed, and few of them")
    parser.add_argument("--no-speed", action="store_true", help="only the first table")
    options = parser.parse_args()
    suite = edits_fresh.SUITE if options.fresh else KNOWN
    paths = files(options.seed, options.files, stdlib=options.stdlib)
    made = list(blocks(options.seed, paths))
    rng = random.Random(options.seed)
    every = [case for block in made for case in cases(rng, block, suite)]
    if not every:
        sys.exit("no file was found that an edit could be made of")
    found = languages(made)
    print(f"{len(every)} edits of {len(made)} files, seed {options.seed}:", file=sys.stderr)
    print(", ".join(f"{name} {number}" for name, number in found.most_common()), file=sys.stderr)
    if len(found) < 4:
        print(f"only {len(found)} languages: npm's packages or C headers would add some", file=sys.stderr)
    print_table(
        ("matcher", "defect", "n", *(f"{what} %" for what in VERDICTS), "WRONG", "p50 / p99 ms"),
        [row for name, matcher in MATCHERS.items() for row in _measured(name, matcher, every, suite)],
    )
    if options.show:
        _show(every, options.show)
    if not options.no_speed:
        lines, number, top = (500, 2, 3) if options.quick else (20_000, 24, 6)
        more = paths if options.quick else files(options.seed, 400)
        print()
        print_table(
            COLUMNS,
            [
                *speed(options.seed, more, suite, lines=lines, blocks=number),
                *worst(top, of=3 if options.quick else None),
            ],
        )


def _measured(name: str, matcher: Matcher, every: Sequence[Case], suite: Suite) -> Iterator[list[str]]:
    """Both kinds in all; for ours each defect, too."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    times: list[float] = []
    for case in every:
        clock = time.thread_time()
        result = matcher(case)
        times.append(1000 * (time.thread_time() - clock))
        counts[case.defect][judge(case, result)] += 1
    ranked = statistics.quantiles(times, n=100)
    groups: dict[str, Sequence[str]] = {
        "must apply": list(suite.must_apply),
        "must refuse": list(suite.must_refuse),
    }
    for group, defects in groups.items():
        total = sum((counts[defect] for defect in defects), Counter[str]())
        yield _row(name, group, total, f"{ranked[49]:.1f} / {ranked[98]:.1f}")
        if matcher is ours:
            yield from (_row(name, defect, counts[defect], "") for defect in defects if counts[defect])


def _row(name: str, defect: str, counts: Counter[str], times: str) -> list[str]:
    total = counts.total() or 1
    shares = [f"{100 * counts[what] / total:.1f}" for what in VERDICTS]
    return [name, defect.replace("|", "│"), str(counts.total()), *shares, str(counts["WRONG"]), times]


def _show(every: Sequence[Case], number: int) -> None:
    """Our failures, WRONG ones first."""
    results = [(case, ours(case)) for case in every]
    failures = [
        (verdict, case, result)
        for case, result in results
        if (verdict := judge(case, result)) != ("refused" if case.wanted is None else "applied")
    ]
    failures.sort(key=lambda failure: failure[0] != "WRONG")
    for verdict, case, result in failures[:number]:
        parts = [f"=== {verdict}: {case.defect} in {case.path}", "--- search", case.search]
        parts += ["--- replace", case.replace]
        if result is None:
            parts.append(str(locate(case.text, case.search, case.replace, path=case.path)))
        else:
            wanted, got = (case.wanted or case.text).split("\n"), result.split("\n")
            at = next((i for i, (a, b) in enumerate(zip(wanted, got, strict=False)) if a != b), 0)
            first, last = max(0, at - 2), at + 6
            parts += ["--- wanted", *wanted[first:last], "--- got", *got[first:last]]
        print(*parts, sep="\n", file=sys.stderr)


if __name__ == "__main__":
    main()
