"""What a run works on, taken down when it was asked for: the document moves on while the model thinks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lakewright.lsp.arguments import Token, WrongFieldError
from lakewright.lsp.documents import Document, Taken
from lakewright.lsp.run_params import RunParams
from lakewright.lsp.session import Session
from lakewright.lsp.text import Encoding, Span
from lakewright.tasks.registry import TaskEntry

if TYPE_CHECKING:
    from lakewright.agent.events import RunEvent
    from lakewright.lsp.folders import Place
    from lakewright.settings.origins import Loaded


class ContentModifiedError(Exception):
    """What the client means has changed since, or can't be found in the document any more."""


@dataclass(slots=True)
class Job:
    """`taken` is the open document at that moment, None for a closed file. The range and the position of
    `params` lie in its text; in a closed file they may lie beyond the end.
    """

    entry: TaskEntry
    params: RunParams
    work_done_token: Token | None
    encoding: Encoding
    taken: Taken | None = None
    is_lost: bool = False
    """The document's text isn't known: a change of it could not be read."""
    place: "Place | None" = None
    loaded: "Loaded | None" = None
    conversation: str | None = None
    title: str = ""
    """Found out by the run: where the document stands, the settings there, the id of the run to go on from,
    and what a person reads of it, such as `Explain orders.py:12\N{EN DASH}40`.
    """
    again: Callable[[], None] | None = None
    """Asks for the same once more, where the document is now."""
    notes: list[str] = field(default_factory=list)
    """What a person should read of the run, beside its outcome."""
    sinks: list[Callable[["RunEvent"], None]] = field(default_factory=list)
    """Who hears of what happens, in order."""

    @property
    def is_for_editor(self) -> bool:
        return self.params.deliver == "editor"

    def sink(self, event: "RunEvent") -> None:
        for sink in self.sinks:
            sink(event)


def take_down(session: Session, entry: TaskEntry, params: RunParams, token: Token | None) -> Job:
    """Raises WrongFieldError and ContentModifiedError."""
    job = Job(entry, params, token, session.documents.encoding)
    document = session.documents.find(params.uri)
    if document is not None:
        job.params = _in_present_text(params, document)
        job.taken, job.is_lost = session.documents.take(params.uri), document.is_lost
    return job


def _in_present_text(params: RunParams, document: Document) -> RunParams:
    """Range and position where they are now, brought inside the text."""
    version = document.version if params.version is None else params.version
    if version > document.version:
        raise WrongFieldError(
            "textDocument.version", f"it is {version}, the document's newest is {document.version}"
        )
    span, position = params.range, params.position
    if span is not None:
        span = _carried(document, span, version)
    if position is not None:
        position = _carried(document, Span(position, position), version).start
    found = [(one, document.carried(one.span, version)) for one in params.diagnostics]
    kept = tuple(replace(one, span=moved) for one, moved in found if moved is not None)
    return replace(params, range=span, position=position, diagnostics=kept)


def _carried(document: Document, span: Span, version: int) -> Span:
    moved = document.carried(span, version)
    if moved is None:
        raise ContentModifiedError
    clamped = document.lines.clamped
    return Span(clamped(moved.start), clamped(moved.end))
