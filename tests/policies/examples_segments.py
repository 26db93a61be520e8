"""Compliant resources of the subject `segments`, and the smallest change to each that its policy must catch."""

from typing import Any

from policies.segments import ATTACHMENT, FIREWALL, GATEWAYS, OTHER_PATHS
from tests.policies.examples import VPC, Case, Change, Example, Forbidden, text

INSPECTION = "hipaa-ml:network:InspectionVpc"


def of_vpc(kind: str, by: str, **props: Any) -> Example:
    return Example(type=kind, of="vpc", by=by, props={by: "vpc-1", **props})


ACCEPTED = Example(
    type="aws:ec2transitgateway/vpcAttachmentAccepter:VpcAttachmentAccepter",
    props={
        "transitGatewayAttachmentId": "tgw-attach-1",
        "transitGatewayDefaultRouteTableAssociation": False,
        "transitGatewayDefaultRouteTablePropagation": False,
    },
)
PEERING = Example(
    type="aws:ec2transitgateway/peeringAttachment:PeeringAttachment",
    props={"transitGatewayId": "tgw-1", "peerTransitGatewayId": "tgw-2", "peerRegion": "us-west-2"},
)
GATEWAY = Example(
    type="aws:ec2transitgateway/transitGateway:TransitGateway",
    props={"encryptionSupport": "enable", "description": "d"},
)
ENDPOINT = Example(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    props={
        "serviceName": "com.amazonaws.us-east-1.kms",
        "policy": text(
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "kms:*",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:ResourceOrgID": "o-1"}},
            }
        ),
    },
)
ANY_RESOURCE = text(
    {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "kms:*",
        "Resource": "*",
        "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
    }
)
FIREWALL_POLICY = Example(
    type="aws:networkfirewall/firewallPolicy:FirewallPolicy",
    props={
        "firewallPolicy": {
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "statefulEngineOptions": {"ruleOrder": "STRICT_ORDER"},
            "statefulDefaultActions": ["aws:drop_established"],
        }
    },
)
WALL = Example(
    type=FIREWALL,
    name="wall",
    props={"firewallPolicyArn": "arn", "deleteProtection": True, "subnetChangeProtection": True},
)
WALL_LOGS = Example(
    type="aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
    of="wall",
    by="firewallArn",
    props={
        "firewallArn": "arn",
        "loggingConfiguration": {
            "logDestinationConfigs": [
                {"logType": "ALERT", "logDestinationType": "S3"},
                {"logType": "FLOW", "logDestinationType": "S3"},
            ]
        },
    },
)
ACL = Example(
    type="aws:ec2/networkAcl:NetworkAcl",
    props={
        "vpcId": "vpc-1",
        "ingress": [
            {
                "ruleNo": 290,
                "action": "deny",
                "protocol": "tcp",
                "fromPort": 3389,
                "toPort": 3389,
                "cidrBlock": "0.0.0.0/0",
            },
            {
                "ruleNo": 300,
                "action": "allow",
                "protocol": "tcp",
                "fromPort": 1024,
                "toPort": 65535,
                "cidrBlock": "0.0.0.0/0",
            },
        ],
    },
)
QUERY_LOG = "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation"
DNS_FIREWALL = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
FIREWALL_CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"
DEFAULT_GROUP = "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


def case(policy: str, *compliant: Example, changes: list[Change | str]) -> Case:
    return Case(policy=policy, compliant=compliant, changes=changes)


CASES = [
    *(
        case(
            "internet-gateway-owned",
            Example(type=kind, parent=INSPECTION, props={"vpcId": "v"}),
            changes=[(0, "parent", "")],
        )
        for kind in GATEWAYS
    ),
    case(
        "attachment-appliance-mode",
        Example(type=ATTACHMENT, parent=INSPECTION, props={"vpcId": "v", "applianceModeSupport": "enable"}),
        changes=[(0, "applianceModeSupport", None), (0, "applianceModeSupport", "disable")],
    ),
    case("peering-one-geography", PEERING, changes=[(0, "peerRegion", "eu-west-1")]),
    case(
        "attachment-no-defaults",
        ACCEPTED,
        changes=[
            (0, "transitGatewayDefaultRouteTableAssociation", None),
            (0, "transitGatewayDefaultRouteTablePropagation", True),
        ],
    ),
    case("transit-gateway-encryption", GATEWAY, changes=[(0, "encryptionSupport", None)]),
    case("endpoint-policy-resources", ENDPOINT, changes=[(0, "policy", ANY_RESOURCE)]),
    case(
        "firewall-strict-order",
        FIREWALL_POLICY,
        changes=[
            (0, "firewallPolicy.statefulEngineOptions", None),
            (0, "firewallPolicy.statefulDefaultActions", []),
            (0, "firewallPolicy.statelessDefaultActions", ["aws:pass"]),
        ],
    ),
    case("firewall-kept", WALL, changes=[(0, "deleteProtection", False), (0, "subnetChangeProtection", None)]),
    case(
        "firewall-logged",
        WALL,
        WALL_LOGS,
        changes=[WALL_LOGS.type, (1, "loggingConfiguration.logDestinationConfigs", [{"logType": "ALERT"}])],
    ),
    case("vpc-query-logs", VPC, of_vpc(QUERY_LOG, "resourceId"), changes=[QUERY_LOG]),
    case("vpc-dns-firewall", VPC, of_vpc(DNS_FIREWALL, "vpcId", priority=101), changes=[DNS_FIREWALL]),
    case(
        "dns-firewall-closed",
        VPC,
        of_vpc(FIREWALL_CONFIG, "resourceId", firewallFailOpen="DISABLED"),
        changes=[FIREWALL_CONFIG, (1, "firewallFailOpen", "ENABLED")],
    ),
    case(
        "dhcp-domain",
        Example(type="aws:ec2/vpcDhcpOptions:VpcDhcpOptions", props={"domainName": "ec2.internal"}),
        changes=[(0, "domainName", None)],
    ),
    case(
        "vpc-default-group-closed",
        VPC,
        of_vpc(DEFAULT_GROUP, "vpcId"),
        changes=[DEFAULT_GROUP, (1, "ingress", [{"protocol": "-1"}])],
    ),
    case("acl-no-administration", ACL, changes=[(0, "ingress.0.action", "allow"), (0, "ingress.1.fromPort", 22)]),
    case(
        "share-organisation-only",
        Example(type="aws:ram/resourceShare:ResourceShare", props={"name": "n", "allowExternalPrincipals": False}),
        changes=[(0, "allowExternalPrincipals", None)],
    ),
]
FORBIDDEN = [
    Forbidden(policy="paths-beside-transit-gateway", resource=Example(type=kind, props={})) for kind in OTHER_PATHS
]
