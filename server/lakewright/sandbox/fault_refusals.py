"""Faults that answer in place of the model: refusals, pages of proxies, silence."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response

from lakewright.sandbox.refusal import Refusal, error_body, limit_exceeded
from lakewright.sandbox.stream import Hanging, Silent

Refuse = Callable[[str], Response]
"""From the endpoint's name to the answer."""


def _error(status: int, code: str, message: str) -> Refuse:
    return lambda endpoint: Refusal(status, code, message.replace("ENDPOINT", endpoint)).response()


def _nested(message: object) -> Refuse:
    body = error_body("BAD_REQUEST", json.dumps(message, separators=(",", ":")))
    return lambda _: JSONResponse(dict(body), status_code=400)


def _json(status: int, body: Mapping[str, object]) -> Refuse:
    return lambda _: JSONResponse(dict(body), status_code=status)


def _plain(status: int, text: str) -> Refuse:
    return lambda _: PlainTextResponse(text, status_code=status)


def _html(status: int, title: str, text: str) -> Refuse:
    page = f"<html><head><title>{title}</title></head><body><pre>{text}</pre></body></html>"
    return lambda _: HTMLResponse(page, status_code=status)


def _limit(text: str, retry_after: int | None = None) -> Refuse:
    return lambda endpoint: limit_exceeded(text.replace("ENDPOINT", endpoint), retry_after).response()


_GUARDRAIL: Mapping[str, object] = {"usage": {"prompt_tokens": 0, "total_tokens": 0}}
_INPUT_GUARDRAIL = {
    **_GUARDRAIL,
    "input_guardrail": [
        {
            "flagged": False,
            "categories": None,
            "category_scores": None,
            "pii_detection": True,
            "anonymized_input": [{"role": "user", "content": "Write to <EMAIL_ADDRESS>"}],
        }
    ],
    "finishReason": "input_guardrail_triggered",
}
_OUTPUT_GUARDRAIL = {
    **_GUARDRAIL,
    "output_guardrail": [{"flagged": True, "categories": {"violent-crimes": True}, "pii_detection": False}],
    "finishReason": "output_guardrail_triggered",
}
_OWN_LIMIT = {
    "error": {
        "message": "Rate limit exceeded: ITPM limit of 200,000 tokens reached",
        "type": "rate_limit_exceeded",
        "code": 429,
        "limit_type": "input_tokens_per_minute",
        "limit": 200000,
        "current": 200150,
        "retry_after": 15,
    }
}
_EXTERNAL = {
    "error": "Received error from amazon-bedrock",
    "external_model_message": {"message": "Input is too long for requested model."},
}
_MISSING = {"error": {"message": "endpoint not found", "type": "invalid_request_error", "code": "not_found"}}
_BUDGET = (
    'Budget "engineering" (0f0e0d0c-0000-4000-8000-00000000beef) has reached its limit of $0.05.'
    " To continue, contact an admin to increase the budget or use a different budget."
)
_CAPACITY = (
    "Databricks is unable to satisfy this request due to unexpected capacity constraints - we apologize for"
    " the inconvenience."
)
_UPSTREAM = "The server received an invalid response from an upstream server."
_ABSENT = "The given endpoint does not exist, please retry after checking the specified model and version"
_ZERO = "PERMISSION_DENIED: The endpoint is temporarily disabled due to a Databricks-set rate limit of 0."
_LOGIN = "/login.html?error=private-link-validation-error:123"

REFUSALS: Mapping[str, tuple[str, Refuse]] = MappingProxyType(
    {
        "429": (
            "429: output tokens per minute are used up, no Retry-After",
            _limit("Exceeded workspace output tokens per minute rate limit for ENDPOINT."),
        ),
        "retry-after": (
            "429 with Retry-After: 1",
            _limit("Exceeded workspace QPS rate limit for ENDPOINT.", 1),
        ),
        "retry-after-long": (
            "429 with Retry-After: 3600",
            _limit("Exceeded workspace QPS rate limit for ENDPOINT.", 3600),
        ),
        "rate-limit-own": ("429 in the envelope of a company's own rate limit", _json(429, _OWN_LIMIT)),
        "rate-limit-text": (
            "429 as a bare line of text",
            _plain(429, "RESOURCE_EXHAUSTED: too many requests"),
        ),
        "500": ("500: an upstream server failed", _error(500, "INTERNAL_ERROR", _UPSTREAM)),
        "503": ("503: no capacity", _error(503, "TEMPORARILY_UNAVAILABLE", _CAPACITY)),
        "504": ("504: took too long", _error(504, "DEADLINE_EXCEEDED", "The request timed out.")),
        "html-502": (
            "502 with a proxy's HTML page",
            _html(502, "502 Bad Gateway", "upstream connect error"),
        ),
        "html-login": ("200 with an HTML login page", _html(200, "Sign in", "Please sign in.")),
        "redirect": (
            "302 to a login page: private link",
            lambda _: RedirectResponse(_LOGIN, status_code=302),
        ),
        "empty-499": ("499 with an empty body", lambda _: Response(status_code=499)),
        "empty-200": ("200 with an empty body", lambda _: Response(status_code=200)),
        "invalid-token-once": ("403 with the text Invalid Token", _plain(403, "Invalid Token")),
        "invalid-token-400": ("400 with the text Invalid Token", _plain(400, "Invalid Token")),
        "expired-token": (
            "401: the token has expired",
            _error(401, "UNAUTHENTICATED", "Credential was not sent or was of an unsupported type."),
        ),
        "guardrail-input": ("400: a guardrail found personal data in the prompt", _nested(_INPUT_GUARDRAIL)),
        "guardrail-output": ("400: a guardrail refused the answer", _nested(_OUTPUT_GUARDRAIL)),
        "guardrail-judge": (
            "400: a judge model blocked the prompt",
            _error(400, "BAD_REQUEST", "Request blocked by input guardrail 'no-secrets'"),
        ),
        "budget": ("403: the budget is used up", _error(403, "PERMISSION_DENIED", _BUDGET)),
        "permission": (
            "403: no right to query the endpoint",
            _error(403, "PERMISSION_DENIED", "User does not have access to the endpoint"),
        ),
        "limit-zero": ("403: a rate limit of 0", _error(403, "PERMISSION_DENIED", _ZERO)),
        "deprecated": (
            "400: the endpoint is deprecated",
            _error(400, "BAD_REQUEST", "This endpoint ENDPOINT is deprecated"),
        ),
        "not-found": (
            "404: no such endpoint",
            _error(404, "RESOURCE_DOES_NOT_EXIST", f"{_ABSENT} deployment exists."),
        ),
        "not-found-openai": ("404 in OpenAI's envelope", _json(404, _MISSING)),
        "gateway-absent": (
            "404: this host lacks the route",
            _error(404, "ENDPOINT_NOT_FOUND", "Supervisor API is not enabled"),
        ),
        "too-long": (
            "400: the prompt is too long",
            _error(400, "BAD_REQUEST", "prompt is too long: 212728 tokens > 200000 maximum"),
        ),
        "too-long-external": ("400: too long, in the envelope of external models", _json(400, _EXTERNAL)),
        "too-large": (
            "413: the body is too large",
            _error(413, "BAD_REQUEST", "Request size cannot exceed 16777216 bytes."),
        ),
        "doubled-code": (
            "400 whose message repeats its code and ends in a line feed",
            _error(400, "BAD_REQUEST", "BAD_REQUEST: Bad request: the request could not be read.\n"),
        ),
        "bare-message": (
            "400 with a message and no code",
            _json(400, {"message": "system.2.cache_control.ephemeral.scope: Extra inputs are not permitted"}),
        ),
        "hang": ("takes the request and never answers", lambda _: Hanging()),
        "silent": ("answers 200, then never sends an event", lambda _: Silent()),
    }
)
