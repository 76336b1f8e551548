"""From settings to a model that answers, against the simulated host and recording ones."""

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lakewright import wiring
from lakewright.core.events import Finished, TextDelta
from lakewright.core.messages import UserMessage
from lakewright.core.parts import Text
from lakewright.core.request import ModelRequest
from lakewright.errors import EndpointError, NetworkError
from lakewright.transport.http import HttpClient
from lakewright.wiring import SandboxOptions
from support_settings import CLAUDE, RecordingHost, Sources

_QUICK = SandboxOptions(pace=0)


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    """A host that lists one model."""
    async with RecordingHost("h").listening() as host:
        yield host


async def test_the_sandbox_answers(tmp_path: Path) -> None:
    """`sandbox` alone gives a model that streams an answer, and nothing of it is left afterwards."""
    loaded = Sources(tmp_path).load({"sandbox": True})
    request = ModelRequest(system="Explain.", messages=(UserMessage((Text("What is 1 + 1?"),)),))
    async with wiring.connect(loaded, role="explain", sandbox=_QUICK) as connection:
        events = [event async for event in connection.model.stream(request)]
        address = connection.credentials.host
    assert any(isinstance(event, TextDelta) for event in events)
    assert isinstance(events[-1], Finished)
    with pytest.raises(NetworkError):
        async with HttpClient(environ={}) as client, client.stream("GET", address):
            pass


async def test_a_model_that_the_sandbox_lacks_is_replaced_with_a_note(tmp_path: Path) -> None:
    """Roles of the user's own host don't stop a try without it; a model named for the call does count."""
    sources = Sources(tmp_path)
    sources.user("roles: {explain: our-own-endpoint}\n")
    async with wiring.connect(sources.load({"sandbox": True}), role="explain", sandbox=_QUICK) as connection:
        assert connection.endpoint.startswith("databricks-claude-")
        (note,) = connection.notes
        assert "our-own-endpoint" in note
    async with wiring.connect(
        sources.load({"sandbox": True}), role="explain", model="our-own-endpoint", sandbox=_QUICK
    ) as connection:
        assert (connection.endpoint, connection.notes) == ("our-own-endpoint", ())


async def test_a_profile_alone_is_enough(tmp_path: Path, host: RecordingHost) -> None:
    """Without any model named, the best Claude that the host lists is used."""
    sources = Sources(tmp_path)
    sources.profiles(f"[DEFAULT]\nhost = {host.url}\ntoken = t\n")
    async with wiring.connect(sources.load(), role="explain") as connection:
        assert (connection.endpoint, connection.thinking) == (CLAUDE, "medium")
        assert connection.model.endpoint == CLAUDE


async def test_a_named_model_costs_no_listing(tmp_path: Path, host: RecordingHost) -> None:
    """With the endpoint known, nothing is asked before the first request to it."""
    sources = Sources(tmp_path)
    sources.user(f"models: [{{name: m, model: e, apiBase: '{host.url}', apiKey: k, maxTokens: 9}}]\n")
    async with wiring.connect(sources.load(), role="explain") as connection:
        assert (connection.endpoint, connection.max_tokens) == ("e", 9)
    assert host.seen == []


async def test_a_host_without_a_fitting_model_says_so(tmp_path: Path, host: RecordingHost) -> None:
    """No model for the role is an error that says how to name one."""
    sources = Sources(tmp_path, environ={"DATABRICKS_HOST": host.url, "DATABRICKS_TOKEN": "t"})
    host.listed = ["some-embeddings"]
    with pytest.raises(EndpointError, match="lists no Claude") as caught:
        async with wiring.connect(sources.load(), role="explain"):
            pass
    assert "--model" in str(caught.value.hint)


async def test_models_and_what_each_role_would_use(tmp_path: Path, host: RecordingHost) -> None:
    """The listing names for each role its endpoint, its host and the reason."""
    sources = Sources(tmp_path)
    sources.profiles(f"[DEFAULT]\nhost = {host.url}\ntoken = t\n")
    sources.user(
        "profile: DEFAULT\nroles: {refactor: m}\n"
        "models: [{name: m, model: e, apiBase: 'https://b.example', apiKey: k, roles: [edit]}]\n"
    )
    models = await wiring.list_models(sources.load())
    assert [endpoint.name for endpoint in models.endpoints] == [CLAUDE]
    shown = {role: (found.endpoint, found.host, found.why) for role, found in models.roles.items()}
    assert shown["explain"] == (CLAUDE, host.url, "the best that the host lists")
    assert shown["refactor"] == ("e", "https://b.example", "roles.refactor")
    assert models.origin.startswith("profile DEFAULT in ")


_WITHOUT_SDK = """
import asyncio, sys
from lakewright.settings.load import load_settings
from lakewright import wiring
async def main():
    variables = {"DATABRICKS_HOST": "https://a.example", "DATABRICKS_TOKEN": "t"}
    loaded = load_settings({"model": "e"}, root=None, environ=variables)
    async with wiring.connect(loaded, role="explain") as connection:
        assert await connection.credentials.headers() == {"Authorization": "Bearer t"}
asyncio.run(main())
print(sorted({name.split(".")[0] for name in sys.modules} & {"databricks", "requests", "uvicorn", "yaml"}))
"""


def test_a_token_needs_neither_sdk_nor_sandbox() -> None:
    """With host and token known, the second of the SDK's import isn't paid, nor the sandbox's server."""
    server = Path(wiring.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", _WITHOUT_SDK], cwd=server, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


_HANGING = """
import asyncio, time
from lakewright.transport import auth
from lakewright.transport.http import HttpClient
from lakewright.transport.login import Login
async def nothing(self): pass
auth.SdkCredentials._look_whether_it_answers = nothing
auth.ask_sdk = lambda *_: time.sleep(3600)
async def main():
    async with HttpClient(environ={}) as client:
        credentials = auth.credentials_for(Login("https://a.example", ("oauth-m2m",), "x", {}), client)
        try:
            await asyncio.wait_for(credentials.headers(), 0.05)
        except TimeoutError:
            print("left")
asyncio.run(main())
"""


def test_the_exit_waits_for_no_login() -> None:
    """A login that hangs for an hour doesn't hold up the end of the program."""
    server = Path(wiring.__file__).parents[1]
    done = subprocess.run(
        [sys.executable, "-c", _HANGING], cwd=server, capture_output=True, text=True, timeout=50, check=False
    )
    assert (done.stdout, done.stderr) == ("left\n", "")
