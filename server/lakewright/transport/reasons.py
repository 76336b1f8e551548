"""Why no answer came, in one sentence that names the hop: the only place that reads library errors."""

import errno
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import h11
import httpcore
import httpx

from lakewright.errors import ConfigError, LakewrightError, NetworkError
from lakewright.transport.proxies import Proxy


class BlockedError(NetworkError):
    """A network error that a repeated request would only meet again."""


class Step(StrEnum):
    """How far a request came."""

    CONNECTING = "connecting"
    TUNNEL = "asking the proxy"
    HANDSHAKE = "agreeing on TLS"
    ANSWER = "waiting for the answer"


@dataclass(slots=True)
class Trip:
    """What is known of one request's way when it fails. `connect`, `idle` and `total` are in seconds.

    `reached` says that the host has answered before: then it isn't misspelt, and trying again makes sense.
    """

    connect: float
    idle: float
    total: float
    host: str = ""
    proxy: Proxy | None = None
    reached: bool = False
    step: Step = Step.CONNECTING
    issuer: str | None = None

    @property
    def peer(self) -> str:
        """Whom the connection goes to."""
        return f"the proxy {self.proxy.shown}" if self.proxy else self.host


def explained(error: BaseException, trip: Trip) -> LakewrightError:
    """The error for a person. A LakewrightError is its own explanation."""
    for cause in _causes(error):
        if isinstance(cause, LakewrightError):
            return cause
        for kind, explain in _REASONS:
            if isinstance(cause, kind):
                return explain(cause, trip)
    if trip.step is Step.TUNNEL:  # socksio's own errors, which httpcore lets through
        return _unreachable(f"{_start(trip.peer)} doesn't speak SOCKS5.", trip)
    return NetworkError(f"The request to {trip.host} failed ({type(error).__name__}).", hint=_TRY_AGAIN)


def is_certificate_refusal(error: BaseException) -> bool:
    """Whether we refused the peer's certificate."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error))


_TRY_AGAIN = "Try again; if it stays, `lakewright doctor` walks every hop."
_WAY = "Check the host's name, the network or VPN, and the proxy variables (HTTPS_PROXY, NO_PROXY)."


# httpcore raises these for another error, and its pool then hides their cause ("from None").
_WRAPPERS = (httpcore.ConnectError, httpcore.ReadError, httpcore.WriteError)


def _causes(error: BaseException) -> list[BaseException]:
    """Innermost first: the system's own error says more than the wrappers. The context of anything but a
    wrapper may be a stranger, the error that the caller was dealing with when it sent the request.
    """
    found: list[BaseException] = []
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop()
        if current is None or current in found:
            continue
        found.append(current)
        if isinstance(current, httpcore.TimeoutException):
            continue  # it says which time-out; the TimeoutError within doesn't
        if isinstance(current, BaseExceptionGroup):
            queue.extend(current.exceptions)
        queue.append(current.__cause__ or (current.__context__ if isinstance(current, _WRAPPERS) else None))
    return found[::-1]


def _unreachable(message: str, trip: Trip) -> NetworkError:
    return NetworkError(message, hint=_WAY) if trip.reached else BlockedError(message, hint=_WAY)


def _unnamed(error: BaseException, trip: Trip) -> LakewrightError:
    name = f"the proxy {trip.proxy.host}" if trip.proxy else trip.host
    what = f"The name of {name} can't be looked up"
    reason = getattr(error, "strerror", None)
    return _unreachable(f"{what} ({reason})." if reason else f"{what}.", trip)


def _refused(_: BaseException, trip: Trip) -> LakewrightError:
    return _unreachable(f"{_start(trip.peer)} refused the connection.", trip)


def _certificate(error: BaseException, trip: Trip) -> LakewrightError:
    reason = getattr(error, "verify_message", "") or "it can't be verified"
    issuer = f" (issued by {trip.issuer})" if trip.issuer else ""
    return BlockedError(
        f"The certificate of {_tls_peer(trip)} isn't trusted: {reason}{issuer}.",
        hint="If your company inspects TLS, put its CA certificates into a PEM file"
        " and set SSL_CERT_FILE to it.",
    )


def _tls(error: BaseException, trip: Trip) -> LakewrightError:
    reason = str(getattr(error, "reason", None) or "the peer broke it off").replace("_", " ").lower()
    return _unreachable(f"TLS with {_tls_peer(trip)} failed: {reason}.", trip)


def _proxy_refusal(error: BaseException, trip: Trip) -> LakewrightError:
    proxy = trip.proxy.shown if trip.proxy else "in between"
    reason = str(error).strip().rstrip(".")
    if reason.startswith("407") or "username" in reason.lower() or "AUTH" in reason:
        return BlockedError(
            f"The proxy {proxy} wants another login ({reason}).",
            hint="Put it into the proxy variable: http://user:password@host:port.",
        )
    kind = NetworkError if reason.startswith("5") else BlockedError
    return kind(
        f"The proxy {proxy} doesn't let through to {trip.host} ({reason}).",
        hint="Ask who runs the proxy, or add the host to NO_PROXY if it is reached without one.",
    )


def _took_too_long(_: BaseException, trip: Trip) -> LakewrightError:
    if trip.step is Step.ANSWER:
        return BlockedError(
            f"The answer of {trip.host} wasn't complete after {trip.total:g} s.",
            hint="Ask for less at once, or with less thinking.",
        )
    where = {
        Step.CONNECTING: f"{_start(trip.peer)} didn't answer",
        Step.TUNNEL: f"{_start(trip.peer)} made no way to {trip.host}",
        Step.HANDSHAKE: f"{_start(trip.host)} didn't agree on TLS",
    }[trip.step]
    return _unreachable(f"{where} within {trip.connect:g} s.", trip)


def _silent(_: BaseException, trip: Trip) -> LakewrightError:
    return NetworkError(f"{_start(trip.host)} sent nothing for {trip.idle:g} s.", hint=_TRY_AGAIN)


def _deaf(_: BaseException, trip: Trip) -> LakewrightError:
    return NetworkError(f"{_start(trip.host)} took nothing in for {trip.idle:g} s.", hint=_TRY_AGAIN)


def _cut(_: BaseException, trip: Trip) -> LakewrightError:
    if trip.step in {Step.CONNECTING, Step.TUNNEL}:
        return NetworkError(f"{_start(trip.peer)} cut the connection.", hint=_TRY_AGAIN)
    if trip.step is Step.HANDSHAKE:
        return NetworkError(f"{_start(trip.host)} cut the connection while agreeing on TLS.", hint=_WAY)
    return NetworkError(f"The connection to {trip.host} was cut before the answer's end.", hint=_TRY_AGAIN)


def _not_http(error: BaseException, trip: Trip) -> LakewrightError:
    text = str(error)
    if "disconnected" in text or "closed connection" in text:
        return _cut(error, trip)
    return NetworkError(f"{_start(trip.peer)} sent something that isn't HTTP.", hint=_WAY)


def _packed(_: BaseException, trip: Trip) -> LakewrightError:
    return NetworkError(f"The compressed answer of {trip.host} can't be unpacked.", hint=_TRY_AGAIN)


def _unsendable(_: BaseException, trip: Trip) -> LakewrightError:
    """The library's text quotes the header, which may be the token."""
    return ConfigError(
        f"The request to {trip.host} can't be sent: a header holds characters that HTTP forbids.",
        hint="Look for line breaks, blanks or quotes in the token.",
    )


def _no_address(_: BaseException, trip: Trip) -> LakewrightError:
    return ConfigError(
        f"{trip.host or 'The host'} is no address that can be called.",
        hint="Set the host to https://… as your browser shows it.",
    )


def _system(error: BaseException, trip: Trip) -> LakewrightError:
    number = getattr(error, "errno", None)
    if number in {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL}:
        return _unreachable(f"There is no way to {trip.peer} from here.", trip)
    if isinstance(error, TimeoutError) and not (number and trip.step is Step.ANSWER):
        return _took_too_long(error, trip)
    if isinstance(error, ConnectionError | TimeoutError):
        return _cut(error, trip)
    reason = getattr(error, "strerror", None) or type(error).__name__
    return NetworkError(f"The connection to {trip.peer} failed ({reason}).", hint=_WAY)


def _tls_peer(trip: Trip) -> str:
    """A handshake before the tunnel is one with the proxy."""
    return trip.peer if trip.step is Step.CONNECTING else trip.host


def _start(name: str) -> str:
    """A peer at a sentence's beginning."""
    return name[0].upper() + name[1:] if name.startswith("the ") else name


_Explain = Callable[[BaseException, Trip], LakewrightError]
# The first that fits counts. Built-in errors stand for themselves, library errors for what they wrap.
_REASONS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], _Explain], ...] = (
    (socket.gaierror, _unnamed),
    (ConnectionRefusedError, _refused),
    (ssl.SSLCertVerificationError, _certificate),
    (ssl.SSLEOFError, _cut),
    (ssl.SSLError, _tls),
    (httpcore.ReadTimeout, _silent),
    (httpcore.WriteTimeout, _deaf),
    (httpcore.TimeoutException, _took_too_long),
    (httpcore.ProxyError, _proxy_refusal),
    ((h11.LocalProtocolError, httpcore.LocalProtocolError, UnicodeEncodeError), _unsendable),
    ((h11.RemoteProtocolError, httpcore.RemoteProtocolError), _not_http),
    (httpx.DecodingError, _packed),
    ((httpcore.UnsupportedProtocol, httpx.InvalidURL, UnicodeError), _no_address),
    ((httpcore.ReadError, httpcore.WriteError), _cut),
    (OSError, _system),
    (httpcore.ConnectError, _cut),
)
