"""Whether a run may begin: what only the disk knows of what was asked for. Light, unlike the run itself, so
that its request is answered at once.
"""

from lakewright.agent.history import History
from lakewright.core.threads import in_daemon_thread
from lakewright.lsp.arguments import WrongFieldError
from lakewright.lsp.jobs import Job
from lakewright.lsp.session import Session


async def check(session: Session, job: Job) -> None:
    """Raises WrongFieldError for a document or a conversation that isn't there, and an id that is taken."""
    history = History(session.state)
    if job.taken is None and session.documents.notebook(job.params.uri) is None:
        await _check_file(session, job.params.uri)
    if job.params.run is not None and await in_daemon_thread(history.knows, job.params.run):
        raise WrongFieldError("run", "there was a run of this id")
    if job.params.conversation is not None:
        job.conversation = await _conversation(session, history, job.params.conversation)


async def _check_file(session: Session, uri: str) -> None:
    """A closed file of the client's folders is known."""
    field = "textDocument.uri"
    path = session.folders.path_of(uri)
    if path is None:
        raise WrongFieldError(field, "no document of this URI is open")
    if await session.folders.root_of(uri) is None:
        raise WrongFieldError(field, "no document of this URI is open, and it lies in no folder of yours")
    if not await in_daemon_thread(path.is_file):
        raise WrongFieldError(field, "no document of this URI is open, and there is no such file")


async def _conversation(session: Session, history: History, wanted: str) -> str:
    """The id of the run to go on from."""
    if wanted == "last":
        roots = {str(root) for root in await session.folders.roots()}
        newest = await in_daemon_thread(history.newest_of, roots)
        if newest is None:
            raise WrongFieldError("conversation", "there is no earlier run in your folders")
        return newest
    if not await in_daemon_thread(history.knows, wanted):
        raise WrongFieldError("conversation", "there is no run of this id")
    return wanted
