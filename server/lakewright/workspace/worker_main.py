"""The worker process: takes a job from standard input, writes its result, waits for the next.

Each message is a length in four bytes and that many bytes of JSON. It ends with its input, and by an
alarm of the system when a job runs on although nobody is left to kill it.
"""

import json
import signal
import sys
import time
from typing import Any, BinaryIO

from lakewright.errors import InputError
from lakewright.workspace.jobs import work_of

_GRACE_SECONDS = 2


def main() -> None:
    """Serve jobs until the input ends."""
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while (job := receive(source)) is not None:
        _alarm(int(job["seconds"]) + _GRACE_SECONDS)
        send(sink, _result(job))
        _alarm(0)


def receive(source: BinaryIO) -> Any:
    """The next message, None at the end of the input."""
    head = source.read(4)
    if len(head) < 4:
        return None
    length = int.from_bytes(head, "big")
    body = source.read(length)
    return json.loads(body) if len(body) == length else None


def send(sink: BinaryIO, message: Any) -> None:
    """Write a message. Names that are no text travel as escapes. In pieces, a long text each: at once they
    would keep the interpreter's lock, and the event loop of the other side waiting for it.
    """
    body = "".join(json.JSONEncoder(separators=(",", ":")).iterencode(message)).encode("ascii")
    sink.write(len(body).to_bytes(4, "big") + body)
    sink.flush()


def _result(job: dict[str, Any]) -> dict[str, Any]:
    deadline = time.monotonic() + float(job["soft_seconds"])
    try:
        return {"value": work_of(job["job"])(job, lambda: time.monotonic() > deadline)}
    except InputError as error:
        return {"refused": [error.message, error.hint]}


def _alarm(seconds: int) -> None:
    """Let the system end this process then, whatever it is busy with; 0 takes it back."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)
