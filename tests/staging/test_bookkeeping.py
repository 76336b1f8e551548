"""What counts as refused, as made good and as too often: the promises that decide how a run ends."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from lakewright.edits.values import Kind, NewFile, Refused
from lakewright.staging.ledger import MAX_ATTEMPTS, Ledger, Named
from lakewright.staging.stage import Stage
from lakewright.staging.values import Change
from support_staging import edit, stage_of
from support_workspace import workspace_of, write_tree

_GOOD = edit("a.py", ("x = 1", "x = 2"))
_BAD = edit("a.py", ("nothing like it", "x"))
_DONE = edit("a.py", ("nothing_like_it", "value = 123456"))
_NOTHING = edit("a.py", ("x", "x"))
_ASTRAY = edit("gone.py", ("x", "y"))
_OUTSIDE = edit("../a.py", ("x", "y"))
_OTHER = edit("b.py", ("y = 1", "y = 2"))
_CREATE = NewFile("c.py", "z = 1\n")
_CREATE_BAD = NewFile("c.py", "z = (\n")
_CREATE_ELSE = NewFile("d.py", "z = 1\n")
_SECRET = edit(".env", ("x", "y"))

_RUNS: list[tuple[str, Sequence[Change], list[str | None]]] = [
    ("refused", [_BAD], ["a.py"]),
    ("made good by the same path", [_BAD, _GOOD], []),
    ("another path makes nothing good", [_BAD, _OTHER], ["a.py"]),
    ("an earlier change makes nothing good", [_GOOD, _BAD], ["a.py"]),
    ("already applied is not refused", [_DONE], []),
    ("nothing to change is not refused", [_NOTHING], []),
    ("what changes nothing makes nothing good", [_BAD, _NOTHING, _DONE], ["a.py"]),
    ("no file of the workspace", [_ASTRAY], [None]),
    ("no file of the workspace, then any", [_ASTRAY, _OUTSIDE, _SECRET, _OTHER], []),
    ("any, then no file of the workspace", [_OTHER, _ASTRAY], [None]),
    ("nothing to change doesn't find the right file", [_ASTRAY, _NOTHING], [None]),
    ("each path by itself", [_BAD, _ASTRAY, _OUTSIDE], ["a.py", None, None]),
    ("a new file that was to hold something", [_CREATE_BAD, _OTHER], ["c.py"]),
    ("the same new file, mended", [_CREATE_BAD, _CREATE], []),
    ("another new file in its place", [_CREATE_BAD, _CREATE_ELSE], []),
    ("created over a file, then edited", [NewFile("a.py", "x = 3\n"), _GOOD], []),
    ("created twice with the same text", [_CREATE, _CREATE], []),
]


@pytest.mark.parametrize(("changes", "left"), [run[1:] for run in _RUNS], ids=[run[0] for run in _RUNS])
async def test_what_stays_refused(tmp_path: Path, changes: Sequence[Change], left: list[str | None]) -> None:
    """A run's refusals at its end, by the file that each counts for."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\nvalue = 123456\n", "b.py": "y = 1\n", ".env": "x\n"})
    for change in changes:
        await stage.apply(change)
    assert [one.path for one in stage.open_refusals] == left
    assert stage.attempted
    assert stage.exhausted is None


async def test_three_attempts_for_one_path(tmp_path: Path) -> None:
    """Each refusal says how many are left; after the third nothing more is tried, not even what fits."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
    told = [(await stage.apply(_BAD)).message for _ in range(MAX_ATTEMPTS)]
    assert [line.rpartition("[")[2] for line in told] == [
        "2 more attempts for this path]",
        "1 more attempt for this path]",
        "that was the last attempt for this path: no further one is taken]",
    ]
    assert stage.exhausted is not None
    assert (stage.exhausted.path, stage.exhausted.attempts) == ("a.py", 3)
    late = await stage.apply(_GOOD)
    assert late.refused is not None
    assert late.refused.kind is Kind.NOT_FOUND
    assert "no further attempt is taken" in late.message
    assert not stage.files
    assert (await stage.apply(_OTHER)).refused is None


async def test_an_accepted_change_begins_anew(tmp_path: Path) -> None:
    """Attempts are counted since the path was last accepted."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    for change in (_BAD, _BAD, _GOOD, _BAD, _BAD):
        await stage.apply(change)
    assert stage.exhausted is None
    await stage.apply(_BAD)
    assert [one.attempts for one in stage.open_refusals] == [3]


async def test_spellings_of_a_path_are_one_path(tmp_path: Path) -> None:
    """`./a.py`, a link to it and the absolute path share their attempts."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n", "sub/b.py": "y = 1\n"})
    (tmp_path / "link.py").symlink_to("a.py")
    for path in ("./a.py", "link.py", str(tmp_path.resolve() / "sub/../a.py")):
        await stage.apply(edit(path, ("nothing like it", "x")))
    assert [(one.path, one.attempts) for one in stage.open_refusals] == [("a.py", 3)]


async def test_calls_of_one_turn_are_one_attempt(tmp_path: Path) -> None:
    """A model that sends four calls at once has not been told of the first one's refusal."""
    turn = [1]
    stage = Stage(workspace_of(write_tree(tmp_path, {"a.py": "x = 1\n"})), turn=lambda: turn[0])
    for _ in range(4):
        await stage.apply(_BAD)
    assert [one.attempts for one in stage.open_refusals] == [1]
    for turn[0] in (2, 3):
        assert stage.exhausted is None
        await stage.apply(_BAD)
    assert [one.attempts for one in stage.open_refusals] == [3]


async def test_nothing_was_attempted(tmp_path: Path) -> None:
    """A run without any change is told from one whose changes came to nothing."""
    stage = stage_of(tmp_path, {"a.py": "x = 1\n"})
    before = stage.attempted
    await stage.apply(_NOTHING)
    assert (before, stage.attempted) == (False, True)
    assert (stage.files, stage.open_refusals) == ((), ())


_KEYS = ("a.py", "b.py", "gone.py", "new.py")
_REFUSED = Refused("no", Kind.NOT_FOUND)


class LedgerMachine(RuleBasedStateMachine):
    """The ledger against the story it was told, read from the end."""

    def __init__(self) -> None:
        super().__init__()
        self.ledger = Ledger()
        self.story: list[tuple[str, str, bool]] = []  # what happened, path, is it a new file

    def _named(self, key: str) -> Named:
        return Named(key, None if key == "gone.py" else key, is_new=key == "new.py")

    @rule(key=st.sampled_from(_KEYS))
    def refuse(self, key: str) -> None:
        left = self.ledger.refused(self._named(key), _REFUSED)
        self.story.append(("refused", key, key == "new.py"))
        assert left == max(0, MAX_ATTEMPTS - self._failed(key))

    @rule(key=st.sampled_from(("a.py", "b.py", "new.py", "other.py")), is_new=st.booleans())
    def accept(self, key: str, is_new: bool) -> None:
        self.ledger.accepted(key, is_new=is_new)
        self.story.append(("accepted", key, is_new))

    def _failed(self, key: str) -> int:
        """Refusals since the last event that made the path good."""
        count = 0
        for what, other, is_new in reversed(self.story):
            if what == "refused":
                count += other == key
            elif key in (other, "gone.py") or (key == "new.py" and is_new):
                break
        return count

    @invariant()
    def open_is_what_was_not_made_good(self) -> None:
        expected = {key: self._failed(key) for key in _KEYS if self._failed(key)}
        found = {one.path or "gone.py": one.attempts for one in self.ledger.open}
        assert found == expected
        worst = self.ledger.exhausted
        assert (worst is not None) == any(count >= MAX_ATTEMPTS for count in expected.values())
        for key in _KEYS:
            assert (self.ledger.spent(self._named(key)) is not None) == (expected.get(key, 0) >= MAX_ATTEMPTS)


LedgerMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLedger = LedgerMachine.TestCase
