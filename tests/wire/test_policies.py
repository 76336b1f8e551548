"""Refusals that have a sentence of their own: guardrails, budgets, limits, dead ends."""

import json

import pytest

from lakewright.errors import LakewrightError
from lakewright.wire.failures import read_failure

NAME = "databricks-claude-sonnet-4-5"


def failure(status: int, body: object) -> LakewrightError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_failure(status, {}, raw, endpoint=NAME)


KNOWN = [
    (
        "a policy on input, personal data",
        400,
        {
            "error_code": "BAD_REQUEST",
            "message": json.dumps(
                {
                    "usage": {"prompt_tokens": 0, "total_tokens": 0},
                    "input_guardrail": [
                        {
                            "flagged": False,
                            "categories": None,
                            "pii_detection": True,
                            "anonymized_input": [{"role": "user", "content": "ask <EMAIL_ADDRESS> for it"}],
                        }
                    ],
                    "finishReason": "input_guardrail_triggered",
                }
            ),
        },
        "model",
        f"{NAME}: a guardrail blocked the request: it found personal data.",
    ),
    (
        "a policy on input, safety",
        400,
        {
            "message": json.dumps(
                {
                    "input_guardrail": [
                        {"flagged": True, "categories": {"violent-crimes": True, "hate": False}}
                    ],
                    "finishReason": "input_guardrail_triggered",
                }
            )
        },
        "model",
        f"{NAME}: a guardrail blocked the request: it found violent-crimes.",
    ),
    (
        "a policy on output",
        400,
        {
            "error_code": "BAD_REQUEST",
            "message": json.dumps(
                {
                    "output_guardrail": [{"flagged": True, "categories": None}],
                    "finishReason": "output_guardrail_triggered",
                }
            ),
        },
        "model",
        f"{NAME}: a guardrail blocked the answer: it found unsafe content.",
    ),
    (
        "a judge",
        400,
        {"message": "Request blocked by input guardrail 'No payroll'"},
        "model",
        f"{NAME}: the company's input guardrail 'No payroll' blocked the conversation.",
    ),
    (
        "a budget",
        403,
        {
            "error_code": "PERMISSION_DENIED",
            "message": 'Budget "team-a" (8f14e45f-ceea-467f) has reached its limit of $0.05. To continue, '
            "contact an admin to increase the budget or use a different budget.",
        },
        "rate_limit",
        'The budget "team-a" is used up: its limit is $0.05.',
    ),
    (
        "a limit of zero",
        403,
        {
            "error_code": "PERMISSION_DENIED",
            "message": "PERMISSION_DENIED: Temporarily disabled due to a Databricks-set rate limit of 0.",
        },
        "endpoint",
        f"{NAME} is switched off for this host: Databricks set its rate limit to 0.",
    ),
    (
        "a limit of the company",
        429,
        {"message": "User defined rate limit(s) exceeded"},
        "rate_limit",
        f"The company's own rate limit for {NAME} is reached: User defined rate limit(s) exceeded",
    ),
    (
        "no right",
        403,
        {"error_code": "PERMISSION_DENIED", "message": "No access to the endpoint"},
        "endpoint",
        f"{NAME} may not be used with these credentials (HTTP 403): No access to the endpoint",
    ),
    (
        "a model that isn't allowed",
        403,
        {"error_code": "PERMISSION_DENIED", "message": "Model 'x' is not in the allowed models list"},
        "endpoint",
        f"{NAME} isn't among the models that the company allows: Model 'x' is not in the allowed models list",
    ),
    (
        "a long prompt",
        400,
        {"message": "prompt is too long: 212728 tokens > 200000 maximum"},
        "input",
        f"The prompt is too long for {NAME}: 212728 tokens, at most 200000.",
    ),
    (
        "a long prompt on Bedrock",
        400,
        {"message": "Input is too long for requested model."},
        "input",
        f"The prompt is too long for {NAME}: Input is too long for requested model.",
    ),
    (
        "a retired model",
        400,
        {"error_code": "BAD_REQUEST", "message": f"This endpoint {NAME} is deprecated"},
        "model",
        f"{NAME} is no longer served: This endpoint {NAME} is deprecated",
    ),
    (
        "a bad token at the gateway",
        400,
        b"Invalid Token",
        "auth",
        "The host refuses the token (HTTP 400): Invalid Token",
    ),
    (
        "a bad token",
        403,
        {"error_code": "403", "message": "Invalid access token."},
        "auth",
        "The host refuses the token (HTTP 403): Invalid access token.",
    ),
    (
        "an absent route",
        404,
        {"error_code": "ENDPOINT_NOT_FOUND", "message": "Invalid path"},
        "endpoint",
        f"The host doesn't have the route for {NAME}: Invalid path",
    ),
    (
        "an absent endpoint",
        404,
        {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "The given endpoint does not exist."},
        "endpoint",
        f"{NAME} isn't there for this user (HTTP 404): The given endpoint does not exist.",
    ),
    (
        "a limit of tokens",
        429,
        {
            "error_code": "REQUEST_LIMIT_EXCEEDED",
            "message": "REQUEST_LIMIT_EXCEEDED: Exceeded workspace output tokens per minute rate limit.",
        },
        "rate_limit",
        (
            f"{NAME} is at the host's limit of output tokens per minute: "
            "Exceeded workspace output tokens per minute rate limit."
        ),
    ),
]


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"), [row[1:] for row in KNOWN], ids=[row[0] for row in KNOWN]
)
def test_a_known_refusal_has_its_own_sentence(status: int, body: object, kind: str, message: str) -> None:
    """Guardrails, budgets, limits and dead ends each say what happened, in their own words."""
    error = failure(status, body)
    assert error.message == message
    assert (error.kind, error.status) == (kind, status)
    assert error.hint


def test_the_blocked_text_is_not_repeated() -> None:
    """A guardrail's report holds the text that it blocked; the message doesn't."""
    assert "EMAIL" not in failure(400, KNOWN[0][2]).message
