"""Ids and signatures that a later request can be checked against, in any process.

A turn has a nonce, drawn from the request that led to it. A signature binds model, nonce, place of
the block in its turn and text; the id of a tool call carries a tag of the same nonce. So a
reasoning block that was altered, moved, taken from another model or left out is noticed, with
nothing to remember. The key is fixed: a conversation goes on after the host was started anew.
"""

import base64
import binascii
import hashlib
import hmac
from dataclasses import dataclass

_KEY = b"the sandbox signs with this and trusts nothing else"
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_NONCE_BYTES = 12
_MAC_BYTES = 24
_HEADER = b"\x12\xb7\x01\x0a\x48"
_CALL_PREFIX = "toolu_bdrk_01"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a valid signature says: the turn it belongs to and its place among the turn's blocks."""

    nonce: bytes
    ordinal: int


def turn_nonce(*material: bytes) -> bytes:
    """A nonce for the turn that answers `material`."""
    return _mac(b"nonce", *material)[:_NONCE_BYTES]


def sign(model: str, nonce: bytes, ordinal: int, text: str) -> str:
    """The signature of one reasoning block."""
    mac = _mac(b"thinking", model.encode(), nonce, bytes([ordinal]), text.encode("utf-8", "surrogatepass"))
    return base64.b64encode(_HEADER + nonce + bytes([ordinal]) + mac[:_MAC_BYTES]).decode()


def read_signature(model: str, text: str, signature: str) -> Seal | None:
    """The seal of a signature issued for this text and model, else None."""
    seal = _read_seal(signature)
    if seal is None or not hmac.compare_digest(sign(model, seal.nonce, seal.ordinal, text), signature):
        return None
    return seal


def redact(model: str, nonce: bytes, ordinal: int) -> str:
    """The payload of a redacted block."""
    return sign(model + "/redacted", nonce, ordinal, "")


def read_redacted(model: str, data: str) -> Seal | None:
    """The seal of a redacted payload issued for this model, else None."""
    return read_signature(model + "/redacted", "", data)


def message_id(nonce: bytes) -> str:
    """The id of the answer: `msg_bdrk_01` and 22 characters."""
    return "msg_bdrk_01" + _base62(_mac(b"message", nonce), 22)


def call_id(nonce: bytes, number: int, *, with_reasoning: bool) -> str:
    """The id of the turn's call `number`: 22 characters that carry the turn's tag and a checksum."""
    core = call_tag(nonce) + ("R" if with_reasoning else "N")
    core += _base62(_mac(b"call", nonce, str(number).encode()), 7)
    return _CALL_PREFIX + core + _checksum(core)


def call_tag(nonce: bytes) -> str:
    """Eight characters by which the calls of a turn are known."""
    return _base62(_mac(b"tag", nonce), 8)


def read_call_id(text: str) -> tuple[str, bool] | None:
    """Tag and "its turn had reasoning" of an id that was issued here; None for a foreign one."""
    core, check = text[len(_CALL_PREFIX) : -6], text[-6:]
    if not text.startswith(_CALL_PREFIX) or len(core) != 16 or check != _checksum(core):
        return None
    return core[:8], core[8] == "R"


def _read_seal(signature: str) -> Seal | None:
    try:
        raw = base64.b64decode(signature.encode(), validate=True)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not raw.startswith(_HEADER) or len(raw) != len(_HEADER) + _NONCE_BYTES + 1 + _MAC_BYTES:
        return None
    start = len(_HEADER)
    return Seal(raw[start : start + _NONCE_BYTES], raw[start + _NONCE_BYTES])


def _checksum(core: str) -> str:
    return _base62(_mac(b"check", core.encode()), 6)


def _mac(*parts: bytes) -> bytes:
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
    return hmac.digest(_KEY, framed, hashlib.sha256)


def _base62(raw: bytes, length: int) -> str:
    number = int.from_bytes(raw, "big")
    letters = []
    for _ in range(length):
        number, rest = divmod(number, 62)
        letters.append(_ALPHABET[rest])
    return "".join(letters)
