"""The chat routes: from a request that passed the gate to an answer."""

import json
import time
import zlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from lakewright.errors import InputError
from lakewright.sandbox import signing, voice
from lakewright.sandbox.answer import Allowance, Answer, fit
from lakewright.sandbox.edit_faults import EditFault, say_with_faults
from lakewright.sandbox.faults import HEADER, Strike
from lakewright.sandbox.host import Host
from lakewright.sandbox.mind.conversation import read_conversation
from lakewright.sandbox.mind.edits import SayEdits, say_edits
from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import Refusal, bad_request
from lakewright.sandbox.rules.check import Accepted, check_context, check_request, check_roles
from lakewright.sandbox.rules.parameters import max_tokens_of
from lakewright.sandbox.scripts import Script, find_script
from lakewright.sandbox.stream import DONE, Frame, Pause, Played
from lakewright.sandbox.tokens import count_text

MAX_BODY = 16 * 1024 * 1024
SCRIPT_HEADER = "x-lakewright-script"
_CHUNK_SECONDS = 0.006
_ANSWER_SECONDS = 2.5
_FIRST_CHUNK_SECONDS = 0.15


async def answer_chat(host: Host, request: Request, record: RequestRecord, *, gateway: bool) -> Response:
    """Answer as the model named in the path or in the body. Raises Refusal."""
    body = _read_body(record.raw)
    record.body = body
    record.model = _model_name(request, body)
    row = host.endpoint(record.model, gateway=gateway).row
    if row is None:
        raise bad_request("This endpoint takes no chat requests.")
    strike = _strike(host, request)
    record.faults = strike.names
    for fault in strike.faults:
        if fault.refuse is not None:
            return fault.refuse(record.model)
        row = fault.alter(row) if fault.alter else row
    check_roles(body)
    host.meter.admit(
        record.model,
        input_tokens=count_text(record.raw.decode("utf-8", "replace")),
        output_tokens=_reserved(body),
    )
    accepted = check_request(body, row)
    count = host.cache.count(row.family, body)
    check_context(count.prompt, accepted, row)
    script = _script(host, request)
    nonce = signing.turn_nonce(row.family.encode(), record.raw)
    say = _speaker(host, strike, request, record)
    answer, tokens = fit(script(read_conversation(body), say), _allowance(row, nonce, accepted))
    for fault in strike.faults:
        answer = fault.reshape(answer, row.family, nonce) if fault.reshape else answer
    record.answer = answer
    envelope = voice.Envelope(signing.message_id(nonce), row.served, count.usage(tokens))
    frames = _frames(answer, envelope, streamed=body.get("stream") is True)
    for fault in strike.faults:
        frames = list(fault.rewrite(frames)) if fault.rewrite else frames
    return Played(
        _paced(frames, host.pace),
        record,
        media_type="text/event-stream" if body.get("stream") is True else "application/json",
        split=any(fault.split for fault in strike.faults),
    )


def _read_body(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > MAX_BODY:
        raise Refusal(413, "BAD_REQUEST", f"Request size cannot exceed {MAX_BODY} bytes.")
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise bad_request("Malformed request: the body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("Malformed request: the body is not a JSON object.")
    return body


def _model_name(request: Request, body: Mapping[str, Any]) -> str:
    name = request.path_params.get("name") or body.get("model")
    if not isinstance(name, str) or not name:
        raise bad_request("Missing required parameter: 'model'.")
    return name


def _strike(host: Host, request: Request) -> Strike:
    try:
        return host.faults.strike(request.headers.get(HEADER))
    except InputError as error:
        raise bad_request(f"{error.message} {error.hint}") from None


def _script(host: Host, request: Request) -> Script:
    try:
        return find_script(request.headers.get(SCRIPT_HEADER) or host.script)
    except InputError as error:
        raise bad_request(f"{error.message} {error.hint}") from None


def _speaker(host: Host, strike: Strike, request: Request, record: RequestRecord) -> SayEdits:
    """How this request's model says its edits: in a form, and with the faults that strike them."""

    def struck() -> Sequence[EditFault]:
        edits = host.faults.strike_edits(request.headers.get(HEADER))
        record.faults = (*record.faults, *edits.names)
        return edits.edit_faults

    form = strike.form or say_edits
    return lambda plan, conversation: say_with_faults(plan, conversation, form, struck)


def _reserved(body: Mapping[str, Any]) -> int:
    try:
        return max_tokens_of(body)
    except (TypeError, ValueError):
        return 0


def _allowance(row: ModelRow, nonce: bytes, accepted: Accepted) -> Allowance:
    return Allowance(
        family=row.family,
        nonce=nonce,
        thinking=accepted.use.active,
        display=accepted.use.shown,
        max_tokens=accepted.max_tokens,
        stop=accepted.stop,
    )


def _frames(answer: Answer, envelope: voice.Envelope, *, streamed: bool) -> Sequence[Frame]:
    if streamed:
        seed = zlib.crc32(envelope.message_id.encode())
        return [*voice.chunks(answer, envelope, seed=seed), DONE]
    whole = voice.whole(answer, envelope, created=int(time.time()))
    return [json.dumps(whole, ensure_ascii=False).encode("utf-8", "surrogatepass")]


def _paced(frames: Sequence[Frame], pace: float) -> Iterator[Frame]:
    """With small waits: some milliseconds a chunk, less where an answer has many."""
    if not pace:
        yield from frames
        return
    wait = Pause(pace * min(_CHUNK_SECONDS, _ANSWER_SECONDS / len(frames)))
    yield Pause(pace * _FIRST_CHUNK_SECONDS)
    for frame in frames:
        yield frame
        if isinstance(frame, Mapping):
            yield wait
