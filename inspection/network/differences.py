"""Deployed against declared, both ways: what is open and was not declared, what was declared and is not open."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from inspection.network import ranges
from inspection.network.declared import Declaration
from inspection.network.difference import Difference, DifferenceKind, difference
from inspection.network.endpoint_policies import violations
from inspection.network.explain import explain
from inspection.network.group_rules import group_differences
from inspection.network.invariants import invariant_differences
from inspection.network.layers import layer_differences
from inspection.network.nodes import INTERNET, Kind, Node
from inspection.network.ranges import NOTHING, Ranges
from inspection.network.reach import NONE, Reach, ReachablePorts
from inspection.network.routing import Hop
from inspection.network.unknowns import unknown_differences
from inspection.network.ways import Way, propagated, ways

Matrix = Mapping[tuple[Node, Node], ReachablePorts]


def differences(reach: Reach, declaration: Declaration, matrix: Matrix | None = None) -> Sequence[Difference]:
    """Everything that differs; empty when the deployed network is the declared one."""
    deployed = matrix if matrix is not None else reach.matrix()
    listed_ways = ways(reach)
    return [
        *_pairs(reach, declaration, deployed),
        *_routes(reach, declaration, listed_ways),
        *group_differences(reach, declaration),
        *_endpoints(reach, declaration),
        *layer_differences(reach, declaration),
        *invariant_differences(reach, listed_ways),
        *_overlaps(reach),
        *unknown_differences(reach, declaration),
    ]


def _pairs(reach: Reach, declaration: Declaration, matrix: Matrix) -> Iterator[Difference]:
    declared = declaration.matrix()
    by_name = {(source.name, destination.name): (source, destination) for source, destination in matrix}
    places = {node.name: node for node in (*reach.places.tiers, *reach.places.services, INTERNET)}
    for name in sorted({name for names in declared for name in names} - places.keys()):
        yield difference(DifferenceKind.MISSING, (name, "-"), "declared, and nothing deployed has that name")
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
            yield difference(DifferenceKind.LEAK, names, f"{ranges.spoken(more)} is open and not declared", because)
        if less:
            because = explain(reach, source, destination, less).hops
            yield difference(DifferenceKind.MISSING, names, f"{ranges.spoken(less)} is declared and not open", because)
        if partly:
            message = f"{ranges.spoken(partly)} is open from some zones only"
            yield difference(DifferenceKind.MISSING, names, message, _closed(reach, source, destination, partly))
        if answer.uninspected and not more:
            because = explain(reach, source, destination).hops
            message = f"{ranges.spoken(answer.uninspected)} leaves without a firewall seeing it"
            yield difference(DifferenceKind.LEAK, names, message, because)


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


def _routes(reach: Reach, declaration: Declaration, listed_ways: Sequence[Way]) -> Iterator[Difference]:
    """One-way routes between VPCs: half a leak is found before its other half is made."""
    places, joined = reach.places, declaration.joined()
    routed = {(way.source, way.destination) for way in listed_ways}
    for way in listed_ways:
        names = (places.name_of(way.source), places.name_of(way.destination))
        if names not in joined:
            yield difference(DifferenceKind.ROUTE, names, f"a route leads there, to {way.to}", way.hops)
    for (source, destination), hop in propagated(reach).items():
        if source == destination or (source, destination) in routed:
            continue
        names = (places.name_of(source), places.name_of(destination))
        if names not in joined:
            message = "its network is propagated to the table; only a static route keeps packets from it"
            yield difference(DifferenceKind.ROUTE, names, message, [hop])


def _endpoints(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    network = reach.network
    for endpoint in network.endpoints.values():
        answers = violations(
            endpoint.policy, endpoint.service, endpoint.region, network.organization, frozenset(network.accounts)
        )
        if answers and endpoint.service not in declaration.open_services:
            owner = reach.places.name_of(endpoint.vpc) if endpoint.vpc in network.vpcs else endpoint.vpc
            hops = [
                Hop(f"policy of {endpoint.id}", f"{reply.statement or 'as a whole'} {reply.message}")
                for reply in answers
            ]
            yield difference(DifferenceKind.ENDPOINT, (owner, endpoint.service), answers[0].message, hops)


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
            yield difference(
                DifferenceKind.OVERLAP,
                names,
                message,
                [Hop(first_vpc, ranges.written(first)), Hop(second_vpc, message)],
            )


__all__ = ["Difference", "DifferenceKind", "Kind", "Matrix", "differences"]
