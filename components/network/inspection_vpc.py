"""The inspection VPC: the only internet gateway of the zone, behind a firewall with a list of allowed domains."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from components.keys import Key, KeyArgs, uses
from components.network.firewall import DomainFirewall, DomainFirewallArgs
from components.network.vpc import Vpc, VpcArgs
from components.tokens import type_token

ANYWHERE = "0.0.0.0/0"


@dataclass(frozen=True, kw_only=True, slots=True)
class InspectionVpcArgs:
    """Egress of a region."""

    vpc: VpcArgs
    transit_gateway_id: pulumi.Input[str]
    supernets: Sequence[str]
    """Networks of the spokes of the region."""
    allowed_domains: Sequence[str]
    log_bucket: pulumi.Input[str]
    account_id: pulumi.Input[str]
    key_alias: str


class InspectionVpc(pulumi.ComponentResource):
    """`hipaa-ml:network:InspectionVpc`: the VPC through which spokes reach the internet.

    Creates a `Vpc` with its Transit Gateway attachment, route tables and routes, a `DomainFirewall` with its `Key`, an
    `aws.ec2.InternetGateway`, and an `Eip` and a `NatGateway` per zone.

    Traffic stays in its availability zone, and the attachment is in appliance mode: a firewall drops a connection of
    which it receives one direction only (Transit Gateway Guide, "Appliance in a shared services VPC").
    """

    def __init__(self, name: str, args: InspectionVpcArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        self.vpc = Vpc(name, args.vpc, self._child)
        attachment = ec2transitgateway.VpcAttachment(
            f"{name}-attachment",
            transit_gateway_id=args.transit_gateway_id,
            vpc_id=self.vpc.id,
            subnet_ids=self.vpc.subnet_ids("attachments"),
            appliance_mode_support="enable",
            dns_support="enable",
            ipv6_support="disable",
            transit_gateway_default_route_table_association=False,
            transit_gateway_default_route_table_propagation=False,
            tags={"Name": args.vpc.tag, "segment": args.vpc.segment},
            opts=self._child,
        )
        key = Key(
            f"{name}-key",
            KeyArgs(
                alias=args.key_alias,
                description="Rules of the network firewall",
                account_id=args.account_id,
                uses=uses.network_firewall(args.vpc.region, args.account_id),
            ),
            self._child,
        )
        self.firewall = DomainFirewall(
            f"{name}-firewall",
            DomainFirewallArgs(
                vpc_id=self.vpc.id,
                subnet_ids=self.vpc.subnet_ids("firewall"),
                home=args.supernets,
                allowed_domains=args.allowed_domains,
                key_arn=key.arn,
                log_bucket=args.log_bucket,
            ),
            self._child,
        )
        gateway = ec2.InternetGateway(
            f"{name}-internet", vpc_id=self.vpc.id, tags={"Name": args.vpc.tag}, opts=self._child
        )
        for number, zone in enumerate(dict.fromkeys(subnet.zone for subnet in args.vpc.subnets)):
            self._zone(number, zone, gateway, attachment)
        self.attachment_id = attachment.id
        self.register_outputs({"attachment_id": self.attachment_id})

    def _zone(
        self, number: int, zone: str, gateway: ec2.InternetGateway, attachment: ec2transitgateway.VpcAttachment
    ) -> None:
        """The routes of one availability zone to the internet and back."""
        public = self.vpc.subnets["public"][number]
        firewall = self.firewall.endpoint_id(self.vpc.subnets["firewall"][number].id)
        address = ec2.Eip(
            f"{self._name}-nat-{zone}-address",
            domain="vpc",
            tags={"Name": f"{self._args.vpc.tag}-{zone}"},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[gateway]),
        )
        nat = ec2.NatGateway(
            f"{self._name}-nat-{zone}",
            allocation_id=address.id,
            subnet_id=public.id,
            connectivity_type="public",
            tags={"Name": f"{self._args.vpc.tag}-{zone}"},
            opts=self._child,
        )
        table = self._table("attachments", number, zone)
        self._route(f"attachments-{zone}-out", table, ANYWHERE, vpc_endpoint_id=firewall)
        table = self._table("firewall", number, zone)
        self._route(f"firewall-{zone}-out", table, ANYWHERE, nat_gateway_id=nat.id)
        for cidr in self._args.supernets:
            ec2.Route(
                f"{self._name}-firewall-{zone}-to-{cidr.replace('/', '-')}",
                route_table_id=table.id,
                destination_cidr_block=cidr,
                transit_gateway_id=self._args.transit_gateway_id,
                opts=pulumi.ResourceOptions(parent=self, depends_on=[attachment]),
            )
        table = self._table("public", number, zone)
        self._route(f"public-{zone}-out", table, ANYWHERE, gateway_id=gateway.id)
        for cidr in self._args.supernets:
            self._route(f"public-{zone}-to-{cidr.replace('/', '-')}", table, cidr, vpc_endpoint_id=firewall)

    def _table(self, tier: str, number: int, zone: str) -> ec2.RouteTable:
        table = ec2.RouteTable(
            f"{self._name}-{tier}-{zone}",
            vpc_id=self.vpc.id,
            tags={"Name": f"{self._args.vpc.tag}-{tier}-{zone}"},
            opts=self._child,
        )
        ec2.RouteTableAssociation(
            f"{self._name}-{tier}-{zone}-association",
            route_table_id=table.id,
            subnet_id=self.vpc.subnets[tier][number].id,
            opts=self._child,
        )
        return table

    def _route(
        self,
        use: str,
        table: ec2.RouteTable,
        cidr: str,
        *,
        gateway_id: pulumi.Input[str] | None = None,
        nat_gateway_id: pulumi.Input[str] | None = None,
        vpc_endpoint_id: pulumi.Input[str] | None = None,
    ) -> None:
        ec2.Route(
            f"{self._name}-{use}",
            route_table_id=table.id,
            destination_cidr_block=cidr,
            gateway_id=gateway_id,
            nat_gateway_id=nat_gateway_id,
            vpc_endpoint_id=vpc_endpoint_id,
            opts=self._child,
        )
