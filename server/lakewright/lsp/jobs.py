"""What a run works on, taken down when it was asked for: the document moves on while the model thinks."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lakewright.lsp.arguments import Token, WrongFieldError
from lakewright.lsp.run_params import RunParams
from lakewright.lsp.session import Session
from lakewright.lsp.text import Encoding, Span
from lakewright.tasks.registry import TaskEntry

if TYPE_CHECKING:
    from lakewright.agent.events import RunEvent


class ContentModifiedError(Exception):
    """What the client means has changed since, or can't be found in the document any more."""


@dataclass(slots=True)
class Job:
    """`text` and `version` are the open document's at that moment, None for a closed file; the range and the
    position in `params` lie in that text, and only for a closed file may lie beyond it.
    """

    entry: TaskEntry
    params: RunParams
    work_done_token: Token | None
    encoding: Encoding
    version: int | None = None
    text: str | None = None
    notes: list[str] = field(default_factory=list)
    """What a person should read of the run, beside its outcome."""
    sinks: list[Callable[["RunEvent"], None]] = field(default_factory=list)

    def sink(self, event: "RunEvent") -> None:
        for sink in self.sinks:
            sink(event)


def take_down(session: Session, entry: TaskEntry, params: RunParams, token: Token | None) -> Job:
    """Raises WrongFieldError and ContentModifiedError."""
    job = Job(entry, params, token, session.documents.encoding)
    document = session.documents.find(params.uri)
    if document is None:
        return job
    version = document.version if params.version is None else params.version
    if version > document.version:
        raise WrongFieldError(
            "textDocument.version", f"the document's newest version is {document.version}, not {version}"
        )
    span, position = params.range, params.position
    if span is not None:
        span = document.carried(span, version)
    if position is not None:
        carried = document.carried(Span(position, position), version)
        position = None if carried is None else carried.start
    if (span is None, position is None) != (params.range is None, params.position is None):
        raise ContentModifiedError
    clamped = document.lines.clamped
    job.params = replace(
        params,
        range=None if span is None else Span(clamped(span.start), clamped(span.end)),
        position=None if position is None else clamped(position),
    )
    job.version, job.text = document.version, document.text
    return job
