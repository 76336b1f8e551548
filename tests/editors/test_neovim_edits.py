"""Refactors in Neovim with the README's lines: over files, previewed in 0.12, undone in one step."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lakewright.sandbox.server import SandboxServer
from support_editors import World, need, reaches, until
from support_editors_neovim import Neovim, Start

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]
RENAME = ":%Lakewright refactor rename show to shown<CR>"
FILES = ("ledger/money.py", "ledger/report.py")


@pytest.fixture(params=["neovim-0.11", "neovim-0.12"])
def start(request: pytest.FixtureRequest, world: World) -> Iterator[Start]:
    """Starts one version on files; it has ended, and its server, after the test."""
    with Start(need(request.param), world) as started:
        yield started


def texts(editor: Neovim, root: Path) -> list[str]:
    """The two files as they are in the editor."""
    return [editor.text(root / name) for name in FILES]


def undone(editor: Neovim) -> None:
    """One `u` in each buffer."""
    for _ in FILES:
        editor.lua("vim.cmd.undo()")
        editor.keys(":bnext<CR>")


def test_a_refactor_of_two_files_is_undone_by_one_u_in_each(
    start: Start, code: Code, start_host: StartHost
) -> None:
    """Both buffers change at once, after a question in 0.12; `u` puts each back as it was."""
    root = code("python")
    before = [(root / name).read_text("utf-8") for name in FILES]
    editor = start(*(root / name for name in FILES), **reaches(start_host()))
    editor.keys(RENAME)
    if start.is_newest:
        editor.answers("Apply all changes?", "y")
    changed = [text.replace("show", "shown") for text in before]
    until(lambda: editor.is_free() and texts(editor, root) == changed, "both files are changed")
    undone(editor)
    assert texts(editor, root) == before


def test_a_refactor_of_one_file_asks_and_lists_nothing(
    start: Start, code: Code, start_host: StartHost
) -> None:
    """What is one undo away costs no key: 0.12 would list annotated edits and wait for one."""
    path = code("python") / FILES[1]
    before = path.read_text("utf-8")
    editor = start(path, **reaches(start_host()))
    editor.keys(":%Lakewright refactor rename lines to rows<CR>")
    until(lambda: editor.text(path) != before and editor.is_free(), "the file is changed")
    assert "rows" in editor.text(path)


def test_completed_at_the_cursor(start: Start, code: Code, start_host: StartHost) -> None:
    """`:Lakewright complete` inserts what belongs at the cursor, where there is no ghost text either."""
    path = code("python") / FILES[0]
    editor = start(path, **reaches(start_host()))
    editor.keys("Go<CR>def total_net(amounts):<CR><Esc>A")
    begun = editor.text(path)
    editor.keys("<Cmd>Lakewright complete<CR>")
    until(lambda: len(editor.text(path)) > len(begun), "something is inserted")
    assert editor.text(path).startswith(begun.rstrip())


def test_no_leaves_the_other_file_and_the_server_knows(
    world: World, code: Code, start_host: StartHost
) -> None:
    """0.12 answers `applied: true` even after No. The file that was declined isn't said to have changed."""
    root = code("python")
    with Start(need("neovim-0.12"), world) as start:
        before = (root / FILES[1]).read_text("utf-8")
        editor = start(*(root / name for name in FILES), **reaches(start_host()))
        editor.lua(KEEP_LOG)
        editor.keys(RENAME)
        editor.answers("Apply all changes?", "n")
        until(
            lambda: editor.is_free() and "1 of 2 files" in str(editor.lua("return Said")), "the server knows"
        )
        assert editor.text(root / FILES[1]) == before


def test_ghost_text_is_shown_and_taken(world: World, code: Code, start_host: StartHost) -> None:
    """0.12: a pause in insert mode shows a suggestion as virtual text, and Tab takes it."""
    root = code("python")
    with Start(need("neovim-0.12"), world) as start:
        editor = start(root / "ledger/money.py", **reaches(start_host()))
        editor.keys("Go<CR>def total_net(amounts):<CR>")
        ghost = until(lambda: editor.lua(GHOST), "ghost text")
        before = editor.text()
        assert ghost.strip() not in before.splitlines()[-1]
        editor.keys("<Tab>")
        until(lambda: editor.text() != before, "the suggestion is taken")
        assert ghost.strip() in editor.text()
        assert "\t" not in editor.text()


@pytest.mark.parametrize("title", ["Refactor: add docstrings", "Fix: add docstrings"])
def test_code_actions_are_listed_and_run(start: Start, code: Code, start_host: StartHost, title: str) -> None:
    """The list, with a fix for each diagnostic of the line that is handed over; what is picked runs."""
    editor = start(code("python") / "ledger/book.py", **reaches(start_host()))
    editor.lua(DIAGNOSE)
    before = editor.text()
    editor.keys(f"18G{ALL_DIAGNOSTICS}")
    lines = editor.sees(f": {title}", ": Explain", "Type number")
    number = next(line.split(":")[0] for line in lines if line.endswith(f": {title}"))
    editor.keys(f"{number}<CR>")
    until(lambda: editor.is_free() and editor.text() != before, "a docstring is added")


KEEP_LOG = """
Said = {}
vim.lsp.handlers["window/logMessage"] = function(_, params) table.insert(Said, params.message) end
"""
GHOST = """
for name, id in pairs(vim.api.nvim_get_namespaces()) do
  if name:find("inline_completion") then
    for _, mark in ipairs(vim.api.nvim_buf_get_extmarks(0, id, 0, -1, { details = true })) do
      local line = (mark[4].virt_text or {})[1] or ((mark[4].virt_lines or {})[1] or {})[1]
      if line then return line[1] end
    end
  end
end
return ""
"""
DIAGNOSE = """
vim.diagnostic.set(vim.api.nvim_create_namespace("lint"), 0, {
  { lnum = 17, col = 8, end_lnum = 17, end_col = 13,
    message = "add docstrings", severity = 2, source = "lint" },
})
"""
ALL_DIAGNOSTICS = (
    ":lua vim.lsp.buf.code_action({ context = { diagnostics = vim.lsp.diagnostic.from("
    'vim.diagnostic.get(0, { lnum = vim.fn.line(".") - 1 })) } })<CR>'
)
