"""An explanation in the editor: a Markdown document, opened once, when the answer is complete."""

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.core.threads import in_daemon_thread
from lakewright.lsp.client import Client, ClientError
from lakewright.lsp.explain_document_file import Explanation, write
from lakewright.lsp.explain_document_links import file_in
from lakewright.lsp.folders import Place
from lakewright.lsp.jobs import Job
from lakewright.lsp.progress_words import without_unseen
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.uris import uri_of

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_LONGEST_MESSAGE = 4_000
"""Characters of an answer in a message, for clients that can't open a document."""

_PATIENCE = 60.0
"""Seconds that a client has to say whether it opened the document."""


async def show(session: Session, job: Job, run: Run, outcome: "Outcome") -> None:
    """Keep the explanation and have it opened, without waiting for that; hands the run over. Where the
    client can't, the answer is a message. A cancelled run shows nothing.
    """
    explanation = _explanation(job, outcome)
    try:
        file = await in_daemon_thread(write, session.state, explanation, partial(_uri_of, session, job.place))
    except OSError as error:
        session.client.log(types.MessageType.Error, f"The explanation can't be kept: {error.strerror}.")
        file = None
    if not run.hand_over():
        return
    if file is not None and session.client.can("window.showDocument.support"):
        session.background.start(_open(session.client, file, explanation))
    else:
        session.client.show(types.MessageType.Info, _message(explanation, file))


async def _open(client: Client, file: Path, explanation: Explanation) -> None:
    params = types.ShowDocumentParams(uri=uri_of(str(file)), external=False, take_focus=False)
    try:
        async with asyncio.timeout(_PATIENCE):
            answer = await client.request(types.WINDOW_SHOW_DOCUMENT, params)
    except TimeoutError:
        return
    except ClientError as error:
        client.log(types.MessageType.Warning, f"The client can't open a document: {error}")
    else:
        if getattr(answer, "success", False):
            return
    client.show(types.MessageType.Info, _message(explanation, file))


def _explanation(job: Job, outcome: "Outcome") -> Explanation:
    return Explanation(
        run=outcome.run,
        title=job.entry.title,
        subject=job.title.removeprefix(job.entry.title).strip(),
        question=job.params.instruction,
        endpoint=outcome.endpoint,
        answer=outcome.answer or "",
        notes=tuple(job.notes),
    )


def _message(explanation: Explanation, file: Path | None) -> str:
    """Where it is kept stands first: some editors show one line of a message."""
    answer = without_unseen(explanation.answer).strip()
    if len(answer) > _LONGEST_MESSAGE:
        answer = f"{answer[:_LONGEST_MESSAGE]}… (cut here)"
    kept = "" if file is None else f": {file}"
    return f"{explanation.title} {explanation.subject}{kept}\n\n{answer}"


def _uri_of(session: Session, place: Place | None, path: str) -> str | None:
    if place is None or file_in(place.workspace, path) is None:
        return None
    return session.folders.uri_of(place.workspace, path)
