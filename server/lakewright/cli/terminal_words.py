"""The sentences about a run that people read beside the answer: calls, retries, what it took."""

from lakewright.agent.events import (
    Note,
    Phase,
    PhaseChanged,
    Retried,
    RunEvent,
    RunStarted,
    ToolAnswered,
    ToolCalled,
    UsageChanged,
)
from lakewright.agent.toolbox import describe_call
from lakewright.cli.sanitize import visible_line
from lakewright.core.usage import Usage
from lakewright.tasks.outcome import Outcome

_LONGEST_REASON = 300
"""Characters of a refusal: what teaches the model may be long."""


class Narrator:
    """Says one line for each event that deserves one; it remembers the calls by their id."""

    def __init__(self, *, verbose: int) -> None:
        self._verbose = verbose
        self._calls: dict[str, str] = {}

    def line(self, event: RunEvent) -> str | None:
        """The line without its newline, free of control characters, or None."""
        match event:
            case ToolCalled(call_id, name, arguments):
                self._calls[call_id] = describe_call(name, arguments)
                line = f"> {self._calls[call_id]}"
            case ToolAnswered(call_id, is_error=True, message=message):
                line = f"! {self._calls.get(call_id, 'a tool')}: {self._why_refused(message)}"
            case PhaseChanged(Phase.VERIFYING, command):
                line = f"> verify: {command}"
            case Retried():
                line = retry_line(event)
            case Note(message):
                line = message
            case RunStarted(run, _) if self._verbose:
                line = f"run {run}"
            case UsageChanged(usage, requests) if self._verbose:
                line = " · ".join([_counted(requests, "request"), *_tokens(usage)])
            case _:
                return None
        return visible_line(line)

    def _why_refused(self, message: str) -> str:
        first = message.strip().partition("\n")[0]
        if not self._verbose or not first:
            return "failed, and the model was told why"
        return first if len(first) <= _LONGEST_REASON else f"{first[:_LONGEST_REASON]}…"


def retry_line(event: Retried) -> str:
    """`retrying in 17 s: …`, and whether what was shown still counts."""
    when = f"in {duration(event.delay_seconds)}" if event.delay_seconds >= 0.1 else "now"
    line = f"retrying {when}: {event.reason.rstrip('.')}"
    return f"{line}; what this turn showed so far is void" if event.restart else line


def last_line(outcome: Outcome, *, verbose: int) -> str | None:
    """Model, requests, tokens and seconds; None for a run that ended before its first request."""
    if not outcome.requests:
        return None
    model = outcome.endpoint or outcome.served_model or "unknown model"
    if verbose and outcome.served_model and outcome.served_model != model:
        model = f"{model} ({outcome.served_model})"
    words = [model, _counted(outcome.requests, "request"), *_tokens(outcome.usage)]
    if outcome.total_ms is not None:
        words.append(duration(outcome.total_ms / 1000))
    return visible_line(" · ".join(words))


def duration(seconds: float) -> str:
    """`0.3 s`, `4.2 s`, `17 s`, `2 min 5 s`: tenths below ten seconds."""
    whole = round(seconds)
    if whole >= 60:
        return f"{whole // 60} min {whole % 60} s"
    tenths = f"{seconds:.1f}"
    return f"{whole} s" if seconds >= 9.95 or tenths.endswith(".0") else f"{tenths} s"


def _tokens(usage: Usage) -> list[str]:
    words = []
    if usage.input_tokens is not None:
        cached = usage.cached_input_tokens
        words.append(f"{usage.input_tokens:,} in" + (f" ({cached:,} cached)" if cached else ""))
    if usage.output_tokens is not None:
        words.append(f"{usage.output_tokens:,} out")
    return [" / ".join(words)] if words else []


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
