"""Whom we trust, against a real TLS host on loopback."""

import ssl
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lakewright.errors import ConfigError, NetworkError
from lakewright.transport.certificates import issuer_of
from lakewright.transport.http import HttpClient
from lakewright.transport.tls import client_context
from support_transport import CA_FILE, CERTIFICATES, answer, http_proxy, scripted

OK = [answer(200, b"{}")]


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
async def test_a_company_ca_is_trusted(variable: str) -> None:
    """The file that a variable names is trusted, and the response tells who issued the certificate."""
    async with (
        scripted(OK, tls=True) as host,
        HttpClient(environ={variable: str(CA_FILE)}) as client,
        client.stream("GET", host.url) as response,
    ):
        assert (response.status, await response.read()) == (200, b"{}")
        assert response.tls_issuer == "Test CA (Lakewright tests)"


async def test_a_stranger_is_refused_by_name() -> None:
    """A certificate that nobody trusts is an error that names its issuer; no request was sent."""
    async with scripted(OK, tls=True) as host, HttpClient(environ={}) as client:
        with pytest.raises(NetworkError, match=r"issued by Test CA \(Lakewright tests\)") as caught:
            async with client.stream("GET", host.url, headers={"authorization": "Bearer x"}):
                pass
        assert "SSL_CERT_FILE" in (caught.value.hint or "")
        assert host.requests == []


async def test_another_name_is_refused() -> None:
    """A trusted certificate that is another host's is refused."""
    async with scripted(OK, tls=True) as host, http_proxy(host.port) as proxy:
        environ = {"SSL_CERT_FILE": str(CA_FILE), "HTTPS_PROXY": f"127.0.0.1:{proxy.port}"}
        async with HttpClient(environ=environ) as client:
            with pytest.raises(NetworkError, match=r"other.test isn't trusted: [Hh]ostname mismatch"):
                async with client.stream("GET", "https://other.test/"):
                    pass
        assert host.requests == []


def test_the_first_variable_wins() -> None:
    """SSL_CERT_FILE is looked at before REQUESTS_CA_BUNDLE."""
    context = client_context({"SSL_CERT_FILE": str(CA_FILE), "REQUESTS_CA_BUNDLE": "/does/not/exist"})
    assert any(("commonName", "Test CA") in names for ca in context.get_ca_certs() for names in ca["subject"])


def test_everything_is_verified() -> None:
    """Chain and host name are checked, and nothing older than TLS 1.2 is spoken."""
    context = client_context({})
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_folder_of_certificates_is_taken(tmp_path: Path) -> None:
    """REQUESTS_CA_BUNDLE may name a folder, as for requests."""
    client_context({"REQUESTS_CA_BUNDLE": str(tmp_path)})


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"])
@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n"])
def test_a_broken_file_is_named(tmp_path: Path, variable: str, content: str | None) -> None:
    """A missing or broken file is an error that names the variable and the file."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConfigError, match=f"{variable} names .*ca.pem") as caught:
        client_context({variable: str(path)})
    assert variable in (caught.value.hint or "")


async def test_a_broken_file_is_an_error_of_the_request() -> None:
    """The error of the thread that loads the file reaches who asked."""
    async with HttpClient(environ={"SSL_CERT_FILE": "/does/not/exist"}) as client:
        with pytest.raises(ConfigError, match="SSL_CERT_FILE"):
            async with client.stream("GET", "https://127.0.0.1:1"):
                pass


DER = ssl.PEM_cert_to_DER_cert((CERTIFICATES / "host.pem").read_text())


def test_the_issuer_is_read() -> None:
    """Common name and organisation of the issuer, not of the host."""
    assert issuer_of(DER) == "Test CA (Lakewright tests)"


@given(st.integers(0, len(DER) - 1), st.binary(max_size=3))
def test_a_broken_certificate_is_no_error(place: int, noise: bytes) -> None:
    """Whatever the bytes, the answer is a name or None."""
    issuer = issuer_of(DER[:place] + noise + DER[place + len(noise) :])
    assert issuer is None or issuer.isprintable()
    assert issuer_of(DER[:place]) is None
    assert issuer_of(noise) is None
