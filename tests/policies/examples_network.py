"""Compliant resources of the subject `network`, and the smallest change to each that its policy must catch."""

from typing import Any

from examples import PUBLIC, Case, Example, text

ONE: list[tuple[str, str, dict[str, Any], str, Any]] = [
    (
        "security-group-no-world",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"},
        "cidrIpv4",
        "0.0.0.0/0",
    ),
    (
        "security-group-narrow",
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        {"securityGroupId": "sg-1", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/8"},
        "ipProtocol",
        "-1",
    ),
    (
        "security-group-inline",
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "description": "d",
            "ingress": [{"fromPort": 443, "toPort": 443, "protocol": "tcp", "cidrBlocks": ["10.0.0.0/8"]}],
        },
        "ingress.0.cidrBlocks",
        ["0.0.0.0/0"],
    ),
    (
        "security-group-described",
        "aws:ec2/securityGroup:SecurityGroup",
        {"description": "inference tier", "ingress": []},
        "description",
        "Managed by Pulumi",
    ),
    (
        "endpoint-policy",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "vpc-1",
            "serviceName": "com.amazonaws.us-east-1.s3",
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
        "policy",
        None,
    ),
    (
        "endpoint-policy-organisation",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "vpc-1",
            "serviceName": "com.amazonaws.us-east-1.s3",
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
        "policy",
        PUBLIC,
    ),
    (
        "endpoint-private-names",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "vpc-1",
            "serviceName": "com.amazonaws.us-east-1.s3",
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
        "privateDnsEnabled",
        None,
    ),
    (
        "endpoint-groups",
        "aws:ec2/vpcEndpoint:VpcEndpoint",
        {
            "vpcId": "vpc-1",
            "serviceName": "com.amazonaws.us-east-1.s3",
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
        "securityGroupIds",
        [],
    ),
    (
        "transit-gateway-no-defaults",
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        {
            "defaultRouteTableAssociation": "disable",
            "defaultRouteTablePropagation": "disable",
            "autoAcceptSharedAttachments": "disable",
        },
        "defaultRouteTableAssociation",
        None,
    ),
    (
        "transit-gateway-no-defaults",
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        {
            "defaultRouteTableAssociation": "disable",
            "defaultRouteTablePropagation": "disable",
            "autoAcceptSharedAttachments": "disable",
        },
        "defaultRouteTablePropagation",
        "enable",
    ),
    (
        "transit-gateway-no-auto-accept",
        "aws:ec2transitgateway/transitGateway:TransitGateway",
        {
            "defaultRouteTableAssociation": "disable",
            "defaultRouteTablePropagation": "disable",
            "autoAcceptSharedAttachments": "disable",
        },
        "autoAcceptSharedAttachments",
        "enable",
    ),
    (
        "subnet-private",
        "aws:ec2/subnet:Subnet",
        {"vpcId": "v", "cidrBlock": "10.0.0.0/24"},
        "mapPublicIpOnLaunch",
        True,
    ),
    (
        "instance-imds",
        "aws:ec2/instance:Instance",
        {"metadataOptions": {"httpTokens": "required"}, "associatePublicIpAddress": False},
        "metadataOptions",
        None,
    ),
    (
        "instance-no-public-address",
        "aws:ec2/instance:Instance",
        {"metadataOptions": {"httpTokens": "required"}, "associatePublicIpAddress": False},
        "associatePublicIpAddress",
        True,
    ),
    (
        "route-no-internet",
        "aws:ec2/route:Route",
        {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "transitGatewayId": "tgw-1"},
        "gatewayId",
        "igw-1",
    ),
    (
        "route-no-internet",
        "aws:ec2/route:Route",
        {"routeTableId": "rtb-1", "destinationCidrBlock": "0.0.0.0/0", "transitGatewayId": "tgw-1"},
        "natGatewayId",
        "nat-1",
    ),
    (
        "listener-tls",
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "lb",
            "protocol": "HTTPS",
            "port": 443,
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "defaultActions": [{"type": "forward"}],
        },
        "protocol",
        "HTTP",
    ),
    (
        "listener-tls",
        "aws:lb/listener:Listener",
        {
            "loadBalancerArn": "lb",
            "protocol": "HTTPS",
            "port": 443,
            "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "defaultActions": [{"type": "forward"}],
        },
        "sslPolicy",
        "ELBSecurityPolicy-2016-08",
    ),
    (
        "load-balancer-internal",
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "internal": True,
            "loadBalancerType": "application",
            "accessLogs": {"enabled": True, "bucket": "b"},
            "dropInvalidHeaderFields": True,
            "enableDeletionProtection": True,
        },
        "internal",
        None,
    ),
    (
        "load-balancer-logged",
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "internal": True,
            "loadBalancerType": "application",
            "accessLogs": {"enabled": True, "bucket": "b"},
            "dropInvalidHeaderFields": True,
            "enableDeletionProtection": True,
        },
        "accessLogs",
        None,
    ),
    (
        "load-balancer-headers",
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "internal": True,
            "loadBalancerType": "application",
            "accessLogs": {"enabled": True, "bucket": "b"},
            "dropInvalidHeaderFields": True,
            "enableDeletionProtection": True,
        },
        "dropInvalidHeaderFields",
        None,
    ),
    (
        "load-balancer-kept",
        "aws:lb/loadBalancer:LoadBalancer",
        {
            "internal": True,
            "loadBalancerType": "application",
            "accessLogs": {"enabled": True, "bucket": "b"},
            "dropInvalidHeaderFields": True,
            "enableDeletionProtection": True,
        },
        "enableDeletionProtection",
        False,
    ),
]
CASES = [
    Case(policy=name, compliant=[Example(type=kind, props=props)], changes=[(0, path, value)])
    for name, kind, props, path, value in ONE
]
