"""Ranges and route tables: the arithmetic that everything else stands on, against the plainest way to do it."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspection.network import ranges
from inspection.network.model import Route
from inspection.network.tables import flatten

numbers = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=6
).map(lambda several: ranges.union(tuple(several)))


def members(some: ranges.Ranges) -> set[int]:
    return {number for low, high in some for number in range(low, high + 1)}


@given(first=numbers, second=numbers)
def test_ranges_are_sets(first: ranges.Ranges, second: ranges.Ranges) -> None:
    assert members(ranges.union(first, second)) == members(first) | members(second)
    assert members(ranges.intersection(first, second)) == members(first) & members(second)
    assert members(ranges.difference(first, second)) == members(first) - members(second)


networks = st.tuples(st.integers(0, 255), st.integers(22, 32)).map(
    lambda pair: str(ipaddress.ip_network((0x0A000000 + pair[0] * 4, pair[1]), strict=False))
)


@given(cidrs=st.lists(networks, max_size=8), destination_cidr=networks)
def test_the_longest_prefix_wins_for_every_address(cidrs: list[str], destination_cidr: str) -> None:
    routes = [Route(destination=cidr, target=cidr) for cidr in dict.fromkeys(cidrs)]
    flat = flatten((ranges.addresses(route.destination), route) for route in routes)
    routes_by_number = {
        address: route.target if route else None
        for (low, high), route in flat.pieces(ranges.addresses(destination_cidr))
        for address in range(low, high + 1)
    }
    for address in ipaddress.ip_network(destination_cidr):
        fitting = [
            ipaddress.ip_network(route.destination)
            for route in routes
            if address in ipaddress.ip_network(route.destination)
        ]
        longest = str(max(fitting, key=lambda network: network.prefixlen)) if fitting else None
        assert routes_by_number[int(address)] == longest


def test_of_equal_routes_the_static_one_wins() -> None:
    network = ranges.addresses("10.0.0.0/8")
    learned = Route(destination="10.0.0.0/8", target="learned", propagated=True)
    static = Route(destination="10.0.0.0/8", target="static")
    [(_, route)] = flatten([(network, learned), (network, static)]).pieces(network)
    assert route is static


@pytest.mark.parametrize(
    ("some", "message"),
    [
        (ranges.ports("tcp", 443, 443), "tcp/443"),
        (ranges.ports("6", 443, 443), "tcp/443"),
        (ranges.ports("udp", 53, 54), "udp/53-54"),
        (ranges.ports("tcp", None, None), "tcp/all"),
        (ranges.ports("-1", -1, -1), "all ports"),
        (ranges.ports("icmp", -1, -1), "icmp"),
        (ranges.NOTHING, "nothing"),
    ],
)
def test_ports_are_said_as_people_say_them(some: ranges.Ranges, message: str) -> None:
    assert ranges.spoken(some) == message


def test_ipv4_and_ipv6_ranges_round_trip() -> None:
    for cidr in ("10.1.2.0/24", "2600:1f18::/56"):
        assert ranges.written(ranges.addresses(cidr)) == cidr
    assert not ranges.overlap(ranges.addresses("0.0.0.0/0"), ranges.addresses("::/0"))
