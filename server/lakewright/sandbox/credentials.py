"""Who may ask: one fixed token, and tokens minted for one fixed service principal that expire."""

import base64
import binascii
import hmac
from collections.abc import Callable
from urllib.parse import parse_qs

from lakewright.sandbox.refusal import PlainRefusal, Refusal

TOKEN = "sandbox-token"  # noqa: S105 (public on purpose: it opens nothing but this simulation)
CLIENT_ID = "5a4d0b0c-0000-4000-8000-000000000001"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105 (public on purpose, as TOKEN)


class Gatekeeper:
    """Checks credentials. `clock` gives seconds; `lifetime` is that of a minted token in seconds."""

    def __init__(self, *, clock: Callable[[], float], lifetime: float) -> None:
        self._clock = clock
        self._lifetime = lifetime
        self._expiry: dict[str, float] = {}

    def mint(self, authorization: str, form: bytes) -> dict[str, object]:
        """The client-credentials grant. Raises Refusal for anything else than the fixed principal."""
        fields = parse_qs(form.decode("utf-8", "replace"))
        if fields.get("grant_type") != ["client_credentials"]:
            raise _oauth_refusal("unsupported_grant_type")
        pair = _basic(authorization)
        if pair is None or not _same(pair, f"{CLIENT_ID}:{CLIENT_SECRET}"):
            raise _oauth_refusal("invalid_client")
        token = f"sandbox-minted-{len(self._expiry) + 1}"
        self._expiry[token] = self._clock() + self._lifetime
        return {
            "access_token": token,
            "token_type": "Bearer",
            "expires_in": int(self._lifetime),
            "scope": " ".join(fields.get("scope", ["all-apis"])),
        }

    def admit(self, authorization: str, *, gateway: bool) -> None:
        """Raises the refusal of the route: 401 in an envelope, or the gateway's plain 400."""
        if self._is_valid(authorization):
            return
        if gateway:
            raise PlainRefusal(400, "", "Invalid Token")
        raise Refusal(401, "UNAUTHENTICATED", "Request to a protected resource without a valid credential.")

    def _is_valid(self, authorization: str) -> bool:
        token = _presented(authorization)
        expiry = self._expiry.get(token)
        return _same(token, TOKEN) or (expiry is not None and self._clock() < expiry)


def _presented(authorization: str) -> str:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return value.strip()
    user, _, token = (_basic(authorization) or "").partition(":")
    return token if user == "token" else ""


def _basic(authorization: str) -> str | None:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return None


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode())


def _oauth_refusal(error: str) -> Refusal:
    return PlainRefusal(401 if error == "invalid_client" else 400, "", f'{{"error":"{error}"}}')
