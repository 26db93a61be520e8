"""Follows a packet through route tables, Transit Gateways, peerings and firewalls, whole ranges of addresses at a time.

Sources: VPC guide, "Configure route tables"; Transit Gateways guide, "Routing" and "Appliance mode".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from inspection.network import ranges
from inspection.network.model import Attachment, GatewayTable, Network, Route
from inspection.network.ranges import Range
from inspection.network.tables import RouteRanges, flatten

LIMIT: Final = 16
"""Tables a packet passes before it is description to go round in circles."""


class End(StrEnum):
    """The last node of a packet's path."""

    VPC = "vpc"
    INTERNET = "internet"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    """Something this model knows nothing of: never taken for isolated."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A routing decision on the path."""

    place: str
    description: str

    def __str__(self) -> str:
        return f"{self.place}: {self.description}"


@dataclass(frozen=True, slots=True)
class Path:
    """The way some addresses are reached: where it ends, through what."""

    to: Range
    end: End
    at: str
    """The VPC or gateway at the end."""
    hops: tuple[Hop, ...]
    firewalls: frozenset[str] = frozenset()
    """Firewall endpoints that see the packet."""
    nat: str = ""
    crossed: tuple[tuple[str, bool], ...] = ()
    """Subnets of gateways whose ACLs the packet meets, each with whether outbound rules decide."""

    def after(self, hop: Hop, firewall: str = "", nat: str = "", crossed: tuple[tuple[str, bool], ...] = ()) -> "Path":
        """The same way, with a step before it."""
        passed = self.firewalls | {firewall} if firewall else self.firewalls
        return Path(self.to, self.end, self.at, (hop, *self.hops), passed, nat or self.nat, (*crossed, *self.crossed))


class Packet(NamedTuple):
    """Packets to some addresses, at one point of their way."""

    zone: str
    """The Availability Zone of the packets."""
    pinned: str
    """The zone that appliance mode keeps their flow in."""
    to: Range


class Routing:
    """The routing of one network; remembers what it has followed."""

    def __init__(self, network: Network) -> None:
        self.network = network
        by_subnet = {subnet: table.id for table in network.tables.values() for subnet in table.subnets}
        main = {table.vpc: table.id for table in network.tables.values() if table.main}
        # A VPC's main table, where nobody wrote to it, knows the VPC itself and nothing else.
        self._implied = {f"main of {vpc}": vpc for vpc in network.vpcs if vpc not in main}
        self._table = {
            subnet.id: by_subnet.get(subnet.id) or main.get(subnet.vpc) or f"main of {subnet.vpc}"
            for subnet in network.subnets.values()
        }
        self._flat: dict[str, RouteRanges] = {}
        self._known: dict[tuple[str, Packet], Sequence[Path]] = {}
        self._attachment = {
            (attachment.gateway, attachment.vpc): attachment
            for attachment in network.attachments.values()
            if attachment.vpc
        }
        self._endpoint_subnet = {
            endpoint: subnet
            for firewall in network.firewalls.values()
            for endpoint, subnet in firewall.endpoints.items()
        }
        self._associated: dict[tuple[str, str], GatewayTable] = {
            (table.gateway, attachment): table
            for table in network.gateway_tables.values()
            for attachment in table.associated
        }

    def table(self, subnet: str) -> str:
        """The route table that a subnet uses; empty if nothing is known of one."""
        return self._table.get(subnet, "")

    def walk(self, subnet: str, destination: Range, pinned: str = "") -> Sequence[Path]:
        """Every way from a subnet to some addresses.

        Args:
            subnet: where the packet starts.
            destination: Addresses the packet may have.
            pinned: the zone that appliance mode keeps the flow in; the subnet's own if it starts here.
        """
        zone = self.network.subnets[subnet].zone
        return self._follow(self._table[subnet], Packet(zone, pinned or zone, destination), 0)

    def _follow(self, table: str, packet: Packet, depth: int) -> Sequence[Path]:
        """Every way on from a route table, of a VPC or of a Transit Gateway."""
        key = (table, packet)
        if key in self._known:
            return self._known[key]
        if depth > LIMIT:
            return (Path(packet.to, End.DROPPED, "", (Hop(table, "the packet goes round in circles"),)),)
        step = self._forward if table in self.network.gateway_tables else self._step
        paths = [
            path
            for piece, route in self._flatten(table).pieces(packet.to)
            for path in step(table, route, Packet(packet.zone, packet.pinned, piece), depth)
        ]
        # What leaves a subnet is asked for once or twice only: remembering it for every pair takes more than it gives.
        if depth:
            self._known[key] = paths
        return paths

    def _step(self, table: str, route: Route | None, packet: Packet, depth: int) -> Sequence[Path]:
        """Return where a VPC's route sends a packet."""
        network, piece = self.network, packet.to
        place = f"route table {table}"
        if route is None:
            return (Path(piece, End.DROPPED, "", (Hop(place, "no route"),)),)
        hop = Hop(place, f"{route.destination} → {route.target}")
        vpc = self._implied.get(table) or network.tables[table].vpc
        target = route.target
        if route.blackhole:
            return (Path(piece, End.DROPPED, "", (Hop(place, f"{route.destination} is a black hole"),)),)
        if target == "local":
            return (Path(piece, End.VPC, vpc, (hop,)),)
        if target in network.internet_gateways:
            return (Path(piece, End.INTERNET, target, (hop,)),)
        return self._onward(target, vpc, packet, hop, depth)

    def _onward(self, target: str, vpc: str, packet: Packet, hop: Hop, depth: int) -> Sequence[Path]:
        """Follow a packet through gateways, peerings and attachments."""
        network = self.network
        if target in network.gateways:
            attachment = self._attachment.get((target, vpc))
            if attachment is None:
                return (Path(packet.to, End.DROPPED, "", (hop, Hop(target, "this VPC is not attached"))),)
            return self._leave(attachment, packet, hop, depth)
        if target in network.peerings:
            return self._peering(target, vpc, packet.to, hop)
        if target in network.nats:
            inside = network.nats[target].subnet
            onward = self._out_of(inside, packet, depth)
            return [path.after(hop, nat=target, crossed=((inside, False), (inside, True))) for path in onward]
        if target in self._endpoint_subnet:
            inside = self._endpoint_subnet[target]
            onward = self._out_of(inside, packet, depth)
            return [path.after(hop, firewall=target, crossed=((inside, False), (inside, True))) for path in onward]
        return (Path(packet.to, End.UNKNOWN, target, (hop,)),)

    def _leave(self, attachment: Attachment, packet: Packet, hop: Hop, depth: int) -> Sequence[Path]:
        """Out of a VPC by the attachment's subnet in the packet's zone (Transit Gateways guide, "VPC attachments")."""
        known = [self.network.subnets[subnet] for subnet in attachment.subnets if subnet in self.network.subnets]
        door = next((subnet.id for subnet in known if subnet.zone == packet.zone), "")
        if known and not door:
            lost = Hop(attachment.id, f"has no subnet in {packet.zone}: packets from that zone do not enter it")
            return (Path(packet.to, End.DROPPED, "", (hop, lost)),)
        crossed = ((door, False),) if door else ()
        return [
            path.after(hop, crossed=crossed)
            for path in self._gateway(attachment.gateway, attachment.id, packet, depth + 1)
        ]

    def _out_of(self, subnet: str, packet: Packet, depth: int) -> Sequence[Path]:
        """Follow a packet from the subnet of a firewall endpoint or a NAT gateway."""
        if subnet not in self.network.subnets:
            return (Path(packet.to, End.UNKNOWN, subnet, ()),)
        zone = self.network.subnets[subnet].zone
        return self._follow(self._table[subnet], Packet(zone, packet.pinned, packet.to), depth + 1)

    def _peering(self, peering: str, vpc: str, piece: Range, hop: Hop) -> Sequence[Path]:
        """Peerings lead to the other VPC's own addresses and no further (VPC Peering guide, "Limitations")."""
        first, second = self.network.peerings[peering].vpcs
        far_vpc = second if vpc == first else first
        if far_vpc not in self.network.vpcs:
            return (Path(piece, End.UNKNOWN, far_vpc, (hop, Hop(peering, f"{far_vpc} could not be read"))),)
        own = self.network.vpcs[far_vpc].cidrs
        if any(ranges.overlap(piece, ranges.addresses(cidr)) for cidr in own):
            return (Path(piece, End.VPC, far_vpc, (hop,)),)
        return (Path(piece, End.DROPPED, "", (hop, Hop(peering, "not an address of the other VPC"))),)

    def _gateway(self, gateway: str, attachment: str, packet: Packet, depth: int) -> Sequence[Path]:
        """Into a Transit Gateway: the table of the attachment that the packet comes from decides."""
        table = self.associated(gateway, attachment)
        if table is None:
            hop = Hop(f"Transit Gateway {gateway}", f"{attachment} is associated with no route table")
            return (Path(packet.to, End.DROPPED, "", (hop,)),)
        return self._follow(table.id, packet, depth)

    def _forward(self, table: str, route: Route | None, packet: Packet, depth: int) -> Sequence[Path]:
        """Return where a Transit Gateway's route sends a packet."""
        own = self.network.gateway_tables[table]
        place = f"Transit Gateway table {own.name or table} ({table})"
        if route is None:
            return (Path(packet.to, End.DROPPED, "", (Hop(place, "no route"),)),)
        if route.blackhole:
            return (Path(packet.to, End.DROPPED, "", (Hop(place, f"{route.destination} is a black hole"),)),)
        kind = "propagated" if route.propagated else "static"
        hop = Hop(place, f"{route.destination} → {route.target} ({kind})")
        target = self.network.attachments.get(route.target)
        if target is None:
            return (Path(packet.to, End.UNKNOWN, route.target, (hop,)),)
        if target.kind:
            return (Path(packet.to, End.UNKNOWN, f"{target.kind} {target.id}", (hop,)),)
        onward = self._across(own, target, packet, depth) if target.peer else self._enter(target, packet, depth)
        return [path.after(hop) for path in onward]

    def _across(self, table: GatewayTable, peering: Attachment, packet: Packet, depth: int) -> Sequence[Path]:
        """Into the Transit Gateway on the other side of a peering."""
        far_gateway = peering.peer if table.gateway == peering.gateway else peering.gateway
        if far_gateway not in self.network.gateways:
            unread = Hop(peering.id, f"the Transit Gateway {far_gateway} could not be read")
            return (Path(packet.to, End.UNKNOWN, far_gateway, (unread,)),)
        return self._gateway(far_gateway, peering.id, packet, depth + 1)

    def _enter(self, attachment: Attachment, packet: Packet, depth: int) -> Sequence[Path]:
        """Into a VPC by the attachment's subnet in the packet's zone, or in the flow's with appliance mode."""
        zone = packet.pinned if attachment.appliance_mode else packet.zone
        subnets = [self.network.subnets[subnet] for subnet in attachment.subnets if subnet in self.network.subnets]
        if not subnets:
            what = attachment.vpc or attachment.id
            return (Path(packet.to, End.UNKNOWN, what, (Hop(attachment.id, f"{what} could not be read"),)),)
        inner = next((subnet for subnet in subnets if subnet.zone == zone), subnets[0])
        onward = self._follow(self._table[inner.id], Packet(inner.zone, packet.pinned, packet.to), depth + 1)
        enters = Hop(attachment.id, f"into {attachment.vpc} by {inner.id}")
        return [path.after(enters, crossed=((inner.id, True),)) for path in onward]

    def associated(self, gateway: str, attachment: str) -> GatewayTable | None:
        """The table an attachment's packets are routed by: its own, or the default one if it has none."""
        own = self._associated.get((gateway, attachment))
        default = self.network.gateways[gateway].association_table if gateway in self.network.gateways else ""
        return own or self.network.gateway_tables.get(default)

    def propagating(self, table: GatewayTable) -> Sequence[str]:
        """Attachments whose networks a table learns."""
        gateway = self.network.gateways.get(table.gateway)
        joined = [
            attachment.id
            for attachment in self.network.attachments.values()
            if gateway and gateway.propagation_table == table.id and attachment.gateway == gateway.id and attachment.vpc
        ]
        return sorted(table.propagated.union(joined))

    def _flatten(self, table: str) -> RouteRanges:
        if table not in self._flat:
            self._flat[table] = flatten(self._entries(table))
        return self._flat[table]

    def _entries(self, table: str) -> Sequence[tuple[Range, Route]]:
        network = self.network
        if table in network.gateway_tables:
            gateway_table = network.gateway_tables[table]
            learned = [
                Route(destination=cidr, target=attachment, propagated=True)
                for attachment in self.propagating(gateway_table)
                if attachment in network.attachments
                for cidr in _cidrs(network, network.attachments[attachment].vpc)
            ]
            return _expanded([*gateway_table.routes, *learned], network.prefix_lists)
        if table in self._implied:
            return _expanded(
                [Route(destination=cidr, target="local") for cidr in _cidrs(network, self._implied[table])], {}
            )
        if table in network.tables:
            own = network.tables[table]
            local = [Route(destination=cidr, target="local") for cidr in _cidrs(network, own.vpc)]
            return _expanded([*local, *own.routes], network.prefix_lists)
        return ()


def _cidrs(network: Network, vpc: str) -> Sequence[str]:
    return network.vpcs[vpc].cidrs if vpc in network.vpcs else ()


def _expanded(routes: Sequence[Route], lists: Mapping[str, Sequence[str]]) -> Sequence[tuple[Range, Route]]:
    """Routes with their ranges; AWS's own prefix lists (S3, DynamoDB) are the services' business."""
    return [
        (ranges.addresses(cidr), route)
        for route in routes
        for cidr in (lists.get(route.destination, ()) if route.destination.startswith("pl-") else (route.destination,))
    ]
