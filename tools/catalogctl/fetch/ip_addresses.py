"""Distinguish public IP addresses from those of private networks."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether an IP address is public.

    `is_global` alone accepts multicast and NAT64 and ignores an IPv4 address inside an IPv6 one.
    """
    try:
        ip = _inner(ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if ip.is_multicast or (isinstance(ip, IPv6Address) and ip in _NAT64):
        return False
    return ip.is_global


def _inner(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address embedded in an IPv6 one (mapped, 6to4), else the address itself."""
    if isinstance(ip, IPv6Address):
        return ip.ipv4_mapped or ip.sixtofour or ip
    return ip
