"""`RunOutcome`: how a run ended, as LSP's clients read it."""

import logging
from typing import TYPE_CHECKING, Any, Literal

from lakewright.errors import CancelledRunError, LakewrightError
from lakewright.lsp.editor_words import error_json
from lakewright.lsp.runs import Run

if TYPE_CHECKING:
    from lakewright.tasks.outcome import Outcome

logger = logging.getLogger(__name__)

Json = dict[str, Any]
_OF_A_FILE = ("target", "edits", "completion", "applied", "snapshot")
"""What the command line says in its own way: here an edit is a WorkspaceEdit, a completion has a range."""


def outcome_json(outcome: "Outcome", **delivered: Any) -> Json:
    """The outcome with what was `delivered` (edit, completion, snapshot) and the run's notes; what isn't
    known is left out.
    """
    told = {key: value for key, value in outcome.to_json().items() if key not in _OF_A_FILE}
    if outcome.error is not None:
        told["error"] = error_json(outcome.error)
    result = {"run": outcome.run, "state": _state(outcome.error), "command": outcome.command, **told}
    return {key: value for key, value in (result | delivered).items() if value is not None}


def ended_early(run: Run, error: LakewrightError) -> Json:
    """The outcome of a run that hadn't come to ask a model."""
    result: Json = {"run": run.id, "state": _state(error), "command": run.command}
    if isinstance(error, CancelledRunError):
        result["finishReason"] = error.kind
    return {**result, "error": error_json(error)}


def cancelled() -> CancelledRunError:
    return CancelledRunError("The run was cancelled.")


def defect(error: Exception, run: Run) -> LakewrightError:
    """A defect of ours, as anybody may see it: its words might hold what documents do."""
    logger.error("The run %s failed", run.id, exc_info=error)
    return LakewrightError(
        f"Lakewright has a defect: {type(error).__name__}.",
        hint="Please report it; `lakewright serve -v` says more on standard error.",
    )


def _state(error: LakewrightError | None) -> Literal["done", "cancelled", "failed"]:
    if error is None:
        return "done"
    return "cancelled" if error.kind == CancelledRunError.kind else "failed"
