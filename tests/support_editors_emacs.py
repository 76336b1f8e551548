"""Emacs with the lines of its page: in batch, where a script says what happened, or in a terminal."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from editors.programs.program import Found
from support_editors import START, World
from support_editors_pages import PAGES, blocks
from support_editors_tmux import Pane, terminal

PAGE = PAGES / "emacs.md"

_QUIET = """
(setq native-comp-jit-compilation nil native-comp-enable-subr-trampolines nil
      make-backup-files nil create-lockfiles nil auto-save-default nil inhibit-startup-screen t)
"""
"""Nothing is compiled, and no file is written beside those of the test."""

_BATCH = """
(require 'eglot)
(setq eglot-sync-connect 10 eglot-confirm-server-edits nil)
(defun t-until (what holds)
  "Wait until HOLDS returns true, and return that."
  (let ((end (+ (float-time) 10)) seen)
    (while (not (setq seen (funcall holds)))
      (when (> (float-time) end) (error "Not within 10 s: %s" what))
      (accept-process-output nil 0.02))
    seen))
(defun t-find (file text)
  "Whether the buffer of FILE holds TEXT; it needs to have one."
  (when-let ((buffer (find-buffer-visiting file)))
    (with-current-buffer buffer
      (save-excursion (goto-char (point-min)) (search-forward text nil t)))))
(defun t-said (text)
  (with-current-buffer (messages-buffer)
    (save-excursion (goto-char (point-min)) (search-forward text nil t))))
(defvar t-progress "" "All that progress has told: the echo area keeps none of it.")
(advice-add 'progress-reporter-update :before
            (lambda (_reporter _value &optional text)
              (setq t-progress (concat t-progress (or text "") "\n"))))
(defun t-open (file)
  "Visit FILE with its server."
  (find-file file)
  (call-interactively 'eglot)
  (t-until "a server" 'eglot-current-server))
(defun t-action (title)
  "Carry out the code action of this title."
  (eglot-execute (eglot-current-server)
                 (seq-find (lambda (one) (equal title (plist-get one :title)))
                           (eglot-code-actions (point) (point) nil))))
(defun t-explanation ()
  (seq-find (lambda (one) (string-suffix-p ".md" (buffer-name one))) (buffer-list)))
"""


def init_of_page(*, sandbox: bool = False) -> str:
    """`init.el` as the page has it; without the sandbox as it says, by leaving the options out."""
    text = "\n".join(blocks(PAGE, "elisp", "init.el"))
    assert text.count(" :initializationOptions (:sandbox t)") == 1
    return text if sandbox else text.replace(" :initializationOptions (:sandbox t)", "")


class Emacs:
    """One Emacs in its world. What it says in batch is an artifact."""

    def __init__(self, found: Found, world: World, **environ: str) -> None:
        self._found, self._world = found, world
        self._environ = {**world.environ, **found.environ, **environ}

    def batch(self, script: str, *, init: str | None = None, load: tuple[Path, ...] = ()) -> str:
        """Run a script after `init` and what the tests wait by; what it printed. Its first error is ours."""
        done = self.start(script, init=init, load=load)
        said, _ = done.communicate(timeout=START)
        (self._world.artifacts / "emacs.txt").write_text(said)
        assert done.returncode == 0, said
        return said

    def start(
        self, script: str, *, init: str | None = None, load: tuple[Path, ...] = ()
    ) -> "subprocess.Popen[str]":
        """The same without waiting for it."""
        before = _BATCH if init is None else ""
        text = f"{_QUIET}{before}\n{init_of_page() if init is None else init}\n{script}"
        file = self._world.home / "test.el"
        file.write_text(text)
        paths = [word for path in load for word in ("-L", str(path))]
        return subprocess.Popen(
            [*self._found.argv, "--batch", "-Q", *paths, "-l", str(file)],
            env=self._environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @contextmanager
    def screen(self, tmux: Found, file: Path, *, init: str) -> Iterator[Pane]:
        """It in a terminal, with a file."""
        first = self._world.home / "init.el"
        first.write_text(_QUIET + init)
        argv = (*self._found.argv, "-nw", "-Q", "-l", str(first), str(file))
        with terminal(tmux, argv, self._world, cwd=file.parent, environ=self._environ) as pane:
            yield pane


def lisp(path: "os.PathLike[str]") -> str:
    """A path as a string of Lisp."""
    return '"' + os.fspath(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
