"""The chat routes: from a request that passed the gate to an answer."""

import json
import time
from collections.abc import Iterator, Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from lakewright.core.parts import Reasoning, Text
from lakewright.sandbox import signing, voice
from lakewright.sandbox.answer import Allowance, Answer, count_parts, fit
from lakewright.sandbox.host import Host
from lakewright.sandbox.models import ModelRow
from lakewright.sandbox.records import RequestRecord
from lakewright.sandbox.refusal import bad_request
from lakewright.sandbox.stream import DONE, EventStream, Frame, Pause

_CHUNK_SECONDS = 0.008


async def answer_chat(host: Host, request: Request, record: RequestRecord, *, gateway: bool) -> Response:
    """Answer as the model named in the path or in the body."""
    body = _read_body(record.raw)
    record.body = body
    record.model = request.path_params.get("name") or str(body.get("model"))
    row = host.endpoint(record.model, gateway=gateway).row
    if row is None:
        raise bad_request("This endpoint does not take chat requests.")
    answer = Answer((Reasoning("I have nothing to look up."), Text("Simulated: hello.")))
    return _respond(host, record, row, body, answer)


def _read_body(raw: bytes) -> Mapping[str, object]:
    try:
        body = json.loads(raw)
    except ValueError:
        raise bad_request("Malformed request: the body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise bad_request("Malformed request: the body is not a JSON object.")
    return body


def _respond(
    host: Host, record: RequestRecord, row: ModelRow, body: Mapping[str, object], answer: Answer
) -> Response:
    nonce = signing.turn_nonce(row.family.encode(), record.raw)
    allowance = Allowance(family=row.family, nonce=nonce, thinking=True, display=True, max_tokens=4096)
    fitted = fit(answer, allowance)
    completion = count_parts(answer.parts)
    usage = {"prompt_tokens": 1, "completion_tokens": completion, "total_tokens": 1 + completion}
    envelope = voice.Envelope(signing.message_id(nonce), row.served, usage)
    if not body.get("stream"):
        return JSONResponse(voice.whole(fitted, envelope, created=int(time.time())))
    seed = int.from_bytes(nonce[:4], "big")
    return EventStream(_frames(voice.chunks(fitted, envelope, seed=seed), host.pace), record)


def _frames(chunks: Iterator[Mapping[str, object]], pace: float) -> Iterator[Frame]:
    for chunk in chunks:
        yield chunk
        if pace:
            yield Pause(pace * _CHUNK_SECONDS)
    yield DONE
