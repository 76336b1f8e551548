"""What the agent's tests share."""

from pathlib import Path

import pytest

from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import find_root


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace rooted in an empty folder that is a repository."""
    (tmp_path / ".git").mkdir()
    return Workspace(find_root(tmp_path / "x", None))
