"""An incremental decoder of server-sent events, by the rules of the WHATWG:
https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation

It works on bytes and at blank lines: what one read brought is cut by a few calls into the
interpreter's C code, never byte by byte or line by line.
"""

from lakewright.errors import NetworkError

MAX_EVENT_BYTES = 32 * 1024 * 1024
"""An event larger than this is no answer; the service's own answers stay far below."""

_BOM = b"\xef\xbb\xbf"


class SseDecoder:
    """State between reads. Cost is linear in the bytes, however many pieces an event comes in."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._size = 0
        self._ends_in_newline = False
        self._skip_newline = False
        self._may_have_bom = True

    def feed(self, data: bytes) -> list[tuple[bytes, bytes]]:
        """The (name, data) of each event that these bytes complete; the name is mostly empty.

        What is left unfinished when the body ends is no event. Raises NetworkError for an event
        beyond MAX_EVENT_BYTES.
        """
        if self._may_have_bom or self._skip_newline or b"\r" in data:
            data = self._normalized(data)
        if not data:
            return []
        if b"\n\n" not in data and not (self._ends_in_newline and data[0] == 10):  # 10 is a newline
            self._keep(data)
            return []
        if self._pieces:
            self._pieces.append(data)
            data = b"".join(self._pieces)
            self._pieces.clear()
        *blocks, rest = data.split(b"\n\n")
        self._size = 0
        self._ends_in_newline = False
        if rest:
            self._keep(rest)
        return _events(blocks)

    def _keep(self, data: bytes) -> None:
        self._pieces.append(data)
        self._ends_in_newline = data.endswith(b"\n")
        self._size += len(data)
        if self._size > MAX_EVENT_BYTES:
            raise NetworkError(
                f"The stream holds an event of more than {MAX_EVENT_BYTES >> 20} MB, which is no answer.",
                hint="Check that the host is a Databricks host and that no proxy rewrites its answers.",
            )

    def _normalized(self, data: bytes) -> bytes:
        """Without the byte order mark, and with every line end as one newline."""
        if self._may_have_bom and data:
            data = b"".join((*self._pieces, data))
            self._pieces.clear()
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._pieces.append(data)
                return b""
            self._may_have_bom = False
            data = data.removeprefix(_BOM)
        if self._skip_newline and data:
            # The carriage return before already ended the line.
            self._skip_newline = False
            data = data.removeprefix(b"\n")
        if b"\r" in data:
            self._skip_newline = data.endswith(b"\r")
            data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        return data


def _events(blocks: list[bytes]) -> list[tuple[bytes, bytes]]:
    events = []
    for block in blocks:
        if block.startswith(b"data: ") and b"\n" not in block:
            if len(block) > 6:
                events.append((b"", block[6:]))
        elif (event := _event(block)) is not None:
            events.append(event)
    return events


def _event(block: bytes) -> tuple[bytes, bytes] | None:
    """One event of any shape: comments, several lines of data, fields that don't matter here."""
    name, lines = b"", []
    for line in block.split(b"\n"):
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            lines.append(value)
        elif field == b"event":
            name = value
    data = b"\n".join(lines)
    return (name, data) if data else None
