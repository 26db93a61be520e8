"""Computes the ports that sources can reach at destinations: routing, filters and names, both directions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from inspection.network import ranges
from inspection.network.filters import Filters, answers
from inspection.network.model import Network
from inspection.network.nodes import INTERNET, Kind, Node, Places
from inspection.network.ranges import EVERYTHING, NOTHING, Range, Ranges
from inspection.network.routing import End, Hop, Path, Routing
from inspection.network.services import HTTPS, Services


@dataclass(frozen=True, slots=True)
class ReachablePorts:
    """The ports of one node that another node reaches."""

    ports: Ranges
    """Reachable from at least one Availability Zone in at least one Availability Zone."""
    everywhere: Ranges
    """Reachable from every Availability Zone in every Availability Zone."""
    uninspected: Ranges = NOTHING
    """Ports to the internet whose traffic passes no firewall."""


NONE = ReachablePorts(NOTHING, NOTHING)


@dataclass(frozen=True, slots=True)
class SubnetEnd:
    """An end of a conversation: a place, seen from one of its subnets."""

    node: Node
    subnet: str
    addresses: Range


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """The outward path of a connection between two subnets, and the path of its replies."""

    outward: Path
    back: Path | None

    @property
    def symmetric(self) -> bool:
        """Whether the same firewalls see both directions; a stateful firewall drops half a conversation."""
        return self.back is not None and self.outward.firewalls == self.back.firewalls


class Reach:
    """Answers for one network; remembers what it has worked out."""

    def __init__(self, network: Network, primary: str) -> None:
        self.network = network
        self.places = Places(network, primary)
        self.routing = Routing(network)
        self.filters = Filters(network)
        self.services = Services(network, self.routing)
        self._joined: dict[tuple[str, str, str], bool] = {}
        self._to_endpoints: dict[tuple[Node, str, tuple[str, ...], tuple[str, ...]], Ranges] = {}

    def answer(self, source: Node, destination: Node) -> ReachablePorts:
        """The ports of a destination that a source reaches."""
        if source.kind is not Kind.TIER and (source.kind is Kind.SERVICE or destination.kind is not Kind.TIER):
            return NONE
        if destination.kind is Kind.SERVICE:
            return self._summary([self.to_service(source, subnet, destination.name) for subnet in source.subnets])
        if destination.kind is Kind.INTERNET:
            return self._to_internet(source, destination)
        if source.kind is Kind.INTERNET:
            return self._summary(
                [self.from_internet(destination, subnet, source.only) for subnet in destination.subnets]
            )
        if not self._vpcs_joined(source, destination):
            return NONE
        return self._summary(
            [
                self.between(source, subnet, destination, target_subnet)
                for subnet in source.subnets
                for target_subnet in destination.subnets
            ]
        )

    @staticmethod
    def _summary(results: Sequence[Ranges]) -> ReachablePorts:
        if not any(results):
            return NONE
        everywhere = results[0]
        for result in results[1:]:
            everywhere = ranges.intersection(everywhere, result)
        return ReachablePorts(ranges.union(*results), everywhere)

    def _vpcs_joined(self, source: Node, destination: Node) -> bool:
        """Return whether any packet of the source gets into the destination's VPC: spares most pairs the details."""
        if source.vpc == destination.vpc:
            return True
        return any(self.enters(subnet, destination.vpc) for subnet in source.subnets)

    def enters(self, subnet: str, vpc: str) -> bool:
        """Return whether any packet from a subnet is delivered in a VPC."""
        key = (self.routing.table(subnet), self.network.subnets[subnet].zone, vpc)
        if key not in self._joined:
            self._joined[key] = any(
                path.end is End.VPC and path.at == vpc
                for cidr in self.network.vpcs[vpc].cidrs
                for path in self.routing.walk(subnet, ranges.addresses(cidr))
            )
        return self._joined[key]

    def between(self, source: Node, source_subnet: str, destination: Node, destination_subnet: str) -> Ranges:
        """Ports from a source's subnet to a destination's."""
        open_ports = NOTHING
        for sender, receiver in self.sides(source, source_subnet, destination, destination_subnet):
            trips = [trip for trip in self.trips(sender, receiver) if trip.symmetric]
            if trips:
                through = ranges.union(*(self.crossing(trip, sender.addresses, receiver.addresses) for trip in trips))
                filtered = self.filtered(sender, receiver) if through else NOTHING
                open_ports = ranges.union(open_ports, ranges.intersection(filtered, through))
        return open_ports

    def crossing(self, trip: RoundTrip, sender: Range, receiver: Range) -> Ranges:
        """Ports that the ACLs of the gateways' subnets on the way let through, question and answer.

        Source: VPC guide, "How network ACLs work with transit gateways": rules for packets into the gateway's subnet
        judge the source, those out of it the destination.
        """
        through = EVERYTHING
        for subnet, outward in trip.outward.crossed:
            peer = receiver if outward else sender
            through = ranges.intersection(through, self.filters.passed(subnet, peer, outward=outward))
        for subnet, outward in trip.back.crossed if trip.back else ():
            peer = sender if outward else receiver
            if not answers(self.filters.passed(subnet, peer, outward=outward)):
                return NOTHING
        return through

    def sides(
        self, source: Node, source_subnet: str, destination: Node, destination_subnet: str
    ) -> Iterator[tuple[SubnetEnd, SubnetEnd]]:
        """Both ends, for addresses of the same family."""
        for sender in self._addresses(source, source_subnet):
            for receiver in self._addresses(destination, destination_subnet):
                if (sender[0] >= ranges.V6) == (receiver[0] >= ranges.V6):
                    yield SubnetEnd(source, source_subnet, sender), SubnetEnd(destination, destination_subnet, receiver)

    def _addresses(self, node: Node, subnet: str) -> Sequence[Range]:
        if node.only is not None:
            return [node.only]
        return [ranges.addresses(cidr) for cidr in self.network.subnets[subnet].cidrs]

    def trips(self, sender: SubnetEnd, receiver: SubnetEnd) -> Iterator[RoundTrip]:
        """Ways there that end in the right VPC, each with the way back if there is one."""
        zone = self.network.subnets[sender.subnet].zone
        for outward in self.routing.walk(sender.subnet, receiver.addresses):
            if outward.end is not End.VPC or outward.at != receiver.node.vpc:
                continue
            back = [
                path
                for path in self.routing.walk(receiver.subnet, sender.addresses, pinned=zone)
                if path.end is End.VPC and path.at == sender.node.vpc
            ]
            same = next((path for path in back if path.firewalls == outward.firewalls), None)
            yield RoundTrip(outward, same or (back[0] if back else None))

    def filtered(self, sender: SubnetEnd, receiver: SubnetEnd) -> Ranges:
        """Ports that groups and ACLs of both ends let through."""
        source_groups, destination_groups = sender.node.groups, receiver.node.groups
        sent = self.filters.sent(source_groups, receiver.addresses, destination_groups) if source_groups else EVERYTHING
        if not sent:
            return NOTHING
        taken = (
            self.filters.taken(destination_groups, sender.addresses, source_groups)
            if destination_groups
            else EVERYTHING
        )
        acls = self.filters.between(sender.subnet, sender.addresses, receiver.subnet, receiver.addresses)
        return ranges.intersection(ranges.intersection(sent, taken), acls)

    def to_service(self, source: Node, subnet: str, service: str) -> Ranges:
        """HTTPS if the service's name leads to an endpoint that is reached, nothing if not."""
        endpoint = self.services.find(subnet, service).endpoint
        if endpoint is None:
            return NOTHING
        if endpoint.gateway:
            sent = self._sent_anywhere(source) if source.groups else EVERYTHING
            return ranges.intersection(sent, HTTPS)
        node = self.endpoint_node(endpoint.id)
        if not node.subnets or not self._vpcs_joined(source, node):
            return NOTHING
        # Endpoints in the same subnets with the same groups are reached alike.
        key = (source, subnet, node.subnets, node.groups)
        if key not in self._to_endpoints:
            results = [self.between(source, subnet, node, endpoint_subnet) for endpoint_subnet in node.subnets]
            self._to_endpoints[key] = ranges.intersection(self._summary(results).everywhere, HTTPS)
        return self._to_endpoints[key]

    def endpoint_node(self, endpoint: str) -> Node:
        """An interface endpoint as a place."""
        vpc_endpoint = self.network.endpoints[endpoint]
        subnets = tuple(subnet for subnet in vpc_endpoint.subnets if subnet in self.network.subnets)
        return Node(endpoint, Kind.TIER, vpc_endpoint.vpc, subnets, tuple(vpc_endpoint.groups))

    def _sent_anywhere(self, source: Node) -> Ranges:
        """Ports let out to addresses of AWS's own prefix lists, which no one else has."""
        return ranges.union(
            *(
                rule.ports
                for group in source.groups
                if group in self.network.groups
                for rule in self.network.groups[group].egress
                if rule.peer in ("0.0.0.0/0", "::/0") or rule.peer.startswith("pl-")
            )
        )

    def _to_internet(self, source: Node, destination: Node) -> ReachablePorts:
        inspected, bare = [], []
        for subnet in source.subnets:
            trips = [
                internet_trip
                for internet_trip in self.internet_trips(source, subnet, destination.only)
                if internet_trip[0].symmetric
            ]
            inspected.append(ranges.union(*(ports for _, ports in trips)))
            bare.append(ranges.union(*(ports for trip, ports in trips if not trip.outward.firewalls)))
        summary = self._summary(inspected)
        return ReachablePorts(summary.ports, summary.everywhere, ranges.union(*bare))

    def internet_trips(
        self, source: Node, subnet: str, only: Range | None = None
    ) -> Iterator[tuple[RoundTrip, Ranges]]:
        """Ways out, each with the ports that filters let out; of use only if the trip is symmetric."""
        for target in (only,) if only else ranges.INTERNET:
            for outward in self.routing.walk(subnet, target):
                if outward.end not in (End.INTERNET, End.UNKNOWN):
                    continue
                sent = self.filters.sent(source.groups, outward.to, ()) if source.groups else EVERYTHING
                out = self.filters.passed(subnet, outward.to, outward=True)
                trip = RoundTrip(outward, self.home(source, subnet, outward))
                ports = ranges.intersection(sent, out)
                for sender in self._addresses(source, subnet) if ports else ():
                    if (sender[0] >= ranges.V6) == (outward.to[0] >= ranges.V6):
                        ports = ranges.intersection(ports, self.crossing(trip, sender, outward.to))
                if ports and self._answered(subnet, outward.to):
                    yield trip, ports

    def _answered(self, subnet: str, sender: Range) -> bool:
        back = self.filters.passed(subnet, sender, outward=False)
        return ranges.intersection(back, ((32768, 60999),)) == ((32768, 60999),)

    def home(self, source: Node, subnet: str, outward: Path) -> Path | None:
        """The way back of an answer from the internet: from the NAT gateway, or in at the VPC's own gateway."""
        if not outward.nat:
            return outward
        own = self.network.subnets[subnet]
        ends = [
            path
            for sender in self._addresses(source, subnet)
            for path in self.routing.walk(self.network.nats[outward.nat].subnet, sender, pinned=own.zone)
            if path.end is End.VPC and path.at == own.vpc
        ]
        return next((path for path in ends if path.firewalls == outward.firewalls), ends[0] if ends else None)

    def from_internet(self, destination: Node, subnet: str, only: Range | None = None) -> Ranges:
        """Ports open to the internet, were the destination to have a public address."""
        open_ports = NOTHING
        for sender in (only,) if only else ranges.INTERNET:
            for back in self.routing.walk(subnet, sender):
                if back.end is not End.INTERNET or back.nat:
                    continue
                if self.network.internet_gateways.get(back.at) != destination.vpc:
                    continue
                taken = self.filters.taken(destination.groups, back.to, ()) if destination.groups else EVERYTHING
                passed = self.filters.passed(subnet, back.to, outward=False)
                open_ports = ranges.union(open_ports, ranges.intersection(taken, passed))
        return open_ports

    def covers(self, peer: str, source: Node) -> bool:
        """Return whether a rule's network holds an address of a place; references to groups are exact and never do."""
        if peer.startswith("sg-") or peer in self.network.groups:
            return False
        cidrs = self.network.prefix_lists.get(peer, ()) if peer.startswith("pl-") else (peer,)
        if source.kind is Kind.INTERNET:
            return bool(ranges.intersection(ranges.of(cidrs), ranges.INTERNET))
        own = [address for subnet in source.subnets for address in self._addresses(source, subnet)]
        return any(ranges.overlap(ranges.addresses(cidr), address) for cidr in cidrs for address in own)

    def matrix(self) -> dict[tuple[Node, Node], ReachablePorts]:
        """Every pair that reaches, with what; pairs that do not are left out."""
        tiers = self.places.tiers
        answers: dict[tuple[Node, Node], ReachablePorts] = {}
        for source in (*tiers, INTERNET):
            for destination in (*tiers, *self.places.services, INTERNET):
                if source is destination and source is INTERNET:
                    continue
                answer = self.answer(source, destination)
                if answer.ports:
                    answers[source, destination] = answer
        return answers


__all__ = ["NONE", "Hop", "Reach", "ReachablePorts", "RoundTrip", "SubnetEnd"]
