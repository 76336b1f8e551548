"""Hosts for tests of settings and logins: real sockets on loopback that record who came with which secret."""

import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from lakewright.settings.load import load_settings
from lakewright.settings.origins import Loaded

CLAUDE = "databricks-claude-sonnet-4-5"


@dataclass(slots=True)
class Seen:
    """One request: its path, and its `Authorization` with Basic decoded."""

    path: str
    authorization: str
    body: str


@dataclass(slots=True)
class RecordingHost:
    """Answers what a login and a listing need; mints `minted-<name>-<n>` for any client and secret."""

    name: str
    url: str = ""
    port: int = 0
    seen: list[Seen] = field(default_factory=list)
    minted: int = 0
    token_lifetime: int = 3600
    refuse_clients: bool = False
    redirect_tokens_to: str | None = None
    listed: list[str] = field(default_factory=lambda: [CLAUDE])

    @property
    def secrets(self) -> set[str]:
        """Everything that came as a credential."""
        return {seen.authorization for seen in self.seen if seen.authorization}

    @asynccontextmanager
    async def listening(self, *, tls: ssl.SSLContext | None = None) -> AsyncIterator[Self]:
        """Listen until the block ends. With `tls` it is `https://host.test`, to be met through a proxy."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=tls)
        self.port = server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}" if tls is None else "https://host.test"
        try:
            yield self
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.split("\r\n")
            headers = {
                key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            path = first.split(" ")[1]
            self.seen.append(Seen(path, _decoded(headers.get("authorization", "")), body.decode()))
            writer.write(self._answer(path))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            writer.close()

    def _answer(self, path: str) -> bytes:
        if path == "/oidc/v1/token":
            return self._token()
        if path == "/.well-known/databricks-config":
            return _response(200, {"oidc_endpoint": f"{self.url}/oidc", "workspace_id": "1"})
        if path == "/oidc/.well-known/oauth-authorization-server":
            return _response(200, {"token_endpoint": f"{self.url}/oidc/v1/token"})
        if path == "/api/2.0/serving-endpoints":
            task = {"task": "llm/v1/chat", "state": {"ready": "READY"}}
            return _response(200, {"endpoints": [{"name": name, **task} for name in self.listed]})
        return _response(404, {"error_code": "ENDPOINT_NOT_FOUND", "message": "no such route"})

    def _token(self) -> bytes:
        if self.redirect_tokens_to:
            return f"HTTP/1.1 307 Go\r\nlocation: {self.redirect_tokens_to}/oidc/v1/token\r\n{_END}".encode()
        if self.refuse_clients:
            return _response(401, {"error": "invalid_client", "error_description": "Client secret s3cret"})
        self.minted += 1
        token = f"minted-{self.name}-{self.minted}"
        lifetime = self.token_lifetime
        return _response(200, {"access_token": token, "token_type": "Bearer", "expires_in": lifetime})


_END = "content-length: 0\r\nconnection: close\r\n\r\n"


def _response(status: int, value: object) -> bytes:
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
    return f"{head}connection: close\r\n\r\n".encode() + body


def _decoded(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    return base64.b64decode(value).decode() if scheme.lower() == "basic" else value


@dataclass(slots=True)
class Sources:
    """A home folder with settings, a profiles file, and an environment, built up by a test."""

    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    flags: dict[str, object] = field(default_factory=dict)
    root: Path | None = None
    editor: list[Mapping[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environ = {"DATABRICKS_CONFIG_FILE": str(self.home / "databrickscfg"), **self.environ}
        (self.home / "databrickscfg").touch()

    def profiles(self, text: str) -> Path:
        """Write the profiles file."""
        path = self.home / "databrickscfg"
        path.write_text(text)
        return path

    def user(self, text: str) -> Path:
        """Write the user's settings."""
        path = self.home / "config.yaml"
        path.write_text(text)
        self.environ["LAKEWRIGHT_CONFIG"] = str(path)
        return path

    def project(self, text: str) -> Path:
        """Write the project's settings."""
        self.root = self.home / "project"
        self.root.mkdir(exist_ok=True)
        path = self.root / ".lakewright.yaml"
        path.write_text(text)
        return path

    def load(self, flags: Mapping[str, object] | None = None) -> Loaded:
        """What all of it gives."""
        return load_settings(flags or self.flags, root=self.root, environ=self.environ, editor=self.editor)
