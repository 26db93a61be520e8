"""A workload's network in one region: its VPC, and its place among the segments."""

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
from stacks import graph, segmentation
from stacks.configuration import network
from stacks.contracts import AuditOutputs, NetworkOutputs, OrganizationOutputs, SpokeOutputs
from stacks.providers import Providers
from stacks.settings import Settings


def spoke(
    settings: Settings, name: str, region: str, organization: OrganizationOutputs, providers: Providers
) -> SpokeOutputs:
    """Declares an account's spoke in a region, and gives what its stack exports of it.

    Two providers: the VPC is the account's, what the Transit Gateway makes of its attachment is the network account's,
    since a spoke that could associate itself could choose its segment; and so is the leave to associate its zones.
    """
    audit = AuditOutputs.of(graph.AUDIT)
    central = NetworkOutputs.of(graph.network(region))
    owner = network.account(settings)
    assert owner is not None, "the settings' checks refuse a network without an account"
    cidr = network.spokes(settings, region)[name]
    segment = network.segment_of(settings, name)
    profiles = settings.network.dns == "profiles"
    pools = pulumi.Output.from_input(central.ipam_pool_ids)
    zones = pulumi.Output.from_input(central.zone_ids)
    tables = pulumi.Output.from_input(central.route_table_ids)
    made = SpokeVpc(
        "spoke",
        SpokeVpcArgs(
            vpc=VpcArgs(
                tag=name,
                segment=segment,
                region=region,
                cidr=cidr,
                subnets=segmentation.spoke_subnets(settings, region, cidr),
                log_bucket_arn=audit.network_log_bucket_arn,
                dns_rule_group_id=central.dns_rule_group_id,
                ipam_pool_id=pools[region],
                dual_stack=settings.network.dual_stack,
            ),
            transit_gateway_id=central.transit_gateway_id,
            supernets=list(settings.network.supernets.values()),
            endpoints_cidr=segmentation.network_cidrs(settings, region)[0],
            peers=[one for one in segmentation.peers(settings, segment) if one != cidr],
            egress=segmentation.inspected(settings),
            organization_id=organization.organization_id,
            profile_id=central.profile_id if profiles else None,
        ),
        providers.options(name, region),
    )
    SegmentMembership(
        "membership",
        SegmentMembershipArgs(
            attachment_id=made.attachment_id,
            segment=segment,
            known_in=segmentation.known_in(settings, segment),
            route_table_ids={one: tables[one] for one in segmentation.tables(settings)},
            foreign=True,
        ),
        providers.options(owner, region),
    )
    if not profiles:
        authorized = ZoneAuthorizations(
            "zone-authorizations",
            ZoneAuthorizationsArgs(
                vpc_id=made.vpc.id,
                region=region,
                zone_ids={one: zones[one] for one in segmentation.zone_names(settings, region)},
            ),
            providers.options(owner, region),
        )
        ZoneAssociations(
            "zone-associations",
            ZoneAssociationsArgs(vpc_id=made.vpc.id, region=region, zone_ids=authorized.zone_ids),
            providers.options(name, region),
        )
    return SpokeOutputs(
        vpc_id=made.vpc.id,
        cidr=cidr,
        segment=segment,
        attachment_id=made.attachment_id,
        subnet_ids={tier: made.vpc.subnet_ids(tier) for tier in made.vpc.subnets},
        security_group_ids=made.groups.ids,
        s3_endpoint_id=made.gateway_endpoints["s3"].id,
        dynamodb_endpoint_id=made.gateway_endpoints["dynamodb"].id,
    )
