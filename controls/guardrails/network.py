"""N1 to N8: the network is the zone's, and nobody else opens a way in or out.

Exempt are the zone's own roles, which deploy the network stacks; teams have none of these rights anywhere.
"""

from collections.abc import Sequence

from controls.citations import cite
from controls.guardrails.targets import PHI, PRIVATE
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement

NETWORK: Sequence[Control] = (
    Control(
        id="N1",
        title="No gateways to the internet but the zone's own",
        reason="One internet gateway undoes every other measure against exfiltration.",
        citations=cite("164.312(a)(1)", "164.312(e)(1)"),
        severity=Severity.CRITICAL,
        prevent=Guardrail(
            targets=PRIVATE,
            statements=(
                Statement(
                    sid="N1Gateways",
                    actions=(
                        "ec2:AttachInternetGateway",
                        "ec2:CreateCarrierGateway",
                        "ec2:CreateEgressOnlyInternetGateway",
                        "ec2:CreateInternetGateway",
                        "ec2:CreateNatGateway",
                    ),
                ),
            ),
        ),
        detect=(ConfigRule(identifier="INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY"),),
    ),
    Control(
        id="N2",
        title="No peering, VPN or Direct Connect beside the Transit Gateway",
        reason="A path that the segments do not know is a path between development and production.",
        citations=cite("164.312(a)(1)", "164.312(e)(1)"),
        severity=Severity.CRITICAL,
        prevent=Guardrail(
            targets=PRIVATE,
            statements=(
                Statement(
                    sid="N2Paths",
                    actions=(
                        "directconnect:CreateConnection",
                        "ec2:AcceptVpcPeeringConnection",
                        "ec2:CreateClientVpnEndpoint",
                        "ec2:CreateCustomerGateway",
                        "ec2:CreateVpcPeeringConnection",
                        "ec2:CreateVpnConnection",
                        "ec2:CreateVpnGateway",
                    ),
                ),
            ),
        ),
    ),
    Control(
        id="N3",
        title="Transit Gateway routes, associations and attachments are the network team's",
        reason="Segments are kept apart by route tables alone: who writes routes decides who reaches whom.",
        citations=cite("164.312(a)(1)"),
        severity=Severity.CRITICAL,
        prevent=Guardrail(
            targets=("Infrastructure", *PRIVATE),
            statements=(
                Statement(
                    sid="N3TransitGateway",
                    actions=(
                        "ec2:AcceptTransitGatewayPeeringAttachment",
                        "ec2:AssociateTransitGatewayRouteTable",
                        "ec2:CreateTransitGateway",
                        "ec2:CreateTransitGatewayPeeringAttachment",
                        "ec2:CreateTransitGatewayRoute",
                        "ec2:CreateTransitGatewayRouteTable",
                        "ec2:CreateTransitGatewayVpcAttachment",
                        "ec2:DeleteTransitGateway",
                        "ec2:DeleteTransitGatewayRoute",
                        "ec2:DeleteTransitGatewayRouteTable",
                        "ec2:DeleteTransitGatewayVpcAttachment",
                        "ec2:DisableTransitGatewayRouteTablePropagation",
                        "ec2:DisassociateTransitGatewayRouteTable",
                        "ec2:EnableTransitGatewayRouteTablePropagation",
                        "ec2:ModifyTransitGateway",
                        "ec2:ModifyTransitGatewayVpcAttachment",
                        "ec2:ReplaceTransitGatewayRoute",
                    ),
                ),
            ),
        ),
    ),
    Control(
        id="N4",
        title="Flow logs and DNS query logs stay on",
        reason="Who spoke to whom is the first question after an incident.",
        citations=cite("164.312(b)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=("*",),
            statements=(
                Statement(
                    sid="N4Logs",
                    actions=(
                        "ec2:DeleteFlowLogs",
                        "route53resolver:DeleteResolverQueryLogConfig",
                        "route53resolver:DisassociateResolverQueryLogConfig",
                    ),
                ),
            ),
        ),
        detect=(ConfigRule(identifier="VPC_FLOW_LOGS_ENABLED"),),
    ),
    Control(
        id="N5",
        title="Endpoints and their policies are the zone's; none leads to a stranger's service",
        reason="An endpoint to someone else's service is a private way out.",
        citations=cite("164.312(e)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PRIVATE,
            statements=(
                Statement(
                    sid="N5Endpoints",
                    actions=("ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"),
                ),
                Statement(
                    sid="N5Owners",
                    actions=("ec2:CreateVpcEndpoint",),
                    resources=("arn:aws:ec2:*:*:vpc-endpoint/*",),
                    conditions={"StringNotEquals": {"ec2:VpceServiceOwner": "amazon"}},
                ),
            ),
        ),
    ),
    Control(
        id="N6",
        title="Private zones and DNS firewalls stay associated",
        reason="Without its zone an endpoint's name resolves to the public address.",
        citations=cite("164.312(e)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PRIVATE,
            statements=(
                Statement(
                    sid="N6Names",
                    actions=(
                        "route53:DeleteHostedZone",
                        "route53:DisassociateVPCFromHostedZone",
                        "route53profiles:DisassociateProfile",
                        "route53resolver:DisassociateFirewallRuleGroup",
                        "route53resolver:UpdateFirewallConfig",
                    ),
                ),
            ),
        ),
    ),
    Control(
        id="N7",
        title="Instances answer metadata requests with session tokens only",
        reason="IMDSv1 gives a role's credentials to whoever can make the instance fetch a URL.",
        citations=cite("164.312(a)(1)", "164.312(d)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=("*",),
            statements=(
                Statement(
                    sid="N7Launch",
                    actions=("ec2:RunInstances",),
                    resources=("arn:aws:ec2:*:*:instance/*",),
                    conditions={"StringNotEquals": {"ec2:MetadataHttpTokens": "required"}},
                ),
                Statement(
                    sid="N7Later",
                    actions=("ec2:ModifyInstanceMetadataOptions",),
                    conditions={"StringEquals": {"ec2:Attribute/HttpTokens": "optional"}},
                ),
            ),
        ),
        detect=(ConfigRule(identifier="EC2_IMDSV2_CHECK"),),
    ),
    Control(
        id="N8",
        title="No public addresses",
        reason="An address that the internet can reach is a way in, whatever the firewall says today.",
        citations=cite("164.312(a)(1)", "164.312(e)(1)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=PHI,
            statements=(
                Statement(
                    sid="N8Launch",
                    actions=("ec2:RunInstances",),
                    resources=("arn:aws:ec2:*:*:network-interface/*",),
                    conditions={"Bool": {"ec2:AssociatePublicIpAddress": "true"}},
                ),
                Statement(
                    sid="N8Addresses",
                    actions=("ec2:AllocateAddress", "ec2:AssociateAddress"),
                ),
            ),
        ),
        detect=(ConfigRule(identifier="EC2_INSTANCE_NO_PUBLIC_IP"),),
    ),
)
