"""An independent simulation of single packets: one source, one destination, one port, one hop at a time.

It shares no code with `inspection.network` but the model: addresses are objects of `ipaddress`, ports are numbers, and
each table is searched anew for each packet.
"""

import ipaddress
from dataclasses import dataclass
from functools import cache

from inspection.network.model import Attachment, Network, Route, Rule, Subnet

ANSWER_PORT = 40000
"""A port that answers go to."""


@dataclass(frozen=True)
class Packet:
    source: str
    destination: str
    port: int
    """TCP port at the destination of this packet."""


def delivers(network: Network, source: tuple[Subnet, str], destination: tuple[Subnet, str], port: int) -> bool:
    """Return whether a TCP connection from an address in a subnet to one in another is established."""
    (near, sender), (far, receiver) = source, destination
    if not (_group_lets(network, near, receiver, port, outward=True, peer=far)):
        return False
    if not (_group_lets(network, far, sender, port, outward=False, peer=near)):
        return False
    forward_path = _travel(network, near, Packet(sender, receiver, port), far)
    back = _travel(network, far, Packet(receiver, sender, ANSWER_PORT), near)
    return forward_path and back


def _groups(network: Network, subnet: Subnet) -> list[str]:
    return [group.id for group in network.groups.values() if group.vpc == subnet.vpc and group.tier == subnet.tier]


def _group_lets(network: Network, subnet: Subnet, address: str, port: int, *, outward: bool, peer: Subnet) -> bool:
    for identifier in _groups(network, subnet):
        group = network.groups[identifier]
        for rule in group.egress if outward else group.ingress:
            if _has(rule.ports, port) and _rule_names(network, rule, address, _groups(network, peer)):
                return True
    return False


def _rule_names(network: Network, rule: Rule, address: str, peers: list[str]) -> bool:
    if rule.peer.startswith("sg-"):
        return rule.peer in peers
    cidrs = network.prefix_lists.get(rule.peer, ()) if rule.peer.startswith("pl-") else (rule.peer,)
    return any(_in(address, cidr) for cidr in cidrs)


def _has(ports: tuple[tuple[int, int], ...], port: int) -> bool:
    return any(low <= port <= high for low, high in ports)


@cache
def _in(address: str, cidr: str) -> bool:
    return ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def _acl_lets(network: Network, subnet: str, address: str, port: int, *, outward: bool) -> bool:
    acl = next((acl for acl in network.acls.values() if subnet in acl.subnets), None)
    if acl is None:
        return True
    rules = sorted((rule for rule in acl.rules if rule.egress == outward), key=lambda rule: rule.number)
    deciding = next((rule for rule in rules if _in(address, rule.cidr) and _has(rule.ports, port)), None)
    return deciding is not None and deciding.allow


def _travel(network: Network, start: Subnet, packet: Packet, end: Subnet) -> bool:
    """One direction: from a subnet to another, through every table and every ACL on the way."""
    if start.id == end.id:
        return True
    if not _acl_lets(network, start.id, packet.destination, packet.port, outward=True):
        return False
    vpc = _route_in_vpc(network, start, packet)
    return vpc == end.vpc and _acl_lets(network, end.id, packet.source, packet.port, outward=False)


def _longest(network: Network, routes: list[Route], address: str) -> Route | None:
    fitting: list[tuple[int, bool, Route]] = []
    for route in routes:
        cidrs = (
            network.prefix_lists.get(route.destination, ()) if route.destination[:3] == "pl-" else (route.destination,)
        )
        fitting += [
            (ipaddress.ip_network(cidr).prefixlen, not route.propagated, route) for cidr in cidrs if _in(address, cidr)
        ]
    return max(fitting, key=lambda entry: entry[:2])[2] if fitting else None


def _route_in_vpc(network: Network, subnet: Subnet, packet: Packet) -> str:
    """The VPC that a packet is delivered in; empty if none."""
    local = [Route(destination=cidr, target="local") for cidr in network.vpcs[subnet.vpc].cidrs]
    table = next((table for table in network.tables.values() if subnet.id in table.subnets), None)
    route = _longest(network, [*local, *(table.routes if table else ())], packet.destination)
    if route is None or route.blackhole:
        return ""
    if route.target == "local":
        return subnet.vpc
    if route.target in network.peerings:
        far = next(vpc for vpc in network.peerings[route.target].vpcs if vpc != subnet.vpc)
        return far if any(_in(packet.destination, cidr) for cidr in network.vpcs[far].cidrs) else ""
    attachment = _attachment(network, subnet.vpc, route.target)
    door = _door(network, attachment, subnet.zone) if attachment else None
    if attachment is None or door is None:
        return ""
    if not _acl_lets(network, door.id, packet.source, packet.port, outward=False):
        return ""
    return _route_in_gateway(network, attachment, packet, subnet.zone)


def _attachment(network: Network, vpc: str, gateway: str) -> Attachment | None:
    every = network.attachments.values()
    return next((item for item in every if item.vpc == vpc and item.gateway == gateway), None)


def _door(network: Network, attachment: Attachment, zone: str) -> Subnet | None:
    return next((network.subnets[item] for item in attachment.subnets if network.subnets[item].zone == zone), None)


def _route_in_gateway(network: Network, attachment: Attachment, packet: Packet, zone: str) -> str:
    table = next((item for item in network.gateway_tables.values() if attachment.id in item.associated), None)
    if table is None:
        return ""
    learned = [
        Route(destination=cidr, target=item, propagated=True)
        for item in table.propagated
        for cidr in network.vpcs[network.attachments[item].vpc].cidrs
    ]
    route = _longest(network, [*table.routes, *learned], packet.destination)
    if route is None or route.blackhole:
        return ""
    target = network.attachments[route.target]
    inner = _door(network, target, zone) or network.subnets[target.subnets[0]]
    if not _acl_lets(network, inner.id, packet.destination, packet.port, outward=True):
        return ""
    cidrs = network.vpcs[target.vpc].cidrs
    return target.vpc if any(_in(packet.destination, cidr) for cidr in cidrs) else ""
