"""Who issued a certificate, read from its DER form.

Python decodes only certificates that it trusts, and the one a person must hear about is the other.
"""

from collections.abc import Iterator

_SEQUENCE = 0x30
_VERSION = 0xA0
_COMMON_NAME, _ORGANISATION = bytes.fromhex("550403"), bytes.fromhex("55040a")  # 2.5.4.3 and 2.5.4.10
_UTF16 = 0x1E  # BMPString


def issuer_of(der: bytes) -> str | None:
    """The issuer as `Common Name (Organisation)`; None when the bytes are no X.509 certificate.

    RFC 5280 4.1: Certificate -> tbsCertificate -> [version], serial, signature, issuer.
    """
    try:
        fields = list(_items(_only(_only(der, _SEQUENCE), _SEQUENCE)))
        issuer = fields[3 if fields[0][0] == _VERSION else 2][1]
        names = dict(_attributes(issuer))
    except (IndexError, UnicodeDecodeError, ValueError):
        return None
    common, organisation = names.get(_COMMON_NAME), names.get(_ORGANISATION)
    if common and organisation and common != organisation:
        return f"{common} ({organisation})"
    return common or organisation


def _attributes(name: bytes) -> Iterator[tuple[bytes, str]]:
    for _, group in _items(name):
        for _, attribute in _items(group):
            (_, kind), (tag, value) = list(_items(attribute))[:2]
            text = value.decode("utf-16-be" if tag == _UTF16 else "utf-8", errors="replace")
            yield kind, "".join(character for character in text if character.isprintable())


def _only(data: bytes, tag: int) -> bytes:
    found, content = next(_items(data), (None, b""))
    if found != tag:
        raise ValueError("another ASN.1 type was expected")
    return content


def _items(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(tag, content) of each DER element in a row."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length >= 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size]), at + size
        if at + length > len(data):
            raise ValueError("an ASN.1 element is cut")
        yield tag, data[at : at + length]
        at += length
