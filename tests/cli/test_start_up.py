"""What a start costs: which modules are loaded, no clock."""

import subprocess
import sys

import pytest

HEAVY = (
    "asyncio",
    "databricks",
    "httpx",
    "lakewright.agent",
    "lakewright.edits",
    "lakewright.settings",
    "lakewright.staging",
    "lakewright.tasks",
    "lakewright.transport",
    "lakewright.workspace",
    "pydantic",
    "rich",
    "starlette",
    "tree_sitter",
    "uvicorn",
    "yaml",
)

PROBE = """
import sys
from lakewright.cli.main import run
code = run({arguments!r})
print(*sorted(sys.modules), file=sys.stderr)
sys.exit(code)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["--version"],
        ["explain", "--help"],
        ["refactor", "--help"],
        ["refactor", "a.py", "-i", ""],
        ["complete", "--help"],
        ["undo", "--help"],
        ["--nonsense"],
    ],
    ids=" ".join,
)
def test_help_and_version_load_next_to_nothing(arguments: list[str]) -> None:
    """Nothing that a run needs is imported before a command is chosen."""
    probe = [sys.executable, "-c", PROBE.format(arguments=arguments)]
    done = subprocess.run(probe, capture_output=True, text=True, check=False)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert sorted(loaded & set(HEAVY)) == []
