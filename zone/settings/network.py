"""The `network` key: segments, egress, endpoints, and what of it contradicts itself or the rest of the settings."""

import ipaddress
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field

from controls import addresses, endpoint_services
from zone.settings import types as t
from zone.settings.sections import StrictModel

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


class Segment(StrictModel):
    """A group of accounts that share a route table of the Transit Gateway and can reach one another."""

    accounts: list[t.AccountName] = Field(default_factory=list)
    """Names of the accounts in the segment; each account with a VPC is in one segment."""
    reaches: list[SegmentName] = Field(default_factory=list)
    """Names of the segments that this segment may open connections to. Replies are routed back."""
    egress: Literal["none", "inspected"] = "none"
    """Whether the segment's spokes may reach the internet: `none`, or `inspected` through the firewall of
    `network.egress`. Keep `none` where patients' data is."""


def _endpoints() -> list[str]:
    return list(endpoint_services.ENDPOINT_SERVICES)


class Network(StrictModel):
    """Settings of the `network-<region>` stacks and of the spoke VPCs."""

    account: t.AccountName | None = None
    """Name of the account that owns the network; the administrator of `ipam` if not set."""
    supernets: dict[t.Region, Supernet] = Field(default_factory=dict)
    """Region -> CIDR that contains every VPC of the region."""
    egress: Literal["none", "inspected"] = "none"
    """Way to the internet: `none`, or `inspected` through a NAT gateway and AWS Network Firewall, for the segments
    whose own `egress` is `inspected`."""
    allowed_domains: list[Domain] = Field(default_factory=list)
    """Internet domains that spokes may reach through the firewall."""
    zones: Annotated[int, Field(ge=2, le=addresses.MOST_ZONES)] = 2
    """Number of availability zones of every VPC."""
    dns: Literal["profiles", "associations"] = "profiles"
    """How spokes resolve the private zones of endpoints: one Route 53 Profile, or an association of each zone with each
    VPC."""
    dual_stack: bool = False
    """Whether VPCs have IPv6 addresses and endpoints resolve names under `api.aws`. Traffic between VPCs is IPv4."""
    segments: dict[SegmentName, Segment] = Field(default_factory=dict)
    """Segment name -> segment. `shared` is the segment of the endpoint VPC."""
    isolated: list[Annotated[list[SegmentName], Field(min_length=2, max_length=2)]] = Field(default_factory=list)
    """Pairs of segments that may not reach each other, in addition to segments of different environments."""
    endpoints: list[str] = Field(default_factory=_endpoints)
    """Names of the AWS services with an interface endpoint (`controls/endpoint_services.py`)."""
