"""Runs on disk, so that a later one can go on from them.

One file of JSON lines per conversation, one line a run, readable by its owner only. It keeps what the
model said; of the user's files it keeps references: which prompt or which read made a text, and the
text's hash (see `stored`).
"""

import json
import os
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

from lakewright.errors import ConfigError, InputError

MAX_AGE_SECONDS = 30 * 24 * 3600.0
MAX_TOTAL_BYTES = 50 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run as it was kept.

    `conversation` is the id of its first run, `parent` the run this one went on from. `root` is the
    workspace's absolute path. `prompt` says how the first user message was made (the target, the
    instruction) without the text it held, whose hash is `prompt_hash`. `messages` are in the form of
    `stored`. `staged` are the files that the run wanted to change: path to the hashes of their text
    before and after, null where there is no such file.
    """

    run: str
    conversation: str
    parent: str | None
    command: str
    root: str
    endpoint: str
    prompt: Mapping[str, object]
    prompt_hash: str
    messages: tuple[Mapping[str, object], ...]
    staged: Mapping[str, Sequence[str | None]] = field(default_factory=dict)


class History:
    """The conversations kept under a state folder. Its methods read and write files: call them in a
    thread where an event loop is running.
    """

    def __init__(self, state: Path) -> None:
        self._folder = state / "history"

    def find(self, reference: str, root: str) -> tuple[StoredRun, ...]:
        """The conversation up to the run `reference` (`last`: the newest of `root`), oldest first.

        Raises InputError where there is none.
        """
        for file in self._newest_first():
            runs = list(_read(file))
            chain = _chain(runs, _newest_of(runs, root) if reference == "last" else reference)
            if chain:
                return chain
        if reference == "last":
            raise InputError(
                "There is no earlier run in this workspace to go on from.",
                hint="Leave out --continue to begin a new conversation.",
            )
        raise InputError(
            f"There is no run {reference!r} to go on from.",
            hint="--continue without an id goes on from the last run of this workspace.",
        )

    def newest_in(self, folder: Path) -> StoredRun | None:
        """The newest run of a workspace that is `folder` or lies in it."""
        for file in self._newest_first():
            runs = list(_read(file))
            if runs and Path(runs[-1].root).is_relative_to(folder):
                return runs[-1]
        return None

    def newest_of(self, roots: Collection[str]) -> str | None:
        """The id of the newest run of any of these workspaces."""
        for file in self._newest_first():
            for run in reversed(list(_read(file))):
                if run.root in roots:
                    return run.run
        return None

    def knows(self, run: str) -> bool:
        """Whether a run of this id is kept."""
        mark = f'{{"run": {json.dumps(run)},'.encode("ascii")
        return any(mark in _bytes_of(file) for file in self._newest_first())

    def keep(self, run: StoredRun) -> None:
        """Append a run to its conversation's file, then prune old ones.

        Raises ConfigError where the state folder can't be written.
        """
        line = json.dumps(asdict(run), ensure_ascii=True) + "\n"
        try:
            for folder in (self._folder.parent, self._folder):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = self._folder / f"{run.conversation}.jsonl"
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            with os.fdopen(descriptor, "a", encoding="ascii") as out:
                out.write(line)
            self._prune(keep=file)
        except OSError as error:
            raise ConfigError(
                f"The run can't be kept in {self._folder}: {error.strerror or error}.",
                hint="Set LAKEWRIGHT_STATE_DIR to a folder you can write.",
            ) from None

    def _newest_first(self) -> list[Path]:
        return [file for _, _, file in self._files()]

    def _files(self) -> list[tuple[float, int, Path]]:
        """Modification time, bytes and path of each conversation, newest first."""
        found = []
        for file in self._folder.glob("*.jsonl"):
            try:
                status = file.stat()
            except OSError:
                continue
            found.append((status.st_mtime, status.st_size, file))
        return sorted(found, reverse=True)

    def _prune(self, *, keep: Path) -> None:
        oldest, total = time.time() - MAX_AGE_SECONDS, 0
        for modified, size, file in self._files():
            total += size
            if file != keep and (modified < oldest or total > MAX_TOTAL_BYTES):
                file.unlink(missing_ok=True)


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""


def _read(file: Path) -> Iterator[StoredRun]:
    """The runs of a file; a line that a kill cut short is passed over."""
    try:
        lines = file.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            yield StoredRun(**json.loads(line))
        except (ValueError, TypeError):
            continue


def _newest_of(runs: list[StoredRun], root: str) -> str | None:
    """The newest run of this workspace; a conversation may have gone on in another one since."""
    return next((run.run for run in reversed(runs) if run.root == root), None)


def _chain(runs: list[StoredRun], last: str | None) -> tuple[StoredRun, ...]:
    by_id = {run.run: run for run in runs}
    chain: list[StoredRun] = []
    while last is not None and last in by_id and len(chain) < len(runs):
        chain.append(by_id[last])
        last = by_id[last].parent
    return tuple(reversed(chain))
