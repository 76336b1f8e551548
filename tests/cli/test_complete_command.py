"""`lakewright complete` as a process: the completion alone, exactly, and what its position may be."""

import json
from pathlib import Path

import pytest

from support_cli import lakewright, result

CODE = "def add(a, b):\n    return \n\n\nprint(add(1, 2))\n"


@pytest.fixture
def code(project: Path) -> Path:
    (project / "add it.py").write_text(CODE)
    return project


def test_standard_output_is_the_completion_and_nothing_else(code: Path) -> None:
    """Byte for byte what `completion.text` of the JSON is; the model's own words are nowhere."""
    arguments = ("complete", "add it.py:2:12", "--sandbox")
    text = lakewright(*arguments, cwd=code)
    found = result(lakewright(*arguments, "--format", "json", cwd=code))
    assert text.returncode == 0, text.stderr
    assert (found["command"], found["answer"], found["edits"]) == ("complete", None, [])
    assert text.stdout.decode() == found["completion"]["text"]
    assert found["target"] == {"path": "add it.py", "startLine": 2, "endLine": 2}
    last = json.loads(
        lakewright(*arguments, "--format", "ndjson", cwd=code).stdout.splitlines()[-1],
    )
    assert last["completion"] == found["completion"]
    assert (code / "add it.py").read_text() == CODE


def test_unsaved_text_comes_from_standard_input(code: Path) -> None:
    """The position stands in its name; the file of that name needn't exist, and the text may be empty."""
    for name, text in (("add it.py:2:12", CODE.encode()), ("new.py:1:1", b"")):
        arguments = ("complete", "-", "--stdin-path", name, "--sandbox", "--format", "json")
        done = lakewright(*arguments, cwd=code, stdin=text)
        assert done.returncode == 0, done.stderr
        assert result(done)["target"]["path"] == name.partition(":")[0]


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("add it.py:2", "where the cursor stands"),
        ("add it.py:99:1", "99"),
        ("add it.py:2:99", "99"),
        ("add it.py:0:1", "count from 1"),
        ("no.py:1:1", "no file no.py"),
    ],
)
def test_a_position_that_is_none_sends_nothing(target: str, said: str, code: Path) -> None:
    """Exit 2 with a sentence that says where it is wrong, and a hint."""
    done = lakewright("complete", target, "--sandbox", "--format", "json", cwd=code)
    found = result(done)
    assert (done.returncode, found["error"]["kind"], found["usage"]["requests"]) == (2, "input", 0)
    assert said in found["error"]["message"]
    assert found["error"]["hint"]
