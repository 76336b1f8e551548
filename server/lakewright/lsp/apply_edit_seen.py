"""Whether a text shows a change that an editor was asked for: what a client answers isn't what it did."""

from collections.abc import Awaitable, Callable, Sequence
from enum import Enum
from pathlib import Path

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import InputError
from lakewright.lsp.documents import Documents
from lakewright.lsp.uris import path_of
from lakewright.workspace.decode import decode
from lakewright.workspace.three_way import Conflict, merge

Pause = Callable[[float], Awaitable[object]]

PATIENCE = 3.0
"""Seconds to wait for what an editor says it has done. Editors gather changes before they tell of them:
Neovim for 150 ms, Emacs until nobody has typed for half a second.
"""

_FIRST_PAUSE = 0.05
"""Seconds between two looks; each is twice as long."""

_REST = 1.0
"""Seconds after which the rest is not waited for, once some of the change was seen."""


class Seen(Enum):
    """NO: the text is without the change. UNCLEAR: what is there in its place is neither."""

    YES = "yes"
    NO = "no"
    UNCLEAR = "unclear"


Change = tuple[str, str | None, str | None]
"""A document's URI, its text before (None: no file) and after (None: none any more)."""


async def look(
    documents: Documents, changes: Sequence[Change], *, patience: float, pause: Pause
) -> list[Seen]:
    """What became of each change, as soon as all are there, or the patience (in seconds) is at an end."""
    waited, next_pause = 0.0, _FIRST_PAUSE
    while True:
        texts = [_text_of(documents, uri, is_gone=after is None) for uri, _, after in changes]
        seen = await in_daemon_thread(_judged, changes, texts)
        if Seen.YES in seen:
            patience = min(patience, waited + _REST)
        if Seen.NO not in seen or waited >= patience:
            return seen
        await pause(next_pause)
        waited, next_pause = waited + next_pause, min(2 * next_pause, 1.0)


def seen_in(before: str | None, after: str | None, now: str | None) -> Seen:
    """Whether `now` is a text that has come through the change, whatever else was changed in it since."""
    if now in (before, after):
        return Seen.YES if now == after else Seen.NO
    if _same(before, after):
        return Seen.UNCLEAR  # a matter of line ends alone: nothing but the very text tells
    if _same(now, after) or _same(now, before):
        return Seen.YES if _same(now, after) else Seen.NO
    if before is None or after is None or now is None:
        return Seen.UNCLEAR
    merged = merge(*map(_bytes, (before, now, after)))
    if isinstance(merged, Conflict):
        return Seen.UNCLEAR
    return Seen.YES if merged == _bytes(now) else Seen.NO


def _text_of(documents: Documents, uri: str, *, is_gone: bool) -> str | Path | None:
    """What the editor shows; where it shows nothing, or was to delete the file, the file."""
    document = None if is_gone else documents.find(uri)
    if document is not None:
        return None if document.is_lost else document.text
    path = path_of(uri)
    return None if path is None else Path(path)


def _judged(changes: Sequence[Change], texts: Sequence[str | Path | None]) -> list[Seen]:
    return [
        seen_in(before, after, _on_disk(text) if isinstance(text, Path) else text)
        for (_, before, after), text in zip(changes, texts, strict=True)
    ]


def _on_disk(path: Path) -> str | None:
    try:
        return decode(path.read_bytes(), path.name).text
    except (OSError, InputError):
        return None


def _same(one: str | None, other: str | None) -> bool:
    """Equal but for line ends and a newline at the end: some editors settle both on their own."""
    if one is None or other is None:
        return one is other
    return _plain(one) == _plain(other)


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text.removesuffix("\n")


def _bytes(text: str) -> bytes:
    return _plain(text).encode("utf-8", "surrogatepass")
