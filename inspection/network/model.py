"""A deployed network as data: the same model from the stacks' state and from AWS itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inspection.network.ranges import Ranges


@dataclass(frozen=True, kw_only=True, slots=True)
class Vpc:
    """A VPC; its name is its account's for a spoke."""

    id: str
    name: str
    account: str
    region: str
    segment: str
    cidrs: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Subnet:
    """A subnet: one tier in one zone."""

    id: str
    vpc: str
    tier: str
    zone: str
    cidrs: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Route:
    """An entry of a route table, of a VPC or of a Transit Gateway."""

    destination: str
    """A network, or the id of a prefix list."""
    target: str
    """Id of its target: `local`, a Transit Gateway, a peering, a gateway, an endpoint, an attachment."""
    blackhole: bool = False
    propagated: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteTable:
    """A VPC's route table and the subnets that use it."""

    id: str
    vpc: str
    routes: Sequence[Route]
    subnets: Sequence[str]
    main: bool = False
    """Whether subnets without a table of their own use it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A rule of a security group: what it lets in or out, and from or to whom."""

    ports: Ranges
    peer: str
    """A network, the id of a security group, or the id of a prefix list."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SecurityGroup:
    """A security group; its tier says who wears it."""

    id: str
    name: str
    vpc: str
    tier: str
    ingress: Sequence[Rule]
    egress: Sequence[Rule]


@dataclass(frozen=True, kw_only=True, slots=True)
class AclRule:
    """An entry of a network ACL; the lowest number that matches decides."""

    number: int
    egress: bool
    allow: bool
    ports: Ranges
    cidr: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkAcl:
    """A network ACL and the subnets it stands before."""

    id: str
    vpc: str
    rules: Sequence[AclRule]
    subnets: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitGateway:
    """A Transit Gateway; with default tables an attachment joins one without anybody saying so."""

    id: str
    region: str
    association_table: str = ""
    """The table that attachments use that are associated with none; empty if they use none."""
    propagation_table: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """An attachment of a VPC to a Transit Gateway, or of one Transit Gateway to another."""

    id: str
    gateway: str
    vpc: str = ""
    subnets: Sequence[str] = ()
    appliance_mode: bool = False
    """Whether both directions of a flow enter the VPC in the same zone (Transit Gateways guide, "Appliance mode")."""
    peer: str = ""
    """The other Transit Gateway, of a peering."""
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class GatewayTable:
    """A route table of a Transit Gateway."""

    id: str
    gateway: str
    name: str
    associated: frozenset[str]
    propagated: frozenset[str]
    routes: Sequence[Route]
    """Static ones; what is propagated follows from the attachments' VPCs."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Peering:
    """A VPC peering that has been accepted."""

    id: str
    vpcs: tuple[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A VPC endpoint."""

    id: str
    vpc: str
    service: str
    """The service's name without `com.amazonaws.<region>.`"""
    region: str
    gateway: bool
    """A gateway endpoint stands in route tables; an interface endpoint has addresses in subnets."""
    policy: str
    """JSON text; empty if there is none, which allows everything."""
    subnets: Sequence[str] = ()
    groups: Sequence[str] = ()
    tables: Sequence[str] = ()
    private_dns: bool = False
    """Whether AWS itself makes the service's name resolve to it, in its own VPC only."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """A private hosted zone: the VPCs that see it and the endpoints its names lead to."""

    id: str
    name: str
    vpcs: frozenset[str]
    endpoints: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Nat:
    """A NAT gateway and the subnet it is in."""

    id: str
    subnet: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Firewall:
    """A Network Firewall and its endpoints: id -> subnet."""

    id: str
    vpc: str
    endpoints: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Network:
    """Everything a packet may meet, by id."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict[str, Vpc])
    subnets: Mapping[str, Subnet] = field(default_factory=dict[str, Subnet])
    tables: Mapping[str, RouteTable] = field(default_factory=dict[str, RouteTable])
    groups: Mapping[str, SecurityGroup] = field(default_factory=dict[str, SecurityGroup])
    acls: Mapping[str, NetworkAcl] = field(default_factory=dict[str, NetworkAcl])
    gateways: Mapping[str, TransitGateway] = field(default_factory=dict[str, TransitGateway])
    attachments: Mapping[str, Attachment] = field(default_factory=dict[str, Attachment])
    gateway_tables: Mapping[str, GatewayTable] = field(default_factory=dict[str, GatewayTable])
    peerings: Mapping[str, Peering] = field(default_factory=dict[str, Peering])
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict[str, Endpoint])
    zones: Mapping[str, Zone] = field(default_factory=dict[str, Zone])
    internet_gateways: Mapping[str, str] = field(default_factory=dict[str, str])
    """Internet gateway, also egress-only -> VPC."""
    nats: Mapping[str, Nat] = field(default_factory=dict[str, Nat])
    firewalls: Mapping[str, Firewall] = field(default_factory=dict[str, Firewall])
    prefix_lists: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Managed prefix list -> its networks; AWS's own lists have none here."""
