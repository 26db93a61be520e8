"""Monthly cost of network and MLflow servers, item by item: central endpoints beside endpoints in every VPC.

Prices are dated data (`prices.csv`): the page each is to be found on, and what it was checked against in the month of
`as_of`: a stored copy of AWS's own page, a third party's page, or nothing, which every bill says of its lines.
"""

import csv
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast

KEYS: Final = "KMS keys"
"""Item of the encryption keys, which are no part of the network."""
HOURS: Final = 730
"""In a month, as AWS's own calculator counts."""
GLOBAL: Final = "global"
FIRST_ZONES: Final = 25
"""Hosted zones of an account at the first price (Route 53 pricing)."""
FIRST_ASSOCIATIONS: Final = 100
"""VPCs that the hourly price of an account's profiles includes (the same)."""


_TRACKING_PRICES: Final = ("fargate-", "load-balancer", "postgresql-")
TRACKING: Final = ("fargate-processor", "fargate-gigabyte", "load-balancer", "load-balancer-unit", "postgresql-storage")
"""Prices of every MLflow server, besides that of its instance class."""
Verified = Literal["aws", "third-party", "no"]
"""Source of a price: AWS's page, another publication, or none."""


class PriceError(Exception):
    """A price that the data does not have."""

    exit_code = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Price:
    """A price in a region."""

    usd: float
    source: str
    as_of: str
    verified: Verified
    checked_against: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkSize:
    """Counts of the billed network resources of a region."""

    region: str
    spokes: int
    zones: int
    """Availability zones of each VPC."""
    services: int
    """Interface endpoints."""
    names: int
    """Private hosted zones of these endpoints."""
    inspected: bool
    profile: bool
    """Whether spokes get the zones by a Route 53 Profile."""
    peered: bool
    """Whether this region's Transit Gateway is peered with the other one."""
    keys: int
    """KMS keys."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackingSize:
    """The billed resources of the MLflow server of one environment."""

    region: str
    tasks: int
    """Number of tasks that always run; 0 before there is an image."""
    processors: float
    """Virtual processors of a task."""
    gigabytes: float
    """Memory of a task."""
    instance_class: str
    storage: int
    """Gigabytes of the database, which has a copy in a second zone."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Traffic:
    """Gigabytes a month, in each region."""

    endpoints: float = 0
    egress: float = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class CostItem:
    """An item of the estimate."""

    region: str
    description: str
    count: float
    monthly: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Bill:
    """A month: what is deployed, and the same endpoints in every VPC."""

    items: Sequence[CostItem]
    distributed: Sequence[CostItem]
    """Instead of central endpoints, their names and what they move over the Transit Gateway."""
    central: Sequence[CostItem]
    """The part of `items` that `distributed` would replace."""
    as_of: str
    unverified: Sequence[str]
    """Prices in it that were checked against nothing, as `item in region`."""

    @property
    def total(self) -> float:
        """All items together."""
        return total(self.items)


def total(items: Sequence[CostItem]) -> float:
    """Dollars of some items."""
    return sum(item.monthly for item in items)


@cache
def prices() -> Mapping[tuple[str, str], Price]:
    """(item, region) -> price."""
    with Path(__file__).with_name("prices.csv").open(encoding="utf-8", newline="") as text:
        return {
            (row["item"], row["region"]): Price(
                usd=float(row["usd"]),
                source=row["source"],
                as_of=row["as_of"],
                verified=cast("Verified", row["verified"]),
                checked_against=row["checked_against"],
            )
            for row in csv.DictReader(text)
        }


def price(item: str, region: str) -> Price:
    """A price, that of the region or the one for all.

    Raises:
        PriceError: naming item, region and where prices stand.
    """
    price = prices().get((item, region)) or prices().get((item, GLOBAL))
    if price is None:
        regions = ", ".join(sorted({region for _, region in prices()} - {GLOBAL}))
        raise PriceError(f"inspection/prices.csv has no price of {item} in {region!r}; regions: {regions}")
    return price


def bill(sizes: Sequence[NetworkSize], traffic: Traffic, servers: Sequence[TrackingSize] = ()) -> Bill:
    """The month's bill.

    Args:
        sizes: the network of each region.
        traffic: gigabytes.
        servers: the MLflow servers.

    Raises:
        PriceError: a region that the price data does not have.
    """
    central = [item for size in sizes for item in _central(size, traffic)]
    zones = sum(size.names for size in sizes)
    first = min(zones, FIRST_ZONES)
    central += _hosted_zones(first, zones - first)
    if any(size.profile for size in sizes):
        hourly = price("profile", GLOBAL).usd
        central.append(
            CostItem(region=GLOBAL, description="Route 53 Profiles, to 100 VPCs", count=1, monthly=hourly * HOURS)
        )
        more = max(0, sum(size.spokes for size in sizes if size.profile) - FIRST_ASSOCIATIONS)
        hourly = price("profile-association-beyond", GLOBAL).usd
        central.append(
            CostItem(region=GLOBAL, description="VPCs with a profile beyond", count=more, monthly=more * hourly * HOURS)
        )
    return Bill(
        items=[
            *central,
            *(item for size in sizes for item in _shared(size, traffic)),
            *(item for server in servers for item in _tracking(server)),
        ],
        distributed=[item for size in sizes for item in _distributed(size, traffic)],
        central=central,
        as_of=min(price.as_of for price in prices().values()),
        unverified=_unverified({size.region for size in sizes}, {server.instance_class for server in servers}),
    )


def _unverified(regions: Collection[str], instance_classes: Collection[str]) -> Sequence[str]:
    """Return the unverified prices of the regions; those of MLflow servers only when there are such servers."""
    classes = {f"postgresql-{name}" for name in instance_classes}

    def used(item: str) -> bool:
        return item in classes or (bool(classes) and item in TRACKING) or not item.startswith(_TRACKING_PRICES)

    return [
        f"{item} in {region}" if region != GLOBAL else item
        for (item, region), price in prices().items()
        if price.verified == "no" and region in {*regions, GLOBAL} and used(item)
    ]


def _item(size: NetworkSize | TrackingSize, description: str, name: str, count: float, per: float = HOURS) -> CostItem:
    return CostItem(
        region=size.region, description=description, count=count, monthly=count * per * price(name, size.region).usd
    )


def _central(size: NetworkSize, traffic: Traffic) -> Iterator[CostItem]:
    yield _item(size, "interface endpoints x zones", "interface-endpoint", size.services * size.zones)
    yield _item(size, "GB through endpoints", "interface-endpoint-data", traffic.endpoints, 1)
    yield _item(size, "attachment of the endpoint VPC", "transit-gateway-attachment", 1)
    yield _item(size, "GB to endpoints over the Transit Gateway", "transit-gateway-data", traffic.endpoints, 1)


def _distributed(size: NetworkSize, traffic: Traffic) -> Iterator[CostItem]:
    count = size.services * size.zones * size.spokes
    yield _item(size, "interface endpoints x zones x VPCs", "interface-endpoint", count)
    yield _item(size, "GB through endpoints", "interface-endpoint-data", traffic.endpoints, 1)


def _hosted_zones(first: int, beyond: int) -> Iterator[CostItem]:
    for description, name, count in (
        ("hosted zones, the first 25", "hosted-zone-first-25", first),
        ("hosted zones beyond", "hosted-zone-beyond", beyond),
    ):
        yield CostItem(region=GLOBAL, description=description, count=count, monthly=count * price(name, GLOBAL).usd)


def _shared(size: NetworkSize, traffic: Traffic) -> Iterator[CostItem]:
    """Return the items that do not depend on the placement of endpoints."""
    yield _item(size, "attachments of spokes", "transit-gateway-attachment", size.spokes)
    if size.peered:
        yield _item(size, "attachment of the peering", "transit-gateway-attachment", 1)
    if size.inspected:
        yield _item(size, "attachment of the inspection VPC", "transit-gateway-attachment", 1)
        yield _item(size, "firewall endpoints", "firewall-endpoint", size.zones)
        yield _item(size, "GB through the firewall", "firewall-data", traffic.egress, 1)
        yield _item(size, "GB out over the Transit Gateway", "transit-gateway-data", traffic.egress, 1)
        yield _item(size, "public addresses of NAT gateways", "public-address", size.zones)
    yield _item(size, KEYS, "kms-key", size.keys, 1)


def _tracking(server: TrackingSize) -> Iterator[CostItem]:
    """Return the items of an MLflow server; its load balancer uses one capacity unit at most."""
    yield _item(server, "MLflow: processors of tasks", "fargate-processor", server.tasks * server.processors)
    yield _item(server, "MLflow: gigabytes of tasks", "fargate-gigabyte", server.tasks * server.gigabytes)
    yield _item(server, "MLflow: load balancer", "load-balancer", 1)
    yield _item(server, "MLflow: capacity unit of the load balancer", "load-balancer-unit", 1)
    yield _item(server, f"MLflow: {server.instance_class} in two zones", f"postgresql-{server.instance_class}", 1)
    yield _item(server, "MLflow: gigabytes of the database", "postgresql-storage", server.storage, 1)
