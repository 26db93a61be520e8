"""Follows a packet through route tables, Transit Gateways, peerings and firewalls, whole ranges of addresses at a time.

Sources: VPC guide, "Configure route tables"; Transit Gateways guide, "Routing" and "Appliance mode".
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from inspection.network import ranges
from inspection.network.model import Attachment, GatewayTable, Network, Route, Subnet
from inspection.network.ranges import Range
from inspection.network.tables import Flat, flatten

LIMIT: Final = 16
"""Tables a packet passes before it is said to go round in circles."""


class End(StrEnum):
    """Where a packet ends."""

    VPC = "vpc"
    INTERNET = "internet"
    DROPPED = "dropped"
    UNKNOWN = "unknown"
    """Something this model knows nothing of: never taken for isolated."""


@dataclass(frozen=True, slots=True)
class Hop:
    """One decision on the way."""

    place: str
    said: str

    def __str__(self) -> str:
        return f"{self.place}: {self.said}"


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

    def after(self, hop: Hop, firewall: str = "", nat: str = "") -> "Path":
        """The same way, with a step before it."""
        passed = self.firewalls | {firewall} if firewall else self.firewalls
        return Path(self.to, self.end, self.at, (hop, *self.hops), passed, nat or self.nat)


class Routing:
    """The routing of one network; remembers what it has followed."""

    def __init__(self, network: Network) -> None:
        self.network = network
        by_subnet = {subnet: table.id for table in network.tables.values() for subnet in table.subnets}
        main = {table.vpc: table.id for table in network.tables.values() if table.main}
        self._table = {one.id: by_subnet.get(one.id) or main.get(one.vpc, "") for one in network.subnets.values()}
        self._flat: dict[str, Flat] = {}
        self._known: dict[tuple[str, str, str, Range], Sequence[Path]] = {}
        self._attachment = {(one.gateway, one.vpc): one for one in network.attachments.values() if one.vpc}
        self._endpoint_subnet = {
            endpoint: subnet for one in network.firewalls.values() for endpoint, subnet in one.endpoints.items()
        }
        self._associated: dict[tuple[str, str], GatewayTable] = {
            (table.gateway, attachment): table
            for table in network.gateway_tables.values()
            for attachment in table.associated
        }

    def table(self, subnet: str) -> str:
        """The route table that a subnet uses; empty if nothing is known of one."""
        return self._table.get(subnet, "")

    def walk(self, subnet: str, wanted: Range, pinned: str = "") -> Sequence[Path]:
        """Every way from a subnet to some addresses.

        Args:
            subnet: where the packet starts.
            wanted: the addresses.
            pinned: the zone that appliance mode keeps the flow in; the subnet's own if it starts here.
        """
        zone = self.network.subnets[subnet].zone
        return self._vpc(self._table.get(subnet, ""), zone, pinned or zone, wanted, 0)

    def _vpc(self, table: str, zone: str, pinned: str, wanted: Range, depth: int) -> Sequence[Path]:
        key = (table, zone, pinned, wanted)
        if key in self._known:
            return self._known[key]
        if depth > LIMIT:
            return (Path(wanted, End.DROPPED, "", (Hop(table, "the packet goes round in circles"),)),)
        paths = [
            path
            for piece, route in self._flatten(table).pieces(wanted)
            for path in self._step(table, zone, pinned, piece, route, depth)
        ]
        self._known[key] = paths
        return paths

    def _step(
        self, table: str, zone: str, pinned: str, piece: Range, route: Route | None, depth: int
    ) -> Sequence[Path]:
        network = self.network
        if route is None:
            return (Path(piece, End.DROPPED, "", (Hop(f"route table {table or '(none)'}", "no route"),)),)
        hop = Hop(f"route table {table}", f"{route.destination} → {route.target}")
        target = route.target
        vpc = network.tables[table].vpc
        if route.blackhole:
            return (Path(piece, End.DROPPED, "", (Hop(hop.place, f"{hop.said} is a black hole"),)),)
        if target == "local":
            return (Path(piece, End.VPC, vpc, (hop,)),)
        if target in network.gateways:
            attachment = self._attachment.get((target, vpc))
            if attachment is None:
                return (Path(piece, End.DROPPED, "", (hop, Hop(target, "this VPC is not attached"))),)
            return [one.after(hop) for one in self._gateway(target, attachment.id, zone, pinned, piece, depth + 1)]
        if target in network.peerings:
            return self._peering(target, vpc, piece, hop)
        if target in network.internet_gateways:
            return (Path(piece, End.INTERNET, target, (hop,)),)
        if target in network.nats:
            inner = network.subnets.get(network.nats[target].subnet)
            return self._through(inner, target, pinned, piece, hop, depth, nat=target)
        if target in self._endpoint_subnet:
            inner = network.subnets.get(self._endpoint_subnet[target])
            return self._through(inner, target, pinned, piece, hop, depth, firewall=target)
        return (Path(piece, End.UNKNOWN, target, (hop,)),)

    def _through(
        self,
        inner: Subnet | None,
        target: str,
        pinned: str,
        piece: Range,
        hop: Hop,
        depth: int,
        *,
        firewall: str = "",
        nat: str = "",
    ) -> Sequence[Path]:
        """On from the subnet that a firewall endpoint or a NAT gateway stands in."""
        if inner is None:
            return (Path(piece, End.UNKNOWN, target, (hop,)),)
        onward = self._vpc(self._table.get(inner.id, ""), inner.zone, pinned, piece, depth + 1)
        return [one.after(hop, firewall=firewall, nat=nat) for one in onward]

    def _peering(self, peering: str, vpc: str, piece: Range, hop: Hop) -> Sequence[Path]:
        """Peerings lead to the other VPC's own addresses and no further (VPC Peering guide, "Limitations")."""
        first, second = self.network.peerings[peering].vpcs
        other = second if vpc == first else first
        own = self.network.vpcs[other].cidrs if other in self.network.vpcs else ()
        if any(ranges.overlap(piece, ranges.addresses(cidr)) for cidr in own):
            return (Path(piece, End.VPC, other, (hop,)),)
        return (Path(piece, End.DROPPED, "", (hop, Hop(peering, "not an address of the other VPC"))),)

    def _gateway(
        self, gateway: str, attachment: str, zone: str, pinned: str, wanted: Range, depth: int
    ) -> Sequence[Path]:
        table = self.associated(gateway, attachment)
        if table is None:
            hop = Hop(f"Transit Gateway {gateway}", f"{attachment} is associated with no route table")
            return (Path(wanted, End.DROPPED, "", (hop,)),)
        key = (table.id, zone, pinned, wanted)
        if key in self._known:
            return self._known[key]
        if depth > LIMIT:
            return (Path(wanted, End.DROPPED, "", (Hop(table.id, "the packet goes round in circles"),)),)
        paths = [
            path
            for piece, route in self._flatten(table.id).pieces(wanted)
            for path in self._forward(table, zone, pinned, piece, route, depth)
        ]
        self._known[key] = paths
        return paths

    def _forward(
        self, table: GatewayTable, zone: str, pinned: str, piece: Range, route: Route | None, depth: int
    ) -> Sequence[Path]:
        place = f"Transit Gateway table {table.name or table.id} ({table.id})"
        if route is None:
            return (Path(piece, End.DROPPED, "", (Hop(place, "no route"),)),)
        kind = "propagated" if route.propagated else "static"
        if route.blackhole:
            return (Path(piece, End.DROPPED, "", (Hop(place, f"{route.destination} is a black hole"),)),)
        hop = Hop(place, f"{route.destination} → {route.target} ({kind})")
        target = self.network.attachments.get(route.target)
        if target is None:
            return (Path(piece, End.UNKNOWN, route.target, (hop,)),)
        if target.peer:
            other = target.peer if table.gateway == target.gateway else target.gateway
            return [one.after(hop) for one in self._gateway(other, target.id, zone, pinned, piece, depth + 1)]
        return [one.after(hop) for one in self._enter(target, zone, pinned, piece, depth)]

    def _enter(self, attachment: Attachment, zone: str, pinned: str, piece: Range, depth: int) -> Sequence[Path]:
        """Into a VPC by the attachment's subnet in the packet's zone, or in the flow's with appliance mode."""
        wanted = pinned if attachment.appliance_mode else zone
        subnets = [self.network.subnets[one] for one in attachment.subnets if one in self.network.subnets]
        if not subnets:
            return (Path(piece, End.DROPPED, "", (Hop(attachment.id, "no subnet is known"),)),)
        inner = next((one for one in subnets if one.zone == wanted), subnets[0])
        return self._vpc(self._table.get(inner.id, ""), inner.zone, pinned, piece, depth + 1)

    def associated(self, gateway: str, attachment: str) -> GatewayTable | None:
        """The table an attachment's packets are routed by: its own, or the default one if it has none."""
        own = self._associated.get((gateway, attachment))
        default = self.network.gateways[gateway].association_table if gateway in self.network.gateways else ""
        return own or self.network.gateway_tables.get(default)

    def propagating(self, table: GatewayTable) -> Sequence[str]:
        """Attachments whose networks a table learns."""
        gateway = self.network.gateways.get(table.gateway)
        joined = [
            one.id
            for one in self.network.attachments.values()
            if gateway and gateway.propagation_table == table.id and one.gateway == gateway.id and one.vpc
        ]
        return sorted(table.propagated.union(joined))

    def _flatten(self, table: str) -> Flat:
        if table not in self._flat:
            self._flat[table] = flatten(self._entries(table))
        return self._flat[table]

    def _entries(self, table: str) -> Sequence[tuple[Range, Route]]:
        network = self.network
        if table in network.gateway_tables:
            one = network.gateway_tables[table]
            learned = [
                Route(destination=cidr, target=attachment, propagated=True)
                for attachment in self.propagating(one)
                if attachment in network.attachments
                for cidr in _cidrs(network, network.attachments[attachment].vpc)
            ]
            return _expanded([*one.routes, *learned], network.prefix_lists)
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
