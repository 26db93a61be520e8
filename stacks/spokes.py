"""A workload's network in one region: its VPC, and its place among the segments."""

from dataclasses import fields
from typing import Any

import pulumi

from components.network.membership import SegmentMembership, SegmentMembershipArgs
from components.network.spoke_vpc import SpokeVpc, SpokeVpcArgs
from components.network.vpc import VpcArgs
from components.network.zone_associations import (
    ZoneAssociations,
    ZoneAssociationsArgs,
    ZoneAuthorizations,
    ZoneAuthorizationsArgs,
)
from stacks.contracts import AuditOutputs, NetworkOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph


def spoke(plan: Plan, name: str, region: str, organization: OrganizationOutputs, providers: Providers) -> SpokeOutputs:
    """Declares an account's spoke in a region, and gives what its stack exports of it.

    Two providers: the VPC is the account's, what the Transit Gateway makes of its attachment is the network account's,
    since a spoke that could associate itself could choose its segment; and so is the leave to associate its zones.
    """
    settings = plan.settings
    audit = AuditOutputs.of(graph.AUDIT)
    central = NetworkOutputs.of(graph.network_stack(region))
    owner = plan.network.account
    region_network = plan.region(region)
    cidr = region_network.spokes[name]
    segment = plan.segment_of(name)
    profiles = settings.network.dns == "profiles"
    pools = pulumi.Output.from_input(central.ipam_pool_ids)
    zones = pulumi.Output.from_input(central.zone_ids)
    tables = pulumi.Output.from_input(central.route_table_ids)
    spoke_vpc = SpokeVpc(
        "spoke",
        SpokeVpcArgs(
            vpc=VpcArgs(
                tag=name,
                segment=segment.name,
                region=region,
                cidr=cidr,
                subnets=region_network.spoke_subnets(cidr),
                log_bucket_arn=audit.network_log_bucket_arn,
                dns_rule_group_id=central.dns_rule_group_id,
                ipam_pool_id=pools[region],
                dual_stack=settings.network.dual_stack,
            ),
            transit_gateway_id=central.transit_gateway_id,
            supernets=list(settings.network.supernets.values()),
            endpoints_cidr=region_network.endpoint_cidr,
            peers=[peer for peer in segment.peer_cidrs if peer != cidr],
            egress=segment.egress,
            organization_id=organization.organization_id,
            profile_id=central.profile_id if profiles else None,
        ),
        providers.options(name, region),
    )
    membership = SegmentMembership(
        "membership",
        SegmentMembershipArgs(
            attachment_id=spoke_vpc.attachment_id,
            segment=segment.name,
            known_in=segment.propagated_into,
            route_table_ids={table: tables[table] for table in plan.network.route_tables},
            foreign=True,
        ),
        providers.options(owner, region),
    )
    spoke_vpc.add_routes(membership)
    if not profiles:
        authorized = ZoneAuthorizations(
            "zone-authorizations",
            ZoneAuthorizationsArgs(
                vpc_id=spoke_vpc.vpc.id,
                region=region,
                zone_ids={zone: zones[zone] for zone in region_network.private_zones},
            ),
            providers.options(owner, region),
        )
        ZoneAssociations(
            "zone-associations",
            ZoneAssociationsArgs(vpc_id=spoke_vpc.vpc.id, region=region, zone_ids=authorized.zone_ids),
            providers.options(name, region),
        )
    return SpokeOutputs(
        vpc_id=spoke_vpc.vpc.id,
        cidr=cidr,
        segment=segment.name,
        attachment_id=spoke_vpc.attachment_id,
        subnet_ids={tier: spoke_vpc.vpc.subnet_ids(tier) for tier in spoke_vpc.vpc.subnets},
        security_group_ids=spoke_vpc.groups.ids,
        s3_endpoint_id=spoke_vpc.gateway_endpoints["s3"].id,
        dynamodb_endpoint_id=spoke_vpc.gateway_endpoints["dynamodb"].id,
    )


def spoke_fields(spoke: SpokeOutputs) -> dict[str, Any]:
    """The fields of a spoke's outputs, for the outputs of a stack that exports more besides."""
    return {field.name: getattr(spoke, field.name) for field in fields(spoke)}
