"""Why one place reaches another or does not: every table, rule and name on the way, there and back."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspection.network import ranges
from inspection.network.nodes import Kind, Node
from inspection.network.ranges import NOTHING, Ranges
from inspection.network.reach import Reach, Side, Trip
from inspection.network.routing import End, Hop, Path


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """The answer for a pair, with what decided it."""

    source: str
    destination: str
    ports: Ranges
    hops: Sequence[Hop]


def explain(reach: Reach, source: Node, destination: Node, wanted: Ranges = ranges.EVERYTHING) -> Explanation:
    """Follows one pair again, writing down each step; of several zones, one that gets through if any does."""
    answer = reach.answer(source, destination)
    ports = ranges.intersection(answer.ports, wanted)
    if source.kind is Kind.SERVICE:
        hops = [Hop(source.name, "AWS services open no connections into the network")]
    elif destination.kind is Kind.SERVICE:
        hops = _service(reach, source, destination, wanted)
    elif destination.kind is Kind.INTERNET:
        hops = _out(reach, source, destination, wanted)
    elif source.kind is Kind.INTERNET:
        hops = _in(reach, destination, source, wanted)
    else:
        hops = _pair(reach, source, destination, wanted)
    return Explanation(source=source.name, destination=destination.name, ports=ports, hops=list(dict.fromkeys(hops)))


def _pair(reach: Reach, source: Node, destination: Node, wanted: Ranges) -> Sequence[Hop]:
    best: Sequence[Hop] = ()
    for one in source.subnets:
        for other in destination.subnets:
            if ranges.intersection(reach.between(source, one, destination, other), wanted):
                return list(_subnets(reach, (source, one, destination, other), wanted))
            best = best or list(_subnets(reach, (source, one, destination, other), wanted))
    return best


def _subnets(reach: Reach, ends: tuple[Node, str, Node, str], wanted: Ranges) -> Iterator[Hop]:
    for sender, receiver in reach.sides(*ends):
        yield Hop("from", f"{sender.node.name} in {sender.subnet}, {ranges.written(sender.addresses)}")
        trips = list(reach.trips(sender, receiver))
        if not trips:
            for path in reach.routing.walk(sender.subnet, receiver.addresses):
                yield from path.hops
                yield _ended(reach, path)
            continue
        trip = next((trip for trip in trips if trip.symmetric), trips[0])
        yield from trip.there.hops
        yield from _return(reach, trip, sender, receiver)
        if trip.symmetric:
            yield from _filters(reach, sender, receiver, wanted)


def _ended(reach: Reach, path: Path) -> Hop:
    where = reach.places.name_of(path.at) if path.at in reach.network.vpcs else path.at
    said = {
        End.DROPPED: "dropped",
        End.VPC: f"delivered in {where} instead",
        End.INTERNET: f"leaves to the internet by {path.at}",
        End.UNKNOWN: f"leads to {path.at}, which is not modelled",
    }
    return Hop("ends", said[path.end])


def _return(reach: Reach, trip: Trip, sender: Side, receiver: Side) -> Iterator[Hop]:
    if trip.back is None:
        yield Hop("answer", "finds no way back")
        for path in reach.routing.walk(receiver.subnet, sender.addresses):
            yield from (Hop(f"answer: {hop.place}", hop.said) for hop in path.hops)
            yield _ended(reach, path)
        return
    yield from _answered(trip, trip.back)


def _answered(trip: Trip, back: Path) -> Iterator[Hop]:
    yield from (Hop(f"answer: {hop.place}", hop.said) for hop in back.hops)
    if not trip.symmetric:
        passed, returned = (", ".join(sorted(path.firewalls)) or "none" for path in (trip.there, back))
        yield Hop(
            "firewall",
            f"asymmetric: there through {passed}, back through {returned}; a stateful firewall drops that",
        )


def _filters(reach: Reach, sender: Side, receiver: Side, wanted: Ranges) -> Iterator[Hop]:
    filters = reach.filters
    for outward, here, there in ((True, sender, receiver), (False, receiver, sender)):
        worn = ", ".join(here.node.groups) or "none known"
        found = list(
            filters.deciding(
                here.node.groups, outward=outward, peer=there.addresses, peers=there.node.groups, wanted=wanted
            )
        )
        direction = "out" if outward else "in"
        yield from found or [Hop(f"security groups of {here.node.name} ({worn})", f"no rule lets that {direction}")]
    through = filters.between(sender.subnet, sender.addresses, receiver.subnet, receiver.addresses)
    if through != ranges.EVERYTHING:
        acls = " and ".join(filters.acl(side.subnet) or "none" for side in (sender, receiver))
        said = ranges.spoken(ranges.intersection(through, wanted))
        yield Hop(f"network ACLs {acls}", f"let {said} through both ways")


def _service(reach: Reach, source: Node, destination: Node, wanted: Ranges) -> Sequence[Hop]:
    chosen = next(
        (one for one in source.subnets if not reach.to_service(source, one, destination.name)), source.subnets[0]
    )
    found = reach.services.find(chosen, destination.name)
    hops = [Hop("from", f"{source.name} in {chosen}"), *found.hops]
    endpoint = found.endpoint
    if endpoint is None or endpoint.gateway:
        return hops
    hops.append(Hop(endpoint.id, f"policy: {'given' if endpoint.policy else 'none, which allows everything'}"))
    narrow = Node(source.name, source.kind, source.vpc, (chosen,), source.groups)
    return [*hops, *_pair(reach, narrow, reach.endpoint_node(endpoint.id), wanted)]


def _out(reach: Reach, source: Node, destination: Node, wanted: Ranges) -> Sequence[Hop]:
    trips = [
        (subnet, trip, ports)
        for subnet in source.subnets
        for trip, ports in reach.internet_trips(source, subnet, destination.only)
        if ranges.intersection(ports, wanted)
    ]
    if trips:
        # Of several ways out the one that no firewall sees is what a person must know of, or one that fails.
        subnet, trip, _ports = min(trips, key=lambda one: (len(one[1].there.firewalls), one[1].symmetric))
        firewalls = ", ".join(sorted(trip.there.firewalls))
        seen = f"seen by {firewalls}" if firewalls else "no firewall sees it"
        rules = reach.filters.deciding(source.groups, outward=True, peer=trip.there.to, peers=(), wanted=wanted)
        way = [Hop("from", f"{source.name} in {subnet}"), *trip.there.hops, Hop("firewall", seen)]
        if trip.there.nat and trip.back is None:
            return [*way, Hop("answer", f"finds no way back from {trip.there.nat}")]
        if trip.there.nat and trip.back is not None:
            way += _answered(trip, trip.back)
        return [*way, *rules]
    subnet = source.subnets[0]
    hops: list[Hop] = [Hop("from", f"{source.name} in {subnet}")]
    for path in reach.routing.walk(subnet, destination.only or ranges.INTERNET[0]):
        hops += [*path.hops, _ended(reach, path)]
    if not ranges.intersection(
        ranges.union(*(reach.filters.sent(source.groups, one, ()) for one in ranges.INTERNET)) or NOTHING, wanted
    ):
        hops.append(Hop(f"security groups of {source.name}", "no rule lets that out"))
    return hops


def _in(reach: Reach, destination: Node, source: Node, wanted: Ranges) -> Sequence[Hop]:
    for subnet in destination.subnets:
        if ranges.intersection(reach.from_internet(destination, subnet, source.only), wanted):
            peer = source.only or ranges.INTERNET[0]
            rules = reach.filters.deciding(destination.groups, outward=False, peer=peer, peers=(), wanted=wanted)
            return [Hop("internet", f"the route table of {subnet} leads to an internet gateway"), *rules]
    return [Hop("internet", f"no subnet of {destination.name} answers to the internet")]
