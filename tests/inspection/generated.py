"""Networks as the zone deploys them, made from a list of spokes, as many as wanted, and the declaration beside."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from inspection.network import ranges
from inspection.network.declared import ENDPOINTS_VPC, INSPECTION_VPC, Declaration, Hub, Spoke
from inspection.network.model import (
    Attachment,
    Endpoint,
    Firewall,
    GatewayTable,
    Nat,
    Network,
    Peering,
    Route,
    RouteTable,
    Rule,
    SecurityGroup,
    Subnet,
    TransitGateway,
    Vpc,
    Zone,
)
from inspection.network.services import names

PRIMARY: Final = "us-east-1"
RECOVERY: Final = "us-west-2"
TIERS: Final = ("training", "inference", "data")
HTTPS: Final = ranges.ports("tcp", 443, 443)
DATABASE: Final = ranges.ports("tcp", 5432, 5432)
INSIDE: Final[Mapping[tuple[str, str], ranges.Ranges]] = {
    ("training", "training"): ranges.EVERYTHING,
    ("training", "data"): ranges.union(HTTPS, DATABASE),
    ("inference", "data"): HTTPS,
    ("inference", "inference"): HTTPS,
}
SERVICES: Final = ("kms", "sagemaker.api", "sts")
POLICY: Final = (
    '{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*",'
    ' "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-example", "aws:ResourceOrgID": "o-example"}}}]}'
)
EVERYWHERE: Final = "0.0.0.0/0"


@dataclass(kw_only=True)
class Built:
    """A network that tests change before they ask about it: kind -> id -> thing."""

    parts: dict[str, dict[str, Any]] = field(default_factory=dict[str, dict[str, Any]])
    declaration: Declaration

    def add(self, kind: str, element: Any, *, key: str = "") -> Any:
        self.parts.setdefault(kind, {})[key or element.id] = element
        return element

    def change(self, kind: str, key: str, **values: Any) -> None:
        self.parts[kind][key] = replace(self.parts[kind][key], **values)

    def network(self) -> Network:
        parts: dict[str, Any] = {**self.parts, "organization": "o-example"}
        return Network(**parts)


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """What to generate."""

    segments: Mapping[str, int]
    """Segment -> spokes in it, in each region."""
    regions: Sequence[str] = (PRIMARY, RECOVERY)
    zones: int = 2
    egress: bool = True


def generate(size: Size) -> Built:
    """The network and its declaration."""
    spokes = [
        Spoke(name=_named(f"ml-{segment}{number or ''}", region), region=region, segment=segment)
        for region in size.regions
        for segment, count in size.segments.items()
        for number in range(count)
    ]
    declaration = Declaration(
        spokes=spokes,
        hubs={
            region: Hub(
                endpoints=_named(ENDPOINTS_VPC, region),
                inspection=_named(INSPECTION_VPC, region) if size.egress else "",
                clients=[f"10.{index * 128}.0.0/9"],
            )
            for index, region in enumerate(size.regions)
        },
        inside=INSIDE,
        tiers=TIERS,
        services=SERVICES,
        egress_tiers=("training",) if size.egress else (),
        egress=HTTPS if size.egress else (),
        egress_segments=frozenset(size.segments) if size.egress else frozenset(),
    )
    built = Built(declaration=declaration)
    for index, region in enumerate(size.regions):
        _Region(built, region, size, ipaddress.IPv4Network(f"10.{index * 128}.0.0/9")).build(
            [spoke for spoke in spokes if spoke.region == region]
        )
    if len(size.regions) > 1:
        first, second = (f"tgw-{region}" for region in size.regions[:2])
        built.add("attachments", Attachment(id="tgw-attach-peering", gateway=first, peer=second))
        for region in size.regions[:2]:
            built.change("gateway_tables", f"tgw-rtb-{region}-peering", associated=frozenset({"tgw-attach-peering"}))
    return built


def _named(name: str, region: str) -> str:
    return name if region == PRIMARY else f"{name}@{region}"


class _Region:
    """One region's Transit Gateway, hub and spokes."""

    def __init__(self, built: Built, region: str, size: Size, supernet: ipaddress.IPv4Network) -> None:
        self.built, self.region, self.size = built, region, size
        self.networks = supernet.subnets(new_prefix=18)
        self.supernet = str(supernet)
        self.zones = [f"{region}{letter}" for letter in "abcdef"[: size.zones]]
        self.gateway = f"tgw-{region}"
        self.members: dict[str, list[str]] = {}

    def build(self, spokes: Sequence[Spoke]) -> None:
        self.built.add("gateways", TransitGateway(id=self.gateway, region=self.region))
        endpoints = self._endpoints()
        inspection = self._inspection() if self.size.egress else ""
        for spoke in spokes:
            self._spoke(spoke)
        shared = self.members["shared"]
        everyone = [
            member for segment, members in self.members.items() if segment in self.size.segments for member in members
        ]
        # Without the black hole the way out is a way round: to the firewall's VPC and from there to any other spoke.
        apart = Route(destination="10.0.0.0/8", target="", blackhole=True)
        default = [apart, Route(destination=EVERYWHERE, target=inspection)] if inspection else [apart]
        for segment in self.size.segments:
            self._table(segment, self.members.get(segment, ()), shared, default)
        self._table("shared", shared, everyone, [])
        self._table("inspection", [inspection] if inspection else [], everyone, [])
        self._table("peering", [], [], [])
        for service in SERVICES:
            name = f"vpce-{self.region}-{service}"
            subnets = tuple(f"subnet-{endpoints}-endpoints-{zone}" for zone in self.zones)
            self.built.add(
                "endpoints",
                Endpoint(
                    id=name,
                    vpc=endpoints,
                    service=service,
                    region=self.region,
                    gateway=False,
                    policy=POLICY,
                    subnets=subnets,
                    groups=(f"sg-{endpoints}-endpoints",),
                ),
            )
            own = frozenset(f"vpc-{spoke.name}" for spoke in spokes)
            for zone_name in names(service, self.region):
                zone = Zone(id=f"Z-{name}", name=zone_name, vpcs=own, records={zone_name: name})
                self.built.add("zones", zone)

    def _vpc(self, name: str, segment: str, tiers: Sequence[str]) -> tuple[str, str]:
        cidr = next(self.networks)
        vpc = f"vpc-{name}"
        self.built.add(
            "vpcs",
            Vpc(
                id=vpc,
                name=name.partition("@")[0],
                account=name,
                region=self.region,
                segment=segment,
                cidrs=(str(cidr),),
            ),
        )
        blocks = cidr.subnets(new_prefix=22)
        for tier in tiers:
            for zone in self.zones:
                self.built.add(
                    "subnets",
                    Subnet(id=f"subnet-{vpc}-{tier}-{zone}", vpc=vpc, tier=tier, zone=zone, cidrs=(str(next(blocks)),)),
                )
        return vpc, str(cidr)

    def _route_table(self, vpc: str, tier: str, routes: Sequence[Route], zone: str = "") -> str:
        zones = [zone] if zone else self.zones
        name = f"rtb-{vpc}-{tier}{f'-{zone}' if zone else ''}"
        subnets = [f"subnet-{vpc}-{tier}-{zone}" for zone in zones]
        return self.built.add("tables", RouteTable(id=name, vpc=vpc, routes=routes, subnets=subnets)).id

    def _attach(self, vpc: str, segment: str, *, appliance: bool = False) -> str:
        name = f"tgw-attach-{vpc}"
        subnets = [f"subnet-{vpc}-attachments-{zone}" for zone in self.zones]
        self.built.add(
            "attachments",
            Attachment(id=name, gateway=self.gateway, vpc=vpc, subnets=subnets, appliance_mode=appliance),
        )
        self.members.setdefault(segment, []).append(name)
        return name

    def _table(self, name: str, members: Sequence[str], learned: Sequence[str], routes: Sequence[Route]) -> None:
        self.built.add(
            "gateway_tables",
            GatewayTable(
                id=f"tgw-rtb-{self.region}-{name}",
                gateway=self.gateway,
                name=name,
                associated=frozenset(members),
                propagated=frozenset(learned),
                routes=routes,
            ),
        )

    def _group(self, vpc: str, tier: str, ingress: Sequence[Rule], egress: Sequence[Rule]) -> str:
        name = f"sg-{vpc}-{tier}"
        return self.built.add(
            "groups", SecurityGroup(id=name, name=tier, vpc=vpc, tier=tier, ingress=ingress, egress=egress)
        ).id

    def _endpoints(self) -> str:
        vpc, _cidr = self._vpc(_named(ENDPOINTS_VPC, self.region), "shared", ("endpoints", "attachments"))
        self._route_table(vpc, "endpoints", [Route(destination=self.supernet, target=self.gateway)])
        self._route_table(vpc, "attachments", [])
        self._attach(vpc, "shared")
        self._group(vpc, "endpoints", [Rule(ports=HTTPS, peer=self.supernet)], [])
        return vpc

    def _inspection(self) -> str:
        tiers = ("attachments", "firewall", "public")
        vpc, _cidr = self._vpc(_named(INSPECTION_VPC, self.region), "inspection", tiers)
        gateway = f"igw-{vpc}"
        self.built.add("internet_gateways", vpc, key=gateway)
        endpoints: dict[str, str] = {}
        for zone in self.zones:
            firewall, nat = f"vpce-firewall-{zone}", f"nat-{zone}"
            endpoints[firewall] = f"subnet-{vpc}-firewall-{zone}"
            self.built.add("nats", Nat(id=nat, subnet=f"subnet-{vpc}-public-{zone}"))
            home = Route(destination=self.supernet, target=self.gateway)
            inside = Route(destination=self.supernet, target=firewall)
            out = Route(destination=EVERYWHERE, target=gateway)
            self._route_table(vpc, "attachments", [Route(destination=EVERYWHERE, target=firewall)], zone)
            self._route_table(vpc, "firewall", [home, Route(destination=EVERYWHERE, target=nat)], zone)
            self._route_table(vpc, "public", [inside, out], zone)
        self.built.add("firewalls", Firewall(id=f"firewall-{self.region}", vpc=vpc, endpoints=endpoints))
        return self._attach(vpc, "inspection", appliance=True)

    def _spoke(self, spoke: Spoke) -> None:
        vpc, _cidr = self._vpc(spoke.name, spoke.segment, (*TIERS, "attachments"))
        zone = Route(destination="10.0.0.0/8", target=self.gateway)
        out = [Route(destination=EVERYWHERE, target=self.gateway)] if self.size.egress else []
        tables = [self._route_table(vpc, tier, [zone, *(out if tier == "training" else [])]) for tier in TIERS]
        self._route_table(vpc, "attachments", [])
        self._attach(vpc, spoke.segment)
        endpoints = str(self.built.parts["vpcs"][f"vpc-{_named(ENDPOINTS_VPC, self.region)}"].cidrs[0])
        for tier in TIERS:
            ingress = [
                Rule(ports=ports, peer=f"sg-{vpc}-{source}")
                for (source, target), ports in INSIDE.items()
                if target == tier
            ]
            egress = [
                Rule(ports=ports, peer=f"sg-{vpc}-{target}")
                for (source, target), ports in INSIDE.items()
                if source == tier
            ]
            egress += [
                Rule(ports=HTTPS, peer=endpoints),
                Rule(ports=HTTPS, peer="pl-s3"),
                Rule(ports=HTTPS, peer="pl-ddb"),
            ]
            if tier == "training" and self.size.egress:
                egress.append(Rule(ports=HTTPS, peer=EVERYWHERE))
            self._group(vpc, tier, ingress, egress)
        for service in ("s3", "dynamodb"):
            self.built.add(
                "endpoints",
                Endpoint(
                    id=f"vpce-{vpc}-{service}",
                    vpc=vpc,
                    service=service,
                    region=self.region,
                    gateway=True,
                    policy=POLICY,
                    tables=tables,
                ),
            )


def peer(built: Built, requester: str, accepter: str) -> None:
    """An accepted peering between two VPCs."""
    built.add("peerings", Peering(id="pcx-planted", vpcs=(requester, accepter)))
