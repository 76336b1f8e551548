"""Every error a person can meet, in one tree; it imports nothing.

    LakewrightError            message for a person, hint for the next step, never a secret
    +-- InputError             what was asked can't be read: no such file, bad range, not text
    +-- ConfigError            the user must change a setting, a profile or a variable
    +-- AuthError              the host refuses the credentials
    +-- RateLimitError         the host says later (429), or a budget is used up
    +-- EndpointError          the host refuses or fails: 403, 404, 5xx
    +-- NetworkError           no usable answer: DNS, TLS, time-out, cut stream, HTML
    +-- ModelError             the model or a policy refuses: other 400, guardrail, limits of a run
    +-- EditError              the model's edit can't be applied safely
    +-- CancelledRunError      the user ended the run
    ToolFailedError            a refused tool call: spoken to the model, never fatal

`kind` is the word that the outside sees (JSON `error.kind`); front doors turn it into an exit code.
"""

from typing import ClassVar


class LakewrightError(Exception):
    """An error with a sentence for a person and a hint that says what to do next.

    `status` is the HTTP status where there was one; `request_id` the service's id of the request;
    `retry_after` its own wish, in seconds, for when to ask again.
    """

    kind: ClassVar[str] = "internal"

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.status = status
        self.request_id = request_id
        self.retry_after = retry_after

    def to_json(self) -> dict[str, object]:
        """The `error` object of every machine-readable outcome."""
        return {
            "kind": self.kind,
            "message": self.message,
            "hint": self.hint,
            "status": self.status,
            "requestId": self.request_id,
        }


class InputError(LakewrightError):
    """What was asked can't be read or is out of bounds."""

    kind = "input"


class ConfigError(LakewrightError):
    """A setting, profile or variable must change first."""

    kind = "config"


class AuthError(LakewrightError):
    """The host refuses the credentials, also after one refresh."""

    kind = "auth"


class RateLimitError(LakewrightError):
    """The host is out of quota for this model, or a budget is used up."""

    kind = "rate_limit"


class EndpointError(LakewrightError):
    """The host refuses or fails: no right, no such endpoint, a fault of its own."""

    kind = "endpoint"


class NetworkError(LakewrightError):
    """No usable answer came: DNS, TLS, a time-out, a cut stream, a login page."""

    kind = "network"


class ModelError(LakewrightError):
    """The model, a policy before it, or a limit of the run ended it without an answer."""

    kind = "model"


class EditError(LakewrightError):
    """The model's edit can't be applied without risk."""

    kind = "edit"


class CancelledRunError(LakewrightError):
    """The user ended the run."""

    kind = "cancelled"


class ToolFailedError(Exception):
    """A tool call that can't be served; its text goes to the model, which may try again."""
