"""Refusals in the envelopes of the service: flat, nested (a JSON string inside `message`), or raw."""

import json
from collections.abc import Mapping

from starlette.responses import JSONResponse, PlainTextResponse, Response


class Refusal(Exception):  # noqa: N818 (it is an answer of the host, not a defect)
    """Ends the request with a status and one of the service's bodies.

    `nested` wraps the message as what the model's own validation says is wrapped.
    """

    def __init__(self, status: int, code: str, message: str, *, nested: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.nested = nested
        self.headers: dict[str, str] = {}

    def response(self, *, flat: bool = False) -> Response:
        """The HTTP answer; `flat` never nests."""
        text = self.message
        if self.nested and not flat:
            text = json.dumps({"message": text}, ensure_ascii=False, separators=(",", ":"))
        body = {"error_code": self.code, "message": text}
        return JSONResponse(body, status_code=self.status, headers=self.headers)


class PlainRefusal(Refusal):
    """A refusal whose body is the bare message."""

    def response(self, *, flat: bool = False) -> Response:  # noqa: ARG002 (there is no envelope)
        return PlainTextResponse(self.message, status_code=self.status, headers=self.headers)


def bad_request(message: str) -> Refusal:
    """What Databricks itself refuses."""
    return Refusal(400, "BAD_REQUEST", message)


def invalid(message: str) -> Refusal:
    """What the validation behind Databricks refuses: nested."""
    return Refusal(400, "BAD_REQUEST", message, nested=True)


def limit_exceeded(message: str, retry_after: int | None) -> Refusal:
    """429; the service sends no Retry-After unless told to."""
    refusal = Refusal(429, "REQUEST_LIMIT_EXCEEDED", f"REQUEST_LIMIT_EXCEEDED: {message}")
    if retry_after is not None:
        refusal.headers["Retry-After"] = str(retry_after)
    return refusal


def error_body(code: str, message: str) -> Mapping[str, object]:
    """The flat envelope as a value, for errors inside a stream."""
    return {"error_code": code, "message": message}
