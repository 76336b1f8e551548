"""What the SDK sends by itself follows our policy: trust, proxies, no redirect, nothing in clear text."""

import ssl

import pytest

from lakewright.core.threads import in_daemon_thread
from lakewright.errors import ConfigError, NetworkError
from lakewright.transport.auth import SdkCredentials, ask_sdk
from lakewright.transport.auth_requests import apply_policy
from lakewright.transport.http import HttpClient
from lakewright.transport.login import Login
from support_settings import RecordingHost
from support_transport import CA_FILE, CERTIFICATES, http_proxy

_CLIENT = {"client_id": "the-id", "client_secret": "the-s3cret"}


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / "host.pem", CERTIFICATES / "host.key")
    return context


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_trust_and_proxy_are_those_of_every_request(variable: str) -> None:
    """Through the proxy of the variables, to a host whose CA is in the file that they name."""
    async with RecordingHost("h").listening(tls=_server_context()) as host, http_proxy(host.port) as proxy:
        environ = {variable: str(CA_FILE), "HTTPS_PROXY": f"http://u:p@127.0.0.1:{proxy.port}"}
        async with HttpClient(environ=environ) as client:
            login = Login(host.url, ("oauth-m2m",), "x", _CLIENT)
            headers = await SdkCredentials(login, client, environ=environ).headers()
        assert headers == {"Authorization": "Bearer minted-h-1"}
        assert set(proxy.asked) == {"CONNECT host.test:443"}
        assert len(set(proxy.logins)) == 1


async def test_an_unknown_issuer_gets_no_secret() -> None:
    """A host whose certificate isn't trusted never sees the secret, whatever the SDK's own bundle says."""
    async with RecordingHost("h").listening(tls=_server_context()) as host:
        login = Login(f"https://127.0.0.1:{host.port}", ("oauth-m2m",), "x", _CLIENT)
        with pytest.raises(NetworkError, match="certificate"):
            await in_daemon_thread(ask_sdk, login, {})
        assert host.seen == []


async def test_a_redirect_of_a_token_request_is_not_followed() -> None:
    """The secret stays with the host that it was sent to."""
    async with RecordingHost("thief").listening() as thief, RecordingHost("h").listening() as host:
        host.redirect_tokens_to = thief.url
        async with HttpClient(environ={}) as client:
            login = Login(host.url, ("oauth-m2m",), "x", _CLIENT)
            with pytest.raises(NetworkError, match="redirects"):
                await SdkCredentials(login, client, environ={}).headers()
        assert thief.seen == []


def test_no_secret_is_posted_in_clear_text() -> None:
    """A host that names a token service without TLS elsewhere gets an error instead of the secret."""
    import requests

    apply_policy({})
    with pytest.raises(ConfigError, match="plain http"):
        requests.post("http://tokens.example/oidc/v1/token", {"client_secret": "s"}, timeout=1)


async def test_a_socks_proxy_is_a_sentence() -> None:
    """The SDK can't use SOCKS without a library that isn't ours: that is said, not tried."""
    async with RecordingHost("h").listening() as host:
        login = Login("https://host.test", ("oauth-m2m",), host.url, _CLIENT)
        with pytest.raises(ConfigError, match="SOCKS"):
            await in_daemon_thread(ask_sdk, login, {"ALL_PROXY": "socks5://127.0.0.1:1"})
