"""Monthly cost of deployed resources by stack and account, as far as the dated prices reach.

What has no price is listed by type, and never counted as nothing: types without a price in `prices.csv` that are not in
`free_types.csv`, and resources whose region, class or form has none.
"""

import csv
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from inspection.cost import FIRST_ASSOCIATIONS, FIRST_ZONES, GLOBAL, HOURS, PriceError, price
from inspection.exported import allowed_accounts, exported_values

Entry = Mapping[str, Any]
PROVIDER: Final = "pulumi:providers:aws"
HOSTED_ZONE: Final = "aws:route53/zone:Zone"
PROFILE: Final = "aws:route53/profilesProfile:ProfilesProfile"
ASSOCIATION: Final = "aws:route53/profilesAssociation:ProfilesAssociation"
TASK: Final = "aws:ecs/taskDefinition:TaskDefinition"
SERVICE: Final = "aws:ecs/service:Service"
NAT: Final = "aws:ec2/natGateway:NatGateway"
FIREWALL: Final = "aws:networkfirewall/firewall:Firewall"
UNITS_OF_A_PROCESSOR: Final = 1024
MEBIBYTES_OF_A_GIGABYTE: Final = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """A price times a count."""

    item: str
    """Item of `prices.csv`."""
    count: float
    per_month: float = HOURS
    """Units of the price in a month: 730 hours, or 1 for a monthly price."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedItem:
    """The charges of one kind in a stack, an account and a region."""

    stack: str
    account: str
    region: str
    item: str
    count: float
    monthly: float


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedCost:
    """What deployed resources cost in a month, without what depends on use."""

    items: Sequence[DeployedItem]
    not_priced: Mapping[str, int]
    """Resource type, or type with the reason -> number of resources without a price."""
    free: Mapping[str, int]
    """Resource type -> number of resources that AWS does not charge for by themselves."""

    @property
    def total(self) -> float:
        """US dollars."""
        return sum(item.monthly for item in self.items)

    def by(self, key: Callable[[DeployedItem], str]) -> Mapping[str, float]:
        """Sums by a key, the highest first."""
        sums: dict[str, float] = {}
        for item in self.items:
            sums[key(item)] = sums.get(key(item), 0) + item.monthly
        return dict(sorted(sums.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(kw_only=True, slots=True)
class _Sums:
    items: dict[tuple[str, str, str, str], tuple[float, float]] = field(
        default_factory=dict[tuple[str, str, str, str], tuple[float, float]]
    )
    not_priced: Counter[str] = field(default_factory=Counter[str])

    def add(self, placed: "Placed", charge: Charge) -> None:
        """Adds a charge, or notes that the region or class has no price."""
        try:
            usd = price(charge.item, placed.region).usd
        except PriceError:
            self.not_priced[f"{placed.type} (no price of {charge.item} in {placed.region or 'an unknown region'})"] += 1
            return
        key = (placed.stack, placed.account, placed.region, charge.item)
        count, monthly = self.items.get(key, (0.0, 0.0))
        self.items[key] = count + charge.count, monthly + charge.count * charge.per_month * usd


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A deployed resource with its account and region."""

    stack: str
    account: str
    region: str
    type: str
    values: Mapping[str, Any]


def deployed_cost(stacks: Mapping[str, Sequence[Entry]]) -> DeployedCost:
    """The monthly cost of deployed resources.

    Args:
        stacks: stack -> resources of its state.

    Returns:
        Charges, and what has no price.
    """
    placed = [resource for stack, entries in stacks.items() for resource in _placed(stack, entries)]
    sums, free = _Sums(), Counter[str]()
    tasks = {str(task.values.get("arn", "")): task for task in placed if task.type == TASK}
    behind = {(item.account, item.region) for item in placed if item.type == FIREWALL}
    for resource in placed:
        if resource.type in (HOSTED_ZONE, PROFILE, ASSOCIATION, TASK):
            continue
        if resource.type == NAT and (resource.account, resource.region) in behind:
            free[f"{NAT} (with Network Firewall)"] += 1
            continue
        charges = _charges(resource, tasks)
        for charge in charges:
            if charge is None:
                free[f"{resource.type} (gateway)"] += 1
            else:
                sums.add(resource, charge)
        if not charges:
            (free if _is_free(resource.type) else sums.not_priced)[resource.type] += 1
    _tiers(placed, sums)
    return DeployedCost(
        items=[
            DeployedItem(stack=stack, account=account, region=region, item=item, count=count, monthly=monthly)
            for (stack, account, region, item), (count, monthly) in sorted(sums.items.items())
        ],
        not_priced=dict(sorted(sums.not_priced.items())),
        free=dict(sorted(free.items())),
    )


def _placed(stack: str, entries: Sequence[Entry]) -> Iterator[Placed]:
    """The AWS resources that a stack manages; what it only reads is another stack's."""
    providers = {
        f"{entry['urn']}::{entry.get('id', '')}": entry.get("inputs") or {}
        for entry in entries
        if entry["type"] == PROVIDER
    }
    for entry in entries:
        if not str(entry["type"]).startswith("aws:") or entry.get("external"):
            continue
        values = exported_values(entry)
        provider = providers.get(str(entry.get("provider", "")), {})
        yield Placed(
            stack=stack,
            account=_account(provider, values),
            region=str(values.get("region") or provider.get("region") or ""),
            type=str(entry["type"]),
            values=values,
        )


def _account(provider: Entry, values: Mapping[str, Any]) -> str:
    """The account that the provider is limited to, or that the ARN names."""
    allowed = allowed_accounts(provider)
    if allowed:
        return allowed[0]
    parts = str(values.get("arn", "")).split(":")
    return parts[4] if len(parts) > 4 else ""  # noqa: PLR2004 - an ARN's fifth field is its account


def _charges(resource: Placed, tasks: Mapping[str, Placed]) -> Sequence[Charge | None]:
    """The charges of a resource; None for one that costs nothing, and an empty list for one without a price."""
    if resource.type in ALWAYS:
        return [ALWAYS[resource.type]]
    if resource.type == SERVICE:
        return _fargate(resource.values, tasks)
    return FORMS[resource.type](resource.values) if resource.type in FORMS else []


def _endpoint(values: Mapping[str, Any]) -> Sequence[Charge | None]:
    kind = values.get("vpcEndpointType", "Gateway")
    if kind == "Interface":
        return [Charge(item="interface-endpoint", count=len(values.get("subnetIds") or ()))]
    return [None] if kind == "Gateway" else []


def _firewall(values: Mapping[str, Any]) -> Sequence[Charge | None]:
    return [Charge(item="firewall-endpoint", count=len(values.get("subnetMappings") or ()))]


def _load_balancer(values: Mapping[str, Any]) -> Sequence[Charge | None]:
    if values.get("loadBalancerType", "application") != "application":
        return []
    return [Charge(item="load-balancer", count=1), Charge(item="load-balancer-unit", count=1)]


def _database(values: Mapping[str, Any]) -> Sequence[Charge | None]:
    """PostgreSQL with a copy in a second zone, the only form that has prices."""
    if values.get("engine") != "postgres" or values.get("multiAz") is not True:
        return []
    return [
        Charge(item=f"postgresql-{values.get('instanceClass')}", count=1),
        Charge(item="postgresql-storage", count=float(values.get("allocatedStorage") or 0), per_month=1),
    ]


def _fargate(values: Mapping[str, Any], tasks: Mapping[str, Placed]) -> Sequence[Charge | None]:
    task = tasks.get(str(values.get("taskDefinition", "")))
    if task is None or values.get("launchType") != "FARGATE":
        return []
    count = float(values.get("desiredCount") or 0)
    return [
        Charge(item="fargate-processor", count=count * _number(task, "cpu") / UNITS_OF_A_PROCESSOR),
        Charge(item="fargate-gigabyte", count=count * _number(task, "memory") / MEBIBYTES_OF_A_GIGABYTE),
    ]


ATTACHED: Final = Charge(item="transit-gateway-attachment", count=1)
KMS_KEY: Final = Charge(item="kms-key", count=1, per_month=1)
ALWAYS: Final[Mapping[str, Charge]] = {
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": ATTACHED,
    "aws:ec2transitgateway/peeringAttachment:PeeringAttachment": ATTACHED,
    "aws:ec2transitgateway/peeringAttachmentAccepter:PeeringAttachmentAccepter": ATTACHED,
    "aws:ec2/eip:Eip": Charge(item="public-address", count=1),
    "aws:kms/key:Key": KMS_KEY,
    "aws:kms/replicaKey:ReplicaKey": KMS_KEY,
}
"""Resource type -> its charge, whatever its properties."""
FORMS: Final[Mapping[str, Callable[[Mapping[str, Any]], Sequence[Charge | None]]]] = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": _endpoint,
    FIREWALL: _firewall,
    "aws:lb/loadBalancer:LoadBalancer": _load_balancer,
    "aws:rds/instance:Instance": _database,
}
"""Resource type -> charges that depend on its properties."""


def _number(resource: Placed, key: str) -> float:
    value = resource.values.get(key)
    return float(value) if isinstance(value, int | float) or (isinstance(value, str) and value.isdecimal()) else 0


def _tiers(placed: Sequence[Placed], sums: _Sums) -> None:
    """Hosted zones and profiles, whose price depends on the number in an account (Route 53 pricing)."""
    zones, profiles, associations = Counter[str](), set[str](), Counter[str]()
    for resource in placed:
        if resource.type == HOSTED_ZONE:
            zones[resource.account] += 1
            item = "hosted-zone-first-25" if zones[resource.account] <= FIRST_ZONES else "hosted-zone-beyond"
            sums.add(_everywhere(resource), Charge(item=item, count=1, per_month=1))
        elif resource.type == PROFILE and resource.account not in profiles:
            profiles.add(resource.account)
            sums.add(_everywhere(resource), Charge(item="profile", count=1))
        elif resource.type == ASSOCIATION:
            associations[resource.account] += 1
            if associations[resource.account] > FIRST_ASSOCIATIONS:
                sums.add(_everywhere(resource), Charge(item="profile-association-beyond", count=1))


def _everywhere(resource: Placed) -> Placed:
    return Placed(
        stack=resource.stack, account=resource.account, region=GLOBAL, type=resource.type, values=resource.values
    )


@cache
def _free_types() -> Sequence[str]:
    with Path(__file__).with_name("free_types.csv").open(encoding="utf-8", newline="") as text:
        return [row["type"] for row in csv.DictReader(text)]


def _is_free(kind: str) -> bool:
    return kind.startswith(tuple(_free_types()))
