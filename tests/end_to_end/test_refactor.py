"""`refactor` over the whole stack: the sandbox's model changes real code."""

from pathlib import Path

from lakewright.sandbox.server import SandboxServer
from lakewright.staging.values import StagedFile
from support_end_to_end import explain, refactor

RENAME = "Rename add_tax to with_tax"


def _texts(staged: tuple[StagedFile, ...]) -> dict[str, str]:
    return {file.path: file.data.decode() for file in staged}


def _renamed(project: Path) -> dict[str, str]:
    return {
        name: (project / name).read_text().replace("add_tax", "with_tax") for name in ("orders.py", "tax.py")
    }


async def test_a_rename_across_files(project: Path) -> None:
    """All files that use the name change, nothing else does, and nothing is written."""
    async with SandboxServer(pace=0) as server:
        outcome = await refactor(server, project, "tax.py", RENAME)
    assert outcome.error is None
    assert _texts(outcome.staged) == _renamed(project)
    assert "def add_tax" in (project / "tax.py").read_text()


async def test_a_check_sees_the_change(project: Path) -> None:
    """`--verify` runs on the changed tree, after a real run of edits."""
    async with SandboxServer(pace=0) as server:
        outcome = await refactor(server, project, "tax.py", RENAME, verify="grep -q with_tax orders.py")
        assert outcome.error is None
        outcome = await refactor(server, project, "tax.py", RENAME, verify="grep -q add_tax tax.py")
    assert outcome.error is not None
    assert outcome.error.kind == "edit"
    assert "add_tax" in (project / "tax.py").read_text()


async def test_a_conversation_of_both_commands(project: Path) -> None:
    """A strict host takes a refactor that goes on from an explanation, and an explanation after it."""
    async with SandboxServer(pace=0) as server:
        await explain(server, project, "tax.py")
        outcome = await refactor(server, project, "", RENAME, conversation="last")
        assert outcome.error is None
        assert _texts(outcome.staged) == _renamed(project)
        outcome = await explain(
            server, project, "", conversation="last", instruction="What is in `tax.py` now?"
        )
    assert outcome.error is None
    assert outcome.answer
