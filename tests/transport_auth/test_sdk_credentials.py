"""Credentials that the SDK gives: kept, renewed in time, for one login alone, and never in a log."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

import pytest

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import AuthError, ConfigError, NetworkError
from lakewright.transport import auth
from lakewright.transport.auth import SdkCredentials, credentials_for
from lakewright.transport.auth_requests import apply_policy
from lakewright.transport.http import HttpClient, Timeouts
from lakewright.transport.login import Login
from support_settings import RecordingHost
from support_transport import mute, scripted

_CLIENT = {"client_id": "the-id", "client_secret": "the-s3cret"}


@pytest.fixture
async def host() -> AsyncIterator[RecordingHost]:
    """A host that mints tokens."""
    async with RecordingHost("h").listening() as host:
        yield host


@pytest.fixture
async def client() -> AsyncIterator[HttpClient]:
    """A client without anything from the environment."""
    async with HttpClient(environ={}) as client:
        yield client


def _machine(host: RecordingHost, client: HttpClient, **options: Any) -> SdkCredentials:
    return SdkCredentials(_machine_login(host), client, environ={}, **options)


def _machine_login(host: RecordingHost) -> Login:
    return Login(host.url, ("oauth-m2m",), "the test's client", _CLIENT)


async def test_a_machines_login_gives_a_token(host: RecordingHost, client: HttpClient) -> None:
    """Client id and secret become a bearer token of the host."""
    credentials = _machine(host, client)
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-1"}
    assert (credentials.host, credentials.origin) == (host.url, "the test's client")
    (asked,) = [seen for seen in host.seen if seen.path == "/oidc/v1/token"]
    assert asked.authorization == "the-id:the-s3cret"


async def test_a_token_is_asked_for_once(host: RecordingHost, client: HttpClient) -> None:
    """Many requests at once share one renewal, and later ones its token."""
    credentials = _machine(host, client)
    together = await asyncio.gather(*(credentials.headers() for _ in range(10)))
    assert {tuple(headers.items()) for headers in [*together, await credentials.headers()]} == {
        (("Authorization", "Bearer minted-h-1"),)
    }


async def test_a_forced_refresh_gives_another(host: RecordingHost, client: HttpClient) -> None:
    """After a refusal a new token is fetched, once for all who ask at the time."""
    credentials = _machine(host, client)
    await credentials.headers()
    forced = await asyncio.gather(*(credentials.headers(force_refresh=True) for _ in range(5)))
    assert {headers["Authorization"] for headers in forced} == {"Bearer minted-h-2"}
    assert await credentials.headers() == forced[0]


class _Clock:
    """The wall clock, as far ahead as a test says."""

    ahead = 0.0

    def __call__(self) -> float:
        import time

        return time.time() + self.ahead


async def test_a_token_is_renewed_before_its_end(host: RecordingHost, client: HttpClient) -> None:
    """Near its end the old token serves while the next is fetched; from its end on the next is waited for."""
    clock = _Clock()
    credentials = _machine(host, client, clock=clock)
    await credentials.headers()
    clock.ahead = 3600 - 600
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-1"}
    flight = credentials._flight
    assert flight is not None
    await flight
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-2"}
    clock.ahead += 3600
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-3"}


async def test_a_renewal_that_fails_early_disturbs_nobody(host: RecordingHost, client: HttpClient) -> None:
    """While the old token serves, a failed renewal is tried again after a pause and not told."""
    clock = _Clock()
    credentials = _machine(host, client, clock=clock)
    await credentials.headers()
    host.refuse_clients = True
    clock.ahead = 3600 - 600
    asked = len(host.seen)
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-1"}
    flight = credentials._flight
    assert flight is not None
    with suppress(AuthError):
        await flight
    tried = len(host.seen)
    assert tried > asked
    assert await credentials.headers() == {"Authorization": "Bearer minted-h-1"}
    assert (credentials._flight, len(host.seen)) == (None, tried)
    clock.ahead += 600
    with pytest.raises(AuthError):
        await credentials.headers()


async def test_who_gives_up_leaves_the_renewal_to_the_others(host: RecordingHost, client: HttpClient) -> None:
    """Cancelling one request's wait doesn't fail another's."""
    credentials = _machine(host, client)
    first = asyncio.create_task(credentials.headers())
    second = asyncio.create_task(credentials.headers())
    await asyncio.sleep(0)
    first.cancel()
    assert await second == {"Authorization": "Bearer minted-h-1"}
    assert first.cancelled()


async def test_a_refused_client_is_told_what_to_check(host: RecordingHost, client: HttpClient) -> None:
    """A wrong secret is an error of authentication, without the service's text and without the secret."""
    host.refuse_clients = True
    with pytest.raises(AuthError) as caught:
        await _machine(host, client).headers()
    error = caught.value
    assert "invalid_client" in error.message
    assert "client_secret" in str(error.hint)
    assert "s3cret" not in f"{error} {error.hint}"
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_an_unreachable_host_never_reaches_the_sdk(
    client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The SDK would try for minutes: it isn't asked about a host that refuses connections."""
    monkeypatch.setattr(auth, "ask_sdk", None)
    async with scripted() as gone:
        url = gone.url
    with pytest.raises(NetworkError, match="refused"):
        await SdkCredentials(Login(url, ("oauth-m2m",), "x", _CLIENT), client, environ={}).headers()


async def test_a_host_that_says_nothing_never_reaches_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host that takes the connection and stays silent fails within twice the connect time."""
    monkeypatch.setattr(auth, "ask_sdk", None)
    async with mute() as host, HttpClient(timeouts=Timeouts(connect=0.05), environ={}) as client:
        login = Login(f"http://127.0.0.1:{host.port}", ("oauth-m2m",), "x", _CLIENT)
        with pytest.raises(NetworkError, match="gave no answer"):
            await SdkCredentials(login, client, environ={}).headers()


async def test_a_service_that_gives_no_token_in_time_is_left(
    host: RecordingHost, client: HttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the SDK does has a limit, too; its thread is left behind."""
    monkeypatch.setattr(auth, "_LIMIT", 0.05)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def hang(*_: object) -> None:
        asyncio.run_coroutine_threadsafe(stop.wait(), loop).result()

    monkeypatch.setattr(auth, "ask_sdk", hang)
    with pytest.raises(NetworkError, match="gave no token within"):
        await _machine(host, client).headers()
    stop.set()


async def test_nothing_else_is_read(
    host: RecordingHost, client: HttpClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With every other source set in the process, the login alone decides: host, client, secret."""
    async with RecordingHost("other").listening() as other:
        for name, value in {
            "DATABRICKS_HOST": other.url,
            "DATABRICKS_TOKEN": "pat-other",
            "DATABRICKS_CONFIG_PROFILE": "other",
            "DATABRICKS_AUTH_TYPE": "pat",
            "DATABRICKS_CLIENT_ID": "id-other",
            "DATABRICKS_CLIENT_SECRET": "secret-other",
            "DATABRICKS_OIDC_TOKEN": "oidc-other",
            "DATABRICKS_DISCOVERY_URL": f"{other.url}/elsewhere",
            "ARM_CLIENT_ID": "arm-other",
            "GOOGLE_CREDENTIALS": "{}",
            "DATABRICKS_CONFIG_FILE": str(tmp_path / "cfg"),
        }.items():
            monkeypatch.setenv(name, value)
        (tmp_path / "cfg").write_text(f"[DEFAULT]\nhost = {other.url}\ntoken = pat-file\n")
        credentials = SdkCredentials(_machine_login(host), client)
        assert await credentials.headers() == {"Authorization": "Bearer minted-h-1"}
        assert other.seen == []
        assert host.secrets == {"the-id:the-s3cret"}


async def test_no_log_and_no_repr_holds_a_secret(
    host: RecordingHost, client: HttpClient, caplog: pytest.LogCaptureFixture
) -> None:
    """At the most talkative level nothing of the SDK is logged, and no value prints its secret."""
    caplog.set_level(logging.DEBUG)
    credentials = _machine(host, client)
    await credentials.headers()
    names = {record.name.split(".")[0] for record in caplog.records}
    assert names.isdisjoint({"databricks", "urllib3", "google"})
    shown = caplog.text + repr(_machine_login(host)) + repr(credentials) + repr(credentials._held)
    assert "s3cret" not in shown
    assert "minted" not in shown


@pytest.mark.parametrize(
    ("fields", "kinds"),
    [({"token": "dapi-x"}, ("pat",)), ({"username": "u", "password": "p"}, ("basic",))],
)
async def test_the_short_cut_decides_as_the_sdk_does(
    host: RecordingHost, client: HttpClient, fields: dict[str, str], kinds: tuple[str, ...]
) -> None:
    """The header of a token is the one that the SDK would give, and so is its choice of the kind."""
    apply_policy({})  # before the SDK's first import, which makes sessions
    from databricks.sdk.config import Config

    login = Login(host.url, kinds, "x", fields)
    arguments: dict[str, Any] = {"host": host.url, **fields}
    theirs = await in_daemon_thread(lambda: Config(**arguments))
    assert theirs.auth_type == kinds[0]
    assert await credentials_for(login, client).headers() == theirs.authenticate()


async def test_a_kind_that_lacks_something_is_said(host: RecordingHost, client: HttpClient) -> None:
    """`auth_type = pat` without a token is a sentence about that profile."""
    with pytest.raises(ConfigError, match="profile x can't log in by pat"):
        await credentials_for(Login(host.url, ("pat",), "profile x", {}), client).headers()


_CLI = """#!/bin/sh
if [ "$1" = version ]; then echo '{{"Major": 0, "Minor": 300, "Patch": 0}}'; exit; fi
echo "$@" >> {record}
env | grep -c '^DATABRICKS_TOKEN\\|^DATABRICKS_HOST' >> {record}
{then}
exit
"""
_GIVES = 'echo \'{"access_token": "by-browser", "token_type": "Bearer", "expiry": "2999-01-01T00:00:00Z"}\''
_EXPIRED = 'echo "Error: refresh token is invalid: s3cret" >&2; exit 1'


def _install_cli(folder: Path, then: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `databricks` as large as the SDK wants the real one to be."""
    record = folder / "calls"
    program = folder / "databricks"
    program.write_text(_CLI.format(record=record, then=then) + "#" * 1024 * 1024)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:{os.environ['PATH']}")
    return record


@pytest.mark.parametrize(
    ("fields", "arguments"),
    [({"profile": "work"}, "auth token --profile work"), ({}, "auth token --host {url}")],
)
async def test_a_login_by_browser_is_asked_of_the_cli(  # noqa: PLR0917 - fixtures and a table's columns
    host: RecordingHost,
    client: HttpClient,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    fields: dict[str, str],
    arguments: str,
) -> None:
    """The Databricks CLI gives the token of its login, and sees none of the variables of another."""
    record = _install_cli(tmp_path, _GIVES, monkeypatch)
    monkeypatch.setenv("DATABRICKS_TOKEN", "pat-other")
    monkeypatch.setenv("DATABRICKS_HOST", "https://other.example")
    credentials = SdkCredentials(Login(host.url, ("databricks-cli",), "x", fields), client)
    assert await credentials.headers() == {"Authorization": "Bearer by-browser"}
    asked, variables = record.read_text().splitlines()
    assert asked.startswith(arguments.format(url=host.url))
    assert variables == "0"


async def test_an_expired_login_says_what_to_run(
    host: RecordingHost, client: HttpClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The sentence names the command with host and profile; the CLI's own output isn't repeated."""
    _install_cli(tmp_path, _EXPIRED, monkeypatch)
    login = Login(host.url, ("azure-cli", "databricks-cli"), "profile work", {"profile": "work"})
    with pytest.raises(AuthError) as caught:
        await SdkCredentials(login, client).headers()
    assert caught.value.hint == f"Run `databricks auth login --host {host.url} --profile work`."
    assert "s3cret" not in str(caught.value)


async def test_without_the_cli_its_installation_is_named(
    host: RecordingHost, client: HttpClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A host alone needs the CLI; where it isn't there, that is the sentence."""
    monkeypatch.setenv("PATH", str(tmp_path))
    login = Login(host.url, ("azure-cli", "databricks-cli"), "profile work", {"profile": "work"})
    with pytest.raises(ConfigError, match="isn't installed"):
        await SdkCredentials(login, client).headers()


async def test_many_logins_live_side_by_side(client: HttpClient) -> None:
    """Two hosts at once get each their own token."""
    async with AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(RecordingHost(name).listening()) for name in "ab"]
        headers = await asyncio.gather(*(_machine(host, client).headers() for host in hosts))
        assert [found["Authorization"] for found in headers] == ["Bearer minted-a-1", "Bearer minted-b-1"]
