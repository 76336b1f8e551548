"""The policy for what the Databricks SDK sends by itself: our trust, our proxies, a time-out for each.

The SDK gives no hand to its sessions, and asks for tokens without a time-out. `requests` looks up its
adapter by name whenever a session is made, so one class in its place covers all; nobody else uses it here.
"""

import functools
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import quote, urlsplit

from lakewright.core.hosts import is_loopback
from lakewright.errors import ConfigError, NetworkError
from lakewright.transport.proxies import Proxy, proxy_for
from lakewright.transport.tls import client_context

REQUEST_TIMEOUT = 10.0  # seconds for connecting, and for each wait for an answer


@dataclass(slots=True)
class _Policy:
    """What holds for the requests of this process."""

    environ: Mapping[str, str] = field(default_factory=dict)
    context: ssl.SSLContext | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    def trust(self) -> ssl.SSLContext:
        with self.lock:
            if self.context is None:
                self.context = client_context(self.environ)
            return self.context


_policy = _Policy()


def apply_policy(environ: Mapping[str, str]) -> None:
    """Make every session of `requests` follow our policy. Call it before the SDK is imported: it makes
    sessions while it is.
    """
    import requests.adapters  # noqa: PLC0415 - comes with the SDK, and as late
    import requests.sessions  # noqa: PLC0415 - as above

    with _policy.lock:
        if dict(environ) != _policy.environ:
            _policy.environ, _policy.context = dict(environ), None
    adapter = _adapter_class()
    for module in (requests.adapters, requests.sessions):
        if module.HTTPAdapter is not adapter:
            module.HTTPAdapter = adapter  # type: ignore[attr-defined]  # replaced on purpose, see above


@functools.cache
def _adapter_class() -> type[Any]:
    import requests.adapters  # noqa: PLC0415 - comes with the SDK, and as late

    class PolicyAdapter(requests.adapters.HTTPAdapter):
        """Sends under our policy, whatever the caller or the session's environment says."""

        def build_connection_pool_key_attributes(
            self,
            request: Any,
            verify: Any,  # noqa: ARG002 - the policy decides
            cert: Any = None,
        ) -> Any:
            place, _ = super().build_connection_pool_key_attributes(request, verify=True, cert=cert)
            return place, {"ssl_context": _policy.trust()} if place["scheme"] == "https" else {}

        def cert_verify(self, conn: Any, *_ignored: Any) -> None:
            """The context verifies; a bundle named here would be added to its trust."""
            conn.cert_reqs, conn.ca_certs, conn.ca_cert_dir = "CERT_REQUIRED", None, None

        def send(  # noqa: PLR0917 - the signature of `requests`
            self,
            request: Any,
            stream: bool = False,
            timeout: Any = None,
            verify: Any = True,  # noqa: ARG002 - the policy decides
            cert: Any = None,
            proxies: Any = None,  # noqa: ARG002 - the policy decides
        ) -> Any:
            if request.method == "POST":
                _refuse_clear_text(request.url)
            try:
                response = super().send(
                    request,
                    stream=stream,
                    timeout=timeout or REQUEST_TIMEOUT,
                    cert=cert,
                    proxies=_proxies(request.url),
                )
            except requests.exceptions.RequestException as error:
                # An error of ours isn't repeated by the SDK, which would go on for minutes.
                raise _unreachable(request.url, error) from None
            if request.method == "POST" and response.is_redirect:
                response.close()
                raise NetworkError(
                    f"{urlsplit(request.url).netloc} redirects a request for a token; that is not followed.",
                    hint="Check the host's address; a login page of the network may stand before it.",
                )
            return response

    return PolicyAdapter


def _unreachable(url: str, error: Exception) -> NetworkError:
    import requests.exceptions  # noqa: PLC0415 - loaded already by the caller

    host = urlsplit(url).netloc
    match error:
        case requests.exceptions.ProxyError():
            reason = f"The proxy on the way to {host} refuses or can't be reached."
        case requests.exceptions.SSLError():
            reason = f"TLS with {host} failed: its certificate isn't trusted, or it speaks no TLS."
        case requests.exceptions.Timeout():
            reason = f"{host} gave no answer within {REQUEST_TIMEOUT:g} seconds when asked for a token."
        case _:
            reason = f"{host} can't be reached for a token."
    return NetworkError(
        reason, hint="Check the network or VPN, SSL_CERT_FILE, and the proxy variables, then try again."
    )


def _refuse_clear_text(url: str) -> None:
    """Secrets are posted. Only this machine may get them without TLS."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise ConfigError(
            f"Tokens are to be fetched from {parts.netloc} over plain http, which would show the secret.",
            hint="Check the host's address.",
        )


def _proxies(url: str) -> dict[str, str]:
    """In the form of `requests`; an empty value keeps it from looking at the environment itself."""
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    proxy = proxy_for(parts.scheme, parts.hostname or "", port, _policy.environ)
    return {} if proxy is None else {parts.scheme: _proxy_url(proxy)}


def _proxy_url(proxy: Proxy) -> str:
    if proxy.scheme == "socks5":
        _require_socks()
    scheme, _, place = proxy.url.partition("://")
    scheme = "socks5h" if scheme == "socks5" else scheme
    login = "" if proxy.login is None else ":".join(quote(part, safe="") for part in proxy.login) + "@"
    return f"{scheme}://{login}{place}"


def _require_socks() -> None:
    if find_spec("socks") is None:
        raise ConfigError(
            "This login needs the Databricks SDK, which can't go through a SOCKS proxy without PySocks.",
            hint="Add it (`pipx inject lakewright PySocks`), or use an http proxy, or a token.",
        )
