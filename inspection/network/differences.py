"""Deployed against declared, both ways: what is open and was not declared, what was declared and is not open."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations

from inspection.network import ranges
from inspection.network.declared import Declaration
from inspection.network.explain import explain
from inspection.network.nodes import INTERNET, Kind, Node
from inspection.network.ranges import NOTHING, Ranges
from inspection.network.reach import NONE, Reach, ReachablePorts
from inspection.network.routing import End, Hop
from inspection.network.services import is_open


class DifferenceKind(StrEnum):
    """Kinds of differences between the deployed and the declared network."""

    LEAK = "leak"
    """Reachable, and not declared."""
    MISSING = "missing"
    """Declared, and not reachable; or not from every zone."""
    ROUTE = "route"
    """A way to a VPC that nothing was declared to take; filters may still stop it today."""
    GROUP = "group"
    """A security group lets in more than was declared; routing may still stop it today."""
    ENDPOINT = "endpoint"
    """An endpoint whose policy allows everything."""
    OVERLAP = "overlap"
    """Two networks that a Transit Gateway joins share addresses."""
    UNKNOWN = "unknown"
    """A route to something this model does not know, or a VPC that nobody declared."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A difference, with the path or rule that causes it."""

    sort: DifferenceKind
    source: str
    destination: str
    message: str
    because: Sequence[Hop] = ()

    def __str__(self) -> str:
        return f"{self.sort}: {self.source} → {self.destination}: {self.message}"


Matrix = Mapping[tuple[Node, Node], ReachablePorts]


def differences(reach: Reach, declaration: Declaration, matrix: Matrix | None = None) -> Sequence[Difference]:
    """Everything that differs; empty when the deployed network is the declared one."""
    deployed = matrix if matrix is not None else reach.matrix()
    return [
        *_pairs(reach, declaration, deployed),
        *_routes(reach, declaration),
        *_groups(reach, declaration),
        *_endpoints(reach, declaration),
        *_overlaps(reach),
        *_unknown(reach, declaration),
    ]


def _pairs(reach: Reach, declaration: Declaration, matrix: Matrix) -> Iterator[Difference]:
    declared = declaration.matrix()
    by_name = {(source.name, destination.name): (source, destination) for source, destination in matrix}
    places = {node.name: node for node in (*reach.places.tiers, *reach.places.services, INTERNET)}
    for name in sorted({name for names in declared for name in names} - places.keys()):
        yield _difference(DifferenceKind.MISSING, (name, "-"), "declared, and nothing deployed has that name")
    for names in sorted({*declared, *by_name}):
        expected = declared.get(names, NOTHING)
        source, destination = (places.get(name) for name in names)
        if source is None or destination is None:
            continue
        answer = matrix.get((source, destination), NONE)
        more = ranges.difference(answer.ports, expected)
        less = ranges.difference(expected, answer.ports)
        partly = ranges.difference(ranges.intersection(expected, answer.ports), answer.everywhere)
        if more:
            because = explain(reach, source, destination, more).hops
            yield _difference(DifferenceKind.LEAK, names, f"{ranges.spoken(more)} is open and not declared", because)
        if less:
            because = explain(reach, source, destination, less).hops
            yield _difference(DifferenceKind.MISSING, names, f"{ranges.spoken(less)} is declared and not open", because)
        if partly:
            message = f"{ranges.spoken(partly)} is open from some zones only"
            yield _difference(DifferenceKind.MISSING, names, message, _closed(reach, source, destination, partly))
        if answer.uninspected and not more:
            because = explain(reach, source, destination).hops
            message = f"{ranges.spoken(answer.uninspected)} leaves without a firewall seeing it"
            yield _difference(DifferenceKind.LEAK, names, message, because)


def _closed(reach: Reach, source: Node, destination: Node, expected: Ranges) -> Sequence[Hop]:
    """The steps of a pair of zones that does not get through."""
    for subnet in source.subnets:
        narrow = Node(source.name, source.kind, source.vpc, (subnet,), source.groups)
        for target_subnet in destination.subnets or ("",):
            target = Node(destination.name, destination.kind, destination.vpc, (target_subnet,), destination.groups)
            explained = explain(reach, narrow, target if target_subnet else destination, expected)
            if not explained.ports:
                return explained.hops
    return ()


def _difference(sort: DifferenceKind, names: tuple[str, str], message: str, because: Sequence[Hop] = ()) -> Difference:
    return Difference(sort=sort, source=names[0], destination=names[1], message=message, because=because)


def _routes(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """One-way routes between VPCs: half a leak is found before its other half is made."""
    network, places = reach.network, reach.places
    joined, hidden = declaration.joined(), _propagated(reach)
    by_vpc: dict[str, dict[tuple[str, str], str]] = {}
    for subnet in network.subnets.values():
        by_vpc.setdefault(subnet.vpc, {}).setdefault((reach.routing.table(subnet.id), subnet.zone), subnet.id)
    for source, subnets in by_vpc.items():
        for destination in network.vpcs:
            pair = (places.name_of(source), places.name_of(destination))
            if source == destination or pair in joined:
                continue
            paths = (
                path
                for subnet in subnets.values()
                if reach.enters(subnet, destination)
                for cidr in network.vpcs[destination].cidrs
                for path in reach.routing.walk(subnet, ranges.addresses(cidr))
                if path.end is End.VPC and path.at == destination
            )
            first_path = next(paths, None)
            if first_path is not None:
                message = f"a route leads there, to {ranges.written(first_path.to)}"
                yield _difference(DifferenceKind.ROUTE, pair, message, first_path.hops)
            elif (source, destination) in hidden:
                message = "its network is propagated to the table; only a static route keeps packets from it"
                yield _difference(DifferenceKind.ROUTE, pair, message, [hidden[source, destination]])


def _propagated(reach: Reach) -> Mapping[tuple[str, str], Hop]:
    """VPCs whose networks the tables of other VPCs' attachments learn, used or not."""
    network, routing = reach.network, reach.routing
    learned = {table.id: routing.propagating(table) for table in network.gateway_tables.values()}
    propagations: dict[tuple[str, str], Hop] = {}
    for attachment in network.attachments.values():
        table = routing.associated(attachment.gateway, attachment.id) if attachment.vpc else None
        for peer_id in learned[table.id] if table else ():
            peer = network.attachments.get(peer_id)
            if table and peer and peer.vpc:
                hop = Hop(f"Transit Gateway table {table.name} ({table.id})", f"{peer_id} (propagated)")
                propagations[attachment.vpc, peer.vpc] = hop
    return propagations


def _groups(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """Compare each group's rules by address with the flows declared for the owners of the addresses."""
    declared, joined = declaration.matrix(), declaration.joined()
    nodes_by_vpc: dict[str, list[Node]] = {}
    for node in reach.places.tiers:
        nodes_by_vpc.setdefault(node.name.rpartition("/")[0], []).append(node)
    callers: dict[str, list[Node]] = {name: list(nodes) for name, nodes in nodes_by_vpc.items()}
    for first_vpc, second_vpc in joined:
        callers.setdefault(second_vpc, []).extend(nodes_by_vpc.get(first_vpc, ()))
    for node in reach.places.tiers:
        owner = node.name.rpartition("/")[0]
        for group in node.groups:
            for rule in reach.network.groups[group].ingress:
                for source in (*callers.get(owner, ()), INTERNET):
                    more = ranges.difference(rule.ports, declared.get((source.name, node.name), NOTHING))
                    if more and source is not node and reach.covers(rule.peer, source):
                        place = f"security group {reach.network.groups[group].name} ({group})"
                        hop = Hop(place, f"{ranges.spoken(rule.ports)} in from {rule.peer}")
                        message = f"the group lets in {ranges.spoken(more)}, which is not declared"
                        yield _difference(DifferenceKind.GROUP, (source.name, node.name), message, [hop])


def _endpoints(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    for endpoint in reach.network.endpoints.values():
        if is_open(endpoint) and endpoint.service not in declaration.open_services:
            owner = reach.places.name_of(endpoint.vpc) if endpoint.vpc in reach.network.vpcs else endpoint.vpc
            message = (
                "the policy allows everything" if endpoint.policy else "there is no policy, which allows everything"
            )
            yield _difference(DifferenceKind.ENDPOINT, (owner, endpoint.service), message, [Hop(endpoint.id, message)])


def _overlaps(reach: Reach) -> Iterator[Difference]:
    network = reach.network
    attached = {attachment.vpc for attachment in network.attachments.values() if attachment.vpc}
    owned = sorted(
        (ranges.addresses(cidr), vpc.id) for vpc in network.vpcs.values() if vpc.id in attached for cidr in vpc.cidrs
    )
    for (first, first_vpc), (second, second_vpc) in combinations(owned, 2):
        if first_vpc != second_vpc and ranges.overlap(first, second):
            names = (reach.places.name_of(first_vpc), reach.places.name_of(second_vpc))
            message = f"{ranges.written(first)} and {ranges.written(second)} share addresses"
            yield _difference(
                DifferenceKind.OVERLAP,
                names,
                message,
                [Hop(first_vpc, ranges.written(first)), Hop(second_vpc, message)],
            )


def _unknown(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    names = declaration.names()
    for vpc in reach.network.vpcs:
        name = reach.places.name_of(vpc)
        if name not in names:
            yield _difference(
                DifferenceKind.UNKNOWN, (name, "-"), f"nobody declared this VPC ({vpc})", [Hop(vpc, name)]
            )
    for subnet in reach.network.subnets.values():
        for path in reach.routing.walk(subnet.id, (0, ranges.V6 - 1)):
            if path.end is End.UNKNOWN and subnet.tier:
                owner = f"{reach.places.name_of(subnet.vpc)}/{subnet.tier}"
                message = f"{ranges.written(path.to)} leads to something that is not modelled"
                yield _difference(DifferenceKind.UNKNOWN, (owner, path.at), message, path.hops)


__all__ = ["Difference", "DifferenceKind", "Kind", "Matrix", "differences"]
