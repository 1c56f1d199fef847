"""Which network addresses belong to the public, whatever way they are written."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

EMBEDDING: tuple[tuple[IPv6Network, int], ...] = (
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
    (IPv6Network("::/96"), 0),
)
"""IPv6 networks whose addresses carry an IPv4 address, and how many bits stand behind it (RFC 4291, 6052, 3056)."""

DENIED: tuple[Network, ...] = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's host services, a public address in name only
        "192.0.0.0/24",  # protocol assignments, of which some count as global
        "64:ff9b:1::/48",  # local-use NAT64: leads into private networks
        "2001::/32",  # Teredo
        "fec0::/10",  # site-local, deprecated
    )
)
"""Addresses that `ipaddress` calls global and that lead inside all the same."""


def parse(text: str) -> Address:
    """An address as `getaddrinfo` returns it, its zone left away."""
    return ip_address(text.partition("%")[0])


def is_public(address: Address) -> bool:
    """Whether anybody on the Internet could have this address; of one that carries an IPv4 address, whether both are public.

    >>> [is_public(parse(a)) for a in ("93.184.216.34", "127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a9fe:a9fe", "224.0.0.1")]
    [True, False, False, False, False]
    """
    if isinstance(address, IPv6Address) and (inner := embedded(address)) is not None:
        return is_public(inner)
    if not address.is_global or address.is_multicast or address.is_unspecified or address.is_reserved:
        return False
    return not any(address.version == network.version and address in network for network in DENIED)


def embedded(address: IPv6Address) -> IPv4Address | None:
    for network, behind in EMBEDDING:
        if address in network:
            return IPv4Address(int(address) >> behind & 0xFFFFFFFF)
    return None
