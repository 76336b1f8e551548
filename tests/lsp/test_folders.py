"""Which workspace a document belongs to, over real folders, links and several roots."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from lakewright.errors import ConfigError, InputError
from lakewright.lsp.documents import Documents
from lakewright.lsp.folders import Folders, folders_in
from lakewright.lsp.text import Encoding, Position, Span
from support_workspace import init_git, write_tree


def folders_of(*roots: Path | str) -> tuple[Folders, Documents]:
    documents = Documents(Encoding.UTF16)
    uris = [root.as_uri() if isinstance(root, Path) else root for root in roots]
    return Folders(documents, uris), documents


@pytest.mark.parametrize(
    ("params", "uris"),
    [
        (
            {"workspaceFolders": [{"uri": "file:///a", "name": "a"}, {"uri": "file:///b", "name": "b"}]},
            ["a", "b"],
        ),
        ({"workspaceFolders": None, "rootUri": "file:///a", "rootPath": "/b"}, ["a"]),
        ({"workspaceFolders": [], "rootUri": "file:///a"}, []),
        ({"rootUri": None, "rootPath": "/a"}, ["a"]),
        ({"rootPath": "a"}, []),
        ({}, []),
        ({"workspaceFolders": [{"name": "a"}, "b", {"uri": 3}], "rootUri": 4}, []),
    ],
)
def test_the_folders_of_initialize(params: dict[str, Any], uris: list[str]) -> None:
    """`workspaceFolders` first, an empty list of which means none; then what older clients send."""
    assert folders_in(params) == [f"file:///{uri}" for uri in uris]


async def test_a_document_stands_in_its_innermost_root(tmp_path: Path) -> None:
    """With nested roots the inner one is the document's; paths are relative to it."""
    outer = write_tree(tmp_path / "w", {"a.py": "", "pkg/b.py": ""})
    folders, _ = folders_of(outer, outer / "pkg")
    inner = await folders.place_of((outer / "pkg/b.py").as_uri())
    assert (inner.root, inner.path) == (outer / "pkg", "b.py")
    place = await folders.place_of((outer / "a.py").as_uri())
    assert (place.root, place.path) == (outer, "a.py")
    assert list(place.workspace.files()) == ["a.py", "pkg/b.py"]
    assert await folders.root_of((outer / "pkg/b.py").as_uri()) == outer / "pkg"
    assert await folders.roots() == [outer, outer / "pkg"]


async def test_other_roots_follow(tmp_path: Path) -> None:
    """Tools read the other folders, too; each with the ignore setting of its own root."""
    app, lib = (
        write_tree(tmp_path / "app", {"a.py": ""}),
        write_tree(tmp_path / "lib", {"b.py": "", "c.py": ""}),
    )
    asked: list[Path | None] = []

    async def ignored(root: Path | None) -> Sequence[str]:
        asked.append(root)
        return ["c.py"] if root == lib else ["b.py"]

    folders = Folders(Documents(Encoding.UTF16), [app.as_uri(), lib.as_uri()], ignored=ignored)
    workspace = await folders.workspace_for((app / "a.py").as_uri())
    assert list(workspace.files()) == ["a.py", "lib/b.py"]
    assert asked == [app, lib]  # and no settings of nowhere


async def test_roots_of_one_name_are_told_apart(tmp_path: Path) -> None:
    """Two folders of the same name are listed with what is above them, and their files have one URI each."""
    one, two = (write_tree(tmp_path / name / "src", {"x.py": name}) for name in ("front", "back"))
    target = write_tree(tmp_path / "app", {"a.py": ""})
    folders, _ = folders_of(target, one, two)
    workspace = await folders.workspace_for((target / "a.py").as_uri())
    assert list(workspace.files()) == ["a.py", "front/src/x.py", "back/src/x.py"]
    assert folders.uri_of(workspace, "back/src/x.py") == (two / "x.py").as_uri()


async def test_a_file_outside_all_folders_stands_alone(tmp_path: Path) -> None:
    """It is served, its neighbours aren't; tools read the client's folders."""
    app = write_tree(tmp_path / "app", {"b.py": ""})
    out = write_tree(tmp_path / "out", {"a.py": "a", "c.py": "c", ".env": "X=1"})
    folders, documents = folders_of(app)
    documents.open((out / "c.py").as_uri(), "python", 1, "open")
    place = await folders.place_of((out / "a.py").as_uri())
    assert (place.root, place.path) == (None, "a.py")
    assert list(place.workspace.files()) == ["a.py", "app/b.py"]
    assert place.workspace.read("a.py").text == "a"
    with pytest.raises(InputError):
        place.workspace.read("c.py")
    assert await folders.why_excluded((out / "a.py").as_uri()) is None
    assert "deny list" in (await folders.why_excluded((out / ".env").as_uri()) or "")
    assert folders.uri_of(place.workspace, "a.py") == (out / "a.py").as_uri()


async def test_without_folders_only_the_file_is_read(tmp_path: Path) -> None:
    """A client that has opened no folder has opened nothing beside the file."""
    root = write_tree(tmp_path, {"a.py": "a", "b.py": "b"})
    init_git(root)
    folders, _ = folders_of()
    place = await folders.place_of((root / "a.py").as_uri())
    assert list(place.workspace.files()) == ["a.py"]


async def test_a_wide_folder_opens_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client's home folder: its files stand alone; a folder in it that the client has, too, is a root."""
    home = write_tree(tmp_path, {"a.py": "a", "b.py": "b", "work/c.py": "c"})
    monkeypatch.setenv("HOME", str(home))
    folders, _ = folders_of(home, home / "work")
    assert await folders.roots() == [home / "work"]
    place = await folders.place_of((home / "a.py").as_uri())
    assert (place.root, list(place.workspace.files())) == (None, ["a.py", "work/c.py"])


async def test_folders_that_are_none_are_left_out(tmp_path: Path) -> None:
    """A folder that isn't there (yet), a file, a folder of another machine: no root, and no failure."""
    root = write_tree(tmp_path / "w", {"a.py": ""})
    folders, _ = folders_of(tmp_path / "later", root / "a.py", "vscode-vfs://github/x", root)
    assert await folders.roots() == [root]
    write_tree(tmp_path / "later", {"b.py": ""})
    assert await folders.roots() == [tmp_path.resolve() / "later", root]


async def test_folders_change(tmp_path: Path) -> None:
    """Added folders come last, in whatever spelling they go; what is added twice is there once."""
    one, two, three = (write_tree(tmp_path / name, {"a.py": ""}) for name in ("o ne", "two", "three"))
    folders, _ = folders_of(one, two)
    folders.changed(added=[three.as_uri(), two.as_uri()], removed=[f"file://localhost{one}"])
    assert await folders.roots() == [two, three]
    folders.changed(added=[one.as_uri()], removed=[two.as_uri()])
    assert await folders.roots() == [three, one]
    assert (await folders.place_of((two / "a.py").as_uri())).root is None


async def test_links_to_a_folder_are_the_folder(tmp_path: Path) -> None:
    """A client that opened the folder through a link sees its own spelling in every edit."""
    real = write_tree(tmp_path / "real", {"src/a.py": "disk", "b.py": ""})
    link = tmp_path.resolve() / "link"
    link.symlink_to(real)
    folders, documents = folders_of(link)
    documents.open(f"{link.as_uri()}/src/%61.py", "python", 1, "open")
    place = await folders.place_of((link / "src/a.py").as_uri())
    assert (place.root, place.path) == (real, "src/a.py")
    assert place.workspace.read("src/a.py").text == "open"
    assert folders.uri_of(place.workspace, "src/a.py") == f"{link.as_uri()}/src/%61.py"
    assert folders.uri_of(place.workspace, "b.py") == (link / "b.py").as_uri()
    assert folders.uri_of(place.workspace, "new file.py") == f"{link.as_uri()}/new%20file.py"
    assert (await folders.place_of((real / "b.py").as_uri())).path == "b.py"


async def test_a_linked_file_is_read_under_all_its_names(tmp_path: Path) -> None:
    """A buffer opened through a link stands for the file wherever it is read; edits go to the buffer."""
    root = write_tree(tmp_path / "w", {"real/a.py": "disk"})
    (root / "link").symlink_to("real")
    folders, documents = folders_of(root)
    uri = (root / "link/a.py").as_uri()
    documents.open(uri, "python", 1, "open")
    place = await folders.place_of(uri)
    assert place.path == "real/a.py"
    assert {place.workspace.read(path).text for path in ("real/a.py", "link/a.py")} == {"open"}
    assert folders.uri_of(place.workspace, "real/a.py") == uri
    assert list(place.workspace.files()) == ["real/a.py"]


async def test_a_link_out_of_the_root_is_refused(tmp_path: Path) -> None:
    """A repository can't lead a document of its own to what lies elsewhere."""
    write_tree(tmp_path, {"out/diary.txt": "dear diary"})
    root = write_tree(tmp_path / "w", {})
    (root / "notes.txt").symlink_to(tmp_path / "out/diary.txt")
    folders, documents = folders_of(root)
    uri = (root / "notes.txt").as_uri()
    documents.open(uri, "plaintext", 1, "dear diary")
    assert "leads out" in (await folders.why_excluded(uri) or "")


async def test_a_link_into_another_root_is_that_roots_file(tmp_path: Path) -> None:
    """A document opened through a link into another folder of the client's belongs to that folder."""
    app, lib = write_tree(tmp_path / "app", {}), write_tree(tmp_path / "lib", {"a.py": "a"})
    (app / "shared").symlink_to(lib)
    folders, _ = folders_of(app, lib)
    place = await folders.place_of((app / "shared/a.py").as_uri())
    assert (place.root, place.path, place.workspace.read("a.py").text) == (lib, "a.py", "a")


async def test_open_buffers_stand_for_the_disk_as_they_are_then(tmp_path: Path) -> None:
    """What is typed, opened and closed after a run began is seen by its tools at their next look."""
    root = write_tree(tmp_path / "w", {"a.py": "", "b.py": "disk"})
    folders, documents = folders_of(root)
    workspace = (await folders.workspace_for((root / "a.py").as_uri())).over({"a.py": "mine"})
    assert workspace.read("b.py").text == "disk"
    document = documents.open((root / "b.py").as_uri(), "python", 1, "open")
    documents.open((root / "new/c.py").as_uri(), "python", 1, "unsaved")
    assert workspace.read("b.py").text == "open"
    document.change([(Span(Position(0, 0), Position(0, 0)), "re")], 2)
    assert workspace.read("b.py").text == "reopen"
    assert list(workspace.files()) == ["a.py", "b.py", "new/c.py"]
    documents.close(document.uri)
    assert (workspace.read("b.py").text, workspace.read("a.py").text) == ("disk", "mine")


@pytest.mark.parametrize(("name", "text"), [("large", "x" * 1_000_001), ("lost", "x")])
async def test_what_can_not_be_used_is_excluded(tmp_path: Path, name: str, text: str) -> None:
    """A document over 1 MB, and one whose text isn't known, is excluded with a reason, and hides no file."""
    root = write_tree(tmp_path / "w", {"a.py": "", "b.py": "disk"})
    folders, documents = folders_of(root)
    uri = (root / "b.py").as_uri()
    documents.open(uri, "python", 1, text).is_lost = name == "lost"
    why = {"large": "b.py can't be used: it is larger than 1 MB.", "lost": "a change of it could not be read"}
    assert why[name] in (await folders.why_excluded(uri) or "")
    workspace = await folders.workspace_for((root / "a.py").as_uri())
    assert (workspace.read("b.py").text, dict(workspace.overlay)) == ("disk", {})


async def test_ignore_files_count_as_they_are_now(tmp_path: Path) -> None:
    """A changed `.gitignore` is seen at the next question."""
    root = write_tree(tmp_path / "w", {"a.py": "", ".git/HEAD": ""})
    folders, _ = folders_of(root)
    uri = (root / "a.py").as_uri()
    before = await folders.why_excluded(uri)
    (root / ".gitignore").write_text("a.py\n")
    assert (before, await folders.why_excluded(uri)) == (
        None,
        "a.py can't be read: it is ignored by .gitignore, line 1.",
    )
    (root / ".gitignore").unlink()
    assert await folders.why_excluded(uri) is None


async def test_settings_that_can_not_be_read_are_said(tmp_path: Path) -> None:
    """Nothing is guessed where the ignore setting can't be known."""

    async def broken(_root: Path | None) -> Sequence[str]:
        raise ConfigError("The settings are broken.")

    folders = Folders(Documents(Encoding.UTF16), [tmp_path.as_uri()], ignored=broken)
    with pytest.raises(ConfigError):
        await folders.why_excluded((tmp_path / "a.py").as_uri())


@pytest.mark.parametrize(
    ("uri", "language", "name"),
    [
        ("untitled:Untitled-1", "python", "Untitled-1.py"),
        ("untitled:Untitled-1", "markdown", "Untitled-1.md"),
        ("untitled:Untitled-1", "klingon", "Untitled-1"),
        ("untitled:", "sql", "untitled.sql"),
        ("untitled:/home/u/new.ts", "typescript", "new.ts"),
        ("git:/home/u/a.py?ref", "python", "a.py"),
    ],
)
async def test_a_document_that_is_no_file_has_a_name(
    tmp_path: Path, uri: str, language: str, name: str
) -> None:
    """It stands alone under a name of its own, the client's folders beside it; edits find its URI."""
    root = write_tree(tmp_path / "app", {"b.py": "b", name: "another"})
    folders, documents = folders_of(root)
    documents.open(uri, language, 1, "text")
    place = await folders.place_of(uri)
    assert (place.root, place.path) == (None, name)
    assert place.workspace.read(name).text == "text"
    assert f"app/{name}" in list(place.workspace.files())
    assert place.workspace.read("b.py").text == "b"
    assert folders.uri_of(place.workspace, name) == uri
    assert folders.uri_of(place.workspace, "b.py") == (root / "b.py").as_uri()
    assert await folders.why_excluded(uri) is None


async def test_unsaved_documents_of_one_name_are_told_apart() -> None:
    """Two documents of the same name have two; a name on the deny list stays there."""
    folders, documents = folders_of()
    uris = ["untitled:a.py", "git:/x/a.py", "untitled:.env"]
    for uri in uris:
        documents.open(uri, "python", 1, uri)
    places = [await folders.place_of(uri) for uri in uris]
    assert [place.path for place in places] == ["a.py", "a-2.py", ".env"]
    assert [folders.uri_of(place.workspace, place.path) for place in places] == uris
    assert [await folders.why_excluded(uri) is None for uri in uris] == [True, True, False]


async def test_a_renamed_file_is_found_again(tmp_path: Path) -> None:
    """What a run wants to change goes to where the user has moved it since: a file, or all of a folder."""
    root = write_tree(tmp_path / "w", {"a.py": "", "pkg/b.py": "", "c.py": ""})
    folders, documents = folders_of(root)
    workspace = await folders.workspace_for((root / "a.py").as_uri())
    folders.renamed((root / "a.py").as_uri(), (root / "b.py").as_uri())
    folders.renamed((root / "pkg").as_uri() + "/", (root / "lib").as_uri())
    folders.renamed((root / "lib/b.py").as_uri(), (root / "lib/d e.py").as_uri())
    documents.open((root / "lib").as_uri() + "/d e.py", "python", 1, "")
    assert folders.uri_of(workspace, "a.py") == (root / "b.py").as_uri()
    assert folders.uri_of(workspace, "pkg/b.py") == (root / "lib").as_uri() + "/d e.py"
    assert folders.uri_of(workspace, "c.py") == (root / "c.py").as_uri()
    folders.created((root / "a.py").as_uri())
    assert folders.uri_of(workspace, "a.py") == (root / "a.py").as_uri()


async def test_a_file_renamed_there_and_back_is_where_it_was(tmp_path: Path) -> None:
    """Names may be exchanged: each leads to its file."""
    root = write_tree(tmp_path / "w", {"a.py": ""})
    folders, _ = folders_of(root)
    workspace = await folders.workspace_for((root / "a.py").as_uri())
    a, b = (root / "a.py").as_uri(), (root / "b.py").as_uri()
    folders.renamed(a, b)
    folders.renamed(b, a)
    assert folders.uri_of(workspace, "a.py") == a


@pytest.mark.skipif(os.sep != "/", reason="names of any bytes are POSIX's")
async def test_names_that_are_no_text(tmp_path: Path) -> None:
    """A file whose name is no text has a URI, a place and a way back."""
    root = write_tree(tmp_path / "w", {})
    path = root / os.fsdecode(b"\xff.py")
    path.write_text("x")
    folders, _ = folders_of(root)
    uri = f"{root.as_uri()}/%FF.py"
    place = await folders.place_of(uri)
    assert place.workspace.read(place.path).text == "x"
    assert folders.uri_of(place.workspace, place.path) == uri


async def test_the_outside_has_no_uri(tmp_path: Path) -> None:
    """A path that leads out of the workspace becomes no edit."""
    folders, _ = folders_of(write_tree(tmp_path / "w", {"a.py": ""}))
    workspace = await folders.workspace_for((tmp_path / "w/a.py").as_uri())
    with pytest.raises(InputError):
        folders.uri_of(workspace, "../x.py")
