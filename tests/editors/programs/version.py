"""Whether a program starts, and is new enough."""

import re
import subprocess
from collections.abc import Mapping, Sequence

from editors.programs.program import Found, Missing

_SECONDS = 20


def found(
    argv: Sequence[str], environ: Mapping[str, str], *, flag: str, pattern: str, oldest: tuple[int, ...]
) -> Found | Missing:
    """The program, if what it says with `flag` fits `pattern`, whose groups are the parts of its version."""
    remedy = "remove it, or .editors, then make test-editors"
    try:
        done = subprocess.run(
            [*argv, flag], env=dict(environ), capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Missing(f"it doesn't start ({error})", remedy)
    said = re.match(pattern, done.stdout)
    if said is None:
        return Missing("it doesn't start", remedy)
    version = ".".join(said.groups())
    if tuple(map(int, said.groups())) < oldest:
        return Missing(f"{version} is too old, {'.'.join(map(str, oldest))} is needed", remedy)
    return Found(version, tuple(argv), dict(environ))
