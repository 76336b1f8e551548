"""A language server beside ours, run as a program: it finds fault with the first line of every document."""

import json
import sys
from typing import Any

_FAULT = {
    "range": {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 3}},
    "severity": 2,
    "source": "linter",
    "message": "Amounts have no unit.",
}


def _send(**message: Any) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    sys.stdout.buffer.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    sys.stdout.buffer.flush()


def _answer(message: Any) -> None:
    method = message.get("method")
    if method == "initialize":
        _send(id=message["id"], result={"capabilities": {"textDocumentSync": 1, "codeActionProvider": True}})
    elif method == "textDocument/didOpen":
        uri = message["params"]["textDocument"]["uri"]
        _send(method="textDocument/publishDiagnostics", params={"uri": uri, "diagnostics": [_FAULT]})
    elif method == "exit":
        sys.exit()
    elif method and "id" in message:
        _send(id=message["id"], result=None)


def main() -> None:
    while line := sys.stdin.buffer.readline():
        length = int(line.partition(b":")[2])
        sys.stdin.buffer.readline()
        _answer(json.loads(sys.stdin.buffer.read(length)))


if __name__ == "__main__":
    main()
