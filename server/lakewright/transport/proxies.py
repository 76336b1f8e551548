"""Which proxy a request takes, from the environment: pure. httpx leaves it to a transport of one's own."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from lakewright.core.hosts import is_loopback
from lakewright.errors import ConfigError

_DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080}
_SAME_AS = {"socks5h": "socks5", "socks": "socks5"}  # httpcore lets the proxy resolve names in each


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy and its login; `scheme` is http, https or socks5. Shown without its password."""

    scheme: str
    host: str
    port: int
    login: tuple[str, str] | None = field(default=None, repr=False)

    @property
    def shown(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def url(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def proxy_for(scheme: str, host: str, port: int, environ: Mapping[str, str]) -> Proxy | None:
    """The proxy for a request to `host`, None for a direct one. Loopback is never proxied.

    Raises ConfigError, naming the variable but never its value, when that is no proxy.
    """
    if is_loopback(host) or _is_excluded(host.lower(), port, _first(environ, "no_proxy")[1]):
        return None
    for name in (f"{scheme}_proxy", "all_proxy"):
        variable, value = _first(environ, name)
        if value:
            return _parse(value, variable)
    return None


def _first(environ: Mapping[str, str], name: str) -> tuple[str, str]:
    """The variable that is set and its value; the lower-case spelling wins, as with curl."""
    for variable in (name, name.upper()):
        if value := environ.get(variable, "").strip():
            return variable, value
    return name, ""


def _parse(value: str, variable: str) -> Proxy:
    hint = f"Set {variable} to http://[user:password@]host:port (https and socks5 work, too), or unset it."
    try:
        parts = urlsplit(value if "://" in value else f"http://{value}")
        scheme = _SAME_AS.get(parts.scheme, parts.scheme)
        default = _DEFAULT_PORTS.get(scheme)
        port = parts.port or default
    except ValueError:  # its text may quote a piece of the password
        raise ConfigError(f"{variable} is no proxy address.", hint=hint) from None
    if default is None or port is None:
        kinds = "http, https and socks5"
        raise ConfigError(f"{variable} names a kind of proxy that isn't known (only {kinds}).", hint=hint)
    host = parts.hostname or ""
    if not re.fullmatch(r"[\w.\-]+|[0-9a-f:]+(?:%\w+)?", host, re.ASCII):
        raise ConfigError(f"{variable} is no proxy address.", hint=hint)
    return Proxy(scheme, host, port, _login(parts))


def _login(parts: SplitResult) -> tuple[str, str] | None:
    if parts.username is None and parts.password is None:
        return None
    return unquote(parts.username or ""), unquote(parts.password or "")


def _is_excluded(host: str, port: int, no_proxy: str) -> bool:
    return any(_matches(entry, host, port) for entry in re.split(r"[\s,]+", no_proxy.lower()) if entry)


def _matches(entry: str, host: str, port: int) -> bool:
    """`*`, a name with its subdomains (`.` or `*.` before it is allowed), an address, a network; `:port`."""
    if entry == "*":
        return True
    address = _address(host)
    if address is not None and "/" in entry:
        return _in_network(address, entry)
    name, only_port = _split_port(entry)
    if only_port is not None and only_port != port:
        return False
    if address is not None:
        return _address(name) == address
    name = name.removeprefix("*").lstrip(".").rstrip(".")
    host = host.rstrip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))


def _split_port(entry: str) -> tuple[str, int | None]:
    found = re.fullmatch(r"(\[[^\]]*\]|[^:]*):(\d+)", entry)
    name = found[1] if found else entry
    return name.strip("[]"), int(found[2]) if found else None


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return None


def _in_network(address: ipaddress.IPv4Address | ipaddress.IPv6Address, entry: str) -> bool:
    try:
        return address in ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return False
