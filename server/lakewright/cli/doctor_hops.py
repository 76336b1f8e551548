"""The checks on the way to the host: its name, the proxy, a connection, the certificate."""

import asyncio
import socket

from lakewright.cli.doctor_report import Finding
from lakewright.cli.doctor_visit import Peer, Visit, peer_of
from lakewright.core.threads import in_daemon_thread
from lakewright.errors import ConfigError
from lakewright.transport.reasons import Trip, explained
from lakewright.transport.sockets import interleaved
from lakewright.transport.tls import CA_VARIABLES

_ANY_PATH = "/.well-known/databricks-config"
_PER_ADDRESS = 4.0  # seconds


async def dns(visit: Visit) -> Finding:
    """Look up the name that the connection goes to."""
    try:
        peer = peer_of(visit)
    except ConfigError:
        return Finding("which name to look up depends on the proxy", ok=None)
    try:
        found = await in_daemon_thread(
            socket.getaddrinfo, peer.first_name, peer.first_port, type=socket.SOCK_STREAM
        )
    except (OSError, UnicodeError) as error:
        raise explained(error, _trip(peer)) from error
    visit.addresses = tuple(interleaved([(entry[0], str(entry[4][0])) for entry in found]))
    by_proxy = f" ({peer.name} is looked up by the proxy)" if peer.proxy else ""
    if visit.addresses == (peer.first_name,):
        return Finding(f"{peer.first_name} is an address, no name{by_proxy}")
    return Finding(f"{peer.first_name} is {', '.join(visit.addresses)}{by_proxy}")


async def proxy(visit: Visit) -> Finding:
    """Say which proxy the environment names for this host."""
    peer = peer_of(visit)
    if peer.proxy is None:
        return Finding(f"none for {peer.name}")
    login = ", with a login" if peer.proxy.login else ""
    return Finding(f"{peer.proxy.scheme}://{peer.proxy.shown}{login}")


async def connection(visit: Visit) -> Finding:
    """Open a TCP connection to the host, or to the proxy, and close it."""
    peer = peer_of(visit)
    failure: OSError = ConnectionRefusedError()
    for address in visit.addresses:
        try:
            async with asyncio.timeout(_PER_ADDRESS):
                _, writer = await asyncio.open_connection(address, peer.first_port)
        except OSError as error:
            failure = error
            continue
        writer.close()
        return Finding(f"to {address}, port {peer.first_port}")
    raise explained(failure, _trip(peer)) from failure


async def tls(visit: Visit) -> Finding:
    """Ask the host for anything, without credentials, and read who issued its certificate."""
    peer, host = peer_of(visit), visit.host
    if peer.scheme == "http":
        return Finding("none: plain HTTP, which is taken on this machine alone")
    assert host is not None
    assert visit.loaded is not None
    async with host.client.stream("GET", host.credentials.host + _ANY_PATH) as response:
        issuer = response.tls_issuer or "someone who isn't named"
    named = next((name for name in CA_VARIABLES if visit.loaded.environ.get(name)), None)
    return Finding(f"certificate issued by {issuer}" + (f" (also trusted: {named})" if named else ""))


def _trip(peer: Peer) -> Trip:
    return Trip(
        connect=_PER_ADDRESS, idle=_PER_ADDRESS, total=_PER_ADDRESS, host=peer.netloc, proxy=peer.proxy
    )
