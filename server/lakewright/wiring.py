"""The one place that builds concrete things: from settings to a model that answers. Imported by front doors
when a command needs a model.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from dataclasses import dataclass

from lakewright.core.request import Thinking
from lakewright.errors import EndpointError
from lakewright.serving import Learned, ServingEndpoint, list_endpoints
from lakewright.settings.credentials import choose_host
from lakewright.settings.model_choice import ROLES, ModelChoice, Role, choose_model
from lakewright.settings.origins import Loaded
from lakewright.transport.auth import credentials_for
from lakewright.transport.http import HttpClient
from lakewright.transport.login import Credentials, Login
from lakewright.wire.listing import ListedEndpoint, best_claude, cheapest_fast
from lakewright.wire.rows import ModelRow, model_rows

_learned = Learned()
"""What refusals taught, for the life of the process."""


class NoModelError(EndpointError):
    """The host lists no model that fits a role."""


_LISTING_SERVES = 300.0
"""Seconds that a host's list of endpoints is used without asking again."""


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How the simulated host behaves, where it is used. `pace` 0 streams without waits."""

    faults: Sequence[str] = ()
    pace: float = 1.0


class Host:
    """An open connection to a host, until it is closed."""

    def __init__(
        self, login: Login, environ: Mapping[str, str], *, simulated: bool, clock: Callable[[], float]
    ) -> None:
        self.client = HttpClient(environ=environ)
        self.credentials = credentials_for(login, self.client, environ=environ)
        self.simulated = simulated
        self._clock = clock
        self._listed: tuple[ListedEndpoint, ...] = ()
        self._listed_until = -1.0
        self._listing: asyncio.Task[tuple[ListedEndpoint, ...]] | None = None
        self._waiting = 0

    async def endpoints(self) -> tuple[ListedEndpoint, ...]:
        """What the host lists, remembered for minutes. Callers share one request; it ends with the last of
        them. Raises as `list_endpoints` does.
        """
        if self._clock() < self._listed_until:
            return self._listed
        if self._listing is None:
            self._listing = asyncio.create_task(list_endpoints(self.client, self.credentials))
        listing = self._listing
        self._waiting += 1
        try:
            self._listed = await asyncio.shield(listing)
            self._listed_until = self._clock() + _LISTING_SERVES
            return self._listed
        finally:
            self._waiting -= 1
            if self._listing is listing and (listing.done() or not self._waiting):
                listing.cancel()
                self._listing = None

    async def aclose(self) -> None:
        """Close every connection."""
        if self._listing is not None:
            self._listing.cancel()
        await self.credentials.close()
        await self.client.aclose()


@dataclass(frozen=True, slots=True)
class Connection:
    """A model that is ready to be asked, and how it was chosen."""

    model: ServingEndpoint
    credentials: Credentials
    client: HttpClient
    endpoint: str
    why: str
    """Where the endpoint was named, as a phrase."""
    thinking: Thinking
    max_tokens: int | None
    notes: tuple[str, ...]
    """What the user should hear once."""


@dataclass(frozen=True, slots=True)
class RoleShown:
    """Which endpoint a role uses (None: there is none), on which host, and why."""

    endpoint: str | None
    host: str
    why: str


@dataclass(frozen=True, slots=True)
class Models:
    """What a host lists, and what each role would use."""

    host: str
    origin: str
    endpoints: tuple[ListedEndpoint, ...]
    roles: Mapping[Role, RoleShown]

    def rows(self, *, everything: bool = False) -> list[ModelRow]:
        """One row an endpoint, best first; see `model_rows`."""
        uses: dict[str, tuple[str, ...]] = {}
        for role, shown in self.roles.items():
            if shown.endpoint is not None and shown.host == self.host:
                uses[shown.endpoint] = (*uses.get(shown.endpoint, ()), role)
        return model_rows(self.endpoints, uses, everything=everything)


@asynccontextmanager
async def connect(
    loaded: Loaded,
    *,
    role: Role,
    model: str | None = None,
    sandbox: SandboxOptions | None = None,
    choice: ModelChoice | None = None,
) -> AsyncIterator[Connection]:
    """A model for the role; `model` (an endpoint, or a name of `models`) beats the settings, and `choice`
    is what `choose_model` gave, where it was asked before.

    Raises ConfigError, AuthError, NetworkError or EndpointError.
    """
    choice = choice or choose_model(loaded, role, model)
    async with open_host(loaded, choice.login, sandbox) as host:
        yield await connection(host, loaded, choice, role)


async def connection(host: Host, loaded: Loaded, choice: ModelChoice, role: Role) -> Connection:
    """The chosen model on its host. Asks for the host's list where nobody named an endpoint.

    Raises AuthError, NetworkError or EndpointError.
    """
    endpoint, why, notes = await _endpoint(host, choice, role)
    return Connection(
        model=ServingEndpoint(endpoint, host.client, host.credentials, learned=_learned),
        credentials=host.credentials,
        client=host.client,
        endpoint=endpoint,
        why=why,
        thinking=choice.thinking,
        max_tokens=choice.max_tokens,
        notes=(*loaded.notes, *notes),
    )


@asynccontextmanager
async def open_host(
    loaded: Loaded, login: Login | None, sandbox: SandboxOptions | None = None
) -> AsyncIterator[Host]:
    """The host of the login; None starts the simulated host and opens that."""
    async with AsyncExitStack() as stack:
        own = login or await _start_sandbox(stack, sandbox or SandboxOptions())
        host = Host(own, loaded.environ, simulated=login is None, clock=time.monotonic)
        yield await stack.enter_async_context(aclosing(host))


@dataclass(slots=True)
class _Kept:
    host: Host
    lent: int = 0


class Hosts:
    """Hosts that stay open between runs, one for each login."""

    def __init__(
        self,
        sandbox: Callable[[], Awaitable[tuple[str, str]]],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`sandbox` gives address and token of the simulated host, which somebody else starts and ends."""
        self._sandbox = sandbox
        self._clock = clock
        self._kept: dict[_LoginKey, _Kept] = {}
        self._closing: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def lend(self, loaded: Loaded, login: Login | None) -> AsyncIterator[Host]:
        """The host of the login, None being the simulated one; open afterwards, too."""
        own = login or _sandbox_login(*await self._sandbox())
        key = _key(own)
        if key not in self._kept:
            host = Host(own, loaded.environ, simulated=login is None, clock=self._clock)
            self._kept[key] = _Kept(host)
        kept = self._kept[key]
        kept.lent += 1
        try:
            yield kept.host
        finally:
            kept.lent -= 1
            if not kept.lent and self._kept.get(key) is not kept:
                self._close(kept.host)

    def renew(self) -> None:
        """Settings have changed: what nobody uses is closed, the rest when its last user leaves."""
        kept, self._kept = list(self._kept.values()), {}
        for one in kept:
            if not one.lent:
                self._close(one.host)

    async def aclose(self) -> None:
        """Close all, lent or not."""
        kept, self._kept = list(self._kept.values()), {}
        for one in kept:
            self._close(one.host)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _close(self, host: Host) -> None:
        """In a task of its own: who leaves may have been cancelled."""
        task = asyncio.create_task(host.aclose())
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)


async def list_models(loaded: Loaded, *, sandbox: SandboxOptions | None = None) -> Models:
    """What the chosen host lists. Raises as `connect` does."""
    login = choose_host(loaded).login
    async with open_host(loaded, login, sandbox) as host:
        return await models_of(host, loaded)


async def models_of(host: Host, loaded: Loaded) -> Models:
    """What an open host lists. Raises as `connect` does."""
    endpoints = await host.endpoints()
    roles = {role: _role_shown(loaded, role, host, endpoints) for role in ROLES}
    return Models(host.credentials.host, host.credentials.origin, endpoints, roles)


async def _start_sandbox(stack: AsyncExitStack, options: SandboxOptions) -> Login:
    # Imported late: its ASGI server is only needed here.
    from lakewright.sandbox.server import SandboxServer  # noqa: PLC0415

    server = await stack.enter_async_context(SandboxServer(options.faults, pace=options.pace))
    return _sandbox_login(server.host, server.token)


def _sandbox_login(host: str, token: str) -> Login:
    return Login(host, ("pat",), "the simulated host", {"token": token})


_LoginKey = tuple[str, tuple[str, ...], str, tuple[tuple[str, str], ...]]


def _key(login: Login) -> _LoginKey:
    return login.host, login.kinds, login.origin, tuple(sorted(login.fields.items()))


async def _endpoint(host: Host, choice: ModelChoice, role: Role) -> tuple[str, str, list[str]]:
    """The endpoint to ask, why that one, and notes."""
    if choice.endpoint is not None and (choice.named or not host.simulated):
        return choice.endpoint, choice.why, []
    listed = await _listing(host)
    if choice.endpoint is not None and any(found.name == choice.endpoint for found in listed):
        return choice.endpoint, choice.why, []
    best = _best(role, listed)
    if best is None:
        raise NoModelError(
            f"{host.credentials.host} lists no Claude model that is ready for {role}.",
            hint="`lakewright models --all` shows what there is; choose with `--model` or `roles`.",
        )
    notes = []
    if choice.endpoint is not None:
        notes = [f"The simulated host has no {choice.endpoint}; {best} is used instead."]
    return best, "the best that the host lists", notes


async def _listing(host: Host) -> tuple[ListedEndpoint, ...]:
    try:
        return await host.endpoints()
    except EndpointError as error:
        if error.status in (403, 404):
            error.hint = "The host doesn't list its models for you: name one with `--model` or `roles`."
        raise


def _best(role: Role, listed: Sequence[ListedEndpoint]) -> str | None:
    return cheapest_fast(listed) if role == "complete" else best_claude(listed)


def _role_shown(loaded: Loaded, role: Role, host: Host, listed: Sequence[ListedEndpoint]) -> RoleShown:
    choice = choose_model(loaded, role)
    own_host = host.credentials.host if choice.login is None else choice.login.host
    if choice.endpoint is not None:
        return RoleShown(choice.endpoint, own_host, choice.why)
    if own_host != host.credentials.host:
        return RoleShown(None, own_host, choice.why)
    return RoleShown(_best(role, listed), own_host, choice.why)
