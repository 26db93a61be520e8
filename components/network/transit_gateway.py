"""The Transit Gateway of a region, with a route table per segment and without automatic association or propagation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2, ec2transitgateway

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class TransitGatewayArgs:
    """A region's Transit Gateway."""

    description: str
    asn: int
    """Private autonomous system number, 64512 to 65534, different for each gateway."""
    tables: Sequence[str]
    """Route tables: the segments, and those of inspection and peering."""
    log_bucket_arn: pulumi.Input[str]
    foreign: Mapping[str, Sequence[str]] = field(default_factory=dict[str, Sequence[str]])
    """Segment -> CIDRs that it must not reach: static blackhole routes take precedence over propagated ones."""

    def __post_init__(self) -> None:
        """Refuses blackhole routes of an unknown route table."""
        for segment in self.foreign:
            if segment not in self.tables:
                raise ValueError(f"TransitGatewayArgs.foreign: {segment!r} is none of {', '.join(self.tables)}")


class TransitGateway(pulumi.ComponentResource):
    """`hipaa-ml:network:TransitGateway`: the Transit Gateway of a region, with a route table per segment.

    Creates an `aws.ec2transitgateway.TransitGateway`, its `RouteTable`s and their blackhole `Route`s, and an
    `aws.ec2.FlowLog`.
    """

    def __init__(self, name: str, args: TransitGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        gateway = ec2transitgateway.TransitGateway(
            f"{name}-gateway",
            description=args.description,
            amazon_side_asn=args.asn,
            auto_accept_shared_attachments="disable",
            default_route_table_association="disable",
            default_route_table_propagation="disable",
            dns_support="enable",
            # AWS refuses a peering of a gateway with encryption support (Transit Gateway Guide, "Encryption Support").
            # AWS encrypts the peering itself, and every endpoint requires TLS 1.2: 45 CFR 164.312(e)(2)(ii).
            encryption_support="disable",
            multicast_support="disable",
            vpn_ecmp_support="disable",
            tags={"Name": name},
            opts=child,
        )
        self.route_table_ids: dict[str, pulumi.Output[str]] = {}
        for segment in args.tables:
            table = ec2transitgateway.RouteTable(
                f"{name}-{segment}",
                transit_gateway_id=gateway.id,
                tags={"Name": f"{name}-{segment}", "segment": segment},
                opts=child,
            )
            self.route_table_ids[segment] = table.id
            for cidr in args.foreign.get(segment, ()):
                ec2transitgateway.Route(
                    f"{name}-{segment}-no-{cidr.replace('/', '-')}",
                    destination_cidr_block=cidr,
                    blackhole=True,
                    transit_gateway_route_table_id=table.id,
                    opts=child,
                )
        ec2.FlowLog(
            f"{name}-flow-log",
            transit_gateway_id=gateway.id,
            log_destination_type="s3",
            log_destination=args.log_bucket_arn,
            max_aggregation_interval=60,
            tags={"Name": name},
            opts=child,
        )
        self.id = gateway.id
        self.arn = gateway.arn
        self.register_outputs({"id": self.id, "route_table_ids": self.route_table_ids})
