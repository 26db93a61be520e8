"""The membership of a VPC in a segment: the route table that it uses, and the route tables that have a route to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2transitgateway

from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class SegmentMembershipArgs:
    """An attachment's segment."""

    attachment_id: pulumi.Input[str]
    segment: str
    known_in: Sequence[str]
    """Tables that the attachment's CIDR is propagated into."""
    route_table_ids: Mapping[str, pulumi.Input[str]]
    """Table -> id."""
    default_in: Sequence[str] = ()
    """Tables whose default route leads to the attachment."""
    foreign: bool = False
    """Whether the attachment belongs to another account and must be accepted."""

    def __post_init__(self) -> None:
        """Refuses an unknown route table."""
        for table in (self.segment, *self.known_in, *self.default_in):
            if table not in self.route_table_ids:
                raise ValueError(
                    f"SegmentMembershipArgs {table!r}: no such route table; there are {', '.join(self.route_table_ids)}"
                )


class SegmentMembership(pulumi.ComponentResource):
    """`hipaa-ml:network:SegmentMembership`: the membership of an attachment in a segment.

    Creates in `aws.ec2transitgateway` a `VpcAttachmentAccepter`, a `RouteTableAssociation`, `RouteTablePropagation`s
    and `Route`s.

    It is created in the account of the Transit Gateway: the account of a spoke can only request an attachment.
    """

    def __init__(self, name: str, args: SegmentMembershipArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        attachment: pulumi.Input[str] = args.attachment_id
        if args.foreign:
            accepted = ec2transitgateway.VpcAttachmentAccepter(
                f"{name}-accepted",
                transit_gateway_attachment_id=args.attachment_id,
                transit_gateway_default_route_table_association=False,
                transit_gateway_default_route_table_propagation=False,
                tags={"Name": name, "segment": args.segment},
                opts=child,
            )
            attachment = accepted.id
        ec2transitgateway.RouteTableAssociation(
            f"{name}-association",
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=args.route_table_ids[args.segment],
            opts=child,
        )
        for table in args.known_in:
            ec2transitgateway.RouteTablePropagation(
                f"{name}-known-in-{table}",
                transit_gateway_attachment_id=attachment,
                transit_gateway_route_table_id=args.route_table_ids[table],
                opts=child,
            )
        for table in args.default_in:
            ec2transitgateway.Route(
                f"{name}-default-of-{table}",
                destination_cidr_block="0.0.0.0/0",
                transit_gateway_attachment_id=attachment,
                transit_gateway_route_table_id=args.route_table_ids[table],
                opts=child,
            )
        self.register_outputs({})
