"""What is deployed and not declared, or cannot be followed: reported as reachable-unknown, never taken for isolated."""

from collections.abc import Iterator

from inspection.network import ranges
from inspection.network.declared import Declaration
from inspection.network.difference import Difference, DifferenceKind, difference
from inspection.network.model import Attachment, Network
from inspection.network.reach import Reach
from inspection.network.routing import End, Hop


def unknown_differences(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """VPCs, attachments, peerings and other ways that nobody declared, routes that leave the model, unread parts."""
    yield from _vpcs(reach, declaration)
    yield from _attachments(reach, declaration)
    yield from _peerings(reach)
    yield from _others(reach)
    yield from _routes(reach)
    yield from _unread(reach.network)


def _vpcs(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    names = declaration.names()
    for vpc in reach.network.vpcs.values():
        name = reach.places.name_of(vpc.id)
        if name not in names:
            account = reach.network.accounts.get(vpc.account)
            where = f"account {account.name if account else vpc.account}, {vpc.region}"
            message = f"nobody declared this VPC ({vpc.id}) in {where}"
            yield difference(DifferenceKind.UNKNOWN, (name, "-"), message, [Hop(vpc.id, f"{where}: {name}")])


def _attachments(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """Attachments of anything but declared VPCs, with the tables that know them or route for them."""
    network, names = reach.network, declaration.names()
    peered = [(attachment.gateway, attachment.peer) for attachment in network.attachments.values() if attachment.peer]
    owners = {
        gateway.account for gateway in network.gateways.values() if _declared_gateway(reach, declaration, gateway.id)
    }
    for attachment in network.attachments.values():
        if attachment.vpc:
            known = attachment.vpc in network.vpcs and reach.places.name_of(attachment.vpc) in names
            known = known and attachment.gateway in network.gateways
        elif attachment.peer:
            ends = [network.gateways.get(gateway) for gateway in (attachment.gateway, attachment.peer)]
            known = all(gateway and gateway.account in owners for gateway in ends) and len(set(peered)) == len(peered)
        else:
            known = False
        if not known:
            kind = attachment.kind or ("peering" if attachment.peer else "VPC")
            what = attachment.peer or attachment.vpc or attachment.owner or attachment.id
            owner = f" of account {attachment.owner}" if attachment.owner else ""
            message = f"a {kind} attachment to {what}{owner} is not declared: what lies behind it is unknown"
            yield difference(
                DifferenceKind.UNKNOWN, (attachment.gateway, attachment.id), message, _uses(network, attachment)
            )


def _declared_gateway(reach: Reach, declaration: Declaration, gateway: str) -> bool:
    """Return whether a Transit Gateway has the attachment of a declared endpoint VPC in the gateway's own account."""
    network = reach.network
    hubs = {hub.endpoints for hub in declaration.hubs.values()}
    return (
        any(
            attachment.gateway == gateway
            and attachment.vpc in network.vpcs
            and reach.places.name_of(attachment.vpc) in hubs
            and network.vpcs[attachment.vpc].account in (network.gateways[gateway].account, "")
            for attachment in network.attachments.values()
        )
        or not network.gateways[gateway].account
    )


def _uses(network: Network, attachment: Attachment) -> list[Hop]:
    hops = [Hop(attachment.id, f"on {attachment.gateway}")]
    for table in network.gateway_tables.values():
        place = f"Transit Gateway table {table.name} ({table.id})"
        if attachment.id in table.associated:
            hops.append(Hop(place, f"routes the packets of {attachment.id} (associated)"))
        if attachment.id in table.propagated:
            hops.append(Hop(place, f"learns the networks of {attachment.id} (propagated)"))
        hops += [
            Hop(place, f"{route.destination} → {attachment.id}")
            for route in table.routes
            if route.target == attachment.id
        ]
    return hops


def _peerings(reach: Reach) -> Iterator[Difference]:
    network = reach.network
    for peering in network.peerings.values():
        first, second = (reach.places.name_of(vpc) if vpc in network.vpcs else vpc for vpc in peering.vpcs)
        message = "a VPC peering joins them, and none is declared"
        yield difference(DifferenceKind.UNKNOWN, (first, second), message, [Hop(peering.id, f"{first} and {second}")])


def _others(reach: Reach) -> Iterator[Difference]:
    network = reach.network
    firewalls = {endpoint for firewall in network.firewalls.values() for endpoint in firewall.endpoints}
    for way in network.others.values():
        if way.id in firewalls:
            continue
        name = reach.places.name_of(way.vpc) if way.vpc in network.vpcs else way.vpc
        message = f"a {way.kind} is attached: what lies behind it is unknown"
        yield difference(DifferenceKind.UNKNOWN, (name, way.id), message, [Hop(way.id, f"{way.kind} of {way.vpc}")])


def _routes(reach: Reach) -> Iterator[Difference]:
    reported: set[tuple[str, str]] = set()
    for subnet in reach.network.subnets.values():
        if subnet.vpc not in reach.network.vpcs:
            continue
        owner = f"{reach.places.name_of(subnet.vpc)}/{subnet.tier or subnet.id}"
        for family in ((0, ranges.V6 - 1), *ranges.of(["::/0"])):
            for path in reach.routing.walk(subnet.id, family):
                if path.end is End.UNKNOWN and (owner, path.at) not in reported:
                    reported.add((owner, path.at))
                    message = f"{ranges.written(path.to)} leads to something that is not modelled"
                    yield difference(DifferenceKind.UNKNOWN, (owner, path.at), message, path.hops)


def _unread(network: Network) -> Iterator[Difference]:
    for unread in network.unread:
        if not unread.emulated:
            place = f"account {unread.account or 'management'} {unread.region}".rstrip()
            message = f"{unread.operation} failed with {unread.error}: the result is incomplete"
            yield difference(DifferenceKind.UNREAD, (place, "-"), message, [Hop(place, unread.operation)])
