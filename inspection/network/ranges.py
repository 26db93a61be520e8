"""Sets of whole numbers as sorted, disjoint ranges: what addresses and ports are counted with.

IPv4 and IPv6 addresses lie on one line (IPv4 first), and so do the ports of TCP and UDP and the numbers of all other
protocols: one arithmetic does for both.
"""

import ipaddress
from collections.abc import Iterable
from functools import cache
from typing import Final

Range = tuple[int, int]
"""First and last number, both included."""
Ranges = tuple[Range, ...]
"""Sorted and disjoint."""

NOTHING: Final[Ranges] = ()
V6: Final = 1 << 32
"""Offset of IPv6 addresses, which follow the IPv4 addresses."""
UDP: Final = 1 << 16
"""Offset of UDP ports, which follow the TCP ports."""
OTHER: Final = 1 << 17
"""Offset of the numbers of all other protocols."""
EVERYTHING: Final[Ranges] = ((0, OTHER + 255),)
"""All ports of all protocols."""
NUMBERS: Final = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}
"""Protocol numbers (IANA); AWS takes names and numbers alike."""


@cache
def addresses(cidr: str) -> Range:
    """The addresses of a network, on the line of addresses.

    Raises:
        ValueError: it is no network.
    """
    network = ipaddress.ip_network(cidr, strict=False)
    offset = V6 if network.version == 6 else 0  # noqa: PLR2004 - the version's own name
    return offset + int(network.network_address), offset + int(network.broadcast_address)


def written(range_: Range) -> str:
    """The range as people write it: a network if it is one, else its first and last address."""
    first, last = (_address(number) for number in range_)
    networks = [str(network) for network in ipaddress.summarize_address_range(first, last)]  # pyright: ignore[reportArgumentType, reportCallIssue] - both are of one version, which no stub can say
    return networks[0] if len(networks) == 1 else f"{first} to {last}"


def _address(number: int) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    return ipaddress.IPv6Address(number - V6) if number >= V6 else ipaddress.IPv4Address(number)


def ports(protocol: str, first: int | None, last: int | None) -> Ranges:
    """The ports of one rule, in AWS's words: protocol `-1` is everything, no ports are all ports."""
    number = NUMBERS.get(protocol.lower()) or int(protocol)
    if number == -1:
        return EVERYTHING
    if number not in (6, 17):
        return ((OTHER + number, OTHER + number),)
    offset = 0 if number == NUMBERS["tcp"] else UDP
    low, high = (0, 65535) if first is None or last is None or first < 0 else (first, last)
    return ((offset + low, offset + high),)


def spoken(some: Ranges) -> str:
    """Ports as people say them: `tcp/443`, `all`."""
    if some == EVERYTHING:
        return "all ports"
    parts: list[str] = []
    for low, high in some:
        for name, begin, end in (("tcp", 0, UDP - 1), ("udp", UDP, OTHER - 1)):
            first, last = max(low, begin) - begin, min(high, end) - begin
            if first <= last:
                which = "all" if (first, last) == (0, UDP - 1) else f"{first}" if first == last else f"{first}-{last}"
                parts.append(f"{name}/{which}")
        if high >= OTHER:
            first, last = max(low, OTHER) - OTHER, high - OTHER
            names = {number: name for name, number in NUMBERS.items()}
            parts.append(names.get(first, f"protocol {first}") if first == last else f"protocols {first}-{last}")
    return ", ".join(parts) or "nothing"


def union(*sets: Ranges) -> Ranges:
    """The numbers that are in any of the sets."""
    merged: list[Range] = []
    for low, high in sorted(range_ for ranges in sets for range_ in ranges):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return tuple(merged)


def intersection(first: Ranges, second: Ranges) -> Ranges:
    """The numbers that are in both sets."""
    if first == second:
        return first
    shared: list[Range] = []
    i, j = 0, 0
    while i < len(first) and j < len(second):
        low, high = max(first[i][0], second[j][0]), min(first[i][1], second[j][1])
        if low <= high:
            shared.append((low, high))
        if first[i][1] < second[j][1]:
            i += 1
        else:
            j += 1
    return tuple(shared)


def difference(minuend: Ranges, subtrahend: Ranges) -> Ranges:
    """The numbers of the first set that are not in the second."""
    remainder: list[Range] = []
    for low, high in minuend:
        begin = low
        for first, last in subtrahend:
            if last < begin or first > high:
                continue
            if first > begin:
                remainder.append((begin, first - 1))
            begin = last + 1
        if begin <= high:
            remainder.append((begin, high))
    return tuple(remainder)


def overlap(first: Range, second: Range) -> bool:
    """Return whether two ranges share a number."""
    return first[0] <= second[1] and second[0] <= first[1]


def within(inner: Range, outer: Range) -> bool:
    """Return whether the first lies in the second as a whole."""
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def of(cidrs: Iterable[str]) -> Ranges:
    """The addresses of several networks."""
    return union(tuple(addresses(cidr) for cidr in cidrs))


PRIVATE: Final = of(
    (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
"""IPv4 addresses that never are on the internet (RFC 6890)."""
INTERNET: Final = union(difference((addresses("0.0.0.0/0"),), PRIVATE), (addresses("2000::/3"),))
"""Every address that is nobody's private one."""
