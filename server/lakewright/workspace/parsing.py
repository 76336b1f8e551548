"""Outlines without holding up the event loop: small files in a thread, large ones in the worker."""

from lakewright.workspace import jobs
from lakewright.workspace.background import in_background
from lakewright.workspace.files import SourceFile
from lakewright.workspace.syntax import Symbol, outline
from lakewright.workspace.worker import run_job

WORKER_LINES = 1_500
WORKER_CHARACTERS = 100_000
PARSE_SECONDS = 10.0


async def outline_of(source: SourceFile) -> list[Symbol]:
    """The symbols of a file, [] where its language isn't known.

    Raises TimeoutError or WorkerDiedError for a large one that can't be parsed in time.
    """
    language = source.language
    if language is None:
        return []
    if not is_long(source.text):
        return await in_background(lambda _: outline(source.text, language))
    return jobs.outline_from(
        await run_job(jobs.outline_job(source.text, language.name), seconds=PARSE_SECONDS)
    )


def is_long(text: str) -> bool:
    """Whether a parse of it would hold up the event loop for too long, be it in a thread."""
    return len(text) > WORKER_CHARACTERS or max(text.count("\n"), text.count("\r")) > WORKER_LINES
