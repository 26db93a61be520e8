"""One-way routes from VPC to VPC, whatever filters say, and networks that are propagated without being used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inspection.network import ranges
from inspection.network.reach import Reach
from inspection.network.routing import End, Hop


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A route from one VPC into another."""

    source: str
    destination: str
    to: str
    """The addresses that it leads to."""
    hops: Sequence[Hop]


def ways(reach: Reach) -> Sequence[Way]:
    """Every pair of VPCs with a route from the first into the second, with one such route."""
    network = reach.network
    by_vpc: dict[str, dict[tuple[str, str], str]] = {}
    for subnet in network.subnets.values():
        by_vpc.setdefault(subnet.vpc, {}).setdefault((reach.routing.table(subnet.id), subnet.zone), subnet.id)
    results: list[Way] = []
    for source, subnets in by_vpc.items():
        for destination in network.vpcs:
            if source == destination:
                continue
            paths = (
                path
                for subnet in subnets.values()
                if reach.enters(subnet, destination)
                for cidr in network.vpcs[destination].cidrs
                for path in reach.routing.walk(subnet, ranges.addresses(cidr))
                if path.end is End.VPC and path.at == destination
            )
            path = next(paths, None)
            if path is not None:
                results.append(Way(source=source, destination=destination, to=ranges.written(path.to), hops=path.hops))
    return results


def propagated(reach: Reach) -> Mapping[tuple[str, str], Hop]:
    """VPCs whose networks the tables of other VPCs' attachments learn, used or not."""
    network, routing = reach.network, reach.routing
    learned = {table.id: routing.propagating(table) for table in network.gateway_tables.values()}
    propagations: dict[tuple[str, str], Hop] = {}
    for attachment in network.attachments.values():
        table = routing.associated(attachment.gateway, attachment.id) if attachment.vpc else None
        for peer_id in learned[table.id] if table else ():
            peer = network.attachments.get(peer_id)
            both = peer and attachment.vpc in network.vpcs and peer.vpc in network.vpcs
            if table and peer and both:
                hop = Hop(f"Transit Gateway table {table.name} ({table.id})", f"{peer_id} (propagated)")
                propagations[attachment.vpc, peer.vpc] = hop
    return propagations
