"""What doctor printed, read back; and a host that answers as it is told over real sockets."""

import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support_cli import lakewright

NAMES = (
    "settings",
    "dns",
    "proxy",
    "connection",
    "tls",
    "credentials",
    "listed",
    "ready",
    "answer",
    "streaming",
    "thinking",
    "tools",
)
"""Every check, in the order of a request."""


def examined(
    *arguments: str, cwd: Path, environ: Mapping[str, str] | None = None
) -> tuple[int, dict[str, Any]]:
    """Exit code and object of `lakewright doctor --format json`."""
    done = lakewright("doctor", "--format", "json", *arguments, cwd=cwd, environ=environ)
    assert done.stderr == b""
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return done.returncode, found


def failing(report: Mapping[str, Any]) -> str:
    """The one check that failed: those before it were taken, those behind it weren't."""
    checks = report["checks"]
    names = [check["name"] for check in checks if check["ok"] is False]
    assert len(names) == 1, names
    at = [check["name"] for check in checks].index(names[0])
    assert all(check["ms"] is not None for check in checks[: at + 1])
    for check in checks[at + 1 :]:
        assert (check["ok"], check["ms"], check["detail"], check["hint"]) == (None, None, "skipped", None)
    assert checks[at]["detail"] == report["error"]["message"]
    assert checks[at]["hint"] == report["error"]["hint"]
    return str(names[0])


def lines(done: "subprocess.CompletedProcess[bytes]") -> list[str]:
    """Standard output by line."""
    return done.stdout.decode().splitlines()
