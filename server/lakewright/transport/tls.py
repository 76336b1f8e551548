"""Whom we trust: the system's store, plus the file that `SSL_CERT_FILE` or `REQUESTS_CA_BUNDLE` names.

macOS and Windows verify through truststore. On Linux OpenSSL itself reads the system's store, once:
truststore 0.10 reads the bundle again for each connection, 20 ms of a blocked event loop.
"""

import ssl
import sys
from collections.abc import Mapping
from pathlib import Path

import truststore

from lakewright.errors import ConfigError

CA_VARIABLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")

# Where distributions keep their bundle, for a Python whose OpenSSL was built with other paths.
_BUNDLES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu, Arch
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # Fedora, RHEL
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # Alpine, BSD
)


def client_context(environ: Mapping[str, str]) -> ssl.SSLContext:
    """A context that verifies host and chain. Blocks (reads files): call it in a thread.

    Raises ConfigError when the named file is missing or holds no certificate.
    """
    if sys.platform in {"darwin", "win32"}:
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        _trust_system(context)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    _trust_named_file(context, environ)
    return context


def unverified_context() -> ssl.SSLContext:
    """A context that trusts anyone: only to look at a certificate that was refused, never to send."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _trust_system(context: ssl.SSLContext) -> None:
    """The store's own places: `load_default_certs` would read `SSL_CERT_FILE` instead of them."""
    built_in = ssl.get_default_verify_paths()
    folder = Path(built_in.openssl_capath)
    if folder.is_dir():
        context.load_verify_locations(capath=folder)
    bundles = [built_in.openssl_cafile, *_BUNDLES]
    found = next((path for path in bundles if Path(path).is_file()), None)
    if found is not None:
        context.load_verify_locations(cafile=found)


def _trust_named_file(context: ssl.SSLContext, environ: Mapping[str, str]) -> None:
    variable = next((name for name in CA_VARIABLES if environ.get(name)), None)
    if variable is None:
        return
    path = Path(environ[variable]).expanduser()
    hint = f"Set {variable} to a PEM file with your company's CA certificates, or unset it."
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ConfigError(f"{variable} names {path}, which holds no PEM certificate.", hint=hint) from None
    except OSError as error:
        reason = error.strerror or "it can't be read"
        raise ConfigError(f"{variable} names {path}, but: {reason}.", hint=hint) from None
