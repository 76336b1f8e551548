"""Emacs with its Eglot, the lines of its page and nothing else: what it does in batch, driven by Lisp."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from editors.programs.emacs import lsp_mode
from editors.programs.program import Found
from lakewright.sandbox.server import SandboxServer, start_in_thread
from support_editors import World, asked, need, reaches, until, was_hung_up
from support_editors_emacs import PAGE, Emacs, lisp
from support_editors_pages import README, blocks

StartHost = Callable[..., SandboxServer]
Code = Callable[[str], Path]
RECORDED = Path(__file__).parents[1] / "lsp" / "editors" / "emacs.json"


@pytest.fixture(scope="module")
def found() -> Found:
    return need("emacs-30")


@pytest.fixture
def ledger(code: Code) -> Path:
    return code("python") / "ledger"


def test_edits_are_in_the_buffers_and_one_undo_takes_them_back(
    found: Found, world: World, ledger: Path, start_host: StartHost
) -> None:
    """A rename reaches files that weren't open; nothing is saved by itself; `undo` restores each at once."""
    before = {path: path.read_text() for path in ledger.glob("*.py")}
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (lakewright-refactor "rename total to sum_of")
    (dolist (file '({lisp(ledger / "money.py")} {lisp(ledger / "book.py")} {lisp(ledger / "report.py")}))
      (t-until file (lambda () (t-find file "sum_of")))
      (with-current-buffer (find-buffer-visiting file)
        (unless (buffer-modified-p) (error "It was saved"))
        (undo-start)
        (undo-more 1)
        (when (t-find file "sum_of") (error "One undo was not enough"))))
    """
    Emacs(found, world, **reaches(start_host())).batch(script)
    assert {path: path.read_text() for path in ledger.glob("*.py")} == before
    until(lambda: not world.servers(), "its server ends with it")


def test_the_page_undo_takes_back_what_was_saved(
    found: Found, world: World, ledger: Path, start_host: StartHost
) -> None:
    """`lakewright-undo` restores open files in their buffers."""
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (lakewright-refactor "rename total to sum_of")
    (t-until "the edit" (lambda () (t-find {lisp(ledger / "report.py")} "sum_of")))
    (save-some-buffers t)
    (t-until "the snapshot" (lambda () (equal "undone" (plist-get (lakewright-undo) :state))))
    (when (t-find {lisp(ledger / "book.py")} "sum_of") (error "It is still there"))
    (save-some-buffers t)
    """
    before = {path: path.read_text() for path in ledger.glob("*.py")}
    Emacs(found, world, **reaches(start_host())).batch(script)
    assert {path: path.read_text() for path in ledger.glob("*.py")} == before


def test_a_new_file_is_written_by_the_server(found: Found, world: World, ledger: Path) -> None:
    """Eglot can't create files: the server does, says so, and its undo removes it."""
    new = ledger.parent / "notes/created.md"
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (lakewright-refactor "write notes")
    (t-until "the file" (lambda () (file-exists-p {lisp(new)})))
    (t-until "a message" (lambda () (t-said "Created notes/created.md")))
    (t-until "undone" (lambda () (equal "undone" (plist-get (lakewright-undo) :state))))
    (when (file-exists-p {lisp(new)}) (error "It is still there"))
    """
    with start_in_thread(pace=0, script="create-file") as host:
        Emacs(found, world, **reaches(host)).batch(script)


def test_cancel_closes_the_connection(
    found: Found, world: World, ledger: Path, start_host: StartHost
) -> None:
    """By the page's command, while the reasoning is told: nothing is shown, the host sees it close."""
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (lakewright "explain")
    (t-until "reasoning" (lambda () (string-search "thinking · " t-progress)))
    (unless (= 1 (length (plist-get (lakewright-cancel) :cancelled))) (error "No run ended"))
    (t-until "the end" (lambda () (string-search "cancelled" t-progress)))
    (when (t-explanation) (error "Something was shown"))
    """
    host = start_host(pace=30)
    Emacs(found, world, **reaches(host)).batch(script)
    was_hung_up(asked(host))


def test_a_fault_is_one_message(found: Found, world: World, ledger: Path, start_host: StartHost) -> None:
    """It says what is wrong, once."""
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (t-action "Explain")
    (t-until "a message" (lambda () (t-said "Server reports")))
    (princ (with-current-buffer (messages-buffer) (buffer-string)))
    """
    said = Emacs(found, world, **reaches(start_host("permission"))).batch(script)
    messages = said[said.rindex("Connected!") :]
    assert messages.count("Server reports") == 1
    assert "may not be used with these credentials" in messages


def test_without_a_profile_nothing_is_said_before_a_command(found: Found, world: World, ledger: Path) -> None:
    """A new user meets an editor as ever; the first command says what to do."""
    script = f"""
    (t-open {lisp(ledger / "money.py")})
    (eglot-code-actions (point) (point) nil)
    (when (t-said "Server reports") (error "Something was said"))
    (t-action "Explain")
    (t-until "what to do" (lambda () (t-said "databricks auth login")))
    """
    Emacs(found, world).batch(script)


def test_a_repository_can_not_set_a_command(
    found: Found, world: World, ledger: Path, start_host: StartHost
) -> None:
    """A stranger's `.dir-locals.el` is read by Emacs without a question; what it says to us isn't taken."""
    mark = world.home / "owned"
    hostile = f'((nil . ((eglot-workspace-configuration . (:lakewright (:edits (:verify "touch {mark}")))))))'
    (ledger.parent / ".dir-locals.el").write_text(hostile)
    script = f"""
    (setq enable-local-variables :safe)
    (t-open {lisp(ledger / "money.py")})
    (unless eglot-workspace-configuration (error "Emacs took nothing"))
    (lakewright-refactor "rename total to sum_of")
    (t-until "the edit" (lambda () (t-find {lisp(ledger / "money.py")} "sum_of")))
    """
    Emacs(found, world, **reaches(start_host())).batch(script)
    assert not mark.exists()


def test_it_declares_what_the_contract_tests_use(found: Found, world: World, ledger: Path) -> None:
    """The capabilities that the tests of the server play with are those that this program sends; and the
    README's lines start the server.
    """
    (init,) = (block for block in blocks(README, "elisp") if "eglot-server-programs" in block)
    script = f"""
    (require 'eglot)
    (setq eglot-sync-connect 10)
    {init}
    (find-file {lisp(ledger / "money.py")})
    (call-interactively 'eglot)
    (princ (jsonrpc--json-encode (eglot-client-capabilities (eglot-current-server))))
    """
    said = Emacs(found, world).batch(script, init="")
    recorded = json.loads(RECORDED.read_text())["initialize"]["capabilities"]
    assert json.loads(next(line for line in said.splitlines() if line.startswith("{"))) == recorded


def test_lsp_mode_explains_and_edits(found: Found, world: World, ledger: Path, start_host: StartHost) -> None:
    """lsp-mode, with the lines of the page: a code action opens the document, a command changes code."""
    folders = lsp_mode()
    if folders is None:
        pytest.skip("lsp-mode isn't unpacked: cd tests && ../.venv/bin/python -m editors.programs emacs-30")
    (init,) = blocks(PAGE, "elisp", "lsp-mode.el")
    script = f"""
    (setq lsp-enable-snippet nil lsp-lens-enable nil lsp-auto-guess-root t
          lsp-headerline-breadcrumb-enable nil
          lsp-modeline-code-actions-enable nil lsp-modeline-diagnostics-enable nil)
    {init.replace(":initialization-options '(:sandbox t)", "")}
    (require 'lsp-mode)
    (find-file {lisp(ledger / "money.py")})
    (lsp-workspace-folders-add {lisp(ledger.parent)})
    (lsp)
    (defun t-until (what holds)
      (let ((end (+ (float-time) 10)))
        (while (not (funcall holds))
          (when (> (float-time) end) (error "Not within 10 s: %s" what))
          (accept-process-output nil 0.02))))
    (t-until "a server" (lambda () (seq-some (lambda (one) (eq 'initialized (lsp--workspace-status one)))
                                             (lsp-workspaces))))
    (lsp-execute-code-action (seq-find (lambda (one) (equal "Explain" (lsp:code-action-title one)))
                                       (lsp-code-actions-at-point)))
    (t-until "the document" (lambda () (seq-find (lambda (one) (string-suffix-p ".md" (buffer-name one)))
                                                 (buffer-list))))
    (set-buffer "money.py")
    (lsp-request "workspace/executeCommand"
                 (list :command "lakewright.refactor"
                       :arguments (vector (list :textDocument (lsp--text-document-identifier)
                                                :instruction "rename total to sum_of"))))
    (t-until "the edit" (lambda () (with-current-buffer "money.py"
                                     (string-search "def sum_of" (buffer-string)))))
    """
    Emacs(found, world, **reaches(start_host())).batch(script, init="", load=tuple(folders))
