"""A deployed network as data: the same model from the stacks' state and from AWS itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from inspection.network.ranges import Ranges

AMAZON_DNS: Final = "AmazonProvidedDNS"
"""The VPC's own resolver, in a DHCP option set."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Vpc:
    """A VPC; its name is its account's for a spoke."""

    id: str
    name: str
    account: str
    region: str
    segment: str
    cidrs: Sequence[str]
    dns_support: bool = True
    """Whether the VPC's resolver answers (`enableDnsSupport`); without it no private zone does."""
    name_servers: Sequence[str] = (AMAZON_DNS,)
    """Name servers of its DHCP option set."""
    environment: str = ""
    """Value of its tag `environment`."""
    classification: str = ""
    """Value of its tag `data-classification`."""


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
    account: str = ""
    auto_accept: bool = False
    """Whether attachments of other accounts are accepted without anybody looking at them."""


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
    peer_region: str = ""
    kind: str = ""
    """AWS's resource type, where it is neither a VPC nor a peering: `vpn`, `connect`, `direct-connect-gateway`, …"""
    owner: str = ""
    """Account of the attached resource; empty if not known."""


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
    cidrs: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """VPC -> its networks, for a VPC that cannot be read."""
    regions: Sequence[str] = ()


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
    records: Mapping[str, str] = field(default_factory=dict[str, str])
    """Name of a record -> the endpoint it leads to; empty for a record that leads elsewhere."""


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
class Interface:
    """A network interface of a workload and the security groups that it wears."""

    id: str
    vpc: str
    subnet: str
    groups: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A resource share with a part of the network (AWS RAM)."""

    id: str
    name: str
    external: bool
    """Whether principals outside the organization are allowed."""
    principals: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherWay:
    """A way into or out of a VPC that is not followed: a VPN gateway, a Gateway Load Balancer endpoint, and others."""

    id: str
    vpc: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account of the organization."""

    id: str
    name: str
    unit: str
    """Path of its OU; empty for one in the root."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Unread:
    """A request that failed: the network is not complete without its answer."""

    account: str
    region: str
    operation: str
    error: str

    @property
    def emulated(self) -> bool:
        """Whether the operation is one that the emulated AWS lacks: nothing of the kind can exist there."""
        return self.error == "NotImplemented"


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
    interfaces: Mapping[str, Interface] | None = None
    """None where they are not known, as in the stacks' state: then any group may be worn anywhere in its VPC."""
    shares: Mapping[str, Share] = field(default_factory=dict[str, Share])
    others: Mapping[str, OtherWay] = field(default_factory=dict[str, OtherWay])
    accounts: Mapping[str, Account] = field(default_factory=dict[str, Account])
    """Accounts of the organization by id; empty if not known."""
    organization: str = ""
    """Id of the organization; empty if not known."""
    unread: Sequence[Unread] = ()
