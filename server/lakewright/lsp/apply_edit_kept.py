"""The snapshot of one edit that an editor is asked for, from the event loop."""

import asyncio
import threading
from collections.abc import Collection, Sequence
from pathlib import Path

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp.apply_edit_plan import Located
from lakewright.lsp.session import Session
from lakewright.workspace.undo_keeping import Kept, create_files, forget, keep, note_seen


class Keeping:
    """`name` is the snapshot's id, None where there is nothing to keep: documents without a file."""

    def __init__(self, session: Session, instruction: str) -> None:
        self.name: str | None = None
        self._session = session
        self._instruction = instruction
        self._places: dict[str, tuple[Path, str]] = {}

    async def keep(self, files: Sequence[Located], seen: Sequence[Located] = ()) -> None:
        """Keep the bytes of all files; those of `seen` show their new text. A cancelled wait leaves nothing
        behind. Raises as `undo_keeping.keep`.
        """
        kept: dict[Path, list[Kept]] = {}
        for one in (*seen, *files):
            if one.root is not None:
                self._places[one.path] = (one.root, one.within)
                kept.setdefault(one.root, []).append(one.kept(seen=one in seen))
        if not kept:
            return
        stopped = threading.Event()
        work = asyncio.ensure_future(
            in_daemon_thread(
                keep, self._session.state, kept, instruction=self._instruction, stop=stopped.is_set
            )
        )
        try:
            self.name = await asyncio.shield(work)
        except asyncio.CancelledError:
            stopped.set()
            self._session.background.start(self._drop_after(work))
            raise

    async def seen(self, paths: Collection[str]) -> None:
        """These files show their new text: the snapshot can be undone."""
        if self.name is not None:
            await in_daemon_thread(note_seen, self._session.state, self.name, self._by_root(paths))

    async def create(self, paths: Collection[str]) -> None:
        """Write new files. Raises EditError."""
        assert self.name is not None, "a new file lies in a root"
        for root, names in self._by_root(paths).items():
            await in_daemon_thread(create_files, self._session.state, root, self.name, names)

    async def drop(self) -> None:
        """The edit was not made."""
        name, self.name = self.name, None
        if name is not None:
            await in_daemon_thread(
                forget, self._session.state, {root for root, _ in self._places.values()}, name
            )

    async def _drop_after(self, work: "asyncio.Future[str]") -> None:
        await asyncio.wait((work,))
        if work.exception() is None:
            self.name = work.result()
            await self.drop()

    def _by_root(self, paths: Collection[str]) -> dict[Path, list[str]]:
        found: dict[Path, list[str]] = {root: [] for root, _ in self._places.values()}
        for path in paths:
            if path in self._places:
                root, within = self._places[path]
                found[root].append(within)
        return found
