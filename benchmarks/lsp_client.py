"""A language client that costs little and stamps what comes: one server over its standard streams."""

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Json = dict[str, Any]

CAPABILITIES: Json = {
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
    "textDocument": {"inlineCompletion": {}},
}
_PATIENCE = 60.0


@dataclass
class Client:
    """`came` holds (monotonic nanoseconds, message) of all that came. Requests of the server get null."""

    process: "subprocess.Popen[bytes]"
    came: list[tuple[int, Json]] = field(default_factory=list)
    _answers: dict[int, tuple[int, Json]] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition)
    _number: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, method: str, params: Any = None) -> tuple[int, int]:
        """Send a request: its id, and when."""
        self._number += 1
        return self._number, self._send({"id": self._number, "method": method, "params": params})

    def notify(self, method: str, params: Any = None) -> int:
        """Send a notification; when."""
        return self._send({"method": method, "params": params})

    def answer(self, request_id: int) -> tuple[int, Json]:
        """When a request was answered, and the whole message."""
        answered: tuple[int, Json] = self.until(lambda: self._answers.get(request_id))
        return answered

    def ask(self, method: str, params: Any = None) -> Any:
        """A request's result; an error ends the benchmark."""
        _, message = self.answer(self.request(method, params)[0])
        if "error" in message:
            sys.exit(f"{method}: {message['error']}")
        return message["result"]

    def until(self, found: Callable[[], Any]) -> Any:
        """Wait for something that messages bring about."""
        with self._arrived:
            if not self._arrived.wait_for(found, _PATIENCE):
                sys.exit("the server doesn't answer")
            return found()

    def initialize(self, root: Path) -> int:
        """Shake hands; when `initialize` was answered."""
        request, _ = self.request(
            "initialize", {"processId": None, "rootUri": root.as_uri(), "capabilities": CAPABILITIES}
        )
        answered, _ = self.answer(request)
        self.notify("initialized", {})
        return answered

    def open(self, uri: str, text: str) -> None:
        document = {"uri": uri, "languageId": "plaintext", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})

    def execute(self, command: str, argument: Json, **beside: Any) -> tuple[int, int]:
        """Send a command: the request's id, and when."""
        params = {"command": f"lakewright.{command}", "arguments": [argument], **beside}
        return self.request("workspace/executeCommand", params)

    @property
    def resident(self) -> float:
        """The process's resident memory, in MB. Linux tells it without `ps`, which bare machines lack."""
        with contextlib.suppress(FileNotFoundError):
            pages = Path(f"/proc/{self.process.pid}/statm").read_text("ascii").split()[1]
            return int(pages) * os.sysconf("SC_PAGE_SIZE") / 2**20
        kilobytes = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.process.pid)], capture_output=True, text=True, check=True
        )
        return int(kilobytes.stdout) / 1024

    def _send(self, message: Json) -> int:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        with self._lock:
            now = time.monotonic_ns()
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            self.process.stdin.flush()
        return now

    def read(self) -> None:
        """Take in messages until the server ends."""
        assert self.process.stdout is not None
        while (message := _message(self.process.stdout)) is not None:
            now = time.monotonic_ns()
            if "method" in message and "id" in message:
                self._send({"id": message["id"], "result": None})
            with self._arrived:
                self.came.append((now, message))
                if "method" not in message:
                    self._answers[message["id"]] = now, message
                self._arrived.notify_all()


@contextlib.contextmanager
def client(argv: Sequence[str], env: Mapping[str, str], cwd: Path) -> Iterator[Client]:
    """A server until the block ends."""
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env, cwd=cwd) as process:
        running = Client(process)
        reader = threading.Thread(target=running.read, daemon=True)
        reader.start()
        try:
            yield running
        except BaseException:
            process.kill()
            raise
        running.ask("shutdown")
        running.notify("exit")
        reader.join(_PATIENCE)


def _message(stream: Any) -> Json | None:
    length = 0
    while line := stream.readline():
        if not line.strip():
            message: Json = json.loads(stream.read(length))
            return message
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return None
