"""Headers for a login. Tokens go straight into them; everything else is the Databricks SDK's work.

The SDK is slow to import, blocks, and by itself reads every source there is. So it is imported late, in a
daemon thread, and its configuration is built from one login alone.
"""

import asyncio
import functools
import logging
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lakewright import __version__
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import LakewrightError, NetworkError
from lakewright.transport.auth_failures import explain_sdk_failure, none_fits
from lakewright.transport.auth_requests import REQUEST_TIMEOUT, apply_policy
from lakewright.transport.auth_tokens import expiry_of
from lakewright.transport.http import HttpClient
from lakewright.transport.login import Login

_PROBE_PATH = "/.well-known/databricks-config"
_LIMIT = 45.0  # seconds for the SDK to give headers
_LIMIT_WITH_BROWSER = 300.0  # a person logs in
_RETRY_PAUSE = 60.0  # seconds between renewals that fail while the old token still serves
_UNKNOWN_LIFE = 300.0  # seconds that headers are used whose token doesn't say how long it lives
_MARGIN = 60.0  # seconds before its end from which a token no longer serves
_EARLY = 1200.0  # seconds before its end from which it is renewed; at most half its life


def credentials_for(
    login: Login, client: HttpClient, *, environ: Mapping[str, str] = os.environ
) -> "TokenCredentials | SdkCredentials":
    """Credentials for the login. A token needs no SDK: its header is known."""
    if login.kinds == ("pat",) and login.fields.get("token"):
        return TokenCredentials(login)
    return SdkCredentials(login, client, environ=environ)


class TokenCredentials:
    """A token that stands in the configuration; it can't be refreshed."""

    def __init__(self, login: Login) -> None:
        self._login = login

    @property
    def host(self) -> str:
        return self._login.host

    @property
    def origin(self) -> str:
        return self._login.origin

    async def headers(self, *, force_refresh: bool = False) -> dict[str, str]:
        """The same header each time."""
        _ = force_refresh
        return {"Authorization": f"Bearer {self._login.fields['token']}"}

    async def close(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class _Held:
    """Headers and the times (of the wall clock) from which they should, and must, be renewed."""

    headers: Mapping[str, str] = field(repr=False)
    early: float
    end: float


class SdkCredentials:
    """What the SDK's unified authentication gives for one login, kept and renewed in time.

    Renewals are single-flight: callers share the one that is under way. While a token still serves, its
    renewal is waited for by nobody.
    """

    def __init__(
        self,
        login: Login,
        client: HttpClient,
        *,
        environ: Mapping[str, str] = os.environ,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._login = login
        self._client = client
        self._environ = environ
        self._clock = clock
        self._held: _Held | None = None
        self._flight: asyncio.Task[_Held] | None = None
        self._pause_until = 0.0

    @property
    def host(self) -> str:
        return self._login.host

    @property
    def origin(self) -> str:
        return self._login.origin

    async def headers(self, *, force_refresh: bool = False) -> dict[str, str]:
        """See `Credentials`."""
        held, now = self._held, self._clock()
        if held is not None and now < held.end and not force_refresh:
            if now >= max(held.early, self._pause_until):
                self._renewal().add_done_callback(self._note_failure)
            return dict(held.headers)
        # Shielded: the one who gives up waiting doesn't end it for the others.
        return dict((await asyncio.shield(self._renewal())).headers)

    async def close(self) -> None:
        """Leave a renewal behind that is under way."""
        if self._flight is not None:
            self._flight.cancel()

    def _renewal(self) -> "asyncio.Task[_Held]":
        if self._flight is None:
            self._flight = asyncio.create_task(self._renew())
            self._flight.add_done_callback(self._landed)
        return self._flight

    def _landed(self, flight: "asyncio.Task[_Held]") -> None:
        self._flight = None
        if not flight.cancelled() and flight.exception() is None:
            self._held = flight.result()

    def _note_failure(self, flight: "asyncio.Task[_Held]") -> None:
        if flight.cancelled() or flight.exception() is not None:
            self._pause_until = self._clock() + _RETRY_PAUSE

    async def _renew(self) -> _Held:
        await self._look_whether_it_answers()
        limit = _LIMIT_WITH_BROWSER if "external-browser" in self._login.kinds else _LIMIT
        try:
            async with asyncio.timeout(limit):
                headers, end = await in_daemon_thread(ask_sdk, self._login, self._environ)
        except TimeoutError:
            raise NetworkError(
                f"{self.host} gave no token within {limit:g} seconds ({self.origin}).",
                hint="Try again; `lakewright doctor` walks every hop.",
            ) from None
        now = self._clock()
        life = (end - now) if end is not None else _UNKNOWN_LIFE
        early = now + life - min(_EARLY, life / 2)
        return _Held(headers, early, now + max(0.0, life - min(_MARGIN, life / 4)))

    async def _look_whether_it_answers(self) -> None:
        """Any answer will do. The SDK would try an unreachable host for minutes, and can't be stopped."""
        patience = 2 * self._client.timeouts.connect
        try:
            async with (
                asyncio.timeout(patience),
                self._client.stream("GET", self.host + _PROBE_PATH) as response,
            ):
                await response.read()
        except TimeoutError:
            raise NetworkError(
                f"{self.host} takes connections but gave no answer within {patience:g} seconds.",
                hint="Check the host's address, the network or VPN, and the proxy variables.",
            ) from None


def ask_sdk(login: Login, environ: Mapping[str, str]) -> tuple[dict[str, str], float | None]:
    """The headers that the SDK gives for exactly this login, and when their token ends (wall clock).

    Blocks, for seconds. Raises AuthError, ConfigError or NetworkError.
    """
    _silence()
    apply_policy(environ)
    for kind in login.kinds:
        try:
            config = _config_class()(**_arguments(login, kind))
            headers = config.authenticate()
        except Exception as error:  # noqa: BLE001 - the SDK raises all kinds; each becomes a sentence
            failure = explain_sdk_failure(error, login, kind)
        else:
            return dict(headers), expiry_of(headers, config)
        if failure is not None:
            raise failure
    raise none_fits(login)


def _arguments(login: Login, kind: str) -> dict[str, object]:
    return {
        **login.fields,
        "host": login.host,
        "auth_type": kind,
        "http_timeout_seconds": REQUEST_TIMEOUT,
        "retry_timeout_seconds": REQUEST_TIMEOUT,
        # Its own renewals run in threads that the exit would wait for.
        "disable_async_token_refresh": True,
        "product": "lakewright",
        "product_version": __version__,
    }


@functools.cache
def _config_class() -> type[Any]:
    from databricks.sdk.config import Config  # noqa: PLC0415 - costs a second: only when a login needs it

    for name in ("_load_from_env", "_known_file_config_loader", "_resolve_host_metadata"):
        if not hasattr(Config, name):
            raise LakewrightError(
                f"This databricks-sdk has no {name}, so it can't be kept from reading other logins.",
                hint="Install the version that Lakewright's requirements pin.",
            )

    _keep_variables_from_programs()

    class OneLoginConfig(Config):
        """The SDK's configuration, made of what it is given and nothing else."""

        @classmethod
        def attributes(cls) -> Any:
            """Those of the SDK's own class: it finds them in the class it is asked on."""
            return Config.attributes()

        def _load_from_env(self) -> None:
            """No variable is read: another source's token would go to this host."""

        def _known_file_config_loader(self) -> None:
            """Nor any profile: what counts of it was given."""

        def _resolve_host_metadata(self) -> None:
            super()._resolve_host_metadata()
            if not self.discovery_url:
                self.discovery_url = f"{self.host}/oidc/.well-known/oauth-authorization-server"

    return OneLoginConfig


def _keep_variables_from_programs() -> None:
    """`databricks auth token` reads `DATABRICKS_*`, too, and could give another host's token."""
    from databricks.sdk import credentials_provider  # noqa: PLC0415 - as late as the rest of it

    run = credentials_provider._run_subprocess  # noqa: SLF001 - it has no public hand for this

    def run_without(*arguments: Any, **options: Any) -> Any:
        kept = {name: value for name, value in os.environ.items() if _may_see(name)}
        return run(*arguments, **{**options, "env": kept})

    credentials_provider._run_subprocess = run_without  # noqa: SLF001 - as above


def _may_see(name: str) -> bool:
    return name == "DATABRICKS_CONFIG_FILE" or not name.startswith(("DATABRICKS_", "AYE_DBX_"))


@functools.cache
def _silence() -> None:
    """The SDK logs hosts, commands and pieces of answers. With a handler on the root logger, its calls of
    `logging.debug` don't set up one that prints.
    """
    logging.getLogger().addHandler(logging.NullHandler())
    for name in ("databricks", "databricks.sdk", "urllib3", "google.auth", "google.oauth2"):
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL)
        logger.propagate = False
        logger.addHandler(logging.NullHandler())
