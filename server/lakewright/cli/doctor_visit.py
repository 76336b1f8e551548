"""What the checks of a walk know of each other: each adds what the later ones need."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from lakewright.cli.doctor_report import Finding
from lakewright.cli.options import ConnectionOptions
from lakewright.errors import LakewrightError
from lakewright.serving import ServingEndpoint
from lakewright.settings.model_choice import ModelChoice
from lakewright.settings.origins import Loaded
from lakewright.transport.proxies import Proxy, proxy_for
from lakewright.wire.listing import ListedEndpoint
from lakewright.wiring import Host


@dataclass(slots=True)
class Visit:
    """Filled from top to bottom. What `stack` holds stays open until the walk ends."""

    options: ConnectionOptions
    root: Path | None
    """The workspace root that was named; else it is found from the current folder."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    loaded: Loaded | None = None
    choice: ModelChoice | None = None
    host: Host | None = None
    addresses: tuple[str, ...] = ()
    listing: tuple[ListedEndpoint, ...] | LakewrightError = ()
    model: ServingEndpoint | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """A check: its name, its limit in seconds, and what it does. It fails by a LakewrightError."""

    name: str
    limit: float
    run: Callable[[Visit], Awaitable[Finding]]


@dataclass(frozen=True, slots=True)
class Peer:
    """Where a request goes first: the host's own address, or the proxy's."""

    scheme: str
    netloc: str
    name: str
    port: int
    proxy: Proxy | None

    @property
    def first_name(self) -> str:
        return self.proxy.host if self.proxy else self.name

    @property
    def first_port(self) -> int:
        return self.proxy.port if self.proxy else self.port


def peer_of(visit: Visit) -> Peer:
    """Raises ConfigError for a proxy variable that is no proxy."""
    assert visit.host is not None
    assert visit.loaded is not None
    parts = urlsplit(visit.host.credentials.host)
    name, port = parts.hostname or "", parts.port or {"http": 80}.get(parts.scheme, 443)
    proxy = proxy_for(parts.scheme, name, port, visit.loaded.environ)
    return Peer(parts.scheme, parts.netloc, name, port, proxy)
