"""A VPC without a way out: no Transit Gateway, no peering, no internet gateway; only endpoints of AWS services."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, vpc

from components.documents import document
from components.network import endpoint_policies
from components.network.spoke_acl import SpokeAcl, SpokeAclArgs
from components.network.spoke_groups import SpokeGroups, SpokeGroupsArgs
from components.network.spoke_vpc import GATEWAY_SERVICES
from components.network.vpc import Vpc, VpcArgs
from components.network.vpc_parts import gateway_endpoint, route_table
from components.tokens import type_token
from controls import endpoint_services
from controls.flows import HTTPS, TIERS

ENDPOINTS_TIER = "endpoints"
"""Tier of the subnets of the interface endpoints."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IsolatedVpcArgs:
    """A VPC without a way out."""

    vpc: VpcArgs
    """The VPC, with the tiers of workloads and the tier `endpoints`."""
    endpoints_cidr: str
    services: Sequence[str]
    """Names of the services with an interface endpoint."""
    organization_id: pulumi.Input[str]

    def __post_init__(self) -> None:
        """Refuses a service without a known endpoint."""
        for service in self.services:
            if service not in endpoint_services.known():
                raise ValueError(f"IsolatedVpcArgs.services: no endpoint service is named {service!r}")


class IsolatedVpc(pulumi.ComponentResource):
    """`hipaa-ml:network:IsolatedVpc`: the VPC of a sandbox.

    Creates a `Vpc` with a route table per tier, a `SpokeAcl`, `SpokeGroups`, gateway endpoints and interface
    `aws.ec2.VpcEndpoint`s with private names. No route table has a route of its own.
    """

    def __init__(self, name: str, args: IsolatedVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.vpc = Vpc(name, args.vpc, self._child)
        tiers = (*TIERS, ENDPOINTS_TIER)
        tables = [route_table(name, tier, self.vpc, args.vpc, self._child) for tier in tiers]
        SpokeAcl(
            f"{name}-acl",
            SpokeAclArgs(
                vpc_id=self.vpc.id,
                tag=args.vpc.tag,
                subnet_ids=[subnet_id for tier in tiers for subnet_id in self.vpc.subnet_ids(tier)],
                cidr=args.vpc.cidr,
                endpoints_cidr=args.endpoints_cidr,
                peers=[],
                supernets=[],
            ),
            self._child,
        )
        self.gateway_endpoints = {
            service: gateway_endpoint(name, service, self.vpc, args.vpc, tables, args.organization_id, self._child)
            for service in GATEWAY_SERVICES
        }
        self.groups = SpokeGroups(
            f"{name}-groups",
            SpokeGroupsArgs(
                vpc_id=self.vpc.id,
                tag=args.vpc.tag,
                endpoints_cidr=args.endpoints_cidr,
                prefix_lists={key: endpoint.prefix_list_id for key, endpoint in self.gateway_endpoints.items()},
                egress=False,
            ),
            self._child,
        )
        group_id = self._endpoint_group()
        for service in args.services:
            self._interface_endpoint(service, group_id)
        self.register_outputs({"vpc_id": self.vpc.id})

    def _endpoint_group(self) -> pulumi.Output[str]:
        tag = f"{self._args.vpc.tag}-{ENDPOINTS_TIER}"
        group = ec2.SecurityGroup(
            f"{self._name}-{ENDPOINTS_TIER}-group",
            vpc_id=self.vpc.id,
            description="Interface endpoints: HTTPS from the VPC, no outbound connections",
            tags={"Name": tag, "tier": ENDPOINTS_TIER},
            opts=self._child,
        )
        vpc.SecurityGroupIngressRule(
            f"{self._name}-{ENDPOINTS_TIER}-from-vpc",
            security_group_id=group.id,
            description="HTTPS from the VPC",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            cidr_ipv4=self._args.vpc.cidr,
            opts=self._child,
        )
        return group.id

    def _interface_endpoint(self, service: str, group_id: pulumi.Input[str]) -> None:
        args = self._args
        region, actions = args.vpc.region, endpoint_services.service(service).actions
        ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self.vpc.id,
            service_name=endpoint_services.service_name(service, region),
            vpc_endpoint_type="Interface",
            private_dns_enabled=True,
            subnet_ids=self.vpc.subnet_ids(ENDPOINTS_TIER),
            security_group_ids=[group_id],
            policy=document(endpoint_policies.statements(actions, region, args.organization_id)),
            tags={"Name": service},
            opts=self._child,
        )
