"""From an answer that is no answer to one clear error: the class says who must act, the sentence
what happened, the hint what to do next.
"""

import re
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from lakewright.errors import (
    AuthError,
    EndpointError,
    InputError,
    LakewrightError,
    ModelError,
    NetworkError,
    RateLimitError,
)
from lakewright.wire.envelopes import Envelope, quoted, read_envelope, read_object, wait_in_words
from lakewright.wire.policies import LOGIN_HINT, Refusal, is_token_text, known_refusal

CODE_STATUS: Mapping[str, int] = {
    "BAD_REQUEST": 400,
    "INVALID_PARAMETER_VALUE": 400,
    "INVALID_ARGUMENT": 400,
    "invalid_request_error": 400,
    "UNAUTHENTICATED": 401,
    "authentication_error": 401,
    "PERMISSION_DENIED": 403,
    "permission_error": 403,
    "RESOURCE_DOES_NOT_EXIST": 404,
    "NOT_FOUND": 404,
    "ENDPOINT_NOT_FOUND": 404,
    "not_found_error": 404,
    "not_found": 404,
    "request_too_large": 413,
    "REQUEST_LIMIT_EXCEEDED": 429,
    "RESOURCE_EXHAUSTED": 429,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "CANCELLED": 499,
    "INTERNAL_ERROR": 500,
    "INTERNAL": 500,
    "internal_error": 500,
    "server_error": 500,
    "api_error": 500,
    "NOT_IMPLEMENTED": 501,
    "FEATURE_DISABLED": 501,
    "TEMPORARILY_UNAVAILABLE": 503,
    "UNAVAILABLE": 503,
    "overloaded_error": 503,
    "DEADLINE_EXCEEDED": 504,
    "timeout_error": 504,
}
"""What an error code inside a stream would have been as a status."""


def read_failure(status: int, headers: Mapping[str, str], body: bytes, *, endpoint: str) -> LakewrightError:
    """The error that an HTTP answer means. `headers` has lower-case keys; `endpoint` may be empty.

    A RateLimitError has status 429 when waiting helps; a used-up budget keeps its 403.
    """
    envelope = read_envelope(body)
    if not envelope.codes and not envelope.text and not envelope.guardrail:
        envelope.text = headers.get("x-databricks-reason-phrase", "")
    if envelope.request_id is None and headers.get("x-request-id"):
        envelope.request_id = quoted(headers["x-request-id"])
    wait = _retry_after(headers)
    if wait is not None:
        envelope.retry_after = wait
    if status < 400:
        return _not_an_answer(status, headers, envelope, is_empty=not body.strip())
    return _failure(status, envelope, endpoint)


def read_stream_error(error: Mapping[str, object], *, endpoint: str = "") -> LakewrightError:
    """The error that an object inside a stream means, in any of its three forms."""
    envelope = read_object(error)
    return _failure(_status_of(envelope.codes), envelope, endpoint)


def is_token_refused(status: int, body: bytes) -> bool:
    """Whether a fresh token may help: 401, or `Invalid Token` as 400 or 403."""
    if status == 401:
        return True
    return status in (400, 403) and is_token_text(read_envelope(body).text)


def is_route_absent(status: int, body: bytes) -> bool:
    """Whether the host lacks the route, which says nothing of the endpoint: another may work."""
    if status not in (400, 403, 404, 405, 501):
        return False
    envelope = read_envelope(body)
    if "FEATURE_DISABLED" in envelope.codes:
        return True
    return status == 404 and ("ENDPOINT_NOT_FOUND" in envelope.codes or envelope.text == "Invalid path")


def _status_of(codes: list[str]) -> int:
    for code in codes:
        if code in CODE_STATUS:
            return CODE_STATUS[code]
        if re.fullmatch("[45][0-9]{2}", code):
            return int(code)
    return 500


def _failure(status: int, envelope: Envelope, endpoint: str) -> LakewrightError:
    name = endpoint or "the endpoint"
    refusal = known_refusal(status, envelope, name) or _by_status(status, envelope, name)
    message = refusal.message if endpoint else refusal.message[:1].upper() + refusal.message[1:]
    made = refusal.kind(message, hint=refusal.hint, status=status, request_id=envelope.request_id)
    made.retry_after = envelope.retry_after
    return made


_BY_STATUS: Mapping[int, tuple[type[LakewrightError], str, str]] = {
    401: (
        AuthError,
        "The host refuses the credentials",
        LOGIN_HINT,
    ),
    403: (
        EndpointError,
        "{name} may not be used with these credentials",
        "Ask an admin for the permission CAN QUERY on it, or choose another with --model.",
    ),
    404: (
        EndpointError,
        "{name} isn't there for this user",
        "`lakewright models` lists what the host has; without the right to a model it looks absent, too.",
    ),
    407: (
        NetworkError,
        "The proxy wants credentials",
        "Put them into HTTPS_PROXY, or add the host to NO_PROXY.",
    ),
    408: (EndpointError, "{name} gave up waiting", "Try again."),
    413: (
        InputError,
        "The request is too large for the host (16 MB at most)",
        "Choose a smaller range, or begin a new conversation.",
    ),
    429: (
        RateLimitError,
        "The host's rate limit for {name} is reached",
        "Wait {wait}, or choose another model: limits are counted for each model.",
    ),
    499: (EndpointError, "The host broke the request off", "Try again."),
    501: (
        EndpointError,
        "The host doesn't offer this",
        "Choose another model; `lakewright models` lists what the host has.",
    ),
    503: (EndpointError, "{name} is out of capacity", "Try again in {later}, or choose another model."),
    504: (EndpointError, "{name} took too long", "Ask for less at once, or lower the thinking level."),
}
_OTHER_4XX = (
    ModelError,
    "{name} refuses the request",
    "If it goes on, choose another model with --model; `lakewright doctor` tests it step by step.",
)
_OTHER_5XX = (EndpointError, "{name} failed", "Try again; if it goes on, choose another model.")


def _by_status(status: int, envelope: Envelope, name: str) -> Refusal:
    kind, sentence, hint = _BY_STATUS.get(status, _OTHER_5XX if status >= 500 else _OTHER_4XX)
    text = quoted(envelope.text)
    said = sentence.format(name=name)
    wait, later = (wait_in_words(envelope.retry_after, default) for default in ("a minute", "a while"))
    hint = hint.format(wait=wait, later=later)
    return Refusal(kind, f"{said} (HTTP {status})" + (f": {text}" if text else ", without a reason."), hint)


def _not_an_answer(
    status: int, headers: Mapping[str, str], envelope: Envelope, *, is_empty: bool
) -> NetworkError:
    """A redirect, a login page, an empty body: something stands between us and the service."""
    location = headers.get("location", "")
    if "private-link-validation-error" in location or "private-link-validation-error" in envelope.text:
        return NetworkError(
            "The host takes requests from its private network only.",
            hint="Connect to the company's network or VPN and try again.",
            status=status,
        )
    if 300 <= status < 400:
        where = f" to {quoted(location.partition('?')[0])}" if location else ""
        sentence = (
            f"The host redirects{where} instead of answering; redirects are never followed with a token."
        )
    elif is_empty:
        sentence = f"The host's answer is empty (HTTP {status}): there is nothing from the model in it."
    elif envelope.is_html:
        title = f' ("{quoted(envelope.text)}")' if envelope.text else ""
        sentence = f"The host answers with a web page{title}, not with the model's answer."
    else:
        kind = quoted(headers.get("content-type", "")) or "no content type"
        sentence = f"The host answers with something else than the model's answer ({kind})."
    return NetworkError(
        sentence,
        hint="Check the host's address, the VPN and the proxy; `lakewright doctor` tests each step.",
        status=status,
        request_id=envelope.request_id,
    )


def _retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; a date counts from the answer's own `Date`, so that no clock is needed."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isascii() and value.replace(".", "", 1).isdigit():
        return float(value)
    try:
        wait = parsedate_to_datetime(value) - parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return max(wait.total_seconds(), 0.0)
