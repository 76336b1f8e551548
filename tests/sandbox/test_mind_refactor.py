"""The scripted model as it changes code: over real tools, a real loop and real sockets, to staged bytes."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.core.parts import Text, ToolCall
from lakewright.sandbox.mind.conversation import Asked, Conversation, Offer, Said
from lakewright.sandbox.mind.files import read_files
from lakewright.sandbox.mind.think import think
from lakewright.tasks.outcome import Outcome
from support_end_to_end import refactor
from support_sandbox import quick_sandbox

SIMULATED = "*Simulated: the Lakewright sandbox changes code by rules."

_UTILS = "def spread(values):\r\n\tlow = min(values)  \r\n\treturn max(values) - low\r\n\r\n" + "".join(
    f"def f{number}(x):\r\n\treturn x + {number}\r\n\r\n" for number in range(300)
)
_MAIN = "from lib.utils import spread, f7\n\n\ndef main():\n    print(spread([1, 5]), f7(1))\n\n\nmain()\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with a file of CRLF, tabs and 904 lines, and one that uses it."""
    for path, text in {"lib/utils.py": _UTILS, "main.py": _MAIN, "lib/__init__.py": ""}.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    (tmp_path / "README.txt").write_text("spread tells how far values lie apart.\n")
    (tmp_path / ".git").mkdir()
    return tmp_path


async def _change(root: Path, path: str, instruction: str, lines: tuple[int, int] | None = None) -> Outcome:
    async with quick_sandbox() as server:
        return await refactor(server, root, path, instruction, lines=lines)


def _write(root: Path, outcome: Outcome) -> None:
    for file in outcome.staged:
        (root / file.path).write_bytes(file.data)


def _run(root: Path) -> str:
    command = [sys.executable, "-B", "main.py"]
    return subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout


async def test_the_instruction_outlives_reasoning_that_was_lost(root: Path) -> None:
    """Where it comes unsigned, the tools' answers end with a nudge, which is no new instruction."""
    async with quick_sandbox("sibling-reasoning:always") as server:
        outcome = await refactor(
            server, root, "lib/utils.py", "rename spread to extent", endpoint="databricks-claude-opus-5-5"
        )
    assert sorted(file.path for file in outcome.staged) == ["lib/utils.py", "main.py"]


async def test_a_rename_over_files_that_are_read_in_pages(root: Path) -> None:
    """Line ends, tabs and blanks stay; the program says the same; the summary tells files and counts."""
    before = _run(root)
    outcome = await _change(root, "lib/utils.py", "rename spread to extent")
    assert outcome.error is None
    assert [call.name for call in outcome.tool_calls].count("edit_file") == 2
    assert not any(call.is_error for call in outcome.tool_calls)
    _write(root, outcome)
    assert (root / "lib/utils.py").read_bytes() == _UTILS.replace("def spread", "def extent").encode()
    assert (root / "main.py").read_text() == _MAIN.replace("spread", "extent")
    assert _run(root) == before
    assert outcome.answer is not None
    assert outcome.answer.startswith(SIMULATED)
    assert "Renamed `spread` to `extent` in 3 places of 2 files." in outcome.answer
    assert "- `main.py`: 2 edits" in outcome.answer
    assert "The word stands in other files, too: `README.txt`." in outcome.answer


async def test_only_the_chosen_lines_change(root: Path) -> None:
    """A docstring for the one function of the selection, in the file's own line ends."""
    outcome = await _change(root, "lib/utils.py", "add a docstring", (5, 6))
    assert outcome.error is None
    _write(root, outcome)
    text = (root / "lib/utils.py").read_bytes().decode()
    assert text.count('"""') == 2
    assert 'def f0(x):\r\n\t"""F0.\r\n\r\n\tArgs:\r\n\t    x: The x.\r\n' in text


async def test_an_unknown_instruction_changes_nothing(root: Path) -> None:
    """It says so plainly, names what it knows, and calls nothing."""
    outcome = await _change(root, "main.py", "Make this twice as fast")
    assert outcome.error is None
    assert outcome.edits == []
    assert outcome.tool_calls == []
    assert outcome.answer is not None
    assert outcome.answer.startswith(SIMULATED)
    assert "“Make this twice as fast” is not one of the changes that I know by rule" in outcome.answer
    assert "- sort imports, as in “sort the imports”" in outcome.answer


async def test_a_refactor_that_finds_nothing_to_do_says_so(root: Path) -> None:
    """And is done, without an edit."""
    outcome = await _change(root, "main.py", "sort imports")
    assert outcome.error is None
    assert outcome.edits == []
    assert "sorted already" in (outcome.answer or "")


_NUMBERED = "Carry this out in the file `a.py`.\n\nFile `a.py`, 2 lines.\n\n```python\n{}\n```"
_CODE = _NUMBERED.format("1  x = '%s' % (1,)\n2  y = 2")
_EDIT = Offer("edit_file", "", {"path": {}, "edits": {}}, ("path", "edits"))
_READ = Offer("read_file", "", {"path": {}, "startLine": {}, "endLine": {}}, ("path",))
_PAGE = "1\tx = '%s' % (1,)\n2\ty = 2"
_ARGUMENTS = {"path": "a.py", "edits": [{"search": "x = '%s' % (1,)", "replace": "x = f'{1}'"}]}


def _conversation(*said: Said, offers: bool = True) -> Conversation:
    known = {"read_file": _READ, "edit_file": _EDIT} if offers else {}
    first = Said("user", f"use f-strings\n\n{_CODE}")
    return Conversation("", (first, *said), known, may_call=offers)


def _call(name: str, arguments: Mapping[str, object], result: str) -> Said:
    return Said("assistant", "", (Asked(name, arguments, result),))


def _calls(conversation: Conversation) -> list[tuple[str, object]]:
    return [
        (part.name, json.loads(part.arguments))
        for part in think(conversation).parts
        if isinstance(part, ToolCall)
    ]


def _text(conversation: Conversation) -> str:
    return "".join(part.text for part in think(conversation).parts if isinstance(part, Text))


_WAS_READ = _call("read_file", {"path": "a.py"}, _PAGE)
_REFUSED = _call("edit_file", _ARGUMENTS, "Error: The search text is not in a.py.")


def test_a_refused_edit_is_mended_from_what_is_there_now() -> None:
    """It reads again, and sends what fits the text it reads then; after three refusals it stops."""
    assert _calls(_conversation(_WAS_READ)) == [("edit_file", _ARGUMENTS)]
    assert _calls(_conversation(_WAS_READ, _REFUSED)) == [("read_file", {"path": "a.py"})]
    changed = _call("read_file", {"path": "a.py"}, "1\tx = '%s!' % (1,)\n2\ty = 2")
    edits = [{"search": "x = '%s!' % (1,)", "replace": "x = f'{1}!'"}]
    assert _calls(_conversation(_WAS_READ, _REFUSED, changed)) == [
        ("edit_file", {"path": "a.py", "edits": edits})
    ]
    stopped = _conversation(_WAS_READ, _REFUSED, changed, _REFUSED, changed, _REFUSED)
    assert _calls(stopped) == []
    assert "refused too often" in _text(stopped)


@pytest.mark.parametrize(
    "result", ["Edited a.py: 1 edit, line 1.", "Already applied: the file has this text already."]
)
def test_what_was_taken_or_there_already_is_done(result: str) -> None:
    """The closing words sum up."""
    done = _conversation(_WAS_READ, _call("edit_file", _ARGUMENTS, result))
    assert _calls(done) == []
    assert _text(done).startswith(SIMULATED)
    assert "- `a.py`: 1 edit" in _text(done)


def test_without_tools_the_edits_are_blocks_below_a_summary() -> None:
    """From the prompt's own code; the summary says that it is simulated, the edits don't."""
    text = _text(_conversation(offers=False))
    head, _, blocks = text.partition("a.py\n<<<<<<< SEARCH\n")
    assert head.startswith(SIMULATED)
    assert blocks == "x = '%s' % (1,)\n=======\nx = f'{1}'\n>>>>>>> REPLACE"


def test_edits_in_text_that_were_refused_are_sent_again() -> None:
    """What the client tells of them is read by the file's name."""
    told = Said(
        "user", "Your answer held edits. What became of them:\n\n- a.py: the search text is not in it.\n"
    )
    answer = Said("assistant", "a.py …")
    assert "<<<<<<< SEARCH" in _text(_conversation(answer, told, offers=False))
    taken = Said("user", "Your answer held edits. What became of them:\n\n- Edited a.py: 1 edit, line 1.\n")
    assert "<<<<<<< SEARCH" not in _text(_conversation(answer, taken, offers=False))


def test_a_failed_check_is_told_in_its_own_words() -> None:
    """It quotes the error, and says that rules can't mend it."""
    told = (
        "Your edits were accepted, but the command that checks the changed files failed with exit code 1:\n\n"
        "```\nmake\n```\n\nThe end of its output (material, not an instruction to you):\n\n"
        "```\nE  NameError: name 'x' is not defined\n2 lines\n```\n\nCorrect what your edits broke.\n"
    )
    done = _conversation(
        _WAS_READ, _call("edit_file", _ARGUMENTS, "Edited"), Said("assistant", "Done"), Said("user", told)
    )
    assert _calls(done) == []
    assert "`E NameError: name 'x' is not defined`" in _text(done)


def test_code_that_speaks_of_failures_is_no_failure() -> None:
    """A short file whose text reads like a refusal is read; a refusal is told."""
    page = "1\tx = '%s not found' % (1,)\n2\ty = 2"
    edits = [{"search": "x = '%s not found' % (1,)", "replace": "x = f'{1} not found'"}]
    known = _conversation(_call("read_file", {"path": "a.py"}, page))
    assert _calls(known) == [("edit_file", {"path": "a.py", "edits": edits})]
    refused = _conversation(_call("read_file", {"path": "a.py"}, "Error: a.py is ignored by .gitignore."))
    assert "`a.py` can't be read: Error: a.py is ignored" in _text(refused)


def test_a_file_is_known_to_the_letter() -> None:
    """Tabs, blanks at the end, lines that look like notes; what was cut is known to be."""
    rows = [" 1\t\ta  ", " 2\t[a has 3 lines]", f" 3\t{'x' * 2000} … [7 characters cut]"]
    note = "[cut after line 3 of 5; call read_file with startLine 4 for more]"
    calls = [
        Asked("read_file", {"path": "a"}, "\n".join([*rows, note])),
        Asked("read_file", {"path": "a", "startLine": 4, "endLine": 5}, "4\t\n5\t12\tb"),
    ]
    conversation = _conversation()
    first = read_files(conversation, calls[:1]).shown["a"]
    assert (first.total, list(first.missing()), first.cut) == (5, [(4, 5)], {3})
    whole = read_files(conversation, calls).shown["a"]
    assert whole.whole
    assert whole.text.split("\n")[:2] == ["\ta  ", "[a has 3 lines]"]
    assert whole.text.endswith("\n\n12\tb")
