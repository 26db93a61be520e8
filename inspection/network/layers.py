"""Layers of the network, each checked alone: one that is lost is a difference even while another still holds."""

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from inspection.network import ranges
from inspection.network.declared import INSPECTION_VPC, Declaration
from inspection.network.difference import Difference, DifferenceKind, difference
from inspection.network.model import AMAZON_DNS, Attachment, Network, Subnet
from inspection.network.ranges import NOTHING, Range, Ranges
from inspection.network.reach import Reach
from inspection.network.routing import End, Hop, Path
from zone.shared.addresses import PRIVATE

CALLS: Final = ranges.ports("tcp", 443, 443)
ANSWERS: Final = ranges.difference(ranges.ports("tcp", 1024, 65535), ranges.ports("tcp", 3389, 3389))
"""Ports of answers (VPC guide, "Ephemeral ports") without that of remote desktops."""
ENDPOINT_ANSWERS: Final = ranges.ports("tcp", 1024, 65535)
DIRECT_TIERS: Final = ("firewall", "public")
"""Tiers of the inspection VPC, which stand behind its firewall."""


def layer_differences(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """Every layer that does not hold."""
    yield from _gateways(reach)
    yield from _black_holes(reach, declaration)
    yield from _shares(reach.network)
    yield from _attachments(reach, declaration)
    yield from _acls(reach, declaration)
    yield from _names(reach, declaration)
    yield from _internet(reach, declaration)


def _layer(place: str, message: str, *hops: Hop) -> Difference:
    return difference(DifferenceKind.LAYER, (place, "-"), message, hops)


def _gateways(reach: Reach) -> Iterator[Difference]:
    for gateway in reach.network.gateways.values():
        if gateway.auto_accept:
            message = "accepts attachments of other accounts by itself"
            yield _layer(gateway.id, message, Hop(gateway.id, "AutoAcceptSharedAttachments is enable"))
        for use, table in (
            ("associated with", gateway.association_table),
            ("propagated to", gateway.propagation_table),
        ):
            if table:
                message = f"new attachments are {use} a table without anybody saying so"
                yield _layer(gateway.id, message, Hop(gateway.id, f"the default table is {table}"))


def _black_holes(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    for table in reach.network.gateway_tables.values():
        kept = {route.destination for route in table.routes if route.blackhole and not route.propagated}
        for cidr in declaration.blackholes.get(table.name, ()):
            if cidr not in kept:
                now = [f"{item.destination} → {item.target}" for item in table.routes if item.destination == cidr]
                hop = Hop(f"Transit Gateway table {table.name} ({table.id})", now[0] if now else f"no route for {cidr}")
                yield _layer(table.name, f"the black hole for {cidr} is gone", hop)


def _shares(network: Network) -> Iterator[Difference]:
    for share in network.shares.values():
        if share.external:
            message = "accounts outside the organization may be added"
            yield _layer(share.name, message, Hop(share.id, "allowExternalPrincipals is true"))
        for principal in share.principals:
            if not _inside(principal, network):
                message = f"is shared with {principal}, which is not the organization or one of its accounts"
                yield _layer(share.name, message, Hop(share.id, f"principal {principal}"))


def _inside(principal: str, network: Network) -> bool:
    """Return whether a share's principal is the organization, an OU of it or one of its accounts."""
    if principal.startswith("arn:") and ":organizations:" in principal:
        return not network.organization or network.organization in principal.split("/")
    account = principal.split(":")[4] if principal.startswith("arn:") else principal
    return not network.accounts or account in network.accounts


def _attachments(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    network, names = reach.network, declaration.names()
    by_vpc: dict[str, list[Attachment]] = {}
    for attachment in network.attachments.values():
        if attachment.vpc in network.vpcs and reach.places.name_of(attachment.vpc) in names:
            by_vpc.setdefault(attachment.vpc, []).append(attachment)
    for vpc, attachments in by_vpc.items():
        name = reach.places.name_of(vpc)
        for attachment in attachments[1:] if len(attachments) > 1 else ():
            message = f"is attached more than once: {', '.join(sorted(item.id for item in attachments))}"
            yield _layer(name, message, Hop(attachment.id, f"to {attachment.gateway}"))
        for attachment in attachments:
            covered = {network.subnets[item].zone for item in attachment.subnets if item in network.subnets}
            lost = sorted({subnet.zone for subnet in network.subnets.values() if subnet.vpc == vpc} - covered)
            if covered and lost:
                message = f"the attachment covers {', '.join(sorted(covered))} and not {', '.join(lost)}"
                yield _layer(name, message, Hop(attachment.id, f"no subnet in {', '.join(lost)}"))
            if name.partition("@")[0] == INSPECTION_VPC and not attachment.appliance_mode:
                message = "appliance mode is off: a flow may enter in another zone than its answers"
                yield _layer(name, message, Hop(attachment.id, "ApplianceModeSupport is disable"))


def _acls(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """The ACLs of spokes against foreign private networks, endpoints and the internet, without routes or groups."""
    if not declaration.acls:
        return
    needed = _needed(reach, declaration)
    reported: set[tuple[str, str]] = set()
    for subnet in reach.network.subnets.values():
        name = reach.places.name_of(subnet.vpc) if subnet.vpc in reach.network.vpcs else ""
        acl = reach.filters.acl(subnet.id)
        if name not in needed or subnet.tier not in declaration.tiers:
            continue
        if not acl:
            message = f"the subnets of {subnet.tier} stand behind the VPC's default ACL, which lets everything through"
            yield from _once(reported, name, message, Hop(subnet.id, "no network ACL of its own"))
            continue
        for outward in (False, True):
            direction = "out to" if outward else "in from"
            for ports, piece in _excess(reach, needed[name], subnet, outward=outward):
                message = f"the network ACL lets {ranges.spoken(ports)} {direction} {ranges.written(piece)}"
                yield from _once(reported, name, message, Hop(f"network ACL {acl}", f"{subnet.tier}: {message}"))


def _once(reported: set[tuple[str, str]], name: str, message: str, hop: Hop) -> Iterator[Difference]:
    if (name, message) not in reported:
        reported.add((name, message))
        yield _layer(name, message, hop)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Needed:
    """The networks that a spoke's ACL has to let through."""

    free: Ranges
    """Its own and its peers', at all ports."""
    endpoints: Ranges


def _needed(reach: Reach, declaration: Declaration) -> Mapping[str, _Needed]:
    """Spoke -> what its ACL has to let through."""
    network = reach.network
    cidrs = {reach.places.name_of(vpc.id): vpc.cidrs for vpc in network.vpcs.values()}
    hubs = {name for hub in declaration.hubs.values() for name in (hub.endpoints, hub.inspection) if name}
    centres = {hub.endpoints for hub in declaration.hubs.values()}
    partners: dict[str, set[str]] = {}
    for source, destination in declaration.joined():
        partners.setdefault(source, set()).add(destination)
    needed: dict[str, _Needed] = {}
    for spoke in declaration.spokes:
        joined = partners.get(spoke.name, set())
        peers = {cidr for name in joined - hubs for cidr in cidrs.get(name, ()) if ":" not in cidr}
        peers |= {declaration.identities[name].cidr for name in joined - hubs if name in declaration.identities}
        if len(list(ipaddress.collapse_addresses(map(ipaddress.IPv4Network, peers)))) > MOST_PEERS:
            peers = {*declaration.supernets}
        needed[spoke.name] = _Needed(
            free=ranges.of([*cidrs.get(spoke.name, ()), *peers]),
            endpoints=ranges.of(cidr for name in joined & centres for cidr in cidrs.get(name, ())),
        )
    return needed


def _excess(reach: Reach, needed: _Needed, subnet: Subnet, *, outward: bool) -> Iterator[tuple[Ranges, Range]]:
    """Ports and addresses that an ACL lets through beyond what a spoke needs."""
    known = ranges.union(needed.free, needed.endpoints)
    for pieces, allowed in (
        (ranges.difference(ranges.of(PRIVATE), known), NOTHING),
        (needed.endpoints, CALLS if outward else ENDPOINT_ANSWERS),
        (
            ranges.difference(ranges.of(["0.0.0.0/0"]), ranges.union(known, ranges.of(PRIVATE))),
            CALLS if outward else ANSWERS,
        ),
        (ranges.difference(ranges.of(["::/0"]), needed.free), NOTHING),
    ):
        for piece in pieces:
            more = ranges.difference(reach.filters.passed(subnet.id, piece, outward=outward), allowed)
            if more:
                yield more, piece


MOST_PEERS: Final = 10
"""Peers that an ACL lists one by one; with more it names the supernets (`components/network/spoke_acl.py`)."""


def _names(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    for vpc in reach.network.vpcs.values():
        name = reach.places.name_of(vpc.id)
        if name in declaration.names():
            if not vpc.dns_support:
                yield _layer(name, "enableDnsSupport is off", Hop(vpc.id, "its resolver answers no name"))
            foreign = [server for server in vpc.name_servers if server != AMAZON_DNS]
            if foreign:
                hop = Hop(vpc.id, f"its DHCP option set names {', '.join(foreign)}")
                yield _layer(name, "names are asked of foreign servers, past the DNS firewall and its log", hop)


def _internet(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """Gateways to the internet, and routes to them, where none is declared, whatever filters say."""
    network, names = reach.network, declaration.names()
    exits = {hub.inspection for hub in declaration.hubs.values() if hub.inspection}
    nats = [(nat.id, network.subnets[nat.subnet].vpc) for nat in network.nats.values() if nat.subnet in network.subnets]
    for gateway, vpc in (*network.internet_gateways.items(), *nats):
        name = reach.places.name_of(vpc) if vpc in network.vpcs else ""
        if name in names - exits:
            yield _layer(name, f"{gateway} is attached, and no gateway to the internet is declared", Hop(gateway, vpc))
    reported: set[tuple[str, str, str]] = set()
    for subnet in network.subnets.values():
        name = reach.places.name_of(subnet.vpc) if subnet.vpc in network.vpcs else ""
        if name not in names or (name in exits and subnet.tier in DIRECT_TIERS):
            continue
        for path in _paths_out(reach, subnet):
            declared = name in exits or declaration.goes_out(name, subnet.tier)
            key = (name, subnet.tier, path.at)
            if not (declared and path.firewalls) and key not in reported:
                reported.add(key)
                how = "past no firewall" if declared else "and none is declared"
                place = f"{name}/{subnet.tier or subnet.id}"
                message = f"a route leads {ranges.written(path.to)} to the internet by {path.at}, {how}"
                yield difference(DifferenceKind.LAYER, (place, "internet"), message, path.hops)


def _paths_out(reach: Reach, subnet: Subnet) -> Sequence[Path]:
    families = [(0, ranges.V6 - 1), *ranges.of(["::/0"])]
    return [path for family in families for path in reach.routing.walk(subnet.id, family) if path.end is End.INTERNET]
