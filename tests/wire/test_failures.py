"""From every envelope and status to one clear sentence of the right kind."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lakewright.errors import LakewrightError, RateLimitError
from lakewright.wire.envelopes import QUOTE_LIMIT
from lakewright.wire.failures import (
    is_route_absent,
    is_token_refused,
    read_failure,
    read_stream_error,
)

NAME = "databricks-claude-sonnet-4-5"


def failure(status: int, body: object, headers: dict[str, str] | None = None) -> LakewrightError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_failure(status, headers or {}, raw, endpoint=NAME)


TEXT = "messages: text content blocks must be non-empty"
ENVELOPES = {
    "code and message": {"error_code": "BAD_REQUEST", "message": TEXT},
    "json in message": {"error_code": "BAD_REQUEST", "message": json.dumps({"message": TEXT})},
    "json in json": {"message": json.dumps({"error": {"message": json.dumps({"message": TEXT})}})},
    "bare message": {"message": TEXT},
    "nested error": {
        "error": {"message": TEXT, "type": "invalid_request_error", "code": None, "param": None}
    },
    "external model": {
        "error": "Received error from amazon-bedrock",
        "external_model_message": {"message": TEXT},
    },
    "doubled code": {"error_code": "BAD_REQUEST", "message": f"BAD_REQUEST: BAD_REQUEST: {TEXT}\n"},
    "error as text": {"error": TEXT},
    "detail": {"detail": TEXT},
    "a list": [{"message": TEXT}],
    "a string": TEXT,
    "plain text": TEXT.encode(),
    "plain text with code": f"BAD_REQUEST: {TEXT}\n".encode(),
    "html": f"<html><head><title>{TEXT}</title></head></html>".encode(),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps({"message": TEXT}).encode(),
}


@pytest.mark.parametrize("form", ENVELOPES)
def test_every_envelope_gives_its_text(form: str) -> None:
    """Whatever the service wraps it in, the sentence ends in what it said, without codes and JSON."""
    error = failure(400, ENVELOPES[form])
    assert error.message == f"{NAME} refuses the request (HTTP 400): {TEXT}"
    assert (error.kind, error.status) == ("model", 400)
    assert error.hint


def test_html_gives_title_and_text() -> None:
    """A proxy's page is read, not shown."""
    page = b"<html><title>502 Bad Gateway</title><body><pre>upstream &amp; <b>down</b></pre></body></html>"
    assert failure(502, page).message == f"{NAME} failed (HTTP 502): 502 Bad Gateway: upstream & down"


@pytest.mark.parametrize("body", [b"", b"  \n", b"{}", b"[]", b"null", b'{"message": ""}', b"<html></html>"])
def test_a_body_without_words_is_said_to_be_one(body: bytes) -> None:
    """An empty body is no reason for an empty message."""
    assert failure(499, body).message == "The host broke the request off (HTTP 499), without a reason."


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        *((400, "model"), (401, "auth"), (403, "endpoint"), (404, "endpoint"), (405, "model")),
        *((407, "network"), (408, "endpoint"), (409, "model"), (413, "input"), (422, "model")),
        *((429, "rate_limit"), (499, "endpoint"), (500, "endpoint"), (501, "endpoint"), (502, "endpoint")),
        *((503, "endpoint"), (504, "endpoint"), (520, "endpoint")),
        *((200, "network"), (204, "network"), (301, "network"), (302, "network"), (307, "network")),
    ],
)
def test_a_status_has_its_kind(status: int, kind: str) -> None:
    """The exit code follows the kind, the kind follows the status; each has a hint."""
    error = failure(status, {"message": "words"})
    assert (error.kind, error.status) == (kind, status)
    assert error.hint
    assert "\n" not in error.message


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({}, {}, None),
        ({"retry-after": "17"}, {}, 17.0),
        ({"retry-after": " 0 "}, {}, 0.0),
        ({"retry-after": "-3"}, {}, None),
        ({"retry-after": "soon"}, {}, None),
        ({"retry-after": "١٢"}, {}, None),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:40 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, {}, 40.0),
        ({"retry-after": "Sat, 21 Nov 2026 09:00:00 GMT", "date": "Sat, 21 Nov 2026 10:00:00 GMT"}, {}, 0.0),
        ({"retry-after": "Sat, 21 Nov 2026 10:00:40 GMT"}, {}, None),
        (
            {"retry-after": "Sat, 21 Nov 2026 10:00:40 -0000", "date": "Sat, 21 Nov 2026 10:00:00 GMT"},
            {},
            None,
        ),
        (
            {},
            {
                "error": {
                    "message": "Rate limit exceeded: ITPM limit of 200,000 tokens reached",
                    "type": "rate_limit_exceeded",
                    "code": 429,
                    "limit_type": "input_tokens_per_minute",
                    "retry_after": 15,
                }
            },
            15.0,
        ),
        ({"retry-after": "9"}, {"retry_after": 15}, 9.0),
        ({}, {"retry_after": "15"}, None),
        ({}, {"retry_after": -1}, None),
    ],
)
def test_the_wish_to_wait_is_read(headers: dict[str, str], body: object, seconds: float | None) -> None:
    """Seconds or a date in the header, or a number in the body; anything else is no wish."""
    error = failure(429, body, headers)
    assert isinstance(error, RateLimitError)
    assert error.retry_after == seconds


@pytest.mark.parametrize(
    ("header", "hint"),
    [
        ("", "Wait a minute, or"),
        ("1", "Wait a minute, or"),
        ("60", "Wait a minute, or"),
        ("61", "Wait 2 minutes, as the host asks, or"),
        ("3600", "Wait 60 minutes, as the host asks, or"),
        ("86400", "Wait 24 hours, as the host asks, or"),
        ("9" * 400, "Wait 8760 hours, as the host asks, or"),
    ],
)
def test_the_hint_names_the_wait_asked_for(header: str, hint: str) -> None:
    """Whoever is told to wait is told how long, whichever limit it is; a minute where nobody says."""
    for text in (
        "Exceeded workspace QPS rate limit for e.",
        "User defined rate limit(s) exceeded for endpoint: e.",
        "Too many requests",
    ):
        assert (failure(429, {"message": text}, {"retry-after": header}).hint or "").startswith(hint)
    busy = failure(503, {"message": "capacity"}, {"retry-after": header}).hint or ""
    assert busy.startswith(
        hint.replace("Wait a minute", "Try again in a while").replace("Wait", "Try again in")
    )


@pytest.mark.parametrize(
    ("status", "headers", "body", "said"),
    [
        (302, {"location": "https://h/login.html?next=1"}, b"", "redirects to https://h/login.html instead"),
        (307, {}, b"", "redirects instead of answering"),
        (
            200,
            {"content-type": "text/html"},
            b"<html><title>Sign in</title></html>",
            'a web page ("Sign in")',
        ),
        (200, {"content-type": "text/plain"}, b"ok", "something else than the model's answer (text/plain)"),
        (200, {}, b"ok", "(no content type)"),
        (200, {}, b"", "answer is empty (HTTP 200)"),
        (200, {"content-type": "text/html"}, b" \n", "answer is empty (HTTP 200)"),
        (204, {}, b"", "answer is empty (HTTP 204)"),
        (302, {"location": "/login.html?error=private-link-validation-error:1"}, b"", "private network only"),
    ],
)
def test_a_page_is_no_answer(status: int, headers: dict[str, str], body: bytes, said: str) -> None:
    """A login page or a redirect means that something stands in between: a network error."""
    error = failure(status, body, headers)
    assert error.kind == "network"
    assert said in error.message
    assert error.hint


@pytest.mark.parametrize(
    "secret",
    [
        "dapi0123456789abcdef0123456789abcdef",
        "dapi0123456789abcdef0123456789abcdef-2",
        "Bearer abc.def-ghi_123",
        "bearer  eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "dose0123456789abcdef0123456789abcdef",
        "Basic dG9rZW46ZGFwaTAxMjM0NTY3ODk=",
    ],
)
def test_a_token_is_never_repeated(secret: str) -> None:
    """A service that echoes the credentials doesn't bring them onto a screen or into a log."""
    for status in (400, 401, 403, 404, 429, 500):
        error = failure(status, {"message": f"got '{secret}' in the header"})
        assert secret.rsplit(maxsplit=1)[-1] not in str(error)
        assert "[token]" in error.message


def test_the_quotation_is_one_short_line() -> None:
    """Control characters, line breaks and length of the service's text don't reach the message."""
    error = failure(400, {"message": "a\x1b[31mred\x07\r\n\tb\u202e\u2028c " + "x" * 5_000})
    assert "a[31mred b c xxx" in error.message
    assert error.message.isprintable()
    assert len(error.message) < QUOTE_LIMIT + 100


def test_the_id_of_the_request_is_kept() -> None:
    """Support asks for it: from the header, or the details of the body."""
    details = [{"@type": "type.googleapis.com/google.rpc.RequestInfo", "request_id": "1bfbbcbb"}]
    assert failure(500, {"message": "x", "details": details}).request_id == "1bfbbcbb"
    assert failure(500, {}, {"x-request-id": "abc"}).request_id == "abc"
    assert failure(500, {}).request_id is None


@pytest.mark.parametrize(
    ("status", "body", "refused"),
    [
        (401, b"", True),
        (401, b'{"error_code":"UNAUTHENTICATED"}', True),
        (400, b"Invalid Token", True),
        (403, b'{"error_code":"403","message":"Invalid Token"}', True),
        (403, b'{"message":"Invalid access token."}', True),
        (400, b'{"message":"Invalid role in the chat message"}', False),
        (403, b'{"message":"User does not have access"}', False),
        (400, b'{"message":"Invalid tokenizer"}', False),
        (500, b"Invalid Token", False),
    ],
)
def test_a_refused_token_is_told_from_other_refusals(status: int, body: bytes, refused: bool) -> None:
    """A fresh token is tried for 401 and the forms of `Invalid Token`, and for nothing else."""
    assert is_token_refused(status, body) is refused


@pytest.mark.parametrize(
    ("status", "body", "absent"),
    [
        (404, b'{"error_code":"ENDPOINT_NOT_FOUND","message":"Invalid path"}', True),
        (404, b'{"error_code":"ENDPOINT_NOT_FOUND","message":"Supervisor API is not enabled"}', True),
        (403, b'{"error_code":"FEATURE_DISABLED","message":"AI Gateway is not available."}', True),
        (404, b'{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"no such endpoint"}', False),
        (404, b"", False),
        (400, b'{"error_code":"BAD_REQUEST","message":"Invalid path"}', False),
        (500, b'{"error_code":"ENDPOINT_NOT_FOUND"}', False),
    ],
)
def test_an_absent_route_is_told_from_an_absent_endpoint(status: int, body: bytes, absent: bool) -> None:
    """Only a route that isn't there makes another one worth trying."""
    assert is_route_absent(status, body) is absent


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        ({"error_code": "INTERNAL_ERROR", "message": "x"}, 500, "endpoint"),
        ({"error_code": "REQUEST_LIMIT_EXCEEDED", "message": "x"}, 429, "rate_limit"),
        ({"error_code": "BAD_REQUEST", "message": "x"}, 400, "model"),
        ({"error": {"message": "x", "type": "overloaded_error"}}, 503, "endpoint"),
        ({"error": {"message": "x", "type": "odd", "code": 429}}, 429, "rate_limit"),
        ({"error": {"message": "x", "code": "503"}}, 503, "endpoint"),
        ({"error": "RESOURCE_EXHAUSTED: too many requests"}, 429, "rate_limit"),
        ({"object": "error", "message": "TEMPORARILY_UNAVAILABLE: x"}, 503, "endpoint"),
        ({"object": "error", "message": "x"}, 500, "endpoint"),
        ({"object": "error"}, 500, "endpoint"),
    ],
)
def test_an_error_in_a_stream_has_a_status(error: dict[str, object], status: int, kind: str) -> None:
    """A code inside the stream stands for a status, so that the retry can judge it."""
    read = read_stream_error(error)
    assert (read.status, read.kind) == (status, kind)
    assert read.message[0].isupper()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "error",
                    "message",
                    "error_code",
                    "code",
                    "external_model_message",
                    "details",
                    "input_guardrail",
                    "output_guardrail",
                    "finishReason",
                    "retry_after",
                    "categories",
                    "flagged",
                    "request_id",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(value=json_values, status=st.sampled_from([200, 302, 400, 401, 403, 404, 429, 500]))
def test_any_body_is_read(value: object, status: int) -> None:
    """No body, however odd, makes the reader fail or write more than one line."""
    for body in (json.dumps(value).encode(), json.dumps({"message": json.dumps(value)}).encode()):
        error = read_failure(status, {}, body, endpoint=NAME)
        assert error.message.isprintable()
        assert error.hint
    assert is_token_refused(status, body) in (True, False)
    if isinstance(value, dict):
        assert read_stream_error(value).message


@pytest.mark.parametrize("opening", ["<title>", "<title", "<pre>", "<title><"])
def test_a_page_that_closes_nothing_is_read_once(opening: str) -> None:
    """Megabytes of tags cost what their length costs: no search starts again at each of them."""
    error = failure(502, ("<html>" + opening * 300_000).encode())
    assert error.message == f"{NAME} failed (HTTP 502), without a reason."


def test_a_code_of_any_length_is_read() -> None:
    """Digits without end are no status, and no defect."""
    error = read_stream_error({"error": {"code": "4" * 5000, "message": "overloaded"}})
    assert (error.kind, error.status) == ("endpoint", 500)
