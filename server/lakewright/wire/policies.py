"""Refusals that deserve a sentence of their own: a company's guardrails and budgets, limits, and
requests that no repetition will make good.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from lakewright.errors import (
    AuthError,
    EndpointError,
    InputError,
    LakewrightError,
    ModelError,
    RateLimitError,
)
from lakewright.wire.envelopes import Envelope, quoted, wait_in_words

LOGIN_HINT = (
    "Log in again (`databricks auth login`) or renew the token; `lakewright doctor` shows which one was used."
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What to raise for a refusal we know."""

    kind: type[LakewrightError]
    message: str
    hint: str


def known_refusal(status: int, envelope: Envelope, name: str) -> Refusal | None:
    """The sentence for a refusal we know, else None. `name` is the endpoint's, to begin with."""
    if envelope.side:
        return _guardrail(envelope, name)
    if status in (400, 403) and is_token_text(envelope.text):
        return Refusal(
            AuthError,
            f"The host refuses the token (HTTP {status}): {quoted(envelope.text)}",
            LOGIN_HINT,
        )
    for row in _ROWS:
        match = row.pattern.search(envelope.text) if status in row.statuses else None
        if match:
            found = {key: quoted(value) for key, value in match.groupdict("").items()}
            said = row.sentence.format(name=name, text=quoted(envelope.text), **found)
            hint = row.hint.format(wait=wait_in_words(envelope.retry_after, "a minute"))
            return Refusal(row.kind, said, hint)
    return None


def is_token_text(text: str) -> bool:
    """Whether a text is one of those that mean a bad or expired token."""
    return _TOKEN_TEXT.match(text) is not None


_TOKEN_TEXT = re.compile(r"\s*(invalid (access )?token\b|(access )?token (is |has )?expired)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Row:
    statuses: frozenset[int]
    pattern: re.Pattern[str]
    kind: type[LakewrightError]
    sentence: str
    hint: str


def _row(
    statuses: tuple[int, ...], pattern: str, kind: type[LakewrightError], sentence: str, hint: str
) -> _Row:
    return _Row(frozenset(statuses), re.compile(pattern, re.IGNORECASE | re.DOTALL), kind, sentence, hint)


_DROP_BLOCKED = (
    "The blocked text is sent again with each turn: begin a new conversation without it, "
    "or ask whoever runs the guardrail."
)
_ROWS: tuple[_Row, ...] = (
    _row(
        (400, 403),
        r"blocked by (?P<side>input|output) guardrail '(?P<guard>[^']*)'",
        ModelError,
        "{name}: the company's {side} guardrail '{guard}' blocked the conversation.",
        _DROP_BLOCKED,
    ),
    _row(
        (403, 429),
        r"budget \"(?P<budget>[^\"]*)\".*?limit of (?P<limit>\S*\d)",
        RateLimitError,
        'The budget "{budget}" is used up: its limit is {limit}.',
        "Ask an admin to raise the budget, or use a model that is charged to another one.",
    ),
    _row(
        (403, 429),
        r"rate limit of 0\b",
        EndpointError,
        "{name} is switched off for this host: Databricks set its rate limit to 0.",
        "Waiting doesn't help: choose another model, or ask the Databricks account team.",
    ),
    _row(
        (403,),
        r"not in the allowed models list",
        EndpointError,
        "{name} isn't among the models that the company allows: {text}",
        "Choose another model; `lakewright models` lists what the host has.",
    ),
    _row(
        (403,),
        r"blocked by databricks ip acl|ip access list",
        EndpointError,
        "The host doesn't take requests from this network: {text}",
        "Connect to the company's network or VPN and try again.",
    ),
    _row(
        (404, 501, 403, 400),
        r"is not enabled|not available for this workspace|^invalid path$",
        EndpointError,
        "The host doesn't have the route for {name}: {text}",
        "Choose an endpoint that `lakewright models` lists, or ask an admin to enable the AI gateway.",
    ),
    _row(
        (429,),
        r"user defined rate limit|\b(ITPM|OTPM|QPM|QPH|TPM)\b limit of",
        RateLimitError,
        "The company's own rate limit for {name} is reached: {text}",
        "Wait {wait}, or ask whoever runs the AI gateway to raise the limit.",
    ),
    _row(
        (429,),
        r"(?P<what>input tokens per minute|output tokens per minute|QPS|queries per \w+)",
        RateLimitError,
        "{name} is at the host's limit of {what}: {text}",
        "Wait {wait}, or choose another model: limits are counted for each model.",
    ),
    _row(
        (400, 413),
        r"prompt is too long: (?P<tokens>\d+) tokens > (?P<limit>\d+)",
        InputError,
        "The prompt is too long for {name}: {tokens} tokens, at most {limit}.",
        "Choose a smaller range, begin a new conversation, or take a model with a larger window.",
    ),
    _row(
        (400, 413),
        r"exceed context limit: (?P<tokens>\d+) \+ \d+ > (?P<limit>\d+)",
        InputError,
        "The prompt of {tokens} tokens leaves {name} no room for an answer in its window of {limit}: {text}",
        "Choose a smaller range, begin a new conversation, or take a model with a larger window.",
    ),
    _row(
        (400, 413),
        r"input is too long|prompt is too long|maximum context length|context window",
        InputError,
        "The prompt is too long for {name}: {text}",
        "Choose a smaller range, begin a new conversation, or take a model with a larger window.",
    ),
    _row(
        (400, 404),
        r"\bis deprecated$|\bendpoint\b.*\bis deprecated|\bis retired\b",
        ModelError,
        "{name} is no longer served: {text}",
        "Choose a newer model with --model; `lakewright models` lists what the host has.",
    ),
    _row(
        (400,),
        r"only supports the responses api|passthrough is not supported",
        ModelError,
        "{name} can't be reached by the chat route: {text}",
        "Choose another model with --model.",
    ),
)

_GUARDRAIL_HINT = {
    "input": "Take it out of what is sent (a smaller range helps), begin a new conversation without it, "
    "or ask whoever runs the guardrail.",
    "output": "Ask in another way, or ask whoever runs the guardrail.",
}


def _guardrail(envelope: Envelope, name: str) -> Refusal:
    """The report holds the blocked text itself (`anonymized_input`), which is never repeated."""
    side, report = envelope.side, envelope.guardrail
    found = []
    if report.get("pii_detection") is True:
        found.append("personal data")
    categories = report.get("categories")
    if isinstance(categories, Mapping):
        found += [quoted(str(category)) for category, flagged in categories.items() if flagged is True]
    if not found and report.get("flagged") is True:
        found.append("unsafe content")
    what = f": it found {', '.join(found[:10])}" if found else ""
    where = "request" if side == "input" else "answer"
    return Refusal(ModelError, f"{name}: a guardrail blocked the {where}{what}.", _GUARDRAIL_HINT[side])
