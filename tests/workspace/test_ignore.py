"""Where ignore rules come from, beside the `.gitignore` of a folder."""

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from lakewright.workspace.files import Workspace
from lakewright.workspace.patterns import compile_pattern
from lakewright.workspace.roots import Root
from lakewright.workspace.rules import Rules
from support_workspace import ignored_by_git, init_git, workspace_of, write_tree


def refused(workspace: Workspace, *paths: str) -> list[str]:
    return [path for path in paths if workspace.why_refused(path)]


def test_below_an_ignored_folder_nothing_comes_back(tmp_path: Path) -> None:
    """A path below an ignored folder stays ignored, negated or not, in that folder's own file, too."""
    write_tree(
        tmp_path,
        {".gitignore": "gen/\n!gen/keep.py\n", "gen/.gitignore": "!keep.py\n", "gen/keep.py": "", "a.py": ""},
    )
    workspace = workspace_of(tmp_path)
    assert refused(workspace, "gen/keep.py", "gen/x/y.py", "a.py") == ["gen/keep.py", "gen/x/y.py"]
    assert list(workspace.files()) == [".gitignore", "a.py"]


def test_rules_hold_with_and_without_a_repository(tmp_path: Path) -> None:
    """Patterns decide, whether git is there or not."""
    write_tree(tmp_path, {".gitignore": "*.log\n", "sub/.gitignore": "!keep.log\n"})
    paths = ("a.log", "sub/keep.log", "sub/other.log")
    before = refused(workspace_of(tmp_path), *paths)
    init_git(tmp_path)
    assert before == refused(workspace_of(tmp_path), *paths) == ["a.log", "sub/other.log"]


def test_the_rules_of_the_repository_hold_for_a_root_inside_it(tmp_path: Path) -> None:
    """A root below the repository's top is under the files above it."""
    write_tree(tmp_path, {".git/HEAD": "", ".gitignore": "/pkg/gen/\n*.tmp\n", "pkg/.gitignore": "!b.tmp\n"})
    workspace = workspace_of(
        write_tree(tmp_path / "pkg", {"gen/x.py": "", "a.tmp": "", "b.tmp": "", "c.py": ""})
    )
    assert list(workspace.files()) == [".gitignore", "b.tmp", "c.py"]
    assert "ignored by .gitignore, line 1" in str(workspace.why_refused("gen/x.py"))


def test_a_root_inside_an_ignored_folder_shows_nothing(tmp_path: Path) -> None:
    """Neither a file nor its name: the folder is ignored, whoever makes it the root."""
    write_tree(tmp_path, {".git/HEAD": "", ".gitignore": "vendor/\n", "vendor/lib/a.py": ""})
    workspace = workspace_of(tmp_path / "vendor/lib")
    assert refused(workspace, "a.py") == ["a.py"]
    assert list(workspace.files()) == []


@pytest.mark.parametrize("where", ["default", "xdg", "configured", "included", "if included", "environment"])
def test_global_excludes_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """`core.excludesFile` is found where git finds it, and by default in `~/.config/git/ignore`."""
    home = write_tree(tmp_path / "home", {})
    root = write_tree(tmp_path / "root", {"a.mine": "", "b.mine": ""})
    monkeypatch.setenv("HOME", str(home))
    config = '[user]\n\tname = "X # Y" ; comment\n[core]\n\tautocrlf\n\texcludesFile = "~/my ignore" # mine\n'
    trees: Mapping[str, Mapping[str, str]] = {
        "default": {".config/git/ignore": "a.mine\n"},
        "xdg": {"elsewhere/git/ignore": "a.mine\n"},
        "configured": {".gitconfig": config, "my ignore": "a.mine\n", ".config/git/ignore": "b.mine\n"},
        "included": {".gitconfig": "[include]\npath = more\n", "more": config, "my ignore": "a.mine\n"},
        "if included": {
            ".gitconfig": '[includeIf "gitdir:~/"]\npath = more\n',
            "more": config,
            "my ignore": "a.mine\n",
        },
        "environment": {"conf": config, "my ignore": "a.mine\n"},
    }
    write_tree(home, trees[where])
    if where == "xdg":
        monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "elsewhere"))
    if where == "environment":
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / "conf"))
    init_git(root)
    workspace = workspace_of(root)
    assert refused(workspace, "a.mine", "b.mine") == ["a.mine"]
    if where != "if included":
        assert ignored_by_git(root, ["a.mine", "b.mine"]) == {"a.mine"}
    assert "your global git excludes, line 1" in str(workspace.why_refused("a.mine"))


def test_nearer_rules_go_before_farther_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`.gitignore` overrides `info/exclude`, which overrides the global excludes."""
    monkeypatch.setenv("HOME", str(write_tree(tmp_path / "home", {".config/git/ignore": "a\nb\nc\n"})))
    root = write_tree(tmp_path / "root", {".gitignore": "!c\n"})
    init_git(root)
    write_tree(root, {".git/info/exclude": "!b\nc\nd\n"})
    assert refused(workspace_of(root), *"abcd") == ["a", "d"] == sorted(ignored_by_git(root, "abcd"))


def test_a_worktree_uses_the_rules_of_its_repository(tmp_path: Path) -> None:
    """Where `.git` is a file, `info/exclude` is that of the common folder."""
    write_tree(
        tmp_path,
        {
            "main/.git/info/exclude": "mine.py\n",
            "main/.git/worktrees/w/commondir": "../..\n",
            "tree/.git": "gitdir: ../main/.git/worktrees/w\n",
        },
    )
    assert refused(workspace_of(tmp_path / "tree"), "mine.py", "a.py") == ["mine.py"]


def test_a_git_file_that_leads_nowhere_is_no_harm(tmp_path: Path) -> None:
    """A stranger's `.git` file may hold anything; the other rules still hold."""
    for text in (b"gitdir: a\0b\n", b"gitdir: " + b"x" * 5000, b"\xff", b"gitdir: ../.."):
        write_tree(tmp_path, {".git": text, ".gitignore": "a\n"})
        assert refused(workspace_of(tmp_path), "a", "b") == ["a"]


def test_a_nested_repository_adds_its_own_rules(tmp_path: Path) -> None:
    """The `info/exclude` of a repository inside the root holds below it."""
    write_tree(tmp_path, {".git/HEAD": "", "inner/.git/info/exclude": "x.py\n"})
    assert refused(workspace_of(tmp_path), "x.py", "inner/x.py") == ["inner/x.py"]


def test_own_rules_and_settings_hide_more_and_free_nothing(tmp_path: Path) -> None:
    """`.lakewrightignore` and the setting add to what git ignores; a negation frees only their own."""
    write_tree(tmp_path, {".gitignore": "*.log\n", ".lakewrightignore": "!a.log\n*.csv\n!b.csv\n"})
    workspace = workspace_of(tmp_path, ignore=["/data/", "!b.csv"])
    assert refused(workspace, "a.log", "a.csv", "b.csv", "data/x.py", "sub/data/x.py") == [
        "a.log",
        "a.csv",
        "data/x.py",
    ]
    assert "ignored by .lakewrightignore, line 2" in str(workspace.why_refused("a.csv"))
    assert "ignored by the ignore setting, line 1" in str(workspace.why_refused("data/x.py"))


def test_the_settings_patterns_begin_at_the_root(tmp_path: Path) -> None:
    """They are relative to the workspace root, also when the repository begins above it."""
    write_tree(tmp_path, {".git/HEAD": "", "pkg/a.py": "", "pkg/pkg/b.py": ""})
    assert list(workspace_of(tmp_path / "pkg", ignore=["/pkg", "**"]).files()) == []
    assert list(workspace_of(tmp_path / "pkg", ignore=["/pkg"]).files()) == ["a.py"]


def test_letter_case_does_not_count_where_the_repository_says_so(tmp_path: Path) -> None:
    """`core.ignoreCase`, which git sets on disks that don't care, is followed."""
    write_tree(tmp_path, {".gitignore": "Secret.txt\n*.LOG\n"})
    init_git(tmp_path)
    paths = ["secret.TXT", "a.log", "b.txt"]
    assert refused(workspace_of(tmp_path), *paths) == []
    with (tmp_path / ".git/config").open("a") as config:
        config.write("[core]\n\tignorecase = true\n")
    assert (
        refused(workspace_of(tmp_path), *paths)
        == paths[:2]
        == sorted(ignored_by_git(tmp_path, paths), reverse=True)
    )


def test_two_spellings_of_a_letter_are_one(tmp_path: Path) -> None:
    """A name with a composed letter is ignored by a pattern with a decomposed one, and the reverse."""
    write_tree(tmp_path, {".gitignore": "caf\u00e9.txt\nnai\u0308ve/\n"})
    paths = ["caf\u00e9.txt", "cafe\u0301.txt", "na\u00efve/x", "nai\u0308ve/x"]
    assert refused(workspace_of(tmp_path), *paths) == paths


def test_changed_rules_count_at_once(tmp_path: Path) -> None:
    """An ignore file written after the first look is seen by the same workspace."""
    write_tree(tmp_path, {"sub/a.py": ""})
    workspace = workspace_of(tmp_path)
    assert refused(workspace, "sub/a.py") == []
    write_tree(tmp_path, {"sub/.gitignore": "a.py\n"})
    assert refused(workspace, "sub/a.py") == ["sub/a.py"]
    (tmp_path / "sub/.gitignore").write_text("b.py\n# longer\n")
    assert refused(workspace, "sub/a.py") == []


def test_rules_that_cannot_be_read_hide_everything_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To be safe: nobody knows what such a file would have hidden."""
    write_tree(tmp_path, {"sub/.gitignore": "x", "sub/a.py": "", "b.py": ""})
    read_bytes = Path.read_bytes

    def no_right(path: Path) -> bytes:
        if path.name == ".gitignore":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", no_right)
    assert refused(workspace_of(tmp_path), "sub/a.py", "b.py") == ["sub/a.py"]


@pytest.mark.parametrize(
    "pattern", ["*a" * 40 + "b", "**/" * 40 + "b", "**/a" * 30 + "*b", "*" + "?*" * 40 + "b"]
)
def test_a_hostile_pattern_is_judged_like_any_other(pattern: str) -> None:
    """Stars upon stars are matched without trying all combinations, which would take years."""
    rules = Rules([pattern.encode()], "x")
    assert rules.judge(b"a" * 200 + b"c", is_folder=False) is None
    assert rules.judge(b"a/" * 200 + b"c", is_folder=False) is None
    last = b"b" if pattern.endswith("/b") else b"a" * 120 + b"b"
    assert rules.judge(b"a/" * 60 + last, is_folder=False)


def test_a_malformed_pattern_fits_nothing() -> None:
    """As with git, an open bracket or a backslash at the end is no error."""
    assert compile_pattern(b"[a") is None
    assert compile_pattern(b"a\\") is None
    assert isinstance(compile_pattern(b"[!a]*"), re.Pattern)


def test_a_root_is_enough_to_make_a_workspace(tmp_path: Path) -> None:
    """No environment and no home: the rules of the folder still hold."""
    write_tree(tmp_path, {".gitignore": "a\n"})
    assert refused(Workspace(Root(tmp_path.resolve()), environ={}), "a", "b") == ["a"]


def test_a_configuration_that_includes_itself_is_read_to_an_end(tmp_path: Path) -> None:
    """Includes of includes are bounded in number, not in depth alone: a stranger's `.git` may hold them."""
    config = "[include]\n" + "path = config\n" * 9 + "[core]\nignoreCase = true\n"
    write_tree(tmp_path, {".git/config": config, ".gitignore": "*.log\n", "a.LOG": ""})
    assert refused(workspace_of(tmp_path), "a.LOG") == ["a.LOG"]
