"""`refactor` in the editor: what was staged becomes one `workspace/applyEdit`, with a snapshot beside it, and
the outcome says what the documents show afterwards.
"""

import asyncio
from typing import TYPE_CHECKING

from lsprotocol import types

from lakewright.errors import EditError, LakewrightError
from lakewright.lsp.apply_edit_course import carried_through
from lakewright.lsp.apply_edit_plan import located, plan_of
from lakewright.lsp.apply_edit_ready import ROUNDS, Order, asked_for, busy, ready_of
from lakewright.lsp.apply_edit_seen import Pause
from lakewright.lsp.apply_edit_send import brought_up
from lakewright.lsp.plain_words import first_sentences, plain
from lakewright.lsp.runs import Run
from lakewright.lsp.session import Session
from lakewright.lsp.text_edits import Json
from lakewright.lsp.workspace_edit import support_of, workspace_edit
from lakewright.workspace.files import Workspace

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

_MOST_WORDS = 240
"""Characters of what the model says when it changes nothing."""


async def deliver(
    session: Session,
    run: Run,
    outcome: "Outcome",
    *,
    workspace: Workspace,
    instruction: str,
    preview: str,
    pause: Pause = asyncio.sleep,
) -> None:
    """Hand the staged files of a run that succeeded to the editor; `outcome.snapshot` and `applied` are set
    once the new text was seen.

    Raises LakewrightError where nothing has left yet. Once the run is handed over a failure is in
    `outcome.error`, to be told in one message.
    """
    target = outcome.target.path if outcome.target else None
    order = Order(session, run, workspace, instruction, preview, target, pause)
    if not outcome.staged:
        if run.hand_over():
            session.client.show(types.MessageType.Info, _unchanged(outcome))
        return
    if not session.client.can("workspace.applyEdit"):
        raise EditError(
            "The edit can't be applied: this editor has no `workspace/applyEdit`.",
            hint='Ask with `deliver: "response"` and apply it, or use `lakewright refactor --write`.',
        )
    ready = await ready_of(order, outcome.staged)
    if not run.hand_over():
        await ready.keeping.drop()
        return
    if not ready.files:
        session.client.show(types.MessageType.Info, "Nothing is left to change: the files read so by now.")
        return
    try:
        await carried_through(order, ready, outcome)
    except LakewrightError as error:
        outcome.error = error


async def edit_of(session: Session, outcome: "Outcome", *, workspace: Workspace, preview: str) -> Json | None:
    """The WorkspaceEdit for a client that applies it itself; it fits the documents until the next `await`.
    None where nothing is to be changed. Raises LakewrightError where it doesn't fit.
    """
    files, target = outcome.staged, outcome.target.path if outcome.target else None
    for _ in range(ROUNDS):
        found = await located(files, plan_of(workspace, session.documents, session.folders))
        asked = brought_up(session.documents, [asked_for(one, target) for one in found])
        if asked is not None:
            support = support_of(session.client.can)
            return workspace_edit([one.as_edit() for one in asked], support, preview) if asked else None
    raise busy()


def _unchanged(outcome: "Outcome") -> str:
    """With the model's own words, without the forms of edits that came to nothing."""
    from lakewright.edits.forms.registry import read_answer  # noqa: PLC0415 - few refactors change nothing

    said = first_sentences(plain(read_answer(outcome.answer or "").prose), _MOST_WORDS)
    return f"Nothing was changed. {said}".rstrip()
