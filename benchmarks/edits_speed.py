"""How long locating takes: in a file of 20,000 lines with every defect, for many edits, on hostile texts."""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from edits_cases import Block, Suite, block_of, cases
from edits_files import LANGUAGES
from edits_hostile import hostile
from lakewright.edits.check import check
from lakewright.edits.locate import locate
from lakewright.edits.several import apply_edits
from lakewright.edits.values import Edit

COLUMNS = ("what", "n", "p50 ms", "p99 ms", "max ms")
MAX_WIDTH = 400
PATHS = ("a.py", "a.js", "a.md", "")
"""The language of a file decides what is looked for in it."""


def speed(seed: int, paths: Sequence[Path], suite: Suite, *, lines: int, blocks: int) -> Iterator[list[str]]:
    """Rows of CPU times; each language with enough files gives one large file."""
    rng = random.Random(seed)
    for suffix in (".py", ".js", ".h"):
        large = _large(paths, suffix, lines)
        if large is None:
            continue
        made = [block for _ in range(blocks) if (block := block_of(rng, f"large{suffix}", large))]
        times = [
            _cpu_ms(lambda: locate(case.text, case.search, case.replace, path=case.path))  # noqa: B023 - called at once
            for block in made
            for case in cases(rng, block, suite)
        ]
        if times:
            size = made[0].text
            yield _row(f"locate, {lines} lines of {LANGUAGES[suffix]} ({len(size) / 1e6:.1f} MB)", times)
            yield from _whole(made, suffix)


def _whole(made: Sequence[Block], suffix: str) -> Iterator[list[str]]:
    text, path = made[0].text, f"large{suffix}"
    rng = random.Random(0)
    more = [block for _ in range(220) if (block := block_of(rng, path, made[0].lines))]
    yield _row("check of the whole file", [_cpu_ms(lambda: check(path, text, made[0].wanted))])
    apart: list[Block] = []
    for block in sorted(more, key=lambda block: block.start):
        if not apart or block.start > apart[-1].start + len(apart[-1].old):
            apart.append(block)
    edits = [Edit("\n".join(block.old), "\n".join(block.new)) for block in apart][:200]
    yield _row(f"{len(edits)} edits in one call", [_cpu_ms(lambda: apply_edits(text, edits, path=path))])


def worst(number: int, *, of: int | None = None) -> Iterator[list[str]]:
    """The hostile edits that took longest, of all or of the first few."""
    rows = []
    for name, (text, search, new) in islice(hostile(), of):
        times = [_cpu_ms(lambda: locate(text, search, new, path=path)) for path in PATHS]  # noqa: B023 - called at once
        rows.append((max(times), _row(f"hostile: {name}", times)))
    yield from (row for _, row in sorted(rows, reverse=True)[:number])


def _large(paths: Sequence[Path], suffix: str, lines: int) -> list[str] | None:
    """So many lines of real files, one after the other; none of those that a program wrote in long lines."""
    found: list[str] = []
    for path in paths:
        if path.suffix == suffix and len(found) < lines:
            text = path.read_bytes().decode(errors="replace")
            rows = text.split("\n")
            plain = "\r" not in text and "\f" not in text and max(map(len, rows)) < MAX_WIDTH
            found += rows if plain else []
    return found[:lines] if len(found) >= lines else None


def _cpu_ms(work: Callable[[], object]) -> float:
    """CPU time: others on the machine don't count."""
    clock = time.thread_time()
    work()
    return 1000 * (time.thread_time() - clock)


def _row(what: str, times: Sequence[float]) -> list[str]:
    ranked = statistics.quantiles(times, n=100, method="inclusive") if len(times) > 1 else [times[0]] * 99
    return [what, str(len(times)), *(f"{value:.1f}" for value in (ranked[49], ranked[98], max(times)))]
