"""Every test runs with an empty home and state folder, no credentials, and loopback as its network."""

import ipaddress
import os
import signal
import socket
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("no clock", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("no clock")

_PREFIXES = ("LAKEWRIGHT_", "DATABRICKS_", "AYE_DBX_", "ARM_", "GOOGLE_", "XDG_")
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")


def pytest_addoption(parser: pytest.Parser) -> None:
    """What `tests/lsp/test_fuzz.py` takes."""
    parser.addoption("--schedules", type=int, default=2000, help="how many schedules the fuzz plays")
    parser.addoption("--seed", type=int, help="play the schedule of this seed alone, and print it")


def pytest_configure() -> None:
    """The programs that tests start don't inherit that a signal is ignored, as under `nohup` or after a
    shell's `&`: tests send these signals.
    """
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting, profile or proxy of the machine reaches a test."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name.startswith(_PREFIXES) or name.upper() in _PROXIES:
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("LAKEWRIGHT_STATE_DIR", str(home / "state"))


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but loopback is an error of the test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family in {socket.AF_INET, socket.AF_INET6}:
            host = str(address[0])
            assert host == "localhost" or ipaddress.ip_address(host).is_loopback, f"a test reaches {host}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
