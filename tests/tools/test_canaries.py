"""Nothing that may not leave does, whatever a model asks of which tool in which spelling."""

import itertools
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lakewright.errors import ToolFailedError
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace import worker
from lakewright.workspace.files import Workspace
from support_workspace import init_git, workspace_of, write_tree

_CANARY = "CANARY_7f3a"
_BODY = f"def {_CANARY}():\n    return '{_CANARY}'\n"
_HIDDEN = {
    ".env": "secret in a dot file",
    ".env.local": "",
    "config/.ENV.Production": "",
    "id_rsa": "",
    "keys/server.pem": "",
    "keys/Client.KEY": "",
    ".databrickscfg": "",
    "deploy/secrets.yaml": "",
    ".ssh/config.py": "",
    ".git/hooks/hidden.py": "",
    "ignored_name.py": "",
    "ignored_folder/inner.py": "",
    "ignored_folder/negated.py": "",
    "nested/local_secret.py": "",
    "own_ignored.py": "",
    "by_setting.py": "",
    "by_global.py": "",
    "by_exclude.py": "",
    "caf\u00e9_private.py": "",
}
_OUTSIDE = ("outside.py", "outside_folder/deep.py")
_LINKS = {
    "link_out.py": "../beside/outside.py",
    "link_folder": "../beside/outside_folder",
    "link_chain.py": "link_out.py",
    "link_to_denied.py": ".env",
    "link_to_ignored.py": "ignored_name.py",
    "link_to_key.txt": "keys/server.pem",
    "sub/link_up": "..",
    "sub/link_far": "../../beside",
    "sub/link_git": "../.git",
}


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    home = write_tree(tmp_path / "home", {".config/git/ignore": "by_global.py\n"})
    monkeypatch.setenv("HOME", str(home))
    root = tmp_path / "root"
    init_git(root)
    write_tree(root, dict.fromkeys(_HIDDEN, _BODY))
    write_tree(
        root,
        {
            "open.py": "def visible():\n    return 1\n",
            "sub/also.py": "visible()\n",
            ".gitignore": "ignored_n*.py\nignored_folder/\n!ignored_folder/negated.py\ncafe\u0301_*\n",
            "nested/.gitignore": "local_s*\n",
            ".lakewrightignore": "own_i*\n",
            ".git/info/exclude": "by_ex*\n",
        },
    )
    write_tree(tmp_path / "beside", dict.fromkeys(_OUTSIDE, _BODY))
    for name, leads_to in _LINKS.items():
        (root / name).symlink_to(leads_to)
    return workspace_of(root, ignore=["by_set*"])


@pytest.fixture(autouse=True)
async def _no_worker_left() -> AsyncIterator[None]:
    yield
    worker._workers.clear()


def _spellings(root: Path, path: str) -> set[str]:
    """One path in the ways a model may write it."""
    last = path.rpartition("/")[2]
    return {
        path,
        f"./{path}",
        f"sub/../{path}",
        f"{root}/{path}",
        f"{root}/sub/../{path}",
        f"../{root.name}/{path}",
        f"sub/link_up/{path}",
        f"{root}/sub/link_up/sub/link_up/{path}",
        path.replace("/", "//"),
        f"{path}/",
        f"{path}/.",
        path.upper(),
        path.swapcase(),
        path.replace("\u00e9", "e\u0301"),
        f"link_folder/{last}",
        f"sub/link_git/{path.removeprefix('.git/')}",
        f" {path}",
        f"{path}\0",
        f"file://{root}/{path}",
    }


def _targets(root: Path) -> set[str]:
    beside = root.parent / "beside"
    inside = {spelling for path in (*_HIDDEN, *_LINKS) for spelling in _spellings(root, path)}
    ways = ("../beside", str(beside), "sub/../../beside", "sub/link_far", "sub/link_up/../../beside")
    outside = {f"{way}/{path}" for path in _OUTSIDE for way in ways} | {"link_folder/deep.py"}
    return inside | outside


def _assert_clean(answer: str, asked: str) -> None:
    """Neither content nor a hidden name is in the answer, unless the question held that name."""
    assert _CANARY not in answer.replace(asked, ""), asked
    for hidden in (*_HIDDEN, *_OUTSIDE, *_LINKS):
        name = hidden.rpartition("/")[2]
        if name.lower() not in asked.lower():
            assert name not in answer, (asked, answer)


async def _answer(tool: str, arguments: dict[str, object], workspace: Workspace) -> str:
    found = next(one for one in READ_TOOLS if one.spec.name == tool)
    try:
        return await found.run(arguments, workspace)
    except ToolFailedError as error:
        return str(error)


async def test_no_spelling_of_a_path_opens_a_hidden_file(workspace: Workspace) -> None:
    """`read_file` and `outline` refuse them all, and their refusals tell nothing that wasn't asked."""
    for path, tool in itertools.product(sorted(_targets(workspace.root.path)), ("read_file", "outline")):
        answer = await _answer(tool, {"path": path}, workspace)
        _assert_clean(answer, path)
        assert "can't be read" in answer or "lies outside" in answer or "is no path" in answer, (path, answer)


async def test_listings_name_no_hidden_file(workspace: Workspace) -> None:
    """Whatever the glob, only open files are listed."""
    root = workspace.root.path
    globs = {
        None,
        "**",
        "*",
        ".*",
        "**/.*",
        "/**",
        "*.{py,pem,KEY,yaml}",
        "!open.py",
        "sub/**",
        f"{root}/**",
        "sub/link_up/**",
    }
    globs |= {f"{path.rpartition('/')[0] or '.'}/*" for path in (*_HIDDEN, *_LINKS)}
    for glob in globs | {path for path in _targets(root) if "\0" not in path}:
        answer = await _answer("list_files", {} if glob is None else {"glob": glob}, workspace)
        _assert_clean(answer, glob or "")
    everything = (await _answer("list_files", {}, workspace)).split("\n")
    assert everything == [".gitignore", ".lakewrightignore", "open.py", "nested/.gitignore", "sub/also.py"]


async def test_searches_see_no_hidden_file(workspace: Workspace) -> None:
    """Neither text nor symbols of hidden files are found, nor is a link followed to them."""
    for glob in (None, "**", "link_folder", "sub/link_far", ".env", ".git", "/ignored_folder/**"):
        arguments: dict[str, object] = {"pattern": "(?i)canary|return", **({"glob": glob} if glob else {})}
        answer = await _answer("search_text", arguments, workspace)
        _assert_clean(answer, json.dumps(arguments))
    for name in (_CANARY, f"x.{_CANARY}"):
        answer = await _answer("find_symbol", {"name": name}, workspace)
        assert answer.replace(name, "") == "[no definition of  found]"
    assert await _answer("search_text", {"pattern": "visible"}, workspace) == (
        "open.py:1: def visible():\nsub/also.py:1: visible()"
    )


async def test_open_files_stay_open(workspace: Workspace) -> None:
    """The check can fail: the same spellings of an open file are all answered."""
    root = workspace.root.path
    for path in ("open.py", "./open.py", f"{root}/open.py", "sub/../open.py", "sub/link_up/open.py"):
        assert "def visible" in await _answer("read_file", {"path": path}, workspace)
