"""Which proxy a request takes, as a table."""

import pytest

from lakewright.errors import ConfigError
from lakewright.transport.proxies import Proxy, proxy_for

CORP = Proxy("http", "proxy.corp", 8080)


def chosen(environ: dict[str, str], host: str = "host.test", *, scheme: str = "https") -> Proxy | None:
    return proxy_for(scheme, host, 443, environ)


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_each_variable_counts(name: str) -> None:
    """Either case, and ALL_PROXY for what has none of its own."""
    assert chosen({name: "http://proxy.corp:8080"}) == CORP


def test_the_scheme_chooses_the_variable() -> None:
    """HTTP_PROXY is for http, HTTPS_PROXY for https; each beats ALL_PROXY; lower case beats upper."""
    environ = {
        "HTTP_PROXY": "plain:1",
        "HTTPS_PROXY": "upper:2",
        "https_proxy": "lower:3",
        "ALL_PROXY": "all:4",
    }
    assert chosen(environ) == Proxy("http", "lower", 3)
    assert chosen(environ, scheme="http") == Proxy("http", "plain", 1)
    assert chosen({"HTTP_PROXY": "plain:1"}) is None
    assert chosen({"https_proxy": "", "HTTPS_PROXY": "upper:2"}) == Proxy("http", "upper", 2)


SPELLINGS = {
    "proxy.corp:8080": CORP,
    "http://proxy.corp:8080/": CORP,
    "http://proxy.corp": Proxy("http", "proxy.corp", 80),
    "https://proxy.corp": Proxy("https", "proxy.corp", 443),
    "socks5://proxy.corp": Proxy("socks5", "proxy.corp", 1080),
    "socks5h://proxy.corp:1": Proxy("socks5", "proxy.corp", 1),
    "socks://proxy.corp:1": Proxy("socks5", "proxy.corp", 1),
    "http://[::1]:3128": Proxy("http", "::1", 3128),
    "http://me:p%40ss%3A@proxy.corp:8080": Proxy("http", "proxy.corp", 8080, ("me", "p@ss:")),
    "me:secret@proxy.corp:8080": Proxy("http", "proxy.corp", 8080, ("me", "secret")),
    "http://me@proxy.corp:8080": Proxy("http", "proxy.corp", 8080, ("me", "")),
}


@pytest.mark.parametrize(("value", "expected"), SPELLINGS.items(), ids=SPELLINGS)
def test_spellings(value: str, expected: Proxy) -> None:
    """Every usual spelling is read, login included."""
    assert chosen({"HTTPS_PROXY": value}) == expected


GARBAGE = [
    "ftp://me:hunter2@proxy.corp",
    "socks4://me:hunter2@proxy.corp:1080",
    "http://me:hunter2@proxy.corp:port",
    "http://me:hunter2@proxy.corp:99999",
    "http://me:hunter2/@proxy.corp:80",
    "http://me:hunter2@",
    "http://me:hunter2@[::1",
    "http://me:hunter2@a b:80",
    "://hunter2",
]


@pytest.mark.parametrize("value", GARBAGE)
def test_garbage_is_an_error_that_hides_the_password(value: str) -> None:
    """What is no proxy is an error that names the variable and nothing of its value."""
    with pytest.raises(ConfigError, match="HTTPS_PROXY") as caught:
        chosen({"HTTPS_PROXY": value})
    assert caught.value.hint
    assert "hunter2" not in f"{caught.value!r} {caught.value.hint} {caught.value.__cause__!r}"


def test_a_proxy_hides_its_password() -> None:
    """Neither repr nor the shown form holds the login."""
    proxy = chosen({"HTTPS_PROXY": "http://me:hunter2@proxy.corp:8080"})
    assert proxy is not None
    assert proxy.shown == "proxy.corp:8080"
    assert "hunter2" not in f"{proxy!r} {proxy.url}"


EXCLUDED = {
    "host.test": ["host.test", ".test", "*.test", "test", "HOST.TEST", "a,host.test", "a host.test", "*"],
    "a.host.test": ["host.test", ".host.test", "*.host.test", "host.test:443"],
    "10.1.2.3": ["10.1.2.3", "10.0.0.0/8", "10.1.2.3:443", "10.1.2.3/32"],
    "fd00::5": ["fd00::/8", "fd00:0::5", "[fd00::5]", "[fd00::5]:443"],
    "[fd00::5]": ["fd00::/8"],
}
NOT_EXCLUDED = {
    "host.test": ["", "ost.test", "host.tes", "a.host.test", "host.test:8443", "10.0.0.0/8", ".", "host"],
    "nothost.test": ["host.test", ".host.test"],
    "10.1.2.3": ["10.1.2", "11.0.0.0/8", "10.1.2.3:80", "10.1.2.3/99", "fd00::/8", "2.3"],
    "fd00::5": ["fe00::/8", "[fd00::5]:80"],
}


@pytest.mark.parametrize("name", ["NO_PROXY", "no_proxy"])
@pytest.mark.parametrize(
    ("host", "entry"), [(host, entry) for host, all_ in EXCLUDED.items() for entry in all_]
)
def test_excluded(name: str, host: str, entry: str) -> None:
    """Names with their subdomains, addresses, networks, ports and `*` are reached directly."""
    assert chosen({"HTTPS_PROXY": "proxy.corp:8080", name: entry}, host) is None


@pytest.mark.parametrize(
    ("host", "entry"), [(host, entry) for host, all_ in NOT_EXCLUDED.items() for entry in all_]
)
def test_not_excluded(host: str, entry: str) -> None:
    """What an entry doesn't name goes by the proxy."""
    assert chosen({"HTTPS_PROXY": "proxy.corp:8080", "NO_PROXY": entry}, host) == CORP


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "127.1.2.3", "::1", "[::1]"])
def test_loopback_is_never_proxied(host: str) -> None:
    """This machine is reached directly, even when the proxy's address is garbage."""
    assert chosen({"HTTPS_PROXY": "ftp://x"}, host) is None
