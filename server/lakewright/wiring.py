"""The one place that builds concrete things: from settings to a model that answers. Imported by front doors
when a command needs a model.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
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

_learned = Learned()
"""What refusals taught, for the life of the process."""


@dataclass(frozen=True, slots=True)
class SandboxOptions:
    """How the simulated host behaves, where it is used. `pace` 0 streams without waits."""

    faults: Sequence[str] = ()
    pace: float = 1.0


@dataclass(frozen=True, slots=True)
class Host:
    """An open connection to a host; it closes with its block."""

    client: HttpClient
    credentials: Credentials
    simulated: bool


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
        endpoint, why, notes = await _endpoint(host, choice, role)
        yield Connection(
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
    """Client and credentials for the login; None starts the simulated host and opens that."""
    async with AsyncExitStack() as stack:
        own = login or await _start_sandbox(stack, sandbox or SandboxOptions())
        client = await stack.enter_async_context(HttpClient(environ=loaded.environ))
        credentials = credentials_for(own, client, environ=loaded.environ)
        stack.push_async_callback(credentials.close)
        yield Host(client, credentials, simulated=login is None)


async def list_models(loaded: Loaded, *, sandbox: SandboxOptions | None = None) -> Models:
    """What the chosen host lists. Raises as `connect` does."""
    login = choose_host(loaded).login
    async with open_host(loaded, login, sandbox) as host:
        endpoints = await list_endpoints(host.client, host.credentials)
        roles = {role: _role_shown(loaded, role, host, endpoints) for role in ROLES}
        return Models(host.credentials.host, host.credentials.origin, endpoints, roles)


async def _start_sandbox(stack: AsyncExitStack, options: SandboxOptions) -> Login:
    # Imported late: its ASGI server is only needed here.
    from lakewright.sandbox.server import SandboxServer  # noqa: PLC0415

    server = await stack.enter_async_context(SandboxServer(options.faults, pace=options.pace))
    return Login(server.host, ("pat",), "the simulated host", {"token": server.token})


async def _endpoint(host: Host, choice: ModelChoice, role: Role) -> tuple[str, str, list[str]]:
    """The endpoint to ask, why that one, and notes."""
    if choice.endpoint is not None and (choice.named or not host.simulated):
        return choice.endpoint, choice.why, []
    listed = await _listing(host)
    if choice.endpoint is not None and any(found.name == choice.endpoint for found in listed):
        return choice.endpoint, choice.why, []
    best = _best(role, listed)
    if best is None:
        raise EndpointError(
            f"{host.credentials.host} lists no Claude model that is ready for {role}.",
            hint="`lakewright models --all` shows what there is; choose with `--model` or `roles`.",
        )
    notes = []
    if choice.endpoint is not None:
        notes = [f"The simulated host has no {choice.endpoint}; {best} is used instead."]
    return best, "the best that the host lists", notes


async def _listing(host: Host) -> tuple[ListedEndpoint, ...]:
    try:
        return await list_endpoints(host.client, host.credentials)
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
