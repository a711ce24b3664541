"""Network addresses: which of them a server may connect to for somebody else.

Knows the ranges that lead inside a network or to a cloud's metadata. Must not
know sockets or names: what a name stands for is found out elsewhere, and the
address that was checked is the one to connect to.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Literal

Kind = Literal["public", "private", "loopback", "link-local", "multicast", "metadata", "reserved"]

METADATA = frozenset(
    map(ip_address, ("169.254.169.254", "fd00:ec2::254", "100.100.100.200", "168.63.129.16"))
)
"""Where clouds tell a machine its credentials: AWS, GCP and Azure (169.254.169.254), AWS over
IPv6, Alibaba, and Azure's wire server, which is within the public range."""

_NAT64 = IPv6Network("64:ff9b::/96")
_ENTRY = re.compile(r"\[([0-9a-f:.%]+)\](?::(\d{1,5}))?|([^\s:/@\[\]]+)(?::(\d{1,5}))?")
_NOT_INSIDE = frozenset({"metadata", "link-local", "multicast", "reserved"})


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be connected to: public addresses, and what the operator named.

    `names` holds hosts with a port, or with None for every port; whatever a
    named host stands for is allowed. `private` allows private and loopback
    addresses without naming them.
    """

    names: frozenset[tuple[str, int | None]] = frozenset()
    private: bool = False

    def named(self, host: str, port: int) -> bool:
        """Whether the operator named this host, in lower case, or this port of it."""
        return not self.names.isdisjoint({(host, port), (host, None)})

    def why_not(self, host: str, port: int, address: str) -> str | None:
        """Why `address`, which `host` stands for, is refused; None if it is not."""
        found = kind(address)
        if found == "public" or self.named(host, port):
            return None
        if self.private and found not in _NOT_INSIDE:
            return None
        return f"{address} is a {found} address"


def read_allowed(entries: Iterable[str]) -> frozenset[tuple[str, int | None]]:
    """The names of an allow list: `HOST`, `HOST:PORT`, `[IPV6]:PORT`. Raises ValueError."""
    return frozenset(_entry(entry.strip().lower()) for entry in entries if entry.strip())


def kind(address: str) -> Kind:
    """What kind of address this is. Raises ValueError for a text that is none.

    An IPv4 address inside an IPv6 one (mapped, NAT64, 6to4) counts as itself.
    """
    found = _unwrapped(ip_address(address.partition("%")[0]))
    if found in METADATA:
        return "metadata"
    if found.is_loopback:
        return "loopback"
    if found.is_link_local:
        return "link-local"
    if found.is_multicast:
        return "multicast"
    if found.is_private and not (found.is_unspecified or found.is_reserved):
        return "private"
    return "public" if found.is_global and not found.is_reserved else "reserved"


def _unwrapped(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address


def _entry(text: str) -> tuple[str, int | None]:
    found = _ENTRY.fullmatch(text)
    if found is None:
        try:
            return str(ip_address(text)), None
        except ValueError:
            raise ValueError(f"{text} is no HOST or HOST:PORT") from None
    six, six_port, host, port = found.groups()
    number = six_port or port
    return six or host.rstrip("."), None if number is None else int(number)
