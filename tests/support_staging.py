"""Changes as tests write them, and what a stage makes of them."""

from collections.abc import Mapping
from pathlib import Path

from lakewright.edits.values import Edit, FileEdits, Kind
from lakewright.staging.stage import Stage
from lakewright.staging.values import Change, Verdict
from support_workspace import workspace_of, write_tree


def stage_of(
    folder: Path, files: Mapping[str, str | bytes], *, overlay: Mapping[str, str] | None = None
) -> Stage:
    """A stage over a tree of files in the folder."""
    return Stage(workspace_of(write_tree(folder, files), overlay=overlay))


def edit(path: str, *pairs: tuple[str, str]) -> FileEdits:
    """Edits of one file in one call."""
    return FileEdits(path, tuple(Edit(search, replace) for search, replace in pairs))


async def refusal(stage: Stage, change: Change) -> tuple[Kind, str | None, str]:
    """How a change was refused: kind, path and message."""
    verdict = await stage.apply(change)
    assert verdict.refused is not None, verdict.message
    return verdict.refused.kind, verdict.path, verdict.message


async def accepted(stage: Stage, change: Change) -> Verdict:
    """A change that must be accepted, or be there already."""
    verdict = await stage.apply(change)
    assert verdict.refused is None, verdict.message
    return verdict


def data_of(stage: Stage) -> dict[str, bytes]:
    """The bytes of all staged files."""
    return {file.path: file.data for file in stage.files}
