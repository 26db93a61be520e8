"""Security groups against the declared flows: who may be let in, and where packets may be sent, by address."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from inspection.network import ranges
from inspection.network.declared import Declaration
from inspection.network.difference import Difference, DifferenceKind, difference
from inspection.network.model import Rule, SecurityGroup
from inspection.network.nodes import INTERNET, Node
from inspection.network.ranges import NOTHING, Ranges
from inspection.network.reach import Reach
from inspection.network.routing import Hop


def group_differences(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
    """Rules that let in or out more than is declared, whether or not routes lead there."""
    yield from _between_tiers(reach, declaration)
    names, joined = declaration.names(), declaration.joined()
    wearers: dict[str, list[Node]] = {}
    for node in reach.places.tiers:
        for group in node.groups:
            wearers.setdefault(group, []).append(node)
    for group in reach.network.groups.values():
        owner = reach.places.name_of(group.vpc) if group.vpc in reach.network.vpcs else ""
        if owner not in names:
            continue
        worn = wearers.get(group.id, [])
        label = worn[0].name if worn else f"{owner}/{group.tier or group.name}"
        for outward, rules in ((False, group.ingress), (True, group.egress)):
            for rule in rules:
                message = _excess(reach, declaration, joined, group, worn=worn, rule=rule, outward=outward)
                if message:
                    direction = "out to" if outward else "in from"
                    hop = Hop(_named(group), f"{ranges.spoken(rule.ports)} {direction} {rule.peer}")
                    pair = (label, rule.peer) if outward else (rule.peer, label)
                    yield difference(DifferenceKind.GROUP, pair, message, [hop])


def _named(group: SecurityGroup) -> str:
    return f"security group {group.name} ({group.id})"


def _between_tiers(reach: Reach, declaration: Declaration) -> Iterator[Difference]:
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
            # A group of another VPC, or one that could not be read, is reported by its references.
            for rule in reach.network.groups[group].ingress if group in reach.network.groups else ():
                for source in (*callers.get(owner, ()), INTERNET):
                    more = ranges.difference(rule.ports, declared.get((source.name, node.name), NOTHING))
                    if more and source is not node and reach.covers(rule.peer, source):
                        hop = Hop(
                            _named(reach.network.groups[group]), f"{ranges.spoken(rule.ports)} in from {rule.peer}"
                        )
                        message = f"the group lets in {ranges.spoken(more)}, which is not declared"
                        yield difference(DifferenceKind.GROUP, (source.name, node.name), message, [hop])


def _excess(
    reach: Reach,
    declaration: Declaration,
    joined: AbstractSet[tuple[str, str]],
    group: SecurityGroup,
    *,
    worn: Sequence[Node],
    rule: Rule,
    outward: bool,
) -> str:
    """What a rule admits beyond the declared networks; empty if nothing."""
    network, owner = reach.network, reach.places.name_of(group.vpc)
    if rule.peer.startswith("sg-") or rule.peer in network.groups:
        peer = network.groups.get(rule.peer)
        # The default group is left out of the model while it lets in nobody else.
        if peer is None or peer.vpc == group.vpc or (reach.places.name_of(peer.vpc), owner) in joined:
            return "" if peer is not None else f"the group names {rule.peer}, which could not be read"
        return f"the group names {rule.peer}, a group of {reach.places.name_of(peer.vpc)}"
    if rule.peer.startswith("pl-") and rule.peer not in network.prefix_lists:
        # AWS's own list of a gateway endpoint's addresses.
        return "" if outward else f"the group lets in the prefix list {rule.peer}, which could not be read"
    cidrs = network.prefix_lists.get(rule.peer, ()) if rule.peer.startswith("pl-") else (rule.peer,)
    excess = ranges.difference(
        ranges.of(cidrs), _admitted(reach, declaration, joined, group, worn=worn, rule=rule, outward=outward)
    )
    if not excess:
        return ""
    where = ", ".join(ranges.written(piece) for piece in excess[:3])
    verb = "out to" if outward else "in from"
    return f"the group lets {ranges.spoken(rule.ports)} {verb} {where}, which is not declared"


def _admitted(
    reach: Reach,
    declaration: Declaration,
    joined: AbstractSet[tuple[str, str]],
    group: SecurityGroup,
    *,
    worn: Sequence[Node],
    rule: Rule,
    outward: bool,
) -> Ranges:
    """Addresses that a group's rule may name: of its own VPC, of VPCs that are joined to it, of declared clients."""
    owner = reach.places.name_of(group.vpc)
    admitted = [*reach.network.vpcs[group.vpc].cidrs]
    for vpc in reach.network.vpcs.values():
        name = reach.places.name_of(vpc.id)
        if (owner, name) in joined if outward else (name, owner) in joined:
            admitted += vpc.cidrs
    hub = next((hub for hub in declaration.hubs.values() if hub.endpoints == owner), None)
    addresses = ranges.of([*admitted, *(hub.clients if hub and not outward else ())])
    tiers = {node.name.rpartition("/")[2] for node in worn} or {group.tier}
    if outward and all(declaration.goes_out(owner, tier) for tier in tiers):
        more = ranges.difference(rule.ports, declaration.egress)
        return ranges.of(["0.0.0.0/0", "::/0"]) if not more else addresses
    return addresses
