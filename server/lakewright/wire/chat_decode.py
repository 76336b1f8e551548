"""The chat dialect's answers, streamed and whole, into our events: one code for both.

Content comes as string, array or null, all three in one stream; tool calls are keyed by the number
of their block; the signature of a reasoning block comes late and once. What a chunk holds is looked
at by plain indexing, the rare shapes behind one test.
"""

import json
from typing import Any

from pydantic_core import from_json

from lakewright.core.events import Event, Finished, FinishReason
from lakewright.errors import NetworkError
from lakewright.wire.chat_parts import PartWriter
from lakewright.wire.chat_usage import UsageCounter
from lakewright.wire.envelopes import quoted
from lakewright.wire.failures import read_stream_error
from lakewright.wire.sse import SseDecoder
from lakewright.wire.surrogates import well_formed

_FINISH = {
    "stop": FinishReason.STOP,
    "end_turn": FinishReason.STOP,
    "stop_sequence": FinishReason.STOP,
    "length": FinishReason.LENGTH,
    "max_tokens": FinishReason.LENGTH,
    "tool_calls": FinishReason.TOOL_CALLS,
    "function_call": FinishReason.TOOL_CALLS,
    "tool_use": FinishReason.TOOL_CALLS,
    "content_filter": FinishReason.REFUSED,
    "refusal": FinishReason.REFUSED,
}
_RETRY_HINT = "Try again; if it goes on, choose another model."


class ChatDecoder:
    """One streamed answer. The turn is complete once a finish reason came; `Finished` is held back to
    `[DONE]` or the end of the body, because usage and guardrail reports may come after the reason.
    """

    def __init__(self) -> None:
        self._sse = SseDecoder()
        self._parts = PartWriter()
        self._usage = UsageCounter()
        self._reported_usage = False
        self._reason: FinishReason | None = None
        self._served_model: str | None = None
        self._masked = False
        self._done = False

    @property
    def is_complete(self) -> bool:
        """A finish reason came."""
        return self._reason is not None

    def feed(self, data: bytes) -> list[Event]:
        """The events that these bytes complete, neighbouring deltas joined."""
        for _, payload in self._sse.feed(data):
            if self._done:
                break
            if payload == b"[DONE]":
                self._complete()
            else:
                self._chunk(self._parsed(payload), "delta")
        return self._parts.take()

    def finish(self) -> list[Event]:
        """The body ended, or broke off: an answer all the same when its finish reason had come."""
        if not self._done:
            self._complete()
        return self._parts.take()

    def whole(self, body: bytes) -> list[Event]:
        """The events of an answer that came in one piece."""
        self._chunk(self._parsed(body), "message")
        return self.finish()

    def _parsed(self, payload: bytes) -> Any:
        try:
            return from_json(payload)
        except ValueError:
            pass
        # The fast parser refuses half of a surrogate pair and broken UTF-8, both of which can be mended.
        self._parts.may_hold_halves = True
        try:
            return json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise NetworkError(
                "The host sent something that isn't JSON in the model's answer.",
                hint="A proxy may have rewritten the answer. " + _RETRY_HINT,
            ) from None

    def _chunk(self, chunk: Any, key: str) -> None:
        """One event of the stream, or the whole answer (`key` is then `message`)."""
        try:
            choice = chunk["choices"][0]
            delta = choice[key]
            reason = choice.get("finish_reason")
        except (KeyError, IndexError, TypeError, AttributeError):
            if not isinstance(chunk, dict):
                return  # an event of a kind we don't know
            delta, reason = self._odd_chunk(chunk)
        if self._served_model is None:
            self._served_model = chunk.get("model")
        self._usage.add(chunk.get("usage"))
        if not self._reported_usage:
            self._report_prompt()
        if "output_guardrail" in chunk or "input_guardrail" in chunk:
            self._masked = self._masked or _has_masks(chunk)
        if delta:
            self._parts.add(delta)
        if reason is not None:
            if _is_error(chunk):
                raise read_stream_error(chunk)
            self._finish_seen(reason)

    def _odd_chunk(self, chunk: dict[str, Any]) -> tuple[Any, Any]:
        """A chunk without `choices[0].delta`: an error, an agent's delta beside `choices`, usage alone."""
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not choice and self._reason is None and _is_error(chunk):
            raise read_stream_error(chunk)  # after a finish reason the answer is complete
        if isinstance(choice, dict):
            return choice.get("delta") or choice.get("message"), choice.get("finish_reason")
        return chunk.get("delta"), chunk.get("finish_reason")

    def _finish_seen(self, reason: object) -> None:
        known = _FINISH.get(reason) if isinstance(reason, str) else None
        if known is None:
            shown = quoted(str(reason))[:60]
            self._parts.notice(f'The model stopped for a reason we don\'t know ("{shown}").')
        self._reason = known or FinishReason.STOP

    def _report_prompt(self) -> None:
        """The prompt's size as soon as it is known: a run that is cancelled can say what it spent."""
        usage = self._usage.usage()
        if usage.input_tokens is not None:
            self._reported_usage = True
            self._parts.report(usage)

    def _complete(self) -> None:
        if self._reason is None:
            raise NetworkError(
                "The model's answer broke off: it ended without a finish reason.", hint=_RETRY_HINT
            )
        self._done = True
        reason = self._reason
        if self._parts.refused:
            reason = FinishReason.REFUSED
        elif reason is FinishReason.STOP and self._parts.has_calls:
            reason = FinishReason.TOOL_CALLS
        elif reason is FinishReason.TOOL_CALLS and not self._parts.has_calls:
            reason = FinishReason.STOP
        self._parts.close_all(cut=reason in (FinishReason.LENGTH, FinishReason.REFUSED))
        self._parts.report(self._usage.usage())
        served = self._served_model
        model = well_formed(served) if isinstance(served, str) else None
        self._parts.emit(Finished(reason, model, self._masked))


def _is_error(chunk: dict[str, Any]) -> bool:
    return bool(chunk.get("error") or chunk.get("error_code")) or chunk.get("object") == "error"


def _has_masks(chunk: dict[str, Any]) -> bool:
    """Whether a guardrail says that it rewrote text: the answer's, or the prompt's before it."""
    for side in ("input_guardrail", "output_guardrail"):
        reports = chunk.get(side)
        for report in reports if isinstance(reports, list) else [reports]:
            if isinstance(report, dict) and report.get("pii_detection") is True:
                return True
    return False
