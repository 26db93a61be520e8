"""On generated networks `reach` agrees with a simulation of single packets that shares no code with it."""

import ipaddress
from typing import Any, Final

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inspection.network import ranges
from inspection.network.model import (
    AclRule,
    Attachment,
    GatewayTable,
    Network,
    NetworkAcl,
    Peering,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Vpc,
)
from inspection.network.reach import Reach
from tests.inspection.packets import delivers

NAMES: Final = ("one", "two", "three")
TIERS: Final = ("app", "data")
ZONES: Final = ("az1", "az2")
PORTS: Final = (22, 443, 5432)
SPANS: Final = ((0, 65535), (443, 443), (22, 443), (1024, 65535), (32768, 60999))
CIDRS: Final = {name: f"10.{number}.0.0/16" for number, name in enumerate(NAMES, start=1)}
SUBNETS: Final = {
    (name, tier, zone): str(list(ipaddress.IPv4Network(CIDRS[name]).subnets(new_prefix=20))[2 * t + z])
    for name in NAMES
    for t, tier in enumerate((*TIERS, "attachments"))
    for z, zone in enumerate(ZONES)
}
# Whole subnets and wider: then every address of a subnet is judged alike, and one stands for all of them.
PEERS: Final = ("0.0.0.0/0", "10.0.0.0/8", *CIDRS.values(), *SUBNETS.values())
GATEWAY: Final = "tgw-1"

cidrs = st.sampled_from(PEERS)
spans = st.sampled_from(SPANS).map(lambda span: ranges.ports("tcp", *span))
listed = st.sampled_from(("pl-1", "pl-2"))
groups = st.sampled_from([f"sg-{name}-{tier}" for name in NAMES for tier in TIERS])
rules = st.lists(st.builds(Rule, ports=spans, peer=st.one_of(cidrs, listed, groups)), max_size=4).map(tuple)
everything = st.just((Rule(ports=ranges.EVERYTHING, peer="0.0.0.0/0"),))
group_rules = st.one_of(everything, rules)
acl_rules = st.lists(
    st.builds(AclRule, number=st.integers(1, 300), egress=st.booleans(), allow=st.booleans(), ports=spans, cidr=cidrs),
    max_size=6,
    unique_by=lambda rule: (rule.number, rule.egress),
)
OPEN: Final = [
    AclRule(number=1000, egress=egress, allow=True, ports=ranges.EVERYTHING, cidr="0.0.0.0/0")
    for egress in (False, True)
]


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Three VPCs on a Transit Gateway with two tables, peerings, prefix lists, groups and ACLs of any kind."""
    subnets = {
        f"{name}-{tier}-{zone}": Subnet(
            id=f"{name}-{tier}-{zone}", vpc=name, tier=tier, zone=zone, cidrs=(SUBNETS[name, tier, zone],)
        )
        for name, tier, zone in SUBNETS
    }
    prefix_lists = {name: draw(st.lists(cidrs, max_size=3)) for name in ("pl-1", "pl-2")}
    attached = [name for name in NAMES if draw(st.booleans()) or draw(st.booleans())]
    attachments = {
        f"att-{name}": Attachment(
            id=f"att-{name}",
            gateway=GATEWAY,
            vpc=name,
            subnets=[f"{name}-attachments-{zone}" for zone in ZONES[: draw(st.sampled_from((2, 2, 2, 1)))]],
        )
        for name in attached
    }
    peerings = {
        f"pcx-{first}-{second}": Peering(id=f"pcx-{first}-{second}", vpcs=(first, second))
        for first, second in (("one", "two"), ("two", "three"))
        if draw(st.booleans())
    }
    vpc_targets = [GATEWAY, "", *peerings]
    vpc_routes = st.lists(
        st.tuples(st.one_of(cidrs, listed), st.sampled_from(vpc_targets)), max_size=3, unique_by=lambda item: item[0]
    )
    tables = {
        f"rtb-{name}-{tier}": RouteTable(
            id=f"rtb-{name}-{tier}",
            vpc=name,
            routes=[
                Route(destination="10.0.0.0/8", target=GATEWAY),
                *(
                    Route(destination=cidr, target=target, blackhole=not target)
                    for cidr, target in draw(vpc_routes)
                    if all(_allowed(name, item, target, peerings) for item in prefix_lists.get(cidr, [cidr]))
                ),
            ],
            subnets=[f"{name}-{tier}-{zone}" for zone in ZONES],
        )
        for name in NAMES
        for tier in TIERS
    }
    members = st.frozensets(st.sampled_from(sorted(attachments))) if attachments else st.just(frozenset[str]())
    homes = {attachment: draw(st.sampled_from(("a", "b", ""))) for attachment in attachments}
    gateway_routes = st.lists(
        st.tuples(cidrs, st.sampled_from(["", *attachments])), max_size=3, unique_by=lambda item: item[0]
    )
    gateway_tables = {
        table: GatewayTable(
            id=table,
            gateway=GATEWAY,
            name=table,
            associated=frozenset(key for key, home in homes.items() if home == table),
            propagated=draw(members) | draw(members),
            routes=[Route(destination=cidr, target=to, blackhole=not to) for cidr, to in draw(gateway_routes)],
        )
        for table in ("a", "b")
    }
    security_groups = {
        f"sg-{name}-{tier}": SecurityGroup(
            id=f"sg-{name}-{tier}",
            name=tier,
            vpc=name,
            tier=tier,
            ingress=draw(group_rules),
            egress=draw(group_rules),
        )
        for name in NAMES
        for tier in TIERS
    }
    guarded = draw(st.frozensets(st.sampled_from(sorted(subnets)), max_size=4))
    acls = {
        f"acl-{subnet}": NetworkAcl(
            id=f"acl-{subnet}",
            vpc=subnets[subnet].vpc,
            rules=[*draw(acl_rules), *(OPEN if draw(st.booleans()) else [])],
            subnets=[subnet],
        )
        for subnet in sorted(guarded)
    }
    parts: dict[str, Any] = {
        "vpcs": {
            name: Vpc(id=name, name=name, account=name, region="us-east-1", segment="", cidrs=(CIDRS[name],))
            for name in NAMES
        },
        "prefix_lists": prefix_lists,
        "gateways": {GATEWAY: TransitGateway(id=GATEWAY, region="us-east-1")},
    }
    return Network(
        **parts,
        subnets=subnets,
        tables=tables,
        groups=security_groups,
        acls=acls,
        attachments=attachments,
        gateway_tables=gateway_tables,
        peerings=peerings,
    )


def _allowed(vpc: str, cidr: str, target: str, peerings: dict[str, Peering]) -> bool:
    """AWS refuses a route to a VPC's own addresses, one for 10.0.0.0/8 twice, and one to a peering of other VPCs."""
    own = ipaddress.IPv4Network(cidr).subnet_of(ipaddress.IPv4Network(CIDRS[vpc]))
    return not own and cidr != "10.0.0.0/8" and (target not in peerings or vpc in peerings[target].vpcs)


def first_address(subnet: Subnet) -> str:
    return str(ipaddress.IPv4Network(subnet.cidrs[0])[9])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(network=networks())
def test_reach_agrees_with_single_packets(network: Network) -> None:
    reach = Reach(network, "us-east-1")
    nodes = {node.name: node for node in reach.places.tiers}
    places = [subnet for subnet in network.subnets.values() if subnet.tier in TIERS]
    for near in (place for place in places if place.zone == ZONES[0] or place.tier == TIERS[0]):
        for far in places:
            source, destination = (nodes[f"{item.vpc}/{item.tier}"] for item in (near, far))
            open_ports = reach.between(source, near.id, destination, far.id)
            for port in PORTS:
                expected = delivers(network, (near, first_address(near)), (far, first_address(far)), port)
                computed = any(low <= port <= high for low, high in open_ports)
                assert computed == expected, (near.id, far.id, port)
