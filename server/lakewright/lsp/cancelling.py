"""How a client ends runs, beside `$/cancelRequest`: by command, by the button of the progress, by closing
the document.
"""

from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from lakewright.lsp.arguments import RequestInfo, a_name, optional
from lakewright.lsp.session import Session


def cancel_command(session: Session, arguments: Mapping[str, Any], _request: RequestInfo) -> dict[str, Any]:
    """`lakewright.cancel {run?}`: end one run, or all of this client's. Answers with the ids of those that
    end by it; a run that isn't there has ended.
    """
    wanted = optional(arguments, "run", a_name)
    if wanted is None:
        return {"cancelled": session.runs.cancel_all()}
    run = session.runs.by_id(wanted)
    return {"cancelled": [run.id] if run is not None and session.runs.cancel(run) else []}


def progress_cancelled(session: Session, params: types.WorkDoneProgressCancelParams) -> None:
    """`window/workDoneProgress/cancel`."""
    run = session.runs.by_token(params.token)
    if run is not None:
        session.runs.cancel(run)


def document_closed(session: Session, uri: str) -> None:
    """A completion means nothing without its document; what else runs about it goes on."""
    for run in session.runs.by_uri(uri):
        if run.command == "complete":
            session.runs.cancel(run)
