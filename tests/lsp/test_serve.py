"""`lakewright serve` as a process: its exit codes, what it prints, how it ends."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest

from lakewright.cli.serve import serve
from lakewright.errors import InputError
from support_lsp_client import (
    HANG,
    LspClient,
    ServerProcess,
    execution,
    repository,
    server_process,
    tcp_client,
    uses_host,
)
from support_lsp_runs import FILES, eventually
from support_sandbox import quick_sandbox


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return repository(tmp_path / "work", FILES)


async def test_shutdown_then_exit_is_a_success(root: Path) -> None:
    """Nothing but LSP on standard output, nothing at all on standard error, exit code 0."""
    async with server_process(cwd=root) as server:
        answer = await server.client.initialize(root)
        assert answer["serverInfo"]["name"] == "lakewright"
        await server.client.leave()
        assert await server.exit_code() == 0
        assert server.errors == ""


def _exit(server: ServerProcess) -> None:
    server.client.notify("exit")


def _no_lsp(server: ServerProcess) -> None:
    server.client.send_bytes(b"GET / HTTP/1.1\r\nno header at all\r\n\r\n")


def _too_large(server: ServerProcess) -> None:
    server.client.send_bytes(b"Content-Length: 100000000000\r\n\r\n{")


def _cut(server: ServerProcess) -> None:
    server.client.send_bytes(b'Content-Length: 100\r\n\r\n{"jsonrpc"')
    server.client.hang_up()


ENDS: dict[str, Callable[[ServerProcess], None]] = {
    "exit without shutdown": _exit,
    "what is no LSP": _no_lsp,
    "a message that nobody could hold": _too_large,
    "half a message": _cut,
}


@pytest.mark.parametrize("name", ENDS)
async def test_other_ends(name: str, root: Path) -> None:
    """Each is exit code 1, and standard error stays empty."""
    async with server_process(cwd=root) as server:
        await server.client.initialize(root)
        ENDS[name](server)
        assert await server.exit_code() == 1
        assert server.errors == ""


async def test_runs_end_with_the_input(root: Path) -> None:
    """A client that goes leaves no socket to the host behind."""
    async with quick_sandbox("silent") as host, server_process(cwd=root, environ=uses_host(host)) as server:
        await server.client.initialize(root)
        uri = (root / "orders.py").as_uri()
        server.client.request(*execution("explain", {"textDocument": {"uri": uri}, "deliver": "response"}))
        await eventually(lambda: bool(host.model_requests))
        server.client.hang_up()
        assert await server.exit_code() == 1
        assert server.errors == ""
        async with asyncio.timeout(HANG):
            await host.model_requests[0].finished.wait()
        assert host.model_requests[0].closed_early


async def test_a_signal_ends_it(root: Path) -> None:
    """SIGTERM ends runs and exits as an interrupted program does, with one line and no traceback."""
    async with quick_sandbox("silent") as host, server_process(cwd=root, environ=uses_host(host)) as server:
        await server.client.initialize(root)
        uri = (root / "orders.py").as_uri()
        server.client.request(*execution("explain", {"textDocument": {"uri": uri}, "deliver": "response"}))
        await eventually(lambda: bool(host.model_requests))
        server.process.send_signal(signal.SIGTERM)
        assert await server.exit_code() == 130
        assert server.errors.splitlines() == ["error: Interrupted."]
        await host.model_requests[0].finished.wait()


async def test_it_ends_with_its_parent(root: Path) -> None:
    """When the process named by `processId` is gone, so is the server, though its input is still open."""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE
    )
    async with server_process(cwd=root) as server:
        await server.client.initialize(root, processId=parent.pid)
        await server.client.quiet()
        assert server.process.returncode is None
        parent.kill()
        await parent.wait()
        assert await server.exit_code() == 1
        assert server.errors == ""


async def test_what_libraries_print_never_reaches_the_client(root: Path, tmp_path: Path) -> None:
    """`print`, the descriptor itself and children of the process: all of it goes to standard error; what
    children read is empty, not the client's messages.
    """
    noise = (
        "import os, subprocess, sys, threading, warnings, logging\n"
        "import lakewright.lsp.opening as opening\n"
        "before = opening.open_session\n"
        "def noisy(protocol):\n"
        "    print('printed')\n"
        "    sys.__stdout__.write('written\\n')\n"
        "    os.write(1, b'raw\\n')\n"
        "    subprocess.run([sys.executable, '-c', 'import sys; print(len(sys.stdin.read()))'])\n"
        "    warnings.warn('warned')\n"
        "    logging.getLogger('some.library').error('logged')\n"
        "    threading.Thread(target=lambda: 1 / 0).start()\n"
        "    return before(protocol)\n"
        "opening.open_session = noisy\n"
    )
    (tmp_path / "sitecustomize.py").write_text(noise)
    async with server_process(cwd=root, environ={"PYTHONPATH": str(tmp_path)}) as server:
        await server.client.initialize(root)
        await server.client.leave()
        assert await server.exit_code() == 0
        assert sorted(server.errors.split()) == ["0", "printed", "raw", "written"]


@pytest.mark.parametrize("verbose", [False, True])
async def test_a_defect_shows_its_traceback_only_when_asked(
    verbose: bool, root: Path, tmp_path: Path
) -> None:
    """The client reads the kind of the defect; the rest is for `-v`."""
    broken = (
        "import lakewright.lsp.cancelling as cancelling\n"
        "def broken(*_): raise KeyError('secret of a document')\n"
        "cancelling.cancel_command = broken\n"
    )
    (tmp_path / "sitecustomize.py").write_text(broken)
    options = ["-v"] if verbose else []
    async with server_process(*options, cwd=root, environ={"PYTHONPATH": str(tmp_path)}) as server:
        await server.client.initialize(root)
        refusal = await server.client.refusal_of(server.client.request(*execution("cancel")))
        await server.client.leave()
        assert await server.exit_code() == 0
    assert (refusal.code, refusal.data) == (-32603, None)
    assert "KeyError" in refusal.message
    assert "secret" not in refusal.message
    assert ("Traceback" in server.errors) is verbose


async def test_a_client_over_a_socket(root: Path) -> None:
    """It says where it listens, serves one client, and exits; a second can't connect."""
    async with server_process("--tcp", "127.0.0.1:0", cwd=root) as server:
        await eventually(lambda: "\n" in server.errors)
        found = re.fullmatch(r"Listening on 127\.0\.0\.1:(\d+)\n", server.errors)
        assert found is not None
        async with tcp_client("127.0.0.1", int(found[1])) as client:
            await client.initialize(root)
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", int(found[1]))
            await client.leave()
            assert await server.exit_code() == 0


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("0.0.0.0:7700", "no loopback"),
        ("example.com:7700", "no loopback"),
        ("192.168.1.2:7700", "no loopback"),
        (":7700", "no loopback"),
        ("7700", "no loopback"),
        ("127.0.0.1:", "no port"),
        ("127.0.0.1:70000", "no port"),
        ("localhost:http", "no port"),
        ("[::]:7700", "no loopback"),
    ],
)
def test_only_loopback_is_listened_on(address: str, says: str) -> None:
    """Any other address is an input error with an example."""
    with pytest.raises(InputError, match=says) as caught:
        serve.main(["--tcp", address], standalone_mode=False)
    assert "127.0.0.1:7700" in str(caught.value.hint)


def test_one_way_to_serve() -> None:
    """--stdio and --tcp together are a usage error."""
    with pytest.raises(click.UsageError):
        serve.main(["--stdio", "--tcp", "127.0.0.1:0"], standalone_mode=False)


async def test_nothing_heavy_is_loaded_before_the_first_answer(root: Path, tmp_path: Path) -> None:
    """`initialize` is answered by pygls and light modules of ours."""
    spy = (
        "import atexit, sys\n"
        "heavy = ('httpx', 'pydantic', 'yaml', 'tree_sitter', 'rich', 'databricks', 'starlette')\n"
        "atexit.register(lambda: None)\n"
        "import lakewright.lsp.cancelling as cancelling\n"
        "cancelling.cancel_command = lambda *_: sorted(name for name in heavy if name in sys.modules)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(spy)
    async with server_process(cwd=root, environ={"PYTHONPATH": str(tmp_path)}) as server:
        await server.client.ask(
            "initialize", {"processId": os.getpid(), "rootUri": root.as_uri(), "capabilities": {}}
        )
        assert await server.client.execute("cancel") == []


async def test_a_client_that_never_reads(root: Path) -> None:
    """It holds up nothing: what it sends is still worked on, and it may leave."""
    async with server_process(cwd=root) as server:
        client: LspClient = server.client
        await client.initialize(root)
        client.pause()
        for _ in range(3000):
            client.request("workspace/executeCommand", {"command": "x" * 1000})
        client.notify("exit")
        assert await server.exit_code() == 1
