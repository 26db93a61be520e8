"""A spoke: the private network of one account in one region, attached to the Transit Gateway."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ec2, ec2transitgateway, route53

from components.network.spoke_acl import ANYWHERE, SpokeAcl, SpokeAclArgs
from components.network.spoke_groups import SpokeGroups, SpokeGroupsArgs
from components.network.vpc import Vpc, VpcArgs
from components.network.vpc_parts import gateway_endpoint, route_table
from components.tokens import type_token
from controls.flows import EGRESS_TIERS, TIERS

GATEWAY_SERVICES: Final = ("s3", "dynamodb")
"""Services with gateway endpoints: free of charge, and only from within the VPC."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpokeVpcArgs:
    """A spoke."""

    vpc: VpcArgs
    transit_gateway_id: pulumi.Input[str]
    supernets: Sequence[str]
    """CIDRs that are routed to the Transit Gateway, whose route tables restrict them further."""
    endpoints_cidr: str
    peers: Sequence[str]
    """CIDRs that the segment may reach besides the endpoints; the network ACL denies others as well."""
    egress: bool
    organization_id: pulumi.Input[str]
    profile_id: pulumi.Input[str] | None = None
    """Id of the Route 53 Profile with the names of the endpoints; without one, use `ZoneAssociations`."""


class SpokeVpc(pulumi.ComponentResource):
    """`hipaa-ml:network:SpokeVpc`: the VPC of workloads, with three tiers of subnets.

    Creates a `Vpc` with its Transit Gateway attachment and route tables, a `SpokeAcl`, `SpokeGroups`, gateway
    `aws.ec2.VpcEndpoint`s, and an `aws.route53.ProfilesAssociation`.

    `add_routes` creates the routes to the Transit Gateway. There is no internet gateway: egress goes through the
    Transit Gateway to the inspection VPC.
    """

    def __init__(self, name: str, args: SpokeVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.vpc = Vpc(name, args.vpc, self._child)
        attachment = ec2transitgateway.VpcAttachment(
            f"{name}-attachment",
            transit_gateway_id=args.transit_gateway_id,
            vpc_id=self.vpc.id,
            subnet_ids=self.vpc.subnet_ids("attachments"),
            dns_support="enable",
            ipv6_support="enable" if args.vpc.dual_stack else "disable",
            tags={"Name": args.vpc.tag, "segment": args.vpc.segment},
            opts=self._child,
        )
        self._tables = {tier: route_table(name, tier, self.vpc, args.vpc, self._child) for tier in TIERS}
        SpokeAcl(
            f"{name}-acl",
            SpokeAclArgs(
                vpc_id=self.vpc.id,
                tag=args.vpc.tag,
                subnet_ids=[subnet_id for tier in TIERS for subnet_id in self.vpc.subnet_ids(tier)],
                cidr=args.vpc.cidr,
                endpoints_cidr=args.endpoints_cidr,
                peers=args.peers,
                supernets=args.supernets,
                ipv6_cidr=self.vpc.ipv6_cidr if args.vpc.dual_stack else None,
            ),
            self._child,
        )
        self.gateway_endpoints = {
            service: gateway_endpoint(
                name, service, self.vpc, args.vpc, list(self._tables.values()), args.organization_id, self._child
            )
            for service in GATEWAY_SERVICES
        }
        self.groups = SpokeGroups(
            f"{name}-groups",
            SpokeGroupsArgs(
                vpc_id=self.vpc.id,
                tag=args.vpc.tag,
                endpoints_cidr=args.endpoints_cidr,
                prefix_lists={
                    key: gateway_endpoint.prefix_list_id for key, gateway_endpoint in self.gateway_endpoints.items()
                },
                egress=args.egress,
            ),
            self._child,
        )
        self._private_names()
        self.attachment_id = attachment.id
        self.register_outputs({"vpc_id": self.vpc.id, "attachment_id": self.attachment_id})

    def add_routes(self, membership: pulumi.Resource) -> None:
        """Adds the routes to the Transit Gateway.

        AWS refuses a route to a gateway whose attachment is not accepted yet (Transit Gateway Guide, "Create a VPC
        attachment"), and the account of the gateway accepts it.

        Args:
            membership: the resource that accepts the attachment.
        """
        args = self._args
        for tier, table in self._tables.items():
            outward = (ANYWHERE,) if args.egress and tier in EGRESS_TIERS else ()
            for cidr in (*args.supernets, *outward):
                ec2.Route(
                    f"{self._name}-{tier}-to-{cidr.replace('/', '-')}",
                    route_table_id=table.id,
                    destination_cidr_block=cidr,
                    transit_gateway_id=args.transit_gateway_id,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[membership]),
                )

    def _private_names(self) -> None:
        if self._args.profile_id is not None:
            route53.ProfilesAssociation(
                f"{self._name}-profile",
                name=self._args.vpc.tag,
                profile_id=self._args.profile_id,
                resource_id=self.vpc.id,
                opts=self._child,
            )
