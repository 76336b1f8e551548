"""Suggestions at a cursor: for each document one request waits at most, and one question is with the model.

What was suggested is answered from memory. Else a newer request ends the older one, and its question too,
unless the user types what the model is writing; then the question goes on for the newer one.
"""

import asyncio
import importlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import LakewrightError
from lakewright.lsp.completion_place import Place, asked_in, place_in
from lakewright.lsp.completion_question import Question
from lakewright.lsp.debounce import Backoff, Debounce
from lakewright.lsp.documents import Document
from lakewright.lsp.folders_buffers import why_not
from lakewright.lsp.runs import Run
from lakewright.lsp.suggestions import Suggestion, Suggestions
from lakewright.lsp.text import Position, Span
from lakewright.lsp.timers import Clock, Later, Timer, on_loop
from lakewright.tasks.run_id import new_run_id

if TYPE_CHECKING:
    from lakewright.lsp.session import Session

logger = logging.getLogger(__name__)

Shape = Callable[[Place, Suggestion], Any]
"""A suggestion as the answer to a request."""

_Chosen = tuple[Span, str]


@dataclass(eq=False, slots=True)
class _Waiting:
    """A request that isn't answered yet."""

    place: Place
    by_hand: bool
    shape: Shape
    answer: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    timer: Timer | None = None


class Completions:
    """The suggestions of one session."""

    def __init__(self, *, clock: Clock = time.monotonic, later: Later = on_loop) -> None:
        self._later = later
        self._kept = Suggestions(clock=clock)
        self._debounce = Debounce(clock)
        self._backoff = Backoff(clock)
        self._waiting: dict[str, _Waiting] = {}
        self._questions: dict[str, Question] = {}
        self._said: set[str] = set()
        self._asking: Any = None
        """The module `completion_run`, once a question was asked."""
        self.as_items: bool | None = None
        """Whether items are switched on; None before the settings were read for it."""
        self.registered: set[str] = set()
        """Methods that the client was asked to send."""

    def suggest(
        self,
        session: "Session",
        uri: str,
        position: Position,
        shape: Shape,
        *,
        by_hand: bool = False,
        chosen: _Chosen | None = None,
    ) -> Any:
        """The answer to a request, null where nothing is suggested; or a future of it, which is cancelled
        where the request is. `chosen`: see `place_in`.
        """
        if not by_hand:
            self._debounce.keystroke()
        document = _known(session, uri)
        if document is None:
            return None
        place = place_in(document, position, chosen)
        self._answer(place.uri)
        found = self._kept.find(place.surroundings)
        if found is not None and (found.text or not by_hand):
            self._stop(session, place.uri)
            session.status.excluded(None)
            return _offered(session, place, found, shape)
        question = self._questions.get(place.uri)
        if question is not None and not question.fits(place.surroundings):
            self._stop(session, place.uri)
            question = None
        if question is None and not by_hand and (self._backoff.holds or not place.invites):
            return None
        return self._wait(session, _Waiting(place, by_hand, shape), question)

    def document_changed(self, session: "Session", document: Document) -> None:
        """What waits for it is out of date; its question too, unless the user types what is being written."""
        self._answer(document.uri)
        question = self._questions.get(document.uri)
        if question is not None and not question.may_go_on(document):
            self._stop(session, document.uri)

    def settings_changed(self) -> None:
        """Other models may suggest something else."""
        self._kept.clear()
        self._backoff.over()
        self._said.clear()

    def _wait(
        self, session: "Session", waiting: _Waiting, question: Question | None
    ) -> "asyncio.Future[Any]":
        self._waiting[waiting.place.uri] = waiting
        waiting.answer.add_done_callback(partial(self._was_cancelled, session, waiting))
        if question is not None:
            question.by_hand |= waiting.by_hand
        elif waiting.by_hand:
            self._ask(session, waiting)
        else:
            waiting.timer = self._later(self._debounce.wait(), partial(self._ask, session, waiting))
        return waiting.answer

    def _was_cancelled(self, session: "Session", waiting: _Waiting, answer: "asyncio.Future[Any]") -> None:
        """Whether the client has cancelled it: then nobody waits for its question any more."""
        if answer.cancelled() and self._waiting.get(waiting.place.uri) is waiting:
            self._answer(waiting.place.uri)
            self._stop(session, waiting.place.uri)

    def _answer(self, uri: str, answer: Any = None) -> None:
        """Answer the request that waits, if one does and isn't cancelled."""
        waiting = self._waiting.pop(uri, None)
        if waiting is None:
            return
        if waiting.timer is not None:
            waiting.timer.cancel()
        if not waiting.answer.done():
            waiting.answer.set_result(answer)

    def _stop(self, session: "Session", uri: str) -> None:
        """End the document's question, if there is one."""
        question = self._questions.pop(uri, None)
        if question is not None:
            session.runs.cancel(question.run)

    def _ask(self, session: "Session", waiting: _Waiting) -> None:
        place = waiting.place
        document = session.documents.find(place.uri)
        is_there = document is not None and document.version == place.version and not document.is_lost
        if waiting.answer.done() or document is None or not is_there:
            self._answer(place.uri)
            return
        question = Question(place, asked_in(session.documents, document, place), waiting.by_hand)
        self._questions[place.uri] = question
        question.run = session.runs.start(
            "complete", run_id=new_run_id(), uri=place.uri, work=partial(self._work, session, question)
        )
        question.run.task.add_done_callback(partial(self._ended, session, question))

    async def _work(self, session: "Session", question: Question, run: Run) -> str | None:
        """What the model suggests, "" for nothing; None where it couldn't be asked."""
        try:
            if self._asking is None:
                self._asking = await in_daemon_thread(
                    importlib.import_module, "lakewright.lsp.completion_run"
                )
            text: str | None = await self._asking.ask(session, question)
        except LakewrightError as error:
            self._failed(session, question, error)
            return None
        except asyncio.CancelledError:
            return None
        except Exception:
            logger.exception("The completion %s failed", run.id)
            return None
        if text is None or not run.hand_over():
            return None
        self._backoff.over()
        return text

    def _failed(self, session: "Session", question: Question, error: LakewrightError) -> None:
        """Wait before asking again; say it to a user who asked for it, each cause once."""
        from lakewright.lsp.failures import show  # noqa: PLC0415 - a session holds this module's completions

        self._backoff.failed(error.retry_after)
        if question.by_hand and error.message not in self._said and question.run.hand_over():
            self._said.add(error.message)
            show(session, error)

    def _ended(self, session: "Session", question: Question, task: "asyncio.Task[str | None]") -> None:
        uri = question.place.uri
        if self._questions.get(uri) is not question:
            return
        del self._questions[uri]
        text = None if task.cancelled() else task.result()
        if text is None:
            self._answer(uri)
            return
        self._kept.add(question.place.surroundings, text)
        waiting = self._waiting.get(uri)
        if waiting is None or waiting.answer.done():
            return
        found = self._kept.find(waiting.place.surroundings)
        if found is None:  # the model went on otherwise than the user
            self._ask(session, waiting)
        else:
            self._answer(uri, _offered(session, waiting.place, found, waiting.shape))


def _known(session: "Session", uri: str) -> Document | None:
    """The open document, where its text is known and not too large."""
    document = session.documents.find(uri)
    if document is None:
        return None
    why = why_not(session.documents.notebook(document.notebook or "") or document, session.documents)
    if why is not None:
        session.status.excluded(f"The document can't be used: {why}.")
        return None
    return document


def _offered(session: "Session", place: Place, found: Suggestion, shape: Shape) -> Any:
    if not found.text:
        return None
    if found.is_new:
        session.status.offered()
    return shape(place, found)
