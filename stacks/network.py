"""The `network-<region>` layer: Transit Gateway, endpoints, inspection, names and addresses, in the network account."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi

from components.network.dns_firewall import DnsFirewall, DnsFirewallArgs
from components.network.endpoint_vpc import EndpointVpc, EndpointVpcArgs
from components.network.inspection_vpc import InspectionVpc, InspectionVpcArgs
from components.network.ipam import Ipam, IpamArgs
from components.network.membership import SegmentMembership, SegmentMembershipArgs
from components.network.peering import Peering, PeeringArgs, PeeringSide, PeeringSideArgs
from components.network.share import OrganizationShare, OrganizationShareArgs
from components.network.transit_gateway import TransitGateway, TransitGatewayArgs
from components.network.vpc import VpcArgs
from stacks.contracts import AuditOutputs, NetworkOutputs, OrganizationOutputs
from stacks.providers import Providers
from zone.plan import Plan, graph
from zone.plan.network import INSPECTION, SHARED

FIRST_ASN: Final = 64512
"""ASN of the primary region's Transit Gateway; the recovery region has the next number."""


def deploy(plan: Plan, region: str) -> NetworkOutputs:
    """Declares the layer for one region and exports its outputs."""
    outputs = _Region(plan, region).deploy()
    outputs.export()
    return outputs


@dataclass(frozen=True, kw_only=True, slots=True)
class _Base:
    """Resources that both VPCs of the network account use."""

    gateway: TransitGateway
    names: DnsFirewall
    pools: Mapping[str, pulumi.Input[str]]


class _Region:
    """State while the network of one region is declared."""

    def __init__(self, plan: Plan, region: str) -> None:
        settings = plan.settings
        self._plan, self._settings, self._region = plan, settings, region
        self._primary = region == settings.regions.primary
        self._organization = OrganizationOutputs.of(graph.ORGANIZATION)
        self._audit = AuditOutputs.of(graph.AUDIT)
        self._providers = Providers(plan, self._organization)
        self._account = plan.network.account
        self._opts = self._providers.options(self._account, region)
        # The recovery region stands on the primary one only while it is built, never while it runs.
        self._first = None if self._primary else NetworkOutputs.of(graph.network_stack(settings.regions.primary))
        self._shared: dict[str, pulumi.Input[str]] = {}

    def deploy(self) -> NetworkOutputs:
        """Declares everything."""
        settings, region = self._settings, self._region
        pools = self._pools()
        names = DnsFirewall(
            "dns-firewall", DnsFirewallArgs(allowed_domains=settings.network.allowed_domains), self._opts
        )
        gateway = self._gateway()
        base = _Base(gateway=gateway, names=names, pools=pools)
        endpoints = self._endpoints(base)
        inspection = self._inspection(base) if self._plan.network.inspected else None
        peering = self._peering(gateway)
        self._shared |= {"transit-gateway": gateway.arn, "dns-firewall": names.arn}
        if endpoints.names.profile_arn is not None:
            self._shared["profile"] = endpoints.names.profile_arn
        share = OrganizationShare(
            "share",
            OrganizationShareArgs(
                share=f"{settings.name_prefix}-network",
                organization_arn=pulumi.Output.format(
                    "arn:aws:organizations::{0}:organization/{1}",
                    settings.management_account_id,
                    self._organization.organization_id,
                ),
                resources=self._shared,
            ),
            self._opts,
        )
        return NetworkOutputs(
            account_id=self._providers.account_id(self._account),
            region=region,
            # Through the share: a spoke that is told of the gateway can attach to it.
            transit_gateway_id=pulumi.Output.all(gateway.id, share.arn).apply(lambda values: str(values[0])),
            transit_gateway_arn=gateway.arn,
            route_table_ids=gateway.route_table_ids,
            endpoint_vpc_id=endpoints.vpc.id,
            endpoint_group_id=endpoints.group_id,
            endpoint_ids={name: endpoint.id for name, endpoint in endpoints.endpoints.items()},
            zone_ids=endpoints.names.zone_ids,
            profile_id=endpoints.names.profile_id,
            dns_rule_group_id=names.rule_group_id,
            ipam_pool_ids=pools,
            inspection_vpc_id=inspection.vpc.id if inspection else "",
            firewall_arn=inspection.firewall.arn if inspection else "",
            peering_attachment_id=peering,
        )

    def _pools(self) -> Mapping[str, pulumi.Input[str]]:
        """Pools are made once, in the primary region, for all."""
        if self._first is not None:
            pools = pulumi.Output.from_input(self._first.ipam_pool_ids)
            return {region: pools[region] for region in self._settings.regions.all}
        ipam = Ipam(
            "ipam",
            IpamArgs(home=self._region, supernets=self._settings.network.supernets),
            self._opts,
        )
        self._shared |= {f"addresses-{region}": arn for region, arn in ipam.arns.items()}
        return ipam.pool_ids

    def _gateway(self) -> TransitGateway:
        settings = self._settings
        return TransitGateway(
            "transit-gateway",
            TransitGatewayArgs(
                description=f"{settings.name_prefix} {self._region}",
                asn=FIRST_ASN + settings.regions.all.index(self._region),
                tables=self._plan.network.route_tables,
                log_bucket_arn=self._audit.network_log_bucket_arn,
                foreign={name: segment.blackholes for name, segment in self._plan.network.segments.items()},
            ),
            self._opts,
        )

    def _vpc(self, tag: str, segment: str, cidr: str, tiers: tuple[str, ...], base: "_Base") -> VpcArgs:
        return VpcArgs(
            tag=tag,
            segment=segment,
            region=self._region,
            cidr=cidr,
            subnets=self._plan.region(self._region).central_subnets(cidr, tiers),
            log_bucket_arn=self._audit.network_log_bucket_arn,
            dns_rule_group_id=base.names.rule_group_id,
            ipam_pool_id=base.pools[self._region],
            dual_stack=self._settings.network.dual_stack and segment != INSPECTION,
        )

    def _endpoints(self, base: "_Base") -> EndpointVpc:
        settings, region = self._settings, self._region
        cidr = self._plan.region(region).endpoint_cidr
        supernet = settings.network.supernets[region]
        endpoint_vpc = EndpointVpc(
            "endpoints",
            EndpointVpcArgs(
                vpc=self._vpc("network-endpoints", SHARED, cidr, ("endpoints",), base),
                transit_gateway_id=base.gateway.id,
                supernets=[supernet],
                clients=[supernet],
                services=settings.network.endpoints,
                organization_id=self._organization.organization_id,
                profile=settings.network.dns == "profiles",
            ),
            self._opts,
        )
        SegmentMembership(
            "endpoints-membership",
            SegmentMembershipArgs(
                attachment_id=endpoint_vpc.attachment_id,
                segment=SHARED,
                known_in=self._plan.network.segments[SHARED].neighbors,
                route_table_ids=base.gateway.route_table_ids,
            ),
            self._opts,
        )
        return endpoint_vpc

    def _inspection(self, base: "_Base") -> InspectionVpc:
        settings, region = self._settings, self._region
        cidr = self._plan.region(region).inspection_cidr
        inspection_vpc = InspectionVpc(
            "inspection",
            InspectionVpcArgs(
                vpc=self._vpc("network-inspection", INSPECTION, cidr, ("firewall", "public"), base),
                transit_gateway_id=base.gateway.id,
                supernets=[settings.network.supernets[region]],
                allowed_domains=settings.network.allowed_domains,
                log_bucket=self._audit.network_log_bucket,
                account_id=self._providers.account_id(self._account),
                key_alias=f"{settings.name_prefix}-firewall",
            ),
            self._opts,
        )
        SegmentMembership(
            "inspection-membership",
            SegmentMembershipArgs(
                attachment_id=inspection_vpc.attachment_id,
                segment=INSPECTION,
                known_in=(),
                default_in=[name for name, segment in self._plan.network.segments.items() if segment.egress],
                route_table_ids=base.gateway.route_table_ids,
            ),
            self._opts,
        )
        return inspection_vpc

    def _peering(self, gateway: TransitGateway) -> pulumi.Input[str]:
        """The recovery region asks, the primary one accepts: both are this stack's, since only now both are there."""
        if self._first is None:
            return ""
        region, primary = self._region, self._settings.regions.primary
        peering = Peering(
            "peering",
            PeeringArgs(
                transit_gateway_id=gateway.id,
                peer_transit_gateway_id=self._first.transit_gateway_id,
                peer_region=primary,
                peer_account_id=self._providers.account_id(self._account),
            ),
            self._opts,
        )
        primary_tables = pulumi.Output.from_input(self._first.route_table_ids)
        accepted = PeeringSide(
            f"peering-{primary}",
            PeeringSideArgs(
                attachment_id=peering.attachment_id,
                route_table_ids={
                    route_table: primary_tables[route_table] for route_table in self._plan.network.route_tables
                },
                routes=self._plan.region(primary).remote_routes,
                accept=True,
                name_tag="peering",
            ),
            self._providers.options(self._account, primary),
        )
        PeeringSide(
            f"peering-{region}",
            PeeringSideArgs(
                attachment_id=accepted.attachment_id,
                route_table_ids=gateway.route_table_ids,
                routes=self._plan.region(region).remote_routes,
                accept=False,
                name_tag="peering",
            ),
            self._opts,
        )
        return peering.attachment_id
