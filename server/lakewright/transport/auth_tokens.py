"""When a token ends, as far as it or the SDK says."""

import base64
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any


def expiry_of(headers: Mapping[str, str], config: Any) -> float | None:
    """Seconds of the wall clock, None when nobody knows.

    A JSON Web Token says it in UTC; the SDK's own `expiry` may be a local time without its zone.
    """
    scheme, _, token = headers.get("Authorization", "").partition(" ")
    end = _claimed_end(token) if scheme.lower() == "bearer" else None
    return end if end is not None else _sdk_expiry(config)


def _claimed_end(token: str) -> float | None:
    parts = token.split(".")
    if len(parts) != 3:
        return None
    try:
        claims = json.loads(base64.urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        return None


def _sdk_expiry(config: Any) -> float | None:
    try:
        expiry = getattr(config.oauth_token(), "expiry", None)
    except (ValueError, AttributeError):  # not an OAuth login
        return None
    return expiry.timestamp() if isinstance(expiry, datetime) else None
