"""Models for runs: connections that stay, one listing for all, and a sandbox that ends with the server."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lakewright.core.events import Finished
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.errors import AuthError, ConfigError, EndpointError, NetworkError
from lakewright.lsp.models import Models
from lakewright.lsp.models_sandbox import SandboxProcess
from lakewright.sandbox.server import SandboxServer
from lakewright.settings.origins import Loaded
from lakewright.wiring import Connection
from support_settings import CLAUDE, RecordingHost, Sources

_QUESTION = ModelRequest(system="Explain.", messages=(UserMessage((Text("What is 1 + 1?"),)),))
_HANG = 30.0


@pytest.fixture
async def host() -> AsyncIterator[SandboxServer]:
    """A host that records what it is asked."""
    async with SandboxServer(pace=0) as host:
        yield host


@pytest.fixture
async def models() -> AsyncIterator[Models]:
    """Models of one session, closed at its end."""
    models = Models()
    yield models
    await models.close()


def _loaded(folder: Path, host: SandboxServer, token: str | None = None) -> Loaded:
    environ = {"DATABRICKS_HOST": host.host, "DATABRICKS_TOKEN": token or host.token}
    return Sources(folder, environ=environ).load()


async def _ask(connection: Connection) -> None:
    events = [event async for event in connection.model.stream(_QUESTION)]
    assert isinstance(events[-1], Finished)


def _listings(host: SandboxServer) -> int:
    return sum(record.path == "/api/2.0/serving-endpoints" for record in host.log)


class _Counting:
    """A way to a host that counts the connections made to it."""

    def __init__(self, host: SandboxServer) -> None:
        self.open = self.made = 0
        self._port = urlsplit(host.host).port
        self._piping: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listening(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open, self.made = self.open + 1, self.made + 1
        theirs, ours = await asyncio.open_connection("127.0.0.1", self._port)
        back = asyncio.create_task(_pipe(theirs, writer))
        self._piping.add(back)
        await _pipe(reader, ours)
        ours.close()
        await back
        writer.close()
        self.open -= 1

    async def all_closed(self) -> None:
        async with asyncio.timeout(_HANG):
            while self.open:  # noqa: ASYNC110 - until the other end's close has come through
                await asyncio.sleep(0.001)


async def _pipe(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await source.read(65536):
            sink.write(data)
        if sink.can_write_eof():
            sink.write_eof()


async def test_runs_share_a_connection_that_stays_open(
    tmp_path: Path, host: SandboxServer, models: Models
) -> None:
    """One after the other they ask on the same socket; listing and answers are three requests on it."""
    way = _Counting(host)
    async with way.listening() as address:
        environ = {"DATABRICKS_HOST": address, "DATABRICKS_TOKEN": host.token}
        loaded = Sources(tmp_path, environ=environ).load()
        for _ in range(2):
            async with models.connect(loaded, "explain") as connection:
                await _ask(connection)
        assert (_listings(host), len(host.model_requests)) == (1, 2)
        assert (way.made, way.open) == (1, 1)
        await models.close()
        await way.all_closed()


async def test_a_changed_setting_closes_what_nobody_uses_and_spares_what_runs(
    tmp_path: Path, host: SandboxServer, models: Models
) -> None:
    """A run that goes on keeps its connection to its end; afterwards nothing of the old ones is open."""
    way = _Counting(host)
    async with way.listening() as address:
        environ = {"DATABRICKS_HOST": address, "DATABRICKS_TOKEN": host.token}
        loaded = Sources(tmp_path, environ=environ).load()
        async with models.connect(loaded, "explain") as connection:
            models.settings_changed()
            await _ask(connection)
            assert way.open == 1
            async with models.connect(loaded, "explain") as other:
                assert other.client is not connection.client
        models.settings_changed()
        await way.all_closed()


async def test_each_login_has_its_own_connection(tmp_path: Path, host: SandboxServer, models: Models) -> None:
    """A token goes to none but the client of its login."""
    async with models.connect(_loaded(tmp_path, host), "explain") as one:
        with pytest.raises(AuthError):
            async with models.connect(_loaded(tmp_path, host, "wrong"), "explain"):
                pass
        async with models.connect(_loaded(tmp_path, host), "explain") as two:
            assert two.client is one.client


async def test_many_at_once_ask_for_one_list(tmp_path: Path, host: SandboxServer, models: Models) -> None:
    """Fifty runs that begin together wait for the same listing."""
    loaded = _loaded(tmp_path, host)

    async def endpoint() -> str:
        async with models.connect(loaded, "explain") as connection:
            return connection.endpoint

    found = await asyncio.gather(*(endpoint() for _ in range(50)))
    assert len(set(found)) == 1
    assert _listings(host) == 1


async def _silent(closed: asyncio.Event, asked: asyncio.Event) -> asyncio.Server:
    """A host that never answers; it tells when it was asked and when the client has gone."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        closed.set()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


async def test_a_cancelled_wait_for_the_list_closes_its_socket_with_the_last_waiter(
    tmp_path: Path, models: Models
) -> None:
    """The first that gives up leaves the others their request; the last takes it along."""
    closed, asked = asyncio.Event(), asyncio.Event()
    server = await _silent(closed, asked)
    environ = {
        "DATABRICKS_HOST": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}",
        "DATABRICKS_TOKEN": "t",
    }
    loaded = Sources(tmp_path, environ=environ).load()

    async def run() -> None:
        async with models.connect(loaded, "explain"):
            pass

    async with asyncio.timeout(_HANG):
        first, last = asyncio.create_task(run()), asyncio.create_task(run())
        await asked.wait()
        first.cancel()
        await asyncio.wait((first,))
        await asyncio.sleep(0.01)
        assert not closed.is_set()
        last.cancel()
        await closed.wait()
    await asyncio.wait((last,))
    server.close()


async def test_the_list_is_asked_for_again_after_minutes(tmp_path: Path) -> None:
    """A model that the host has gained isn't hidden for the life of the process."""
    now = [0.0]
    async with RecordingHost("h").listening() as host:
        loaded = Sources(tmp_path, environ={"DATABRICKS_HOST": host.url, "DATABRICKS_TOKEN": "t"}).load()
        models = Models(clock=lambda: now[0])
        for now[0], listings in ((1.0, 1), (299.0, 1), (302.0, 2)):
            async with models.connect(loaded, "explain") as connection:
                assert connection.endpoint == CLAUDE
            assert len(host.seen) == listings
        await models.close()


async def test_a_change_of_settings_asks_for_the_list_again(tmp_path: Path, models: Models) -> None:
    """A host that lacked a model for the role is looked at anew."""
    async with RecordingHost("h", listed=["embeddings"]).listening() as host:
        loaded = Sources(tmp_path, environ={"DATABRICKS_HOST": host.url, "DATABRICKS_TOKEN": "t"}).load()
        with pytest.raises(EndpointError, match="lists no Claude"):
            async with models.connect(loaded, "complete"):
                pass
        models.settings_changed()
        host.listed = [CLAUDE]
        async with models.connect(loaded, "complete") as connection:
            assert connection.endpoint == CLAUDE


async def test_the_choice_costs_no_request(tmp_path: Path, host: SandboxServer, models: Models) -> None:
    """Endpoint, thinking and limits come from settings and files; the call's model beats them."""
    environ = {"DATABRICKS_HOST": host.host, "DATABRICKS_TOKEN": host.token, "LAKEWRIGHT_THINKING": "high"}
    loaded = Sources(tmp_path, environ=environ).load()
    choice = await models.choose(loaded, "explain", "own")
    assert (choice.endpoint, choice.thinking, host.log) == ("own", "high", [])
    async with models.connect(loaded, "explain", choice=choice) as connection:
        assert (connection.endpoint, host.log) == ("own", [])
    with pytest.raises(ConfigError, match="No Databricks host is set up"):
        await models.choose(Sources(tmp_path).load(), "explain")


async def test_models_are_listed_as_the_command_line_lists_them(
    tmp_path: Path, host: SandboxServer, models: Models
) -> None:
    """One object an endpoint, best first, with the commands that use it."""
    listed = await models.listed(_loaded(tmp_path, host))
    assert list(listed[0]) == ["endpoint", "task", "ready", "thinking", "tools", "contextWindow", "roles"]
    assert listed[0]["roles"] == ["explain", "refactor"]
    assert [row["endpoint"] for row in listed if "complete" in str(row["roles"])] == [
        "databricks-claude-haiku-5-5"
    ]


# the sandbox's own process ---------------------------------------------------------------------------


def _refuses(address: str) -> bool:
    url = urlsplit(address)
    with socket.socket() as probe:
        return probe.connect_ex((url.hostname, url.port)) != 0


async def _gone(address: str) -> None:
    async with asyncio.timeout(_HANG):
        while not _refuses(address):  # noqa: ASYNC110 - another process ends
            await asyncio.sleep(0.01)


async def test_one_sandbox_serves_all_runs_and_ends_with_the_session(tmp_path: Path) -> None:
    """Started once, however many ask for it at the same time; nothing of it is left."""
    sandbox = SandboxProcess(("--pace", "0"))
    models = Models(sandbox)
    loaded = Sources(tmp_path).load({"sandbox": True})

    async def run() -> str:
        async with models.connect(loaded, "explain") as connection:
            await _ask(connection)
            return connection.credentials.host

    hosts = await asyncio.gather(*(run() for _ in range(3)))
    assert len(set(hosts)) == 1
    await models.close()
    assert _refuses(hosts[0])


async def test_a_sandbox_that_died_is_started_again(tmp_path: Path) -> None:
    """The next run has one; the kept connection to the old one isn't used."""
    sandbox = SandboxProcess(("--pace", "0"))
    models = Models(sandbox)
    loaded = Sources(tmp_path).load({"sandbox": True})
    async with models.connect(loaded, "explain") as connection:
        first = connection.credentials.host
    child = sandbox._child
    assert child is not None
    child.give_up()
    await _gone(first)
    async with models.connect(loaded, "explain") as connection:
        await _ask(connection)
    await models.close()


async def test_a_sandbox_that_nobody_waits_for_does_not_stay() -> None:
    """Cancelled while it starts: the next one starts anew, and the first is gone by then."""
    sandbox = SandboxProcess()
    starting = asyncio.create_task(sandbox())
    await asyncio.sleep(0.01)
    starting.cancel()
    await asyncio.wait((starting,))
    address, _ = await sandbox()
    assert not _refuses(address)
    await sandbox.aclose()
    assert _refuses(address)


async def test_a_sandbox_that_does_not_start_says_so() -> None:
    """What it prints instead of an address is no address."""
    with pytest.raises(NetworkError, match="didn't start"):
        await SandboxProcess(("--fault", "no-such-fault"))()


async def test_the_sandbox_imports_nothing_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repository with a `click.py` of its own, opened in an editor, runs nothing."""
    for name in ("click.py", "lakewright.py", "sitecustomize.py"):
        (tmp_path / name).write_text("raise SystemExit('a stranger')\n")
    monkeypatch.chdir(tmp_path)
    sandbox = SandboxProcess()
    assert (await sandbox())[0].startswith("http://127.0.0.1:")
    await sandbox.aclose()


_SERVER = """
import asyncio
from lakewright.lsp.models_sandbox import SandboxProcess
async def main():
    sandbox = SandboxProcess()
    print((await sandbox())[0], flush=True)
    await asyncio.Event().wait()
asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX")
async def test_the_sandbox_ends_with_a_server_that_is_killed() -> None:
    """Nobody is left to end it: it watches the pipe."""
    server = subprocess.Popen([sys.executable, "-c", _SERVER], stdout=subprocess.PIPE, text=True)  # noqa: ASYNC220
    assert server.stdout is not None
    with server.stdout as output:
        address = output.readline().strip()
        assert not _refuses(address)
        os.kill(server.pid, signal.SIGKILL)
        server.wait(_HANG)
    await _gone(address)
