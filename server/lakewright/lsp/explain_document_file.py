"""An explanation as a Markdown file of the state folder: one a run, for its owner's eyes, not for ever."""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lakewright.agent.history import MAX_AGE_SECONDS, MAX_TOTAL_BYTES
from lakewright.lsp.explain_document_harmless import code_span, harmless
from lakewright.lsp.explain_document_links import Links
from lakewright.lsp.progress_words import one_line, shortened
from lakewright.lsp.uris import beside

FOLDER = "explanations"

_LONGEST_NAME = 60
"""Code points of a file's name; at most 240 bytes."""

_NO_FILE_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f\s\N{EN DASH}-]+')
"""What some system takes for a path, or takes in no name; and blanks, for people who type it."""

_LONGEST_QUESTION = 1_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is shown. `subject` is what was explained, such as `orders.py:12-40`; `notes` are sentences that
    belong beside the answer.
    """

    run: str
    title: str
    subject: str
    question: str | None
    endpoint: str | None
    answer: str
    notes: Sequence[str] = ()


def text_of(explanation: Explanation, links: Links, *, when: time.struct_time) -> str:
    """The document. Nothing in it does anything by itself."""
    made_by = [time.strftime("%Y-%m-%d %H:%M", when)]
    if explanation.endpoint:
        made_by.insert(0, code_span(one_line(explanation.endpoint)))
    blocks = [f"# {explanation.title} {code_span(one_line(explanation.subject))}"]
    if explanation.question:
        blocks.append(f"> {harmless(shortened(one_line(explanation.question), _LONGEST_QUESTION), links)}")
    blocks += [" · ".join(made_by), harmless(explanation.answer, links).strip("\n")]
    blocks += [f"> {harmless(one_line(note), links)}" for note in explanation.notes]
    return "\n\n".join(blocks) + "\n"


def write(state: Path, explanation: Explanation, uri_of: Callable[[str], str | None]) -> Path:
    """Keep it, in a folder of its run, by a name that says what it is: an editor's tab has that alone. Its
    path. Older ones go as conversations do. Raises OSError.
    """
    folder = state / FOLDER / explanation.run
    for one in (state, folder.parent, folder):
        one.mkdir(parents=True, exist_ok=True, mode=0o700)

    def link_to(path: str) -> str | None:
        uri = uri_of(path)
        return None if uri is None else beside(str(folder), uri)

    text = text_of(explanation, Links(link_to), when=time.localtime())
    file = folder / f"{_name(explanation)}.md"
    fresh = folder / f".{secrets.token_hex(8)}"
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as out:
            out.write(text.encode("utf-8", "replace"))
        fresh.replace(file)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    _prune(folder.parent, keep=folder)
    return file


def _name(explanation: Explanation) -> str:
    subject = explanation.subject.rpartition("/")[2]
    name = _NO_FILE_NAME.sub("-", one_line(f"{explanation.title} {subject}"))
    return shortened(name, _LONGEST_NAME).rstrip(".-")


def _prune(explanations: Path, *, keep: Path) -> None:
    found = []
    for folder in explanations.iterdir():
        with suppress(OSError):
            size = sum(file.stat().st_size for file in folder.iterdir())
            found.append((folder.stat().st_mtime, size, folder))
    oldest, total = time.time() - MAX_AGE_SECONDS, 0
    for modified, size, folder in sorted(found, reverse=True):
        total += size
        if folder != keep and (modified < oldest or total > MAX_TOTAL_BYTES):
            shutil.rmtree(folder, ignore_errors=True)
