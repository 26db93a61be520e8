"""Explains why a source reaches a destination or not: every table, rule and name on the path, in both directions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspection.network import ranges
from inspection.network.nodes import Kind, Node
from inspection.network.ranges import NOTHING, Range, Ranges
from inspection.network.reach import Reach, RoundTrip, SubnetEnd
from inspection.network.routing import End, Hop, Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """The answer for a pair, with what decided it."""

    source: str
    destination: str
    ports: Ranges
    hops: Sequence[Hop]


def explain(reach: Reach, source: Node, destination: Node, requested: Ranges = ranges.EVERYTHING) -> Explanation:
    """Follows one pair again, writing down each step; of several zones, one that gets through if any does."""
    answer = reach.answer(source, destination)
    ports = ranges.intersection(answer.ports, requested)
    if source.kind is Kind.SERVICE:
        hops = [Hop(source.name, "AWS services open no connections into the network")]
    elif destination.kind is Kind.SERVICE:
        hops = _service(reach, source, destination, requested)
    elif destination.kind is Kind.INTERNET:
        hops = _out(reach, source, destination, requested)
    elif source.kind is Kind.INTERNET:
        hops = _in(reach, destination, source, requested)
    else:
        hops = _pair(reach, source, destination, requested)
    return Explanation(source=source.name, destination=destination.name, ports=ports, hops=list(dict.fromkeys(hops)))


def _pair(reach: Reach, source: Node, destination: Node, requested: Ranges) -> Sequence[Hop]:
    best: Sequence[Hop] = ()
    for subnet in source.subnets:
        for target_subnet in destination.subnets:
            ends = (source, subnet, destination, target_subnet)
            if ranges.intersection(reach.between(*ends), requested):
                return list(_subnets(reach, ends, requested))
            best = best or list(_subnets(reach, ends, requested))
    return best


def _subnets(reach: Reach, ends: tuple[Node, str, Node, str], requested: Ranges) -> Iterator[Hop]:
    for sender, receiver in reach.sides(*ends):
        yield Hop("from", f"{sender.node.name} in {sender.subnet}, {ranges.written(sender.addresses)}")
        trips = list(reach.trips(sender, receiver))
        if not trips:
            for path in reach.routing.walk(sender.subnet, receiver.addresses):
                yield from path.hops
                yield _ended(reach, path)
            continue
        trip = next((trip for trip in trips if trip.symmetric), trips[0])
        yield from trip.outward.hops
        yield from _return(reach, trip, sender, receiver)
        if trip.symmetric:
            yield from _crossed(reach, trip, sender.addresses, receiver.addresses)
            yield from _filters(reach, sender, receiver, requested)


def _ended(reach: Reach, path: Path) -> Hop:
    where = reach.places.name_of(path.at) if path.at in reach.network.vpcs else path.at
    messages = {
        End.DROPPED: "dropped",
        End.VPC: f"delivered in {where} instead",
        End.INTERNET: f"leaves to the internet by {path.at}",
        End.UNKNOWN: f"leads to {path.at}, which is not modelled",
    }
    return Hop("ends", messages[path.end])


def _return(reach: Reach, trip: RoundTrip, sender: SubnetEnd, receiver: SubnetEnd) -> Iterator[Hop]:
    if trip.back is None:
        yield Hop("answer", "finds no way back")
        for path in reach.routing.walk(receiver.subnet, sender.addresses):
            yield from (Hop(f"answer: {hop.place}", hop.description) for hop in path.hops)
            yield _ended(reach, path)
        return
    yield from _answered(trip, trip.back)


def _answered(trip: RoundTrip, back: Path) -> Iterator[Hop]:
    yield from (Hop(f"answer: {hop.place}", hop.description) for hop in back.hops)
    if not trip.symmetric:
        passed, returned = (", ".join(sorted(path.firewalls)) or "none" for path in (trip.outward, back))
        yield Hop(
            "firewall",
            f"asymmetric: there through {passed}, back through {returned}; a stateful firewall drops that",
        )


def _crossed(reach: Reach, trip: RoundTrip, sender: Range, receiver: Range) -> Iterator[Hop]:
    """ACLs of the gateways' subnets on the way that let through less than everything."""
    ways = (("", trip.outward, sender, receiver), ("answer: ", trip.back, receiver, sender))
    for prefix, path, source, destination in ways:
        for subnet, outward in path.crossed if path else ():
            through = reach.filters.passed(subnet, destination if outward else source, outward=outward)
            if through != ranges.EVERYTHING:
                direction = "out of" if outward else "into"
                place = f"{prefix}network ACL {reach.filters.acl(subnet)}"
                yield Hop(place, f"lets {ranges.spoken(through)} {direction} {subnet}")


def _filters(reach: Reach, sender: SubnetEnd, receiver: SubnetEnd, requested: Ranges) -> Iterator[Hop]:
    filters = reach.filters
    for outward, near_side, far_side in ((True, sender, receiver), (False, receiver, sender)):
        worn = ", ".join(near_side.node.groups) or "none known"
        hops = list(
            filters.deciding(
                near_side.node.groups,
                outward=outward,
                peer=far_side.addresses,
                peers=far_side.node.groups,
                requested=requested,
            )
        )
        direction = "out" if outward else "in"
        yield from hops or [Hop(f"security groups of {near_side.node.name} ({worn})", f"no rule lets that {direction}")]
    through = filters.between(sender.subnet, sender.addresses, receiver.subnet, receiver.addresses)
    if through != ranges.EVERYTHING:
        acls = " and ".join(filters.acl(side.subnet) or "none" for side in (sender, receiver))
        open_ports = ranges.spoken(ranges.intersection(through, requested))
        yield Hop(f"network ACLs {acls}", f"let {open_ports} through both ways")


def _service(reach: Reach, source: Node, destination: Node, requested: Ranges) -> Sequence[Hop]:
    chosen = next(
        (subnet for subnet in source.subnets if not reach.to_service(source, subnet, destination.name)),
        source.subnets[0],
    )
    route = reach.services.find(chosen, destination.name)
    hops = [Hop("from", f"{source.name} in {chosen}"), *route.hops]
    endpoint = route.endpoint
    if endpoint is None or endpoint.gateway:
        return hops
    hops.append(Hop(endpoint.id, f"policy: {'given' if endpoint.policy else 'none, which allows everything'}"))
    narrow = Node(source.name, source.kind, source.vpc, (chosen,), source.groups)
    return [*hops, *_pair(reach, narrow, reach.endpoint_node(endpoint.id), requested)]


def _out(reach: Reach, source: Node, destination: Node, requested: Ranges) -> Sequence[Hop]:
    trips = [
        (subnet, trip, ports)
        for subnet in source.subnets
        for trip, ports in reach.internet_trips(source, subnet, destination.only)
        if ranges.intersection(ports, requested)
    ]
    if trips:
        # Of several ways out the one that no firewall sees is what a person must know of, or one that fails.
        subnet, trip, _ports = min(
            trips, key=lambda candidate: (len(candidate[1].outward.firewalls), candidate[1].symmetric)
        )
        firewalls = ", ".join(sorted(trip.outward.firewalls))
        firewall_text = f"seen by {firewalls}" if firewalls else "no firewall sees it"
        rules = reach.filters.deciding(source.groups, outward=True, peer=trip.outward.to, peers=(), requested=requested)
        hops = [Hop("from", f"{source.name} in {subnet}"), *trip.outward.hops, Hop("firewall", firewall_text)]
        if trip.outward.nat and trip.back is None:
            return [*hops, Hop("answer", f"finds no way back from {trip.outward.nat}")]
        if trip.outward.nat and trip.back is not None:
            hops += _answered(trip, trip.back)
        return [*hops, *rules]
    subnet = source.subnets[0]
    hops: list[Hop] = [Hop("from", f"{source.name} in {subnet}")]
    hops += _stopped_out(reach, source, subnet, destination.only)
    for path in reach.routing.walk(subnet, destination.only or ranges.INTERNET[0]):
        hops += [*path.hops, _ended(reach, path)]
    if not ranges.intersection(
        ranges.union(*(reach.filters.sent(source.groups, internet_range, ()) for internet_range in ranges.INTERNET))
        or NOTHING,
        requested,
    ):
        hops.append(Hop(f"security groups of {source.name}", "no rule lets that out"))
    return hops


def _stopped_out(reach: Reach, source: Node, subnet: str, only: Range | None) -> Iterator[Hop]:
    """ACLs of gateways' subnets that stop what routes would lead to the internet."""
    sender = ranges.addresses(reach.network.subnets[subnet].cidrs[0])
    for target in (only,) if only else ranges.INTERNET[:1]:
        for path in reach.routing.walk(subnet, target):
            if path.end is End.INTERNET:
                yield from _crossed(reach, RoundTrip(path, reach.home(source, subnet, path)), sender, path.to)


def _in(reach: Reach, destination: Node, source: Node, requested: Ranges) -> Sequence[Hop]:
    for subnet in destination.subnets:
        if ranges.intersection(reach.from_internet(destination, subnet, source.only), requested):
            peer = source.only or ranges.INTERNET[0]
            rules = reach.filters.deciding(destination.groups, outward=False, peer=peer, peers=(), requested=requested)
            return [Hop("internet", f"the route table of {subnet} leads to an internet gateway"), *rules]
    return [Hop("internet", f"no subnet of {destination.name} answers to the internet")]
