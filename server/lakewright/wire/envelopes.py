"""What an error body says, in whichever of the service's envelopes it came.

Seen: `{error_code, message}`, the same with JSON as text inside `message`, a bare `{message}`,
`{error: {message, type, code}}`, `{error, external_model_message: {message}}`, plain text with or
without a code, HTML, nothing. Guardrails put a whole report into `message`.
"""

import html
import json
import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

QUOTE_LIMIT = 500
"""Characters of the service's own text that a message may hold."""


@dataclass(slots=True)
class Envelope:
    """`text` as it came, not yet fit to be shown; `codes` from the outside in. `guardrail` is the
    report of `side` ("input" or "output"). `retry_after` in seconds.
    """

    text: str = ""
    codes: list[str] = field(default_factory=list)
    side: str = ""
    guardrail: Mapping[str, object] = field(default_factory=dict)
    retry_after: float | None = None
    request_id: str | None = None
    is_html: bool = False


def read_envelope(body: bytes) -> Envelope:
    """Read a body of any form; what can't be read is kept as text."""
    envelope = Envelope()
    _read_text(body.decode("utf-8-sig", "replace"), envelope, 0)
    return envelope


def read_object(value: Mapping[str, object]) -> Envelope:
    """Read an error that is already decoded, as it comes inside a stream."""
    envelope = Envelope()
    _read_object(value, envelope, 0)
    return envelope


def wait_in_words(seconds: float | None, otherwise: str) -> str:
    """How long the service asks to wait, rounded up, for a hint; `otherwise` where it names no time or
    less than a minute, which the limits of a minute make too short.
    """
    if seconds is None or seconds <= _MINUTE:
        return otherwise
    unit, size = ("minutes", _MINUTE) if seconds <= 2 * _HOUR else ("hours", _HOUR)
    return f"{math.ceil(min(seconds, _YEAR) / size)} {unit}, as the host asks"


def quoted(text: str) -> str:
    """The service's text, fit for a message: one line, no control characters, no token, not long."""
    line = " ".join(_printable(text).split())
    line = _TOKEN.sub("[token]", line)
    return line if len(line) <= QUOTE_LIMIT else line[: QUOTE_LIMIT - 1] + "…"


_MINUTE, _HOUR, _YEAR = 60.0, 3_600.0, 31_536_000.0  # seconds
_MAX_DEPTH = 6  # envelopes within envelopes; the deepest seen is three
_CODE = re.compile(r"([A-Z][A-Z0-9]*_[A-Z0-9_]+|CANCELLED):\s+")
_OPENING = (re.compile(r"<title\b", re.IGNORECASE), re.compile(r"<pre\b", re.IGNORECASE))
_HTML_PIECE = 2_000  # characters of a title or error text in a page that are looked at
_TAG = re.compile(r"<[^<>]*>")
_TOKEN = re.compile(
    r"\b(?:dapi|dkea|dose|dsapi)[0-9a-z-]{6,}"  # Databricks' tokens and secrets
    r"|\bbearer\s+[\w.~+/=-]+"
    r"|\bbasic\s+[\w+/=]{12,}"
    r"|\beyJ[\w-]{6,}(?:\.[\w-]*){0,4}",  # JSON web tokens
    re.IGNORECASE,
)


def _printable(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    return "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))


def _is_shown(char: str) -> bool:
    return unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def _read_text(text: str, envelope: Envelope, depth: int) -> None:
    text = text.strip()
    while match := _CODE.match(text):
        envelope.codes.append(match[1])
        text = text[match.end() :]
    if text.startswith("<"):
        _read_html(text, envelope)
        return
    value = _json(text) if text.startswith(("{", "[", '"')) and depth < _MAX_DEPTH else None
    if text in ("null", "[]"):
        return
    if isinstance(value, list):
        value = next((item for item in value if isinstance(item, dict)), None)
    if isinstance(value, dict):
        _read_object(value, envelope, depth + 1)
    elif isinstance(value, str):
        _read_text(value, envelope, depth + 1)
    else:
        envelope.text = text


def _read_html(text: str, envelope: Envelope) -> None:
    """The title and the first `<pre>`, looked for once each: a page may open thousands and close none."""
    pieces = (_element(text, match) for opening in _OPENING if (match := opening.search(text)))
    found = (html.unescape(_TAG.sub(" ", piece)).strip() for piece in pieces)
    envelope.is_html = True
    envelope.text = ": ".join(piece for piece in found if piece)


def _element(text: str, opening: re.Match[str]) -> str:
    """What stands between an opening tag and its end, "" where there is no end near."""
    name = opening[0][1:].lower()
    inside = text[opening.end() : opening.end() + _HTML_PIECE]
    _, opened, rest = inside.partition(">")
    end = rest.lower().find(f"</{name}>")
    return rest[:end] if opened and end >= 0 else ""


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read_object(value: Mapping[str, object], envelope: Envelope, depth: int) -> None:
    _read_guardrail(value, envelope)
    for key in ("error_code", "code", "type", "status", "limit_type"):
        code = value.get(key)
        if isinstance(code, (str, int)) and not isinstance(code, bool):
            envelope.codes.append(str(code))
    wait = value.get("retry_after")
    if isinstance(wait, (int, float)) and not isinstance(wait, bool) and 0 <= wait < float("inf"):
        envelope.retry_after = float(wait)
    envelope.request_id = envelope.request_id or _request_id(value)
    for inner in _inner(value):
        if isinstance(inner, str) and inner.strip():
            _read_text(inner, envelope, depth)
            return
        if isinstance(inner, dict) and depth < _MAX_DEPTH:
            _read_object(inner, envelope, depth + 1)
            return


def _inner(value: Mapping[str, object]) -> list[object]:
    """Where an envelope keeps what it holds, the most telling first."""
    error, external = value.get("error"), value.get("external_model_message")
    nested = error if isinstance(error, dict) else None
    return [
        nested,
        external,
        value.get("message"),
        value.get("detail"),
        error,
        value.get("error_description"),
    ]


def _request_id(value: Mapping[str, object]) -> str | None:
    """`details` holds it as `google.rpc.RequestInfo`."""
    details = value.get("details")
    for detail in details if isinstance(details, list) else [value]:
        request_id = detail.get("request_id") if isinstance(detail, dict) else None
        if isinstance(request_id, str) and request_id:
            return quoted(request_id)
    return None


def _read_guardrail(value: Mapping[str, object], envelope: Envelope) -> None:
    for side in ("input", "output"):
        report = value.get(f"{side}_guardrail")
        if isinstance(report, list) and report:
            report = report[0]
        if isinstance(report, dict):
            envelope.side, envelope.guardrail = side, report
        elif value.get("finishReason") == f"{side}_guardrail_triggered":
            envelope.side = side
