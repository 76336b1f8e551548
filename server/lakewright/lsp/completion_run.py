"""A question to the model, from a cursor to the text that belongs there. Imported by the first one: it needs
all that tasks need.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lakewright.agent.events import RunEvent
from lakewright.agent.history import History
from lakewright.agent.limits import Limits
from lakewright.core.ports import Model
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.lsp import completion_registration
from lakewright.lsp.completion_question import Question
from lakewright.lsp.session import Session
from lakewright.lsp.settings_changes import look_up
from lakewright.tasks.base import RunContext, RunRequest, Target
from lakewright.tasks.complete import Complete
from lakewright.tasks.running import run_task
from lakewright.wiring import NoModelError

if TYPE_CHECKING:
    from lakewright.lsp.folders import Place
    from lakewright.settings.origins import Loaded
    from lakewright.tasks.outcome import Outcome

_SECONDS = 60.0
"""The longest that a question may take, be the limits of runs larger."""


async def ask(session: Session, question: Question) -> str | None:
    """The text, "" for nothing; None where the document is excluded, or completions are switched off.

    Raises LakewrightError; the status has heard of it.
    """
    if not session.status.is_known:
        await look_up(session)
    try:
        place = await session.folders.place_of(question.place.uri)
        excluded = await in_daemon_thread(place.workspace.why_refused, place.path)
        session.status.excluded(excluded)
        if excluded is not None:
            return None
        loaded = await session.settings.loaded(place.root)
        if not loaded.settings.complete.enabled:
            session.status.completion(enabled=False)
            completion_registration.follow(session)
            return None
        outcome = await _outcome(session, question, place, loaded)
    except LakewrightError as error:
        session.status.run_ended(error)
        raise
    return _text(session, outcome)


def _text(session: Session, outcome: "Outcome") -> str | None:
    error = outcome.error
    if isinstance(error, CancelledRunError):
        return None
    if isinstance(error, NoModelError):
        session.status.completion(enabled=True, lacks=error.message)
        raise error
    session.status.run_ended(error, outcome.endpoint)
    if error is not None:
        raise error
    session.status.completion(enabled=True)
    return outcome.completion


async def _outcome(session: Session, question: Question, place: "Place", loaded: "Loaded") -> "Outcome":
    choice = await session.models.choose(loaded, "complete")

    @asynccontextmanager
    async def connect() -> AsyncIterator[Model]:
        async with session.models.connect(loaded, "complete", choice=choice) as connection:
            yield connection.model

    def watch(written: Callable[[], str]) -> None:
        question.written = written

    asked = question.asked
    line, column = asked.line_and_column
    request = RunRequest(
        target=Target(place.path, line, text=asked.text, column=column, language=asked.language),
        thinking=choice.thinking,
        max_tokens=choice.max_tokens,
        max_lines=loaded.settings.complete.max_lines,
    )
    limits = loaded.settings.limits
    context = RunContext(
        connect=connect,
        workspace=place.workspace,
        history=History(session.state),
        limits=Limits(limits.turns, limits.tokens, min(limits.seconds, _SECONDS)),
        sink=_unheard,
    )
    return await run_task(Complete(watch, quick=True), request, context, run=question.run.id)


def _unheard(_event: RunEvent) -> None:
    """A completion has no progress, and is no conversation."""
