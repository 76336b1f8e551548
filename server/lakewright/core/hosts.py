"""Which host names mean this machine: plain http and no proxy are for those alone."""

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether a name or address (IPv6 with or without brackets) surely is this machine.

    Names below `.localhost` don't count: some resolvers ask the network for them.
    """
    name = host.lower().rstrip(".").removeprefix("[").removesuffix("]")
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
