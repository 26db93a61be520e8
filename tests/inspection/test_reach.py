"""Who reaches whom, computed: the generated network equals its declaration, and every planted leak is named."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspection.network import ranges
from inspection.network.differences import Difference, DifferenceKind, differences
from inspection.network.explain import explain
from inspection.network.model import Route, Rule, SecurityGroup, Zone
from inspection.network.nodes import UnknownPlaceError
from inspection.network.reach import Reach
from tests.inspection.generated import EVERYWHERE, HTTPS, PRIMARY, Built, Size, generate, peer

SMALL = Size(segments={"prod": 1, "staging": 1, "dev": 1})


def differing(built: Built) -> list[Difference]:
    return list(differences(Reach(built.network(), PRIMARY), built.declaration))


def as_text(differences_found: list[Difference]) -> str:
    return "\n".join(
        f"{difference}\n" + "\n".join(f"  {hop}" for hop in difference.because) for difference in differences_found
    )


def test_the_generated_network_is_as_declared() -> None:
    assert as_text(differing(generate(SMALL))) == ""


def test_without_egress_nothing_reaches_the_internet() -> None:
    built = generate(Size(segments={"prod": 1}, egress=False))
    reach = Reach(built.network(), PRIMARY)
    assert differing(built) == []
    [training] = reach.places.named("ml-prod/training")
    [internet] = reach.places.named("internet")
    assert explain(reach, training, internet).ports == ()


def _propagation(built: Built) -> str:
    table = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    built.change("gateway_tables", table.id, propagated=table.propagated | {"tgw-attach-vpc-ml-prod"})
    return "tgw-attach-vpc-ml-prod (propagated)"


def _hidden_propagation(built: Built) -> str:
    """A black hole for the same network wins, until somebody removes it."""
    table = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    cidr = built.parts["vpcs"]["vpc-ml-prod"].cidrs[0]
    hole = Route(destination=cidr, target="", blackhole=True)
    built.change("gateway_tables", table.id, routes=[*table.routes, hole])
    _propagation(built)
    return "tgw-attach-vpc-ml-prod (propagated)"


def _static_route(built: Built) -> str:
    table = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    cidr = built.parts["vpcs"]["vpc-ml-prod"].cidrs[0]
    planted = Route(destination=cidr, target="tgw-attach-vpc-ml-prod")
    built.change("gateway_tables", table.id, routes=[*table.routes, planted])
    return f"{cidr} → tgw-attach-vpc-ml-prod (static)"


def _peering(built: Built) -> str:
    peer(built, "vpc-ml-dev", "vpc-ml-prod")
    for source, destination in (("dev", "prod"), ("prod", "dev")):
        table = built.parts["tables"][f"rtb-vpc-ml-{source}-training"]
        cidr = built.parts["vpcs"][f"vpc-ml-{destination}"].cidrs[0]
        built.change("tables", table.id, routes=[*table.routes, Route(destination=cidr, target="pcx-planted")])
    return "pcx-planted"


def _wide_group(built: Built) -> str:
    group: SecurityGroup = built.parts["groups"]["sg-vpc-ml-prod-data"]
    wide = Rule(ports=ranges.ports("tcp", 22, 22), peer="10.0.0.0/8")
    built.change("groups", group.id, ingress=[*group.ingress, wide])
    return "sg-vpc-ml-prod-data"


def _open_endpoint(built: Built) -> str:
    built.change("endpoints", "vpce-us-east-1-kms", policy="")
    return "vpce-us-east-1-kms"


def _lost_zone(built: Built) -> str:
    zone: Zone = built.parts["zones"]["Z-vpce-us-east-1-sts"]
    built.change("zones", zone.id, vpcs=zone.vpcs - {"vpc-ml-dev"})
    return "no private zone for sts.us-east-1.amazonaws.com is associated with vpc-ml-dev"


def _overlap(built: Built) -> str:
    cidr = built.parts["vpcs"]["vpc-ml-dev"].cidrs[0]
    built.change("vpcs", "vpc-ml-staging", cidrs=(cidr,))
    return "share addresses"


def _asymmetric(built: Built) -> str:
    # The public subnets' tables send answers straight home: the firewall sees only half of each conversation.
    for zone in ("us-east-1a", "us-east-1b"):
        table = built.parts["tables"][f"rtb-vpc-network-inspection-public-{zone}"]
        routes = [
            replace(route, target="tgw-us-east-1") if "firewall" in route.target else route for route in table.routes
        ]
        built.change("tables", table.id, routes=routes)
    return "asymmetric"


def _no_appliance_mode(built: Built) -> str:
    # Zone b's firewall sends what it lets through out by zone a's NAT gateway.
    table = built.parts["tables"]["rtb-vpc-network-inspection-firewall-us-east-1b"]
    routes = [
        replace(route, target="nat-us-east-1a") if route.target.startswith("nat") else route for route in table.routes
    ]
    built.change("tables", table.id, routes=routes)
    return "asymmetric"


def _around_the_firewall(built: Built) -> str:
    for zone in ("us-east-1a", "us-east-1b"):
        table = built.parts["tables"][f"rtb-vpc-network-inspection-attachments-{zone}"]
        built.change("tables", table.id, routes=[Route(destination=EVERYWHERE, target=f"nat-{zone}")])
        table = built.parts["tables"][f"rtb-vpc-network-inspection-public-{zone}"]
        routes = [
            replace(route, target="tgw-us-east-1") if "firewall" in route.target else route for route in table.routes
        ]
        built.change("tables", table.id, routes=routes)
    return "no firewall sees it"


def _own_gateway(built: Built) -> str:
    built.add("internet_gateways", "vpc-ml-prod", key="igw-planted")
    built.change("tables", "rtb-vpc-ml-prod-training", routes=[Route(destination=EVERYWHERE, target="igw-planted")])
    return "igw-planted"


def _default_table(built: Built) -> str:
    """A new attachment joins the default table, which nobody looked at."""
    table = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    built.change("gateway_tables", table.id, associated=frozenset())
    built.change("gateways", "tgw-us-east-1", association_table="tgw-rtb-us-east-1-inspection")
    return "tgw-rtb-us-east-1-inspection"


def _round_by_the_firewall(built: Built) -> str:
    """The way out without a black hole for the zone's own networks: a spoke hairpins through the inspection VPC."""
    table = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    built.change("gateway_tables", table.id, routes=[route for route in table.routes if not route.blackhole])
    return "tgw-attach-vpc-network-inspection (static)"


def _unknown(built: Built) -> str:
    table = built.parts["tables"]["rtb-vpc-ml-prod-data"]
    built.change("tables", table.id, routes=[*table.routes, Route(destination="192.168.0.0/16", target="vgw-office")])
    return "vgw-office"


def _across_regions(built: Built) -> str:
    cidr = built.parts["vpcs"]["vpc-ml-prod@us-west-2"].cidrs[0]
    dev = built.parts["gateway_tables"]["tgw-rtb-us-east-1-dev"]
    built.change("gateway_tables", dev.id, routes=[*dev.routes, Route(destination=cidr, target="tgw-attach-peering")])
    peering_table = built.parts["gateway_tables"]["tgw-rtb-us-west-2-peering"]
    built.change("gateway_tables", peering_table.id, propagated=frozenset({"tgw-attach-vpc-ml-prod@us-west-2"}))
    return "tgw-attach-peering (static)"


PLANTS: list[tuple[Callable[[Built], str], DifferenceKind]] = [
    (_propagation, DifferenceKind.ROUTE),
    (_hidden_propagation, DifferenceKind.ROUTE),
    (_static_route, DifferenceKind.ROUTE),
    (_peering, DifferenceKind.ROUTE),
    (_wide_group, DifferenceKind.GROUP),
    (_open_endpoint, DifferenceKind.ENDPOINT),
    (_lost_zone, DifferenceKind.MISSING),
    (_overlap, DifferenceKind.OVERLAP),
    (_asymmetric, DifferenceKind.MISSING),
    (_no_appliance_mode, DifferenceKind.MISSING),
    (_around_the_firewall, DifferenceKind.LEAK),
    (_own_gateway, DifferenceKind.LEAK),
    (_default_table, DifferenceKind.ROUTE),
    (_round_by_the_firewall, DifferenceKind.ROUTE),
    (_unknown, DifferenceKind.UNKNOWN),
    (_across_regions, DifferenceKind.ROUTE),
]


@pytest.mark.parametrize(
    ("plant", "sort"), PLANTS, ids=lambda parameter: getattr(parameter, "__name__", str(parameter))
)
def test_a_planted_leak_is_found_and_named(plant: Callable[[Built], str], sort: DifferenceKind) -> None:
    built = generate(SMALL)
    name = plant(built)
    differences_found = differing(built)
    assert sort in {difference.sort for difference in differences_found}, as_text(differences_found)
    assert name in as_text([difference for difference in differences_found if difference.sort is sort])


sizes = st.builds(
    Size,
    segments=st.dictionaries(
        st.sampled_from(["prod", "staging", "dev", "test", "research"]), st.integers(1, 3), min_size=2, max_size=5
    ).map(lambda sizes_by_name: {"prod": 1, "staging": 1, "dev": 1, **sizes_by_name}),
    regions=st.sampled_from([("us-east-1",), ("us-east-1", "us-west-2")]),
    zones=st.integers(2, 3),
)


@settings(max_examples=15, deadline=None)
@given(size=sizes)
def test_any_network_of_this_kind_is_as_declared(size: Size) -> None:
    assert as_text(differing(generate(size))) == ""


@settings(max_examples=30, deadline=None)
@given(size=sizes, plant=st.sampled_from(PLANTS))
def test_a_leak_planted_in_any_network_is_named(
    size: Size, plant: tuple[Callable[[Built], str], DifferenceKind]
) -> None:
    built = generate(size)
    if plant[0] is _across_regions and len(size.regions) == 1:
        return
    name = plant[0](built)
    assert name in as_text(differing(built))


def test_two_way_propagation_with_open_groups_is_a_leak() -> None:
    built = generate(SMALL)
    for source, destination in (("dev", "prod"), ("prod", "dev")):
        table = built.parts["gateway_tables"][f"tgw-rtb-us-east-1-{source}"]
        built.change("gateway_tables", table.id, propagated=table.propagated | {f"tgw-attach-vpc-ml-{destination}"})
    group: SecurityGroup = built.parts["groups"]["sg-vpc-ml-prod-data"]
    built.change("groups", group.id, ingress=[*group.ingress, Rule(ports=HTTPS, peer="10.0.0.0/9")])
    leaks = {
        (difference.source, difference.destination): difference
        for difference in differing(built)
        if difference.sort is DifferenceKind.LEAK
    }
    # Only training may send HTTPS anywhere; the other tiers' groups keep them in.
    assert leaks["ml-dev/training", "ml-prod/data"].message == "tcp/443 is open and not declared"
    assert ("ml-dev/inference", "ml-prod/data") not in leaks


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ml-prod/trainin", "no place of the deployed network is named 'ml-prod/trainin'; did you mean"),
        ("10.200.255.9", "10.200.255.9 is private and in no subnet of the deployed network"),
    ],
)
def test_unknown_place_is_refused_with_similar_names(text: str, message: str) -> None:
    reach = Reach(generate(SMALL).network(), PRIMARY)
    with pytest.raises(UnknownPlaceError) as refused:
        reach.places.named(text)
    assert message in str(refused.value)


def test_an_address_is_the_place_it_lies_in() -> None:
    built = generate(SMALL)
    reach = Reach(built.network(), PRIMARY)
    subnet = built.parts["subnets"]["subnet-vpc-ml-prod-data-us-east-1a"].cidrs[0]
    [address] = reach.places.named(subnet.replace(".0/22", ".9"))
    [training] = reach.places.named("ml-prod/training")
    explained = explain(reach, training, address)
    assert ranges.spoken(explained.ports) == "tcp/443, tcp/5432"
    assert any("sg-vpc-ml-prod-data" in str(hop) for hop in explained.hops)
