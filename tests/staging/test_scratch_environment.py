"""What leads a command into the copy: its environment, its folder, its own words, its Pythons."""

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lakewright.staging.scratch import Scratch, scratch_copy
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from support_verify import private_temporary, staged
from support_workspace import write_tree


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return private_temporary(tmp_path, monkeypatch)


async def test_paths_into_the_tree_lead_into_the_copy(tmp_path: Path) -> None:
    """Those that the copy holds itself, alone or in a list; all else is the user's."""
    tree = {".gitignore": "build/\n", "bin/tool": "t", ".venv/pyvenv.cfg": "", "build/x": "x", "own.db": "d"}
    root = write_tree(tmp_path / "shop", tree)
    (tmp_path / "alias").symlink_to(root)
    environ = {
        "PATH": f"/usr/bin:{root}/bin:{root}/.venv/bin",
        "DATABASE": f"{root}/own.db",
        "LD_LIBRARY_PATH": f"{root}/build",
        "VIRTUAL_ENV": f"{root}/.venv",
        "ALIAS": f"{tmp_path}/alias/bin",
        "NEIGHBOUR": f"{root}-2/bin",
        "PYTHONPATH": f"{root}/bin",
        "TEXT": f"see {root}/bin",
        "EMPTY": "",
        "TOKEN": "dapi1",
        "LAKEWRIGHT_MODEL": "m",
        "GIT_DIR": f"{root}/.git",
        "GIT_INDEX_FILE": "index",
        "GIT_AUTHOR_NAME": "a",
    }
    async with scratch_copy(Workspace(Root(root), environ=environ), []) as copy:
        assert copy.environment == {
            "PATH": f"/usr/bin:{copy.root}/bin:{root}/.venv/bin",
            "DATABASE": f"{copy.root}/own.db",
            "LD_LIBRARY_PATH": f"{root}/build",
            "VIRTUAL_ENV": f"{root}/.venv",
            "ALIAS": f"{copy.root}/bin",
            "NEIGHBOUR": f"{root}-2/bin",
            "PYTHONPATH": f"{copy.root.parents[1]}/python:{copy.root}/bin",
            "TEXT": f"see {root}/bin",
            "EMPTY": "",
            "TOKEN": "dapi1",
            "GIT_AUTHOR_NAME": "a",
            "PWD": str(copy.root),
            "LAKEWRIGHT_VERIFY": "1",
            "LAKEWRIGHT_VERIFY_ROOT": str(root),
            "UV_NO_SYNC": "1",
        }


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("shop", ""),
        ("shop/src/deep", "src/deep"),
        ("shop/build", ""),
        ("shop/.venv", ""),
        (".", ""),
        ("link", "src"),
    ],
)
async def test_the_command_starts_where_the_user_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, here: str, there: str
) -> None:
    """In the copy's own counterpart of the current folder, else at its root."""
    tree = {".gitignore": "build/\n", "src/deep/a.py": "a", "build/x": "x", ".venv/pyvenv.cfg": ""}
    root = write_tree(tmp_path / "shop", tree)
    (tmp_path / "link").symlink_to(root / "src")
    monkeypatch.chdir(tmp_path / here)
    async with scratch_copy(Workspace(Root(root), environ={}), []) as copy:
        assert copy.current == copy.root / there
        assert copy.environment["PWD"] == str(copy.root / there)


@pytest.mark.parametrize(
    ("typed", "run"),
    [
        ("cd /w/shop && make", "cd /t/shop && make"),
        ("/w/shop/run.sh -I/w/shop/include --x=/w/shop", "/t/shop/run.sh -I/t/shop/include --x=/t/shop"),
        ("'/w/shop/a b' \"/w/shop\"; ls", "'/t/shop/a b' \"/t/shop\"; ls"),
        ("ls /w/shop-2 /w/shop.old /w/shopping /x/w/shop", "ls /w/shop-2 /w/shop.old /w/shopping /x/w/shop"),
        ("docker run -v /w/shop:/app x", "docker run -v /t/shop:/app x"),
        ("/w/shop/../v/bin/python -m pytest", "/w/shop/../v/bin/python -m pytest"),
        ("/w/shop/src/../run.sh", "/t/shop/src/../run.sh"),
    ],
)
def test_the_tree_spelled_out_is_the_copy(typed: str, run: str) -> None:
    """A command that names the workspace by its path means the changed one."""
    scratch = Scratch(Path("/w/shop"), Path("/t/shop"), Path("/t/shop"), {})
    assert scratch.command(typed) == run


def test_the_copy_is_never_named(tmp_path: Path) -> None:
    """In what a command says, its paths are those of the workspace."""
    scratch = Scratch(Path("/w/shop"), Path("/t/x/shop"), Path("/t/x/shop"), {})
    assert (
        scratch.real_paths('File "/t/x/shop/a.py", line 1\n/t/x/shop')
        == 'File "/w/shop/a.py", line 1\n/w/shop'
    )


_FINDER = """\
import sys
from importlib.util import spec_from_file_location

MAPPING = {"alias": REAL + "/lib/other", "gone": REAL + "/lib/gone"}
NAMESPACES = {"space": [REAL + "/lib"]}


class _EditableFinder:
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in MAPPING:
            return spec_from_file_location(name, MAPPING[name] + "/__init__.py")


def install():
    sys.meta_path.append(_EditableFinder)
"""
_REDIRECTOR = """\
import sys
from importlib.util import spec_from_file_location


class Redirecting:
    _redirections = {"redirected": REAL + "/lib/redirected.py"}

    @classmethod
    def find_spec(cls, name, path=None, target=None):
        if name in cls._redirections:
            return spec_from_file_location(name, cls._redirections[name])


sys.meta_path.append(Redirecting)
"""


_BEFORE_THE_SYSTEMS = (
    "import os, sys; sys.path.insert(sys.path.index(os.path.dirname(os.__file__)), '{folder}')"
)
"""Of a `.pth`: Debian's Python has a `sitecustomize` of its own, which comes before an environment's."""


def _environment(folder: Path, root: Path) -> Path:
    """A Python environment in which the tree is installed in every way in which tools do that."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    site = next(folder.glob("lib/python*/site-packages"))
    real = f"REAL = {str(root)!r}\n"
    write_tree(
        site,
        {
            "by_path.pth": f"{root}/src\n{root}/build/gen\n",
            "__editable__.shop.pth": "import __editable___shop_finder; __editable___shop_finder.install()\n",
            "__editable___shop_finder.py": real + _FINDER,
            "_editable_impl_shop.pth": "import _redirector\n",
            "_redirector.py": real + _REDIRECTOR,
            "start.pth": _BEFORE_THE_SYSTEMS.format(folder=site / "start"),
            "start/sitecustomize.py": "import sys\nsys.own_sitecustomize = True\n",
            "installed.py": "",
        },
    )
    return folder / "bin/python"


_TREE = {
    ".gitignore": ".venv/\nbuild/\n",
    "src/shop.py": "x = 1",
    "lib/other/__init__.py": "x = 1",
    "lib/redirected.py": "x = 1",
    "build/gen/made.py": "x = 1",
}
_ASKED = textwrap.dedent("""\
    import alias, installed, made, redirected, shop, sys
    print(sys.own_sitecustomize, [m.x for m in (alias, redirected, shop, made)])
    print(shop.__file__)
    print(installed.__file__)
    print([path for path in sys.path if "lakewright" in path and "python" == path[-6:]])
    """)


def _asked(program: Path, copy: Scratch) -> "subprocess.CompletedProcess[str]":
    command = [str(program), "-c", _ASKED]
    return subprocess.run(
        command, cwd=copy.root, env=copy.environment, capture_output=True, text=True, check=True
    )


def _asked_for(python: Path, program: str) -> str:
    return subprocess.run([python, "-c", program], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("inside", [True, False])
async def test_an_editable_install_is_the_copy(tmp_path: Path, inside: bool) -> None:
    """In a linked environment and in one elsewhere the changed code is imported, by whatever way it was
    installed; what the copy hasn't stays the real one; the environment's own start runs as before.
    """
    root = write_tree(tmp_path / "shop", _TREE)
    environment = root / ".venv" if inside else tmp_path / "elsewhere"
    python = _environment(environment, root)
    command = root / ".venv/bin/python" if inside else python
    changed = staged(dict.fromkeys(("src/shop.py", "lib/other/__init__.py", "lib/redirected.py"), "x = 2"))
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    async with scratch_copy(Workspace(Root(root), environ=environ), changed) as copy:
        for program in {command, copy.root / ".venv/bin/python" if inside else command}:
            done = _asked(program, copy)
            said, shop, installed, own = done.stdout.splitlines()
            assert said == "True [2, 2, 2, 1]"
            assert shop == str(copy.root / "src/shop.py")
            assert os.path.realpath(installed).startswith(os.path.realpath(environment))
            assert own == "[]"
            assert done.stderr == ""


@pytest.mark.parametrize("inside", [True, False])
async def test_what_is_installed_from_the_copy_leads_back(tmp_path: Path, inside: bool) -> None:
    """An editable install that the command makes in an environment of the user's names the real tree
    once the copy is gone; all else in the environment stays as the command left it.
    """
    root = write_tree(tmp_path / "shop", _TREE)
    environment = root / ".venv" if inside else tmp_path / "elsewhere"
    python = _environment(environment, root)
    site = next(environment.glob("lib/python*/site-packages"))
    environ = {} if inside else {"VIRTUAL_ENV": str(environment)}
    async with scratch_copy(Workspace(Root(root), environ=environ), []) as copy:
        installed = {
            "dev.pth": f"{copy.root}/lib\n",
            "shop-1.dist-info/direct_url.json": f'{{"url": "file://{copy.root}"}}',
            "other.txt": str(copy.root),
        }
        write_tree(site, installed)
        (site / "dev.pth").chmod(0o640)
    for name, text in installed.items():
        expected = text if name == "other.txt" else text.replace(str(copy.root), str(root))
        assert (site / name).read_text() == expected
    assert (site / "dev.pth").stat().st_mode & 0o777 == 0o640
    done = _asked_for(python, "import redirected; print(redirected.__file__)")
    assert done == f"{root}/lib/redirected.py\n"


async def test_a_strict_editable_install_is_the_copy(tmp_path: Path) -> None:
    """Setuptools' folder of links in the ignored `build/` is copied; the rest of that is not."""
    tree = {".gitignore": "build/\n", "src/shop.py": "x = 1", "build/lib/shop.py": "x = 0"}
    root = write_tree(tmp_path / "shop", tree)
    links = root / "build/__editable__.shop-1-py3-none-any/deep"
    links.mkdir(parents=True)
    (links / "shop.py").symlink_to(root / "src/shop.py")
    async with scratch_copy(Workspace(Root(root), environ={}), staged({"src/shop.py": "x = 2"})) as copy:
        copied = copy.root / "build/__editable__.shop-1-py3-none-any/deep/shop.py"
        assert copied.read_text() == "x = 2"
        assert not (copy.root / "build/lib").exists()
