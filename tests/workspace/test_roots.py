"""Which folder is the workspace root."""

import tempfile
from pathlib import Path

import pytest

from lakewright.errors import InputError
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root, find_root
from support_workspace import write_tree


@pytest.mark.parametrize("git", ["folder", "file"])
def test_the_nearest_parent_with_git_is_the_root(tmp_path: Path, git: str) -> None:
    """`.git` marks the root, as a folder or as the file of a worktree; the nearest one counts."""
    write_tree(tmp_path, {".git/HEAD": "", "repo/src/deep/a.py": "x"})
    if git == "file":
        write_tree(tmp_path, {"repo/.git": "gitdir: elsewhere"})
    else:
        (tmp_path / "repo/.git").mkdir()
    assert find_root(tmp_path / "repo/src/deep/a.py") == Root(tmp_path.resolve() / "repo")


def test_without_git_the_files_folder_is_the_root(tmp_path: Path) -> None:
    """A lone file opens its own folder and nothing above, whether it exists or not."""
    assert find_root(tmp_path / "src" / "new.py") == Root(tmp_path.resolve() / "src")


def test_a_folder_that_is_a_link_counts_where_it_leads(tmp_path: Path) -> None:
    """The root is a real path, and a path spelled through the link is understood."""
    write_tree(tmp_path, {"real/.git/HEAD": "", "real/src/a.py": "x = 1\n"})
    (tmp_path / "link").symlink_to(tmp_path / "real")
    root = find_root(tmp_path / "link/src/a.py")
    assert root == Root(tmp_path.resolve() / "real")
    assert Workspace(root).relative(tmp_path / "link/src/a.py") == "src/a.py"


def test_an_override_wins_and_must_be_a_folder(tmp_path: Path) -> None:
    """`--root` decides, also against `.git`; what is no folder is an input error."""
    write_tree(tmp_path, {"repo/.git/HEAD": "", "repo/a.py": "x"})
    assert find_root(tmp_path / "repo/a.py", tmp_path) == Root(tmp_path.resolve())
    with pytest.raises(InputError, match="is not a folder"):
        find_root(tmp_path / "repo/a.py", tmp_path / "repo/a.py")


@pytest.mark.parametrize("wide", ["home", "home with git", "temporary"])
def test_in_a_folder_that_holds_everything_only_the_file_is_readable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wide: str
) -> None:
    """Home and the temporary folder are never opened whole: only the named file may be read."""
    folder = write_tree(tmp_path / "wide", {"sub/a.py": "x = 1\n", "other.py": "secret = 1\n"})
    if wide == "temporary":
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
    else:
        monkeypatch.setenv("HOME", str(folder))
    target = folder / "mine.py"
    if wide == "home with git":
        (folder / ".git").mkdir()
        target = folder / "sub/mine.py"
    target.write_text("y = 1\n")
    root = find_root(target)
    workspace = Workspace(root)
    mine = workspace.relative(target)
    assert root == Root(folder, target)
    assert list(workspace.files()) == [mine]
    assert workspace.read(mine).text == "y = 1\n"
    assert "only mine.py may be read" in str(workspace.why_refused("other.py"))
    with pytest.raises(InputError, match=r"only mine.py may be read"):
        workspace.read("other.py")


def test_the_top_of_the_disk_is_too_wide() -> None:
    """A file in `/` opens nothing but itself."""
    assert find_root(Path("/x.py")) == Root(Path("/"), Path("/x.py"))
