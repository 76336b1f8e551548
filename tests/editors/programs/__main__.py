"""`python -m editors.programs`, in `tests/`: install the programs that are missing, and say of each, in one
line, what became of it.

With names (`neovim-0.12 helix-25.01`) only those; with `--list` nothing is installed. Exit code 1 where CI is
true and a pinned one is missing.
"""

# ruff: noqa: T201 - printing is what it is for
import sys
from collections.abc import Sequence

from editors.programs.program import CannotInstallError, Found, Missing, Program
from editors.programs.table import PROGRAMS, must_be_here


def main(arguments: Sequence[str]) -> int:
    names = {name for name in arguments if not name.startswith("-")}
    unknown = names - {one.key for one in PROGRAMS}
    if unknown:
        print(f"no such program: {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    failed = False
    for one in PROGRAMS:
        if names and one.key not in names:
            continue
        line, is_here = state_of(one, may_install="--list" not in arguments)
        print(line, flush=True)
        failed = failed or (not is_here and must_be_here(one))
    return 1 if failed else 0


def state_of(one: Program, *, may_install: bool) -> tuple[str, bool]:
    """One line about a program, and whether it can be used. It is installed if that may and can be."""
    found = one.find()
    if isinstance(found, Found):
        return f"{one.title} ({found.version}): here", True
    if may_install and one.install is not None:
        print(f"{one.title}: installing ...", file=sys.stderr, flush=True)
        try:
            one.install()
        except CannotInstallError as error:
            return _skipped(one, Missing(f"{found.reason}; {error}", found.remedy)), False
        found = one.find()
        if isinstance(found, Found):
            return f"{one.title} ({found.version}): installed", True
    return _skipped(one, found), False


def _skipped(one: Program, missing: Missing) -> str:
    word = "MISSING" if must_be_here(one) else "skipped" if one.pinned else "skipped (not pinned)"
    return f"{one.title}: {word}, {missing}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
