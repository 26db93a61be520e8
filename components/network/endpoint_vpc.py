"""The endpoint VPC: one interface endpoint per service for all VPCs of a region."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, ec2transitgateway, vpc

from components.documents import document
from components.network import endpoint_policies
from components.network.private_names import PrivateNames, PrivateNamesArgs
from components.network.vpc import Vpc, VpcArgs
from components.tokens import type_token
from controls import endpoint_services
from controls.flows import HTTPS


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointVpcArgs:
    """Central endpoints of a region."""

    vpc: VpcArgs
    transit_gateway_id: pulumi.Input[str]
    supernets: Sequence[str]
    """CIDRs that are routed to the Transit Gateway."""
    clients: Sequence[str]
    """CIDRs that may call the endpoints."""
    services: Sequence[str]
    organization_id: pulumi.Input[str]
    profile: bool

    def __post_init__(self) -> None:
        """Refuses a service without a known endpoint."""
        for service in self.services:
            if service not in endpoint_services.known():
                raise ValueError(f"EndpointVpcArgs.services: no endpoint service is named {service!r}")


class EndpointVpc(pulumi.ComponentResource):
    """`hipaa-ml:network:EndpointVpc`: the VPC of the shared interface endpoints.

    Creates a `Vpc` with its Transit Gateway attachment and routes, `aws.ec2.VpcEndpoint`s with policies and a security
    group, and `PrivateNames`.
    """

    def __init__(self, name: str, args: EndpointVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
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
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags={"Name": args.vpc.tag, "segment": args.vpc.segment},
            opts=self._child,
        )
        self._routes(attachment)
        self.group_id = self._group()
        self.endpoints = {service: self._endpoint(service) for service in args.services}
        self.names = PrivateNames(
            f"{name}-names",
            PrivateNamesArgs(
                region=args.vpc.region,
                vpc_id=self.vpc.id,
                endpoints=self.endpoints,
                profile=args.profile,
                dual_stack=args.vpc.dual_stack,
            ),
            self._child,
        )
        self.attachment_id = attachment.id
        self.register_outputs({"attachment_id": self.attachment_id})

    def _routes(self, attachment: ec2transitgateway.VpcAttachment) -> None:
        table = ec2.RouteTable(
            f"{self._name}-endpoints",
            vpc_id=self.vpc.id,
            tags={"Name": f"{self._args.vpc.tag}-endpoints"},
            opts=self._child,
        )
        for cidr in self._args.supernets:
            ec2.Route(
                f"{self._name}-to-{cidr.replace('/', '-')}",
                route_table_id=table.id,
                destination_cidr_block=cidr,
                transit_gateway_id=self._args.transit_gateway_id,
                # A route to a gateway that the VPC is not attached to is refused.
                opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment]),
            )
        for planned, subnet in zip(
            (subnet for subnet in self._args.vpc.subnets if subnet.tier == "endpoints"),
            self.vpc.subnets["endpoints"],
            strict=True,
        ):
            ec2.RouteTableAssociation(
                f"{self._name}-endpoints-{planned.zone}",
                route_table_id=table.id,
                subnet_id=subnet.id,
                opts=self._child,
            )

    def _group(self) -> pulumi.Output[str]:
        group = ec2.SecurityGroup(
            f"{self._name}-group",
            vpc_id=self.vpc.id,
            description="Interface endpoints: HTTPS from the spokes, no outbound connections",
            tags={"Name": f"{self._args.vpc.tag}-endpoints", "tier": "endpoints"},
            opts=self._child,
        )
        for cidr in self._args.clients:
            vpc.SecurityGroupIngressRule(
                f"{self._name}-from-{cidr.replace('/', '-')}",
                security_group_id=group.id,
                description="HTTPS from spokes",
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                cidr_ipv4=cidr,
                opts=self._child,
            )
        return group.id

    def _endpoint(self, service: str) -> ec2.VpcEndpoint:
        args = self._args
        region = args.vpc.region
        policy = endpoint_policies.statements(endpoint_services.service(service).actions, region, args.organization_id)
        return ec2.VpcEndpoint(
            f"{self._name}-{service}",
            vpc_id=self.vpc.id,
            service_name=endpoint_services.service_name(service, region),
            vpc_endpoint_type="Interface",
            ip_address_type="dualstack" if args.vpc.dual_stack else "ipv4",
            # The names stand in zones of our own, which the spokes know as well; AWS's zone would be this VPC's only.
            private_dns_enabled=False,
            subnet_ids=self.vpc.subnet_ids("endpoints"),
            security_group_ids=[self.group_id],
            policy=document(policy),
            tags={"Name": service},
            opts=self._child,
        )
