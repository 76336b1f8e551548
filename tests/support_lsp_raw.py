"""A client in raw JSON-RPC, with nothing but Python's own library, as somebody new to Lakewright writes it.

Run as `python support_lsp_raw.py FILE INSTRUCTION`: it explains the file and shows the reasoning as it comes,
cancels a second explanation in the middle, refactors with a look at the edit, and takes that back.
"""

# ruff: noqa: T201 - printing is what it is for
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-32"]},
    "window": {"workDoneProgress": True, "showMessage": {}},
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {"documentChanges": True, "changeAnnotationSupport": {}},
    },
}


class Client:
    """`lakewright serve` as a child, one document open, and what a person would see as lines."""

    def __init__(self, file: Path) -> None:
        argv = [sys.executable, "-m", "lakewright", "serve"]
        self.server = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.uri, self.text, self.version, self.id = file.as_uri(), file.read_text("utf-8"), 1, 0
        self.cancel_after: int | None = None
        folder = {"uri": file.parent.as_uri(), "name": file.parent.name}
        params: Json = {"processId": None, "rootUri": folder["uri"], "workspaceFolders": [folder]}
        options = {"edits": {"preview": "always"}}
        self.ask("initialize", **params, capabilities=CAPABILITIES, initializationOptions=options)
        self.send("initialized", {})
        document = {"uri": self.uri, "languageId": "python", "version": 1, "text": self.text}
        self.send("textDocument/didOpen", {"textDocument": document})

    def send(self, method: str | None, params: Any = None, **more: Any) -> None:
        message: Json = {"jsonrpc": "2.0", **more}
        if method is not None:
            message |= {"method": method} | ({} if params is None else {"params": params})
        body = json.dumps(message).encode()
        assert self.server.stdin is not None
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self.server.stdin.flush()

    def receive(self) -> Json:
        assert self.server.stdout is not None
        length = 0
        while (line := self.server.stdout.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: Json = json.loads(self.server.stdout.read(length))
        return message

    def ask(self, method: str, **params: Any) -> Json:
        """A request; what comes until it is answered is shown."""
        self.id += 1
        self.send(method, params or None, id=self.id)
        return self.until(lambda message: "method" not in message and message.get("id") == self.id)

    def run(self, command: str, **argument: Any) -> Json:
        params = {"textDocument": {"uri": self.uri}, **argument}
        return self.ask("workspace/executeCommand", command=f"lakewright.{command}", arguments=[params])

    def until(self, is_it: Any) -> Json:
        while True:
            message = self.receive()
            if is_it(message):
                return message
            self.take(message)

    def take(self, message: Json) -> None:
        """What the server says by itself."""
        params = message.get("params") or {}
        match message.get("method"):
            case "$/progress":
                self.progress(params["value"])
            case "workspace/applyEdit":
                self.preview(params)
                self.send(None, id=message["id"], result={"applied": True})
            case "window/showMessage" | "window/showMessageRequest":
                print(f"message: {params['message']}")
        if "id" in message and "method" in message and message["method"] != "workspace/applyEdit":
            self.send(None, id=message["id"], result=None)

    def progress(self, value: Json) -> None:
        match value["kind"]:
            case "reasoning" | "text":
                print(f"{value['kind']}: {value['text']!r}")
                if self.cancel_after is not None:
                    self.cancel_after -= 1
                    if self.cancel_after == 0:
                        print("-> $/cancelRequest")
                        self.send("$/cancelRequest", {"id": self.id})
            case "toolCall":
                print(f"calls {value['name']} {value['arguments']}")
            case "retry":
                print(
                    f"retry in {value['delaySeconds']:.0f} s: {value['reason']} (restart: {value['restart']})"
                )
            case "begin" | "report" | "end":
                print(f"progress {value['kind']}: {value.get('title', '')} {value.get('message', '')}")

    def preview(self, params: Json) -> None:
        """Look at the edit, say yes, make it, tell of it."""
        print(f"edit: {params.get('label')}")
        for annotation in params["edit"].get("changeAnnotations", {}).values():
            print(f"  to confirm: {annotation['label']} ({annotation.get('description')})")
        (change,) = params["edit"]["documentChanges"]
        assert change["textDocument"] == {"uri": self.uri, "version": self.version}
        told = []
        for one in reversed(change["edits"]):
            start, end = (self.offset(one["range"][name]) for name in ("start", "end"))
            print(f"  - {self.text[start:end]!r}\n  + {one['newText']!r}")
            self.text = self.text[:start] + one["newText"] + self.text[end:]
            told.append({"range": one["range"], "text": one["newText"]})
        self.version += 1
        document = {"uri": self.uri, "version": self.version}
        self.send("textDocument/didChange", {"textDocument": document, "contentChanges": told})

    def offset(self, position: Json) -> int:
        lines = self.text.splitlines(keepends=True)
        return sum(map(len, lines[: position["line"]])) + int(position["character"])


def _is_finish(message: Json) -> bool:
    """The end of the run; that of its progress for people comes before the edit."""
    return message.get("method") == "$/progress" and message["params"]["value"]["kind"] == "finished"


def main(file: Path, instruction: str) -> int:
    client = Client(file.resolve())
    before = client.text
    print("== explain, with its reasoning")
    outcome = client.run("explain", deliver="response", partialResultToken="first").get("result", {})
    print(f"{outcome.get('state')}: {outcome.get('error') or outcome.get('usage')}")
    print("== explain, cancelled in the middle")
    client.cancel_after = 2
    error = client.run("explain", deliver="response", partialResultToken="second").get("error", {})
    print(f"error {error.get('code')}, outcome {error.get('data', {}).get('state')}")
    client.cancel_after = None
    print(f"== refactor: {instruction}")
    started = client.run("refactor", instruction=instruction, partialResultToken="third")
    print(started["result"]["state"])
    client.until(_is_finish)
    print("changed" if client.text != before else "not changed")
    print("== undo")
    print(client.ask("workspace/executeCommand", command="lakewright.undo")["result"])
    print("as before" if client.text == before else "not as before")
    client.ask("shutdown")
    client.send("exit")
    return client.server.wait(10)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
