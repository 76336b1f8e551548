"""Which names mean this machine."""

import pytest

from lakewright.core.hosts import is_loopback


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.", "127.0.0.1", "127.9.9.9", "::1", "[::1]"])
def test_this_machine(host: str) -> None:
    """Its name in any case, and every loopback address."""
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "a.localhost", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1", "0.0.0.0", "x"],
)
def test_another_machine(host: str) -> None:
    """Whatever a resolver could send elsewhere gets no token in clear text."""
    assert not is_loopback(host)
