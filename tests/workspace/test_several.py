"""Several roots as one workspace: paths, labels, listing, search, changes."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.edits.values import Edit, FileEdits, NewFile
from lakewright.errors import InputError, ToolFailedError
from lakewright.staging.scratch import scratch_copy
from lakewright.staging.stage import Stage
from lakewright.tools.registry import READ_TOOLS
from lakewright.workspace.files import Workspace
from lakewright.workspace.roots import Root
from lakewright.workspace.several import SeveralRoots, labels_of
from support_workspace import write_tree

TOOLS = {tool.spec.name: tool for tool in READ_TOOLS}
Tree = Mapping[str, str | bytes]


def several(*roots: Root, overlays: Mapping[str, Mapping[str, str]] | None = None) -> SeveralRoots:
    """A workspace of roots, the first one's document's; `overlays` by the roots' folder names."""
    labels = labels_of(roots)
    members = [
        Workspace(root, overlay=(overlays or {}).get(root.path.name, {}), label=label if index else "")
        for index, (root, label) in enumerate(zip(roots, labels, strict=True))
    ]
    return SeveralRoots(members, alias=labels[0])


def two(tmp_path: Path, app: Tree, lib: Tree, in_lib: Mapping[str, str] | None = None) -> SeveralRoots:
    """Roots `app` (the first) and `lib`, and what is open in `lib`."""
    roots = (Root(write_tree(tmp_path / "app", app)), Root(write_tree(tmp_path / "lib", lib)))
    return several(*roots, overlays={"lib": in_lib or {}})


async def ask(workspace: Workspace, tool: str, **arguments: object) -> str:
    return await TOOLS[tool].run(arguments, workspace)


APP = {"src/orders.py": "def total():\n    return tax()\n", "README.md": "app\n"}
LIB = {"src/tax.py": "def tax():\n    return 19\n", "README.md": "lib\n"}


def test_files_of_the_others_come_with_their_folders_name(tmp_path: Path) -> None:
    """The first root's files are listed as they are, the others' below their label."""
    workspace = two(tmp_path, APP, LIB)
    assert list(workspace.files()) == ["README.md", "src/orders.py", "lib/README.md", "lib/src/tax.py"]


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("*.py", ["src/orders.py", "lib/src/tax.py"]),
        ("src/", ["src/orders.py", "lib/src/tax.py"]),
        ("lib/", ["lib/README.md", "lib/src/tax.py"]),
        ("lib/**/*.py", ["lib/src/tax.py"]),
        ("/src/*", ["src/orders.py", "lib/src/tax.py"]),
    ],
)
def test_a_glob_fits_with_and_without_the_label(tmp_path: Path, glob: str, found: list[str]) -> None:
    """A pattern is relative to each root, and to the workspace as it is listed."""
    assert list(two(tmp_path, APP, LIB).files(glob)) == found


@pytest.mark.parametrize(
    ("path", "read"),
    [
        ("README.md", "README.md"),
        ("lib/README.md", "lib/README.md"),
        ("src/tax.py", "lib/src/tax.py"),
        ("app/README.md", "README.md"),
        ("app/src/orders.py", "src/orders.py"),
        ("../lib/src/tax.py", "lib/src/tax.py"),
        ("./lib/./src/../README.md", "lib/README.md"),
        ("{tmp}/lib/README.md", "lib/README.md"),
        ("{tmp}/app/README.md", "README.md"),
    ],
)
def test_a_path_is_of_the_first_root_then_of_the_others(tmp_path: Path, path: str, read: str) -> None:
    """A path is looked for in the target's root, by label, then in the others; what is read has one name."""
    workspace = two(tmp_path, APP, LIB)
    source = workspace.read(path.format(tmp=tmp_path.resolve()))
    assert source.path == read
    assert workspace.relative(workspace.absolute(read)) == read


async def test_a_path_of_several_others_must_say_which(tmp_path: Path) -> None:
    """What two other roots have is refused without a label, with both names; the first root's always wins."""
    roots = [
        Root(write_tree(tmp_path / name, {"setup.py": name, f"{name}.py": ""})) for name in ("a", "b", "c")
    ]
    workspace = several(*roots)
    assert workspace.read("setup.py").text == "a"
    assert workspace.read("c/setup.py").text == "c"
    (roots[0].path / "setup.py").unlink()
    with pytest.raises(ToolFailedError, match=r"b/setup\.py, c/setup\.py\. Begin the path with the folder"):
        await ask(workspace, "read_file", path="setup.py")
    assert "several folders" in (workspace.why_refused("setup.py") or "")


def test_ignored_and_denied_hold_in_every_root(tmp_path: Path) -> None:
    """Each root has its own rules; what one of the others hides is neither listed nor read nor told of."""
    lib = {**LIB, ".gitignore": "build/\n", "build/out.py": "x", ".env": "SECRET=1"}
    write_tree(tmp_path / "lib/.git", {})
    workspace = two(tmp_path, APP, lib)
    assert "lib/build/out.py" not in list(workspace.files())
    for path, why in (("lib/build/out.py", "ignored"), ("build/out.py", "ignored"), (".env", "deny list")):
        with pytest.raises(InputError, match=why) as error:
            workspace.read(path)
        assert "lib/" in error.value.message


def test_an_ambiguity_never_names_what_is_hidden(tmp_path: Path) -> None:
    """Where only one of several may be read, that one is meant."""
    roots = [
        Root(write_tree(tmp_path / "a", {})),
        Root(write_tree(tmp_path / "b", {"x.py": "b", ".lakewrightignore": "x.py\n"})),
        Root(write_tree(tmp_path / "c", {"x.py": "c"})),
    ]
    assert several(*roots).read("x.py").path == "c/x.py"


@pytest.mark.parametrize(
    "path", ["../secret.txt", "lib/../../secret.txt", "/etc/passwd", "x\0y", "lib/../.."]
)
def test_nothing_outside_all_roots_is_read(tmp_path: Path, path: str) -> None:
    """No spelling leads out of the roots."""
    write_tree(tmp_path, {"secret.txt": "no"})
    with pytest.raises(InputError):
        two(tmp_path, APP, LIB).read(path)


async def test_tools_work_over_all_roots(tmp_path: Path) -> None:
    """Search, symbols and outline cover every root, in the worker process too, open buffers over disk."""
    workspace = two(tmp_path, APP, LIB, {"src/tax.py": "def tax():\n    return 7\n", "new.py": "tax()\n"})
    found = await ask(workspace, "search_text", pattern=r"tax\(\)|return \d")
    assert found.splitlines() == [
        "src/orders.py:2:     return tax()",
        "lib/src/tax.py:1: def tax():",
        "lib/src/tax.py:2:     return 7",
        "lib/new.py:1: tax()",
    ]
    symbols = await ask(workspace, "find_symbol", name="tax")
    assert "lib/src/tax.py:1-2: function: def tax()" in symbols
    assert "src/orders.py:2: return tax()" in symbols
    assert await ask(workspace, "outline", path="src/tax.py") == "1-2  function  def tax()"
    assert await ask(workspace, "list_files", glob="new.py") == "lib/new.py"


async def test_a_stage_changes_files_of_every_root(tmp_path: Path) -> None:
    """Edits and new files land where the path leads; tools see them; the names are unambiguous."""
    workspace = two(tmp_path, APP, LIB)
    stage = Stage(workspace)
    for change in (
        FileEdits("src/tax.py", (Edit("return 19", "return 20"),)),
        FileEdits("README.md", (Edit("app", "the app"),)),
        NewFile("lib/src/vat.py", "VAT = 19\n"),
        NewFile("src/cart.py", "CART = []\n"),
    ):
        verdict = await stage.apply(change)
        assert verdict.refused is None, verdict.message
    paths = [file.path for file in stage.files]
    assert paths == ["lib/src/tax.py", "README.md", "lib/src/vat.py", "src/cart.py"]
    assert [workspace.absolute(path).relative_to(tmp_path.resolve()).as_posix() for path in paths] == [
        "lib/src/tax.py", "app/README.md", "lib/src/vat.py", "app/src/cart.py",
    ]  # fmt: skip
    assert await ask(stage.view, "read_file", path="lib/src/tax.py") == "1\tdef tax():\n2\t    return 20"
    assert "lib/src/vat.py" in await ask(stage.view, "list_files")
    assert await ask(stage.view, "search_text", pattern="CART") == "src/cart.py:1: CART = []"


async def test_a_new_file_belongs_to_the_first_root(tmp_path: Path) -> None:
    """A new file that another root has, too, is made in the first root, under a name that only it has."""
    workspace = two(tmp_path, {"a.py": ""}, {"tests/__init__.py": "", "b.py": ""})
    stage = Stage(workspace)
    verdict = await stage.apply(NewFile("tests/__init__.py", "# ours\n"))
    assert verdict.refused is None, verdict.message
    (file,) = stage.files
    assert file.path == "app/tests/__init__.py"
    assert workspace.absolute(file.path) == tmp_path.resolve() / "app/tests/__init__.py"
    assert (await ask(stage.view, "read_file", path=file.path)).endswith("# ours")
    again = await stage.apply(FileEdits(file.path, (Edit("# ours", "# mine"),)))
    assert again.refused is None, again.message
    assert [one.after.text for one in stage.files] == ["# mine\n"]


async def test_refusals_name_the_folder(tmp_path: Path) -> None:
    """What is said of a path of another root names it as it is listed."""
    stage = Stage(two(tmp_path, APP, {**LIB, "pkg/x.py": "", ".lakewrightignore": "hidden.py\n"}))
    for change, said in (
        (FileEdits("lib/pkg", (Edit("a", "b"),)), "lib/pkg is a folder"),
        (NewFile("lib/pkg/x.py/y.py", "1"), "lib/pkg/x.py is a file"),
        (NewFile("lib/PKG/z.py", "1"), "There is lib/pkg already"),
        (NewFile("lib/hidden.py", "1"), "lib/hidden.py can't be read"),
        (FileEdits("taxes.py", (Edit("a", "b"),)), "lib/src/tax.py"),
    ):
        verdict = await stage.apply(change)
        assert verdict.refused is not None
        assert said in verdict.message


@pytest.mark.parametrize(
    ("roots", "inner", "labels"),
    [
        (["w/app", "w/lib"], [], ["app/", "lib/"]),
        (["w/app", "x/src", "y/src"], [], ["app/", "x/src/", "y/src/"]),
        (["x/src", "y/src"], [], ["x/src/", "y/src/"]),
        (["w/app", "w/lib"], ["w/app/lib/x.py"], ["app/", "w/lib/"]),
        (["w/app", "w/lib"], ["w/app/app/x.py"], ["w/app/", "lib/"]),
        (["w/app", "z/a/lib", "z/a"], [], ["app/", "lib/", "a/"]),
        (["w/app", "z/lib/a", "z/lib"], [], ["app/", "a/", "lib/"]),
    ],
)
def test_labels_are_short_and_clear(
    tmp_path: Path, roots: list[str], inner: list[str], labels: list[str]
) -> None:
    """A label is the folder's name, and as much above it as tells it from the other roots."""
    for path in inner:
        write_tree(tmp_path, {path: ""})
    real = [Root(write_tree(tmp_path / root, {})) for root in roots]
    assert labels_of(real) == labels


def test_nested_roots_show_each_file_once(tmp_path: Path) -> None:
    """A root in another one: its files have one name, whichever of the two is the target's."""
    outer = Root(write_tree(tmp_path / "w", {"a.py": "", "pkg/b.py": "", "pkg/c/d.py": ""}))
    inner = Root(tmp_path.resolve() / "w/pkg")
    workspace = several(outer, inner)
    assert list(workspace.files()) == ["a.py", "pkg/b.py", "pkg/c/d.py"]
    assert workspace.read("b.py").path == "pkg/b.py"
    workspace = several(inner, outer)
    assert list(workspace.files()) == ["b.py", "c/d.py", "w/a.py"]
    assert workspace.read("pkg/b.py").path == "b.py"
    assert workspace.read("w/pkg/c/d.py").path == "c/d.py"


def test_a_lone_file_leaves_the_roots_to_the_tools(tmp_path: Path) -> None:
    """A target outside all roots: it alone is read there, everything else comes from the roots."""
    write_tree(tmp_path / "out", {"a.py": "a", "b.py": "b"})
    out = tmp_path.resolve() / "out"
    app = Root(write_tree(tmp_path / "app", {"c.py": "c"}))
    workspace = several(Root(out, out / "a.py"), app)
    assert list(workspace.files()) == ["a.py", "app/c.py"]
    assert (workspace.read("a.py").text, workspace.read("c.py").text) == ("a", "c")
    with pytest.raises(InputError):
        workspace.read("b.py")
    with pytest.raises(InputError):
        workspace.read(str(out / "b.py"))


async def test_new_files_beside_a_lone_one_go_to_a_root(tmp_path: Path) -> None:
    """Beside a target outside all roots nothing is made; new files belong to the first folder."""
    out = write_tree(tmp_path / "out", {"a.py": "x = 1\n"})
    app = Root(write_tree(tmp_path / "app", {"c.py": ""}))
    stage = Stage(several(Root(out, out / "a.py"), app))
    for change in (NewFile("new.py", "1\n"), FileEdits("a.py", (Edit("1", "2"),))):
        verdict = await stage.apply(change)
        assert verdict.refused is None, verdict.message
    assert [file.path for file in stage.files] == ["app/new.py", "a.py"]


def test_buffers_are_read_as_they_are_then(tmp_path: Path) -> None:
    """A buffer that changes later is seen, also by a workspace made over it; a text over it wins."""
    buffers = {"src/tax.py": "one"}
    workspace = two(tmp_path, APP, LIB, buffers)
    over = workspace.over({"README.md": "mine"})
    buffers["src/tax.py"] = "two"
    assert (workspace.read("lib/src/tax.py").text, over.read("src/tax.py").text) == ("two", "two")
    assert (over.read("README.md").text, workspace.read("README.md").text) == ("mine", "app\n")
    assert dict(over.overlay) == {"README.md": "mine", "lib/src/tax.py": "two"}
    assert over.without_buffers().read("src/tax.py").text == LIB["src/tax.py"]


names = st.sampled_from(["a.py", "b.py", "lib", "app", "src"])
trees = st.sets(st.lists(names, min_size=1, max_size=3).map("/".join), max_size=5)


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(["app", "lib", "x/lib", "app/src", "x"]), trees), min_size=2, max_size=4
    )
)
def test_what_is_listed_is_what_is_read(found: list[tuple[str, set[str]]]) -> None:
    """Whatever the roots hold and however they are nested: each file is listed once, under the name it is
    read by, and no two names mean one file.
    """
    with TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        for root, paths in found:
            for path in sorted(paths):
                with contextlib.suppress(OSError):  # a file where another tree has a folder
                    write_tree(top / root, {f"{path}/{root.replace('/', '-')}.txt": path})
        roots = [Root(write_tree(top / root, {})) for root in dict.fromkeys(root for root, _ in found)]
        workspace = several(*roots)
        listed = list(workspace.files())
        assert [workspace.read(name).path for name in listed] == listed
        places = [workspace.absolute(name) for name in listed]
        there = {path for root in roots for path in root.path.rglob("*") if path.is_file()}
        assert sorted(places) == sorted(there)
        assert [workspace.relative(place) for place in places] == listed


async def test_a_copy_to_verify_in_is_of_the_first_root(tmp_path: Path) -> None:
    """A command that verifies sees the first root with its changes and buffers, and none of the others'."""
    workspace = two(tmp_path, APP, LIB, {"src/tax.py": "open"}).over({"README.md": "open"})
    stage = Stage(workspace)
    for path, old in (("src/orders.py", "tax()"), ("lib/README.md", "lib")):
        await stage.apply(FileEdits(path, (Edit(old, "new"),)))
    assert len(stage.files) == 2
    async with scratch_copy(workspace, stage.files) as scratch:
        files = {
            path.relative_to(scratch.root).as_posix() for path in scratch.root.rglob("*") if path.is_file()
        }
        assert files == set(APP)
        assert (scratch.root / "src/orders.py").read_text() == "def total():\n    return new\n"
        assert (scratch.root / "README.md").read_text() == "open"
