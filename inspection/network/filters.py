"""Computes the traffic that security groups and network ACLs allow between two nodes.

Sources: VPC guide, "Control traffic to your AWS resources using security groups" (stateful, allow only) and "Network
ACLs" (stateless, the lowest matching number decides, ephemeral ports).
"""

from collections.abc import Sequence
from typing import Final

from inspection.network import ranges
from inspection.network.model import AclRule, Network, NetworkAcl, Rule
from inspection.network.ranges import EVERYTHING, NOTHING, Range, Ranges
from inspection.network.routing import Hop

EPHEMERAL: Final[Ranges] = ((32768, 60999), (ranges.UDP + 32768, ranges.UDP + 60999))
"""Ports that answers go to: those of Linux, which is what runs in the zone."""
Groups = tuple[str, ...]
"""Ids of the security groups that something wears."""


class Filters:
    """The filters of one network; remembers what they said."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._acl = {subnet: acl for acl in network.acls.values() for subnet in acl.subnets}
        self._sent: dict[tuple[Groups, bool, Range, Groups], Ranges] = {}
        self._passed: dict[tuple[str, bool, Range], Ranges] = {}

    def sent(self, groups: Groups, to: Range, peers: Groups) -> Ranges:
        """Ports that groups let out to addresses whose owner wears `peers`."""
        return self._of(groups, outward=True, peer=to, peers=peers)

    def taken(self, groups: Groups, sender: Range, peers: Groups) -> Ranges:
        """Ports that groups let in from addresses whose owner wears `peers`."""
        return self._of(groups, outward=False, peer=sender, peers=peers)

    def _of(self, groups: Groups, *, outward: bool, peer: Range, peers: Groups) -> Ranges:
        key = (groups, outward, peer, peers)
        if key not in self._sent:
            rules = [rule for group in groups for rule in self._rules(group, outward=outward)]
            self._sent[key] = ranges.union(*(rule.ports for rule in rules if self._matches(rule, peer, peers)))
        return self._sent[key]

    def _rules(self, group: str, *, outward: bool) -> Sequence[Rule]:
        security_group = self._network.groups.get(group)
        return () if security_group is None else security_group.egress if outward else security_group.ingress

    def _matches(self, rule: Rule, peer: Range, peers: Groups) -> bool:
        if rule.peer.startswith("sg-") or rule.peer in self._network.groups:
            return rule.peer in peers
        if rule.peer.startswith("pl-"):
            own = self._network.prefix_lists.get(rule.peer, ())
            return any(ranges.overlap(ranges.addresses(cidr), peer) for cidr in own)
        return ranges.overlap(ranges.addresses(rule.peer), peer)

    def deciding(
        self, groups: Groups, *, outward: bool, peer: Range, peers: Groups, requested: Ranges
    ) -> Sequence[Hop]:
        """The rules that let the wanted ports through, for a person."""
        direction = "out to" if outward else "in from"
        return [
            Hop(
                f"security group {self._network.groups[group].name} ({group})",
                f"{ranges.spoken(ranges.intersection(rule.ports, requested))} {direction} {rule.peer}",
            )
            for group in groups
            for rule in self._rules(group, outward=outward)
            if self._matches(rule, peer, peers) and ranges.intersection(rule.ports, requested)
        ]

    def passed(self, subnet: str, peer: Range, *, outward: bool) -> Ranges:
        """Ports that the subnet's ACL lets out to, or in from, some addresses; without a known ACL all."""
        acl = self._acl.get(subnet)
        if acl is None:
            return EVERYTHING
        key = (acl.id, outward, peer)
        if key not in self._passed:
            self._passed[key] = _passed(acl, peer, outward=outward)
        return self._passed[key]

    def acl(self, subnet: str) -> str:
        """The id of the subnet's ACL; empty if none is known."""
        acl = self._acl.get(subnet)
        return acl.id if acl else ""

    def between(self, source: str, sender: Range, destination: str, receiver: Range) -> Ranges:
        """Ports that both subnets' ACLs let through, question and answer; within one subnet they do not stand."""
        if source == destination:
            return EVERYTHING
        outbound = ranges.intersection(
            self.passed(source, receiver, outward=True), self.passed(destination, sender, outward=False)
        )
        back = ranges.intersection(
            self.passed(destination, sender, outward=True), self.passed(source, receiver, outward=False)
        )
        return outbound if answers(back) else NOTHING


def answers(back: Ranges) -> bool:
    """Return whether the ports that answers of TCP go to are all open."""
    return ranges.intersection(back, EPHEMERAL[:1]) == EPHEMERAL[:1]


def _passed(acl: NetworkAcl, peer: Range, *, outward: bool) -> Ranges:
    rules: list[AclRule] = sorted((rule for rule in acl.rules if rule.egress == outward), key=lambda rule: rule.number)
    open_ports, undecided = NOTHING, EVERYTHING
    for rule in rules:
        network = ranges.addresses(rule.cidr)
        if not ranges.overlap(network, peer):
            continue
        hit = ranges.intersection(rule.ports, undecided)
        if rule.allow:
            open_ports = ranges.union(open_ports, hit)
        # A rule for some of the addresses only leaves the others to the rules after it.
        if ranges.within(peer, network):
            undecided = ranges.difference(undecided, rule.ports)
    return open_ports
