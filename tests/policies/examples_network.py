"""Compliant resources of the subject `network`, and the smallest change to each that its policy must catch."""

from typing import Any

from tests.policies.examples import PUBLIC, Case, Example, text

SECURITY_GROUP_INGRESS_RULE = Example(
    type="aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    props={"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"},
)
SECURITY_GROUP = Example(
    type="aws:ec2/securityGroup:SecurityGroup",
    props={
        "description": "d",
        "ingress": [{"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}],
    },
)
SECURITY_GROUP_DESCRIBED = Example(
    type="aws:ec2/securityGroup:SecurityGroup", props={"description": "inference tier", "ingress": []}
)
VPC_ENDPOINT = Example(
    type="aws:ec2/vpcEndpoint:VpcEndpoint",
    props={
        "vpcId": "vpc-1",
        "serviceName": "com.amazonaws.us-east-1.kms",
        "vpcEndpointType": "Interface",
        "privateDnsEnabled": True,
        "securityGroupIds": ["sg-1"],
        "policy": text(
            {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "s3:GetObject",
                "Resource": "*",
                "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}},
            }
        ),
    },
)
TRANSIT_GATEWAY = Example(
    type="aws:ec2transitgateway/transitGateway:TransitGateway",
    props={
        "defaultRouteTableAssociation": "disable",
        "defaultRouteTablePropagation": "disable",
        "autoAcceptSharedAttachments": "disable",
    },
)
SUBNET = Example(type="aws:ec2/subnet:Subnet", props={"vpcId": "v", "cidrBlock": "10.0.0.0/24"})
INSTANCE = Example(
    type="aws:ec2/instance:Instance",
    props={"metadataOptions": {"httpTokens": "required"}, "associatePublicIpAddress": False},
)
ROUTE = Example(
    type="aws:ec2/route:Route",
    props={"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "transitGatewayId": "tgw-1"},
)
LISTENER = Example(
    type="aws:lb/listener:Listener",
    props={
        "loadBalancerArn": "lb",
        "protocol": "HTTPS",
        "port": 443,
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "defaultActions": [{"type": "forward"}],
    },
)
LOAD_BALANCER = Example(
    type="aws:lb/loadBalancer:LoadBalancer",
    props={
        "internal": True,
        "loadBalancerType": "application",
        "accessLogs": {"enabled": True, "bucket": "b"},
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": True,
    },
)

ONE: list[tuple[str, Example, str, Any]] = [
    ("security-group-no-world", SECURITY_GROUP_INGRESS_RULE, "cidrIpv4", "0.0.0.0/0"),
    ("security-group-narrow", SECURITY_GROUP_INGRESS_RULE, "ipProtocol", "-1"),
    ("security-group-inline", SECURITY_GROUP, "ingress.0.cidrBlocks", ["0.0.0.0/0"]),
    ("security-group-described", SECURITY_GROUP_DESCRIBED, "description", "Managed by Pulumi"),
    ("endpoint-policy", VPC_ENDPOINT, "policy", None),
    ("endpoint-policy-organisation", VPC_ENDPOINT, "policy", PUBLIC),
    ("endpoint-groups", VPC_ENDPOINT, "securityGroupIds", []),
    ("transit-gateway-no-defaults", TRANSIT_GATEWAY, "defaultRouteTableAssociation", None),
    ("transit-gateway-no-defaults", TRANSIT_GATEWAY, "defaultRouteTablePropagation", "enable"),
    ("transit-gateway-no-auto-accept", TRANSIT_GATEWAY, "autoAcceptSharedAttachments", "enable"),
    ("subnet-private", SUBNET, "mapPublicIpOnLaunch", True),
    ("instance-imds", INSTANCE, "metadataOptions", None),
    ("instance-no-public-address", INSTANCE, "associatePublicIpAddress", True),
    ("route-no-internet", ROUTE, "gatewayId", "igw-1"),
    ("route-no-internet", ROUTE, "natGatewayId", "nat-1"),
    ("listener-tls", LISTENER, "protocol", "HTTP"),
    ("listener-tls", LISTENER, "sslPolicy", "ELBSecurityPolicy-2016-08"),
    ("load-balancer-internal", LOAD_BALANCER, "internal", None),
    ("load-balancer-logged", LOAD_BALANCER, "accessLogs", None),
    ("load-balancer-headers", LOAD_BALANCER, "dropInvalidHeaderFields", None),
    ("load-balancer-kept", LOAD_BALANCER, "enableDeletionProtection", False),
]
CASES = [
    *(Case(policy=name, compliant=[example], changes=[(0, path, value)]) for name, example, path, value in ONE),
    Case(policy="endpoint-private-names", compliant=[VPC_ENDPOINT], changes=[(0, "privateDnsEnabled", None)]),
    Case(
        policy="endpoint-private-names",
        compliant=[
            Example(
                type=VPC_ENDPOINT.type,
                name="endpoint",
                props={"serviceName": "com.amazonaws.us-east-1.kms", "vpcEndpointType": "Interface"},
            ),
            Example(type="aws:route53/record:Record", of="endpoint", by="aliases", props={"name": "kms"}),
        ],
        changes=["aws:route53/record:Record"],
    ),
    Case(
        policy="route-no-internet",
        compliant=[
            Example(
                type=ROUTE.type, parent="hipaa-ml:network:InspectionVpc", props={**ROUTE.props, "gatewayId": "igw-1"}
            )
        ],
        changes=[(0, "parent", "hipaa-ml:network:SpokeVpc")],
    ),
]
