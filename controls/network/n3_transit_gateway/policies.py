"""Policies of N3: transit Gateway routes, associations and attachments are changed by deployment only."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from controls.environments import APART, environment_of
from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, equals
from controls.rules.resources import Resource
from controls.rules.values import ABSENT
from controls.tags import ENVIRONMENT_TAG

SEGMENT_TAG: Final = "segment"

ATTACHMENT: Final = "aws:ec2transitgateway/vpcAttachment:VpcAttachment"
ACCEPTER: Final = "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter"
TABLE: Final = "aws:ec2transitgateway/routeTable:RouteTable"
ASSOCIATION: Final = "aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation"
PROPAGATION: Final = "aws:ec2transitgateway/routeTablePropagation:RouteTablePropagation"
ATTACHMENT_PROPERTY: Final = "transitGatewayAttachmentId"
TABLE_PROPERTY: Final = "transitGatewayRouteTableId"


def _segments_apart(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Compares the environment of each attached VPC with the one that the name of the segment states."""
    resources = {resource.urn: resource for resource in stack.resources}

    def owner(urn: str, depth: int = 2) -> Resource | None:
        """The VPC attachment behind an attachment or its accepter."""
        resource = resources.get(urn)
        if resource is None or resource.type == ATTACHMENT or not depth:
            return resource
        [source, *_] = [*resource.depends.get(ATTACHMENT_PROPERTY, ()), ""]
        return owner(source, depth - 1)

    for use in stack.of(ASSOCIATION, PROPAGATION):
        [attachment_urn, *_] = [*use.depends.get(ATTACHMENT_PROPERTY, ()), ""]
        [table_urn, *_] = [*use.depends.get(TABLE_PROPERTY, ()), ""]
        attachment, table = owner(attachment_urn), resources.get(table_urn)
        if attachment is None:
            continue
        segment = _segment(use, resources.get(attachment_urn), table)
        environment, stated = attachment.tag(ENVIRONMENT_TAG), environment_of(segment)
        if environment is UNKNOWN:
            yield use, Undecided.at("tags of its attachment")
        elif environment in APART and stated in APART and environment != stated:
            yield use, Problem(f"joins a VPC of the environment {environment} to the segment {segment}")


def _segment(use: Resource, accepter: Resource | None, table: Resource | None) -> str:
    """The segment of a route table: by its tag, or in the stack of a spoke by the accepter or the resource's name."""
    tagged: Any = table.tag(SEGMENT_TAG) if table else ABSENT
    if isinstance(tagged, str):
        return tagged
    if use.type == PROPAGATION:
        return use.name.rpartition("known-in-")[2]
    accepted: Any = accepter.tag(SEGMENT_TAG) if accepter else ABSENT
    return accepted if isinstance(accepted, str) else ""


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="transit-gateway-no-defaults",
        title="Transit Gateways have no default route tables",
        remedy="Set default_route_table_association and default_route_table_propagation to disable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            all_of(
                equals("defaultRouteTableAssociation", "disable", default="enable"),
                equals("defaultRouteTablePropagation", "disable", default="enable"),
            ),
        ),
    ),
    PolicyRule(
        name="transit-gateway-no-auto-accept",
        title="Attachments from other accounts are not accepted automatically",
        remedy="Set auto_accept_shared_attachments to disable.",
        check=on(
            "aws:ec2transitgateway/transitGateway:TransitGateway",
            equals("autoAcceptSharedAttachments", "disable", default="disable"),
        ),
    ),
    PolicyRule(
        name="attachment-no-defaults",
        title="Accepted attachments have no default route tables",
        remedy="Set transit_gateway_default_route_table_association and …_propagation to False.",
        check=on(
            "aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
            all_of(
                equals("transitGatewayDefaultRouteTableAssociation", False, default=True),
                equals("transitGatewayDefaultRouteTablePropagation", False, default=True),
            ),
        ),
    ),
    PolicyRule(
        name="transit-gateway-environments-apart",
        title="No VPC of dev, the sandbox, staging or prod is in or routed to a segment of another one of them",
        remedy="Remove the segment from `reaches` of the other environment, or the account from the segment.",
        check=across((ASSOCIATION, PROPAGATION), _segments_apart),
    ),
)
