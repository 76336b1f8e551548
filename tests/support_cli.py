"""The program as a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COMMAND = [sys.executable, "-m", "lakewright"]


def lakewright(
    *arguments: str,
    cwd: Path,
    stdin: bytes | None = None,
    environ: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[bytes]:
    """Run it to its end."""
    return subprocess.run(
        [*COMMAND, *arguments],
        cwd=cwd,
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        env={**os.environ, **(environ or {})},
        capture_output=True,
        check=False,
    )


def started(
    arguments: Sequence[str],
    *,
    cwd: Path,
    environ: Mapping[str, str] | None = None,
    under: Sequence[str] = (),
) -> "subprocess.Popen[bytes]":
    """Run it beside the test, `under` another program if one is named."""
    return subprocess.Popen(
        [*under, *COMMAND, *arguments],
        cwd=cwd,
        env={**os.environ, **(environ or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def result(done: subprocess.CompletedProcess[bytes]) -> dict[str, Any]:
    """The object of `--format json`: standard output holds it and nothing else."""
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
