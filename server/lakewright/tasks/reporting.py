"""From what a run recorded to the outcome that front doors show."""

from lakewright.agent.record import RunRecord
from lakewright.core.events import FinishReason
from lakewright.tasks.outcome import CallShown, FinishedBy, Outcome

MASKED = (
    "A guardrail of your company rewrote parts of what was sent or answered (such as <EMAIL_ADDRESS>):"
    " this is not all that the model wrote. Your Databricks admin can say which rule it was."
)

_FINISHED_BY = {
    FinishReason.STOP: FinishedBy.STOP,
    FinishReason.LENGTH: FinishedBy.LENGTH,
    FinishReason.REFUSED: FinishedBy.REFUSED,
}


def fill_outcome(outcome: Outcome, record: RunRecord) -> None:
    """Put in whatever is known by now; also right after a failure in mid-run."""
    outcome.answer = record.answer.text
    outcome.reasoning = record.reasoning.text
    outcome.tool_calls = [
        CallShown(call.id, call.name, dict(call.arguments), call.is_error) for call in record.calls
    ]
    outcome.served_model = record.served_model
    outcome.usage = record.usage
    outcome.requests = record.requests
    if record.limit_met:
        outcome.finish_reason = FinishedBy.TURN_LIMIT
    elif record.finish is not None:
        outcome.finish_reason = _FINISHED_BY.get(record.finish)
    if record.first_event_at is not None:
        outcome.first_event_ms = round((record.first_event_at - outcome.started_at) * 1000)
