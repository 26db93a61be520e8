"""The connection of the Transit Gateways of two regions, between equal segments only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ec2transitgateway

from components.tokens import type_token

TABLE = "peering"
"""Name of the route table of the peering, with routes to all spokes; the sender's table restricts the traffic."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PeeringArgs:
    """A peering, from the requesting side."""

    transit_gateway_id: pulumi.Input[str]
    peer_transit_gateway_id: pulumi.Input[str]
    peer_region: str
    peer_account_id: pulumi.Input[str]


class Peering(pulumi.ComponentResource):
    """`hipaa-ml:network:Peering`: the peering of the Transit Gateways of two regions, which AWS encrypts.

    Creates an `aws.ec2transitgateway.PeeringAttachment`.
    """

    def __init__(self, name: str, args: PeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        attachment = ec2transitgateway.PeeringAttachment(
            f"{name}-attachment",
            transit_gateway_id=args.transit_gateway_id,
            peer_transit_gateway_id=args.peer_transit_gateway_id,
            peer_region=args.peer_region,
            peer_account_id=args.peer_account_id,
            tags={"Name": name, "segment": TABLE},
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.attachment_id = attachment.id
        self.register_outputs({"attachment_id": self.attachment_id})


@dataclass(frozen=True, kw_only=True, slots=True)
class PeeringSideArgs:
    """Arguments of the peering side in one region."""

    attachment_id: pulumi.Input[str]
    route_table_ids: Mapping[str, pulumi.Input[str]]
    routes: Mapping[str, Sequence[str]]
    """Segment -> its CIDRs in the other region."""
    accept: bool
    """Whether this is the accepting side."""
    name_tag: str

    def __post_init__(self) -> None:
        """Refuses a route for a segment without a route table."""
        for segment in (TABLE, *self.routes):
            if segment not in self.route_table_ids:
                raise ValueError(
                    f"PeeringSideArgs: no route table {segment!r}; there are {', '.join(self.route_table_ids)}"
                )


class PeeringSide(pulumi.ComponentResource):
    """`hipaa-ml:network:PeeringSide`: one side of a peering, with the routes between equal segments.

    Creates in `aws.ec2transitgateway` a `PeeringAttachmentAccepter` on the accepting side, `RouteTableAssociation`s and
    `Route`s.

    Routes are static, since a peering propagates none (Transit Gateway Guide, "Transit gateway peering attachments").
    """

    def __init__(self, name: str, args: PeeringSideArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        attachment: pulumi.Input[str] = args.attachment_id
        if args.accept:
            accepted = ec2transitgateway.PeeringAttachmentAccepter(
                f"{name}-accepted",
                transit_gateway_attachment_id=args.attachment_id,
                tags={"Name": args.name_tag, "segment": TABLE},
                opts=child,
            )
            attachment = accepted.id
        self.attachment_id: pulumi.Input[str] = attachment
        ec2transitgateway.RouteTableAssociation(
            f"{name}-association",
            transit_gateway_attachment_id=attachment,
            transit_gateway_route_table_id=args.route_table_ids[TABLE],
            opts=child,
        )
        for segment, cidrs in args.routes.items():
            for cidr in cidrs:
                ec2transitgateway.Route(
                    f"{name}-{segment}-to-{cidr.replace('/', '-')}",
                    destination_cidr_block=cidr,
                    transit_gateway_attachment_id=attachment,
                    transit_gateway_route_table_id=args.route_table_ids[segment],
                    opts=child,
                )
        self.register_outputs({})
