"""From what a user pastes to a host, and from an endpoint's name to the routes that reach it."""

import re
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, unquote, urlsplit

from lakewright.core.hosts import is_loopback
from lakewright.errors import ConfigError

GATEWAY_CHAT_PATH = "/ai-gateway/mlflow/v1/chat/completions"


@dataclass(frozen=True, slots=True)
class Base:
    """`host` is scheme and host, without a slash at the end; `endpoint` the name the address held;
    `gateway` says that the address was one of the AI gateway's.
    """

    host: str
    endpoint: str | None
    gateway: bool


@dataclass(frozen=True, slots=True)
class Route:
    """A path below the host; `model_in_body` says that the body must name the endpoint."""

    path: str
    model_in_body: bool


def split_base(text: str) -> Base:
    """Read any spelling of an address: a bare host, a page of the browser (`…/?o=123`), or a base
    that other clients want (`…/serving-endpoints`, `…/<endpoint>/invocations`).

    Raises ConfigError for what is no address, and for plain http beyond this machine: the token
    would travel in the clear.
    """
    address = text.strip()
    parts = _parse(address)
    host = _host(parts, address)
    segments = [unquote(segment) for segment in parts.path.split("/") if segment]
    gateway = "ai-gateway" in segments or ".ai-gateway." in host
    return Base(host, _endpoint_in(segments), gateway)


def chat_routes(endpoint: str) -> tuple[Route, ...]:
    """The routes of the chat dialect, best first; the next one is for hosts that lack the first.

    A name with dots is a model service of the Unity Catalog, which the gateway serves.
    """
    if not _ENDPOINT.fullmatch(endpoint):
        raise ConfigError(
            f"{_shown(endpoint)} can't be the name of an endpoint.",
            hint="It holds letters, digits, '-', '_' and '.'; `lakewright models` lists what the host has.",
        )
    gateway = Route(GATEWAY_CHAT_PATH, model_in_body=True)
    if "." in endpoint:
        return gateway, Route("/serving-endpoints/chat/completions", model_in_body=True)
    invocations = Route(f"/serving-endpoints/{quote(endpoint, safe='')}/invocations", model_in_body=False)
    return invocations, gateway


_ENDPOINT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,254}")
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")
_ROUTES_WITHOUT_NAME = frozenset(
    ("chat", "completions", "embeddings", "responses", "anthropic", "open-responses")
)
_HINT = "Set it to the address of your Databricks host, such as https://adb-123.4.azuredatabricks.net."


def _parse(address: str) -> SplitResult:
    with_scheme = address if "://" in address else f"https://{address}"
    if not address.isprintable():  # urlsplit would silently drop newlines and tabs
        raise ConfigError(f"{_shown(address)} is no address of a host.", hint=_HINT)
    try:
        parts = urlsplit(with_scheme)
        _ = parts.port  # urlsplit looks at the port only now
    except ValueError:
        raise ConfigError(f"{_shown(address)} is no address of a host.", hint=_HINT) from None
    if parts.username is not None or parts.password is not None:
        raise ConfigError(
            "The host's address holds a user name or password, which is never sent.",
            hint="Remove everything before the '@' and put the token into a profile or DATABRICKS_TOKEN.",
        )
    return parts


def _host(parts: SplitResult, address: str) -> str:
    name = (parts.hostname or "").removesuffix(".")
    is_ipv6 = ":" in name
    if parts.scheme not in ("http", "https") or not (is_ipv6 or _HOST.fullmatch(name)):
        raise ConfigError(f"{_shown(address)} is no address of a host.", hint=_HINT)
    if parts.scheme == "http" and not is_loopback(name):
        raise ConfigError(
            f"Plain http is only for this machine: {name} would get the token in the clear.",
            hint=f"Use https://{name}.",
        )
    shown = f"[{name}]" if is_ipv6 else name
    default_port = 443 if parts.scheme == "https" else 80
    port = "" if parts.port in (None, default_port) else f":{parts.port}"
    return f"{parts.scheme}://{shown}{port}"


def _endpoint_in(segments: list[str]) -> str | None:
    """The name after `serving-endpoints`, or after `ml/endpoints` as the browser shows it."""
    for marker in ("serving-endpoints", "endpoints"):
        if marker in segments:
            rest = segments[segments.index(marker) + 1 :]
            if not rest or rest[0] in _ROUTES_WITHOUT_NAME:
                return None
            return rest[0] if _ENDPOINT.fullmatch(rest[0]) else None
    return None


def _shown(text: str) -> str:
    """Quoted for a message: one line, without control characters, not too long."""
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return f'"{clean[:80]}…"' if len(clean) > 80 else f'"{clean}"'
