"""Shell completion: what a shell asks the program while a line is typed."""

import subprocess
from pathlib import Path

import pytest

from support_cli import COMMAND, lakewright


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("lakewright ex", ["plain,explain"]),
        ("lakewright explain --fo", ["plain,--format"]),
        ("lakewright explain --format j", ["plain,json"]),
        ("lakewright explain tax", ["file,tax"]),
        ("lakewright explain --root sr", ["dir,sr"]),
        ("lakewright completion f", ["plain,fish"]),
    ],
)
def test_what_is_offered(words: str, offered: list[str], project: Path) -> None:
    """Commands, options and their values by name; files and folders are left to the shell."""
    typed = words.split(" ")
    asked = {
        "_LAKEWRIGHT_COMPLETE": "bash_complete",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(typed) - 1),
    }
    done = lakewright(cwd=project, environ=asked)
    assert done.stdout.decode().split() == offered
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_asks_the_program(shell: str, project: Path) -> None:
    """It sets the variable that the program listens to; bash takes it without complaint."""
    script = lakewright("completion", shell, cwd=project).stdout
    assert f"_LAKEWRIGHT_COMPLETE={shell}_complete".encode() in script
    if shell == "bash":
        read = subprocess.run(["bash", "-n"], input=script, capture_output=True, check=False)
        assert (read.returncode, read.stderr) == (0, b"")


def test_the_name_of_the_program_is_its_own(project: Path) -> None:
    """`python -m lakewright` speaks of itself as the script does."""
    assert COMMAND[1:] == ["-m", "lakewright"]
    assert lakewright("explain", "--help", cwd=project).stdout.startswith(b"Usage: lakewright explain ")
    assert lakewright("--version", cwd=project).stdout.startswith(b"lakewright ")
