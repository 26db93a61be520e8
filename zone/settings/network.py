"""The `network` key: segments, egress, endpoints, and what of it contradicts itself or the rest of the settings."""

import ipaddress
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from controls import addresses, endpoint_services
from zone.settings import types as t
from zone.settings.sections import Strict

SHARED: Final = "shared"
"""The segment of the endpoint VPC, which every zone has; it has no accounts."""
RESERVED: Final = ("inspection", "peering")
"""Names of route tables that are no segments."""
APART: Final = ("prod", "staging", "dev")
"""Environments that never reach one another, whatever the configuration says."""


def _supernet(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise ValueError(f"not an IPv4 network ({error}); allowed: for example 10.0.0.0/9") from None
    if not network.is_private:
        raise ValueError("not a private network; allowed: within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16")
    return value


SegmentName = Annotated[str, t.like(r"[a-z][a-z0-9-]{0,30}", "lower-case letters, digits and hyphens, at most 31")]
Domain = Annotated[
    str,
    t.like(r"\.?([a-z0-9-]+\.)+[a-z]{2,}", "a domain, or with a dot before it everything below it: .pypi.org"),
]
Supernet = Annotated[str, AfterValidator(_supernet)]


class Segment(Strict):
    """Accounts that share a route table of the Transit Gateway: they reach one another, and whom `reaches` names."""

    accounts: list[t.AccountName] = Field(default_factory=list)
    reaches: list[SegmentName] = Field(default_factory=list)
    """Segments whose services this one may call; answers come back, calls do not."""


def _endpoints() -> list[str]:
    return list(endpoint_services.ENDPOINT_SERVICES)


class Network(Strict):
    """What the stacks `network-<region>` and the spokes' side of the workloads are made from."""

    account: t.AccountName | None = None
    """The account that administers `ipam` unless given."""
    supernets: dict[t.Region, Supernet] = Field(default_factory=dict)
    """Region -> the network that every VPC there is a part of."""
    egress: Literal["none", "inspected"] = "none"
    allowed_domains: list[Domain] = Field(default_factory=list)
    """What spokes may reach on the internet, through the firewall; nothing unless named."""
    zones: Annotated[int, Field(ge=2, le=addresses.MOST_ZONES)] = 2
    """Availability zones of every VPC."""
    dns: Literal["profiles", "associations"] = "profiles"
    """How spokes get the endpoints' private zones: a Route 53 Profile, or every zone associated with every VPC."""
    dual_stack: bool = False
    """Whether VPCs have IPv6 addresses, and endpoints answer for names in `api.aws`; between VPCs it is IPv4."""
    segments: dict[SegmentName, Segment] = Field(default_factory=dict)
    isolated: list[Annotated[list[SegmentName], Field(min_length=2, max_length=2)]] = Field(default_factory=list)
    """Pairs that must stay apart, besides those of different environments."""
    endpoints: list[str] = Field(default_factory=_endpoints)
