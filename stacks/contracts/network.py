"""Outputs of the `network-<region>` stacks and of the spokes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from stacks.contracts.contract import Contract


@dataclass(frozen=True, kw_only=True, slots=True)
class NetworkOutputs(Contract):
    """Outputs of a `network-<region>` stack."""

    account_id: pulumi.Input[str]
    region: pulumi.Input[str]
    transit_gateway_id: pulumi.Input[str]
    transit_gateway_arn: pulumi.Input[str]
    route_table_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Segment, `inspection` or `peering` -> route table of the Transit Gateway."""
    endpoint_vpc_id: pulumi.Input[str]
    endpoint_group_id: pulumi.Input[str]
    endpoint_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Name of an endpoint service -> the zone's endpoint."""
    zone_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Name of a private zone -> its id."""
    profile_id: pulumi.Input[str]
    """Route 53 Profile with all of these; empty when spokes are associated zone by zone."""
    dns_rule_group_id: pulumi.Input[str]
    ipam_pool_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Region -> pool that VPCs there take their CIDR from."""
    inspection_vpc_id: pulumi.Input[str]
    """Empty without egress."""
    firewall_arn: pulumi.Input[str]
    """Empty without egress."""
    peering_attachment_id: pulumi.Input[str]
    """Empty in the primary region, whose stack is brought up before there is anything to peer with."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeOutputs(Contract):
    """Network outputs of an `ml-<env>` or `recovery-<env>` stack."""

    vpc_id: pulumi.Input[str]
    cidr: pulumi.Input[str]
    segment: pulumi.Input[str]
    attachment_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Mapping[str, Sequence[pulumi.Input[str]]]]
    """Tier -> subnets, in the order of zones."""
    security_group_ids: pulumi.Input[Mapping[str, pulumi.Input[str]]]
    """Tier -> group for what runs in it."""
    s3_endpoint_id: pulumi.Input[str]
    dynamodb_endpoint_id: pulumi.Input[str]
