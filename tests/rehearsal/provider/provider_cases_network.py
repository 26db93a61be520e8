"""The lives of the network's emulated types."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World, policy

TRANSIT = "aws:ec2transitgateway/"
ANYWHERE = "0.0.0.0/0"
LOGS = "network-logs"


def logs_bucket(world: World) -> str:
    """A bucket that the delivery service of flow logs may write to."""
    bucket = world.bucket("flow-logs")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "delivery.logs.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{bucket}/*",
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.once("flow-logs-policy", "aws:s3/bucketPolicy:BucketPolicy", lambda: {"bucket": bucket, "policy": document})
    return bucket


def vpc(world: World, name: str = "vpc", cidr: str = "10.0.0.0/16") -> CreatedResource:
    return world.once(f"vpc-{name}", "aws:ec2/vpc:Vpc", lambda: {"cidrBlock": cidr})


def in_an_organization(world: World) -> Values:
    """What has no inputs, and needs an organisation."""
    assert world.organization.id
    return {}


def subnet(world: World, number: int = 0) -> CreatedResource:
    inputs = {"vpcId": vpc(world).id, "cidrBlock": f"10.0.{number}.0/24", "availabilityZoneId": f"use1-az{number + 1}"}
    return world.once(f"subnet-{number}", "aws:ec2/subnet:Subnet", lambda: inputs)


def group(world: World) -> CreatedResource:
    return world.once(
        "group", "aws:ec2/securityGroup:SecurityGroup", lambda: {"description": "d", "vpcId": vpc(world).id}
    )


def table(world: World) -> CreatedResource:
    return world.once("table", "aws:ec2/routeTable:RouteTable", lambda: {"vpcId": vpc(world).id})


def internet(world: World) -> CreatedResource:
    return world.once("internet", "aws:ec2/internetGateway:InternetGateway", lambda: {"vpcId": vpc(world).id})


def gateway(world: World) -> CreatedResource:
    return world.once("gateway", f"{TRANSIT}transitGateway:TransitGateway", lambda: gateway_inputs("disable"))


def gateway_inputs(dns: str) -> Values:
    return {
        "description": dns,
        "defaultRouteTableAssociation": "disable",
        "defaultRouteTablePropagation": "disable",
        "dnsSupport": dns,
        "tags": {"a": dns},
    }


def transit_table(world: World) -> CreatedResource:
    return world.once(
        "transit-table", f"{TRANSIT}routeTable:RouteTable", lambda: {"transitGatewayId": gateway(world).id}
    )


def attachment(world: World) -> CreatedResource:
    return world.once(
        "attachment",
        f"{TRANSIT}vpcAttachment:VpcAttachment",
        lambda: {"transitGatewayId": gateway(world).id, "vpcId": vpc(world).id, "subnetIds": [subnet(world).id]},
    )


def of_table(world: World) -> Values:
    return {"transitGatewayRouteTableId": transit_table(world).id, "transitGatewayAttachmentId": attachment(world).id}


def western(world: World) -> str:
    """A Transit Gateway in the other region."""
    client = world.boto("ec2", "us-west-2")
    transit_gateways = client.describe_transit_gateways()["TransitGateways"]
    created = transit_gateways[0] if transit_gateways else client.create_transit_gateway()["TransitGateway"]
    return str(created["TransitGatewayId"])


def peering(world: World) -> Values:
    return {
        "transitGatewayId": gateway(world).id,
        "peerTransitGatewayId": western(world),
        "peerRegion": "us-west-2",
        "peerAccountId": world.account,
    }


def asked(world: World) -> str:
    """A peering that waits in the other region."""
    answer = world.boto("ec2").create_transit_gateway_peering_attachment(
        TransitGatewayId=gateway(world).id,
        PeerTransitGatewayId=western(world),
        PeerAccountId=world.account,
        PeerRegion="us-west-2",
    )
    return str(answer["TransitGatewayPeeringAttachment"]["TransitGatewayAttachmentId"])


def asked_once(world: World) -> str:
    waiting = world.boto("ec2", "us-west-2").describe_transit_gateway_peering_attachments()
    states = ("pendingAcceptance", "available")
    result = [
        transit_gateway_peering_attachment
        for transit_gateway_peering_attachment in waiting["TransitGatewayPeeringAttachments"]
        if transit_gateway_peering_attachment["State"] in states
    ]
    return str(result[0]["TransitGatewayAttachmentId"]) if result else asked(world)


def acl(port: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        rule = {"ruleNo": 100, "action": "allow", "protocol": "tcp", "cidrBlock": "10.0.0.0/16"}
        rules = [{**rule, "fromPort": port, "toPort": port}]
        return {"vpcId": vpc(world).id, "subnetIds": [subnet(world).id], "ingress": rules, "egress": rules}

    return inputs


def tagged(make: Callable[[World], Values], value: str) -> Callable[[World], Values]:
    return lambda world: {**make(world), "tags": {"a": value}}


def changing(kind: str, make: Callable[[World], Values], **fields: Any) -> Case:
    """A type of which only the tags change in place."""
    return Case(type=kind, inputs=tagged(make, "b"), change=tagged(make, "c"), **fields)


def rule(world: World) -> Values:
    return {
        "securityGroupId": group(world).id,
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/8",
        "description": "HTTPS",
    }


def revoke(direction: str, world: World, resource: CreatedResource) -> None:
    revoked = getattr(world.boto("ec2"), f"revoke_security_group_{direction}")
    revoked(GroupId=group(world).id, SecurityGroupRuleIds=[resource.id])


def endpoint(action: str) -> Callable[[World], Values]:
    return lambda world: {
        "vpcId": vpc(world).id,
        "serviceName": "com.amazonaws.us-east-1.kms",
        "vpcEndpointType": "Interface",
        "subnetIds": [subnet(world).id],
        "securityGroupIds": [group(world).id],
        "policy": policy(action, Principal="*"),
        "tags": {"a": action},
    }


def share(world: World) -> str:
    resource = world.once("share", "aws:ram/resourceShare:ResourceShare", lambda: {"name": "s"})
    return str(resource.outputs["arn"])


def zone(comment: str) -> Callable[[World], Values]:
    return lambda world: {
        "name": "kms.us-east-1.amazonaws.com",
        "comment": comment,
        "vpcs": [{"vpcId": vpc(world).id, "vpcRegion": "us-east-1"}],
        "tags": {"a": comment},
    }


def record(address: str) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        resource = world.once("zone", "aws:route53/zone:Zone", lambda: {"name": "example.internal", "comment": ""})
        return {"zoneId": resource.id, "name": "db.example.internal", "type": "A", "ttl": 60, "records": [address]}

    return inputs


def query_log(world: World) -> Values:
    return {"name": "queries", "destinationArn": f"arn:aws:s3:::{world.bucket(LOGS)}"}


def queries(world: World) -> str:
    return world.once(
        "query-log", "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig", lambda: query_log(world)
    ).id


FIREWALL = "aws:networkfirewall/"
STRICT = "STRICT_ORDER"


def rule_group(target: str) -> Values:
    """A rule group with one rule per kind of target."""
    listed = {"generatedRulesType": "ALLOWLIST", "targetTypes": ["TLS_SNI", "HTTP_HOST"], "targets": [target]}
    return {
        "name": "domains",
        "type": "STATEFUL",
        "capacity": 10,
        "ruleGroup": {
            "rulesSource": {"rulesSourceList": listed},
            "ruleVariables": {"ipSets": [{"key": "HOME_NET", "ipSet": {"definitions": ["10.0.0.0/8"]}}]},
            "statefulRuleOptions": {"ruleOrder": STRICT},
        },
    }


def policy_inputs(world: World, exception: str) -> Values:
    group = world.once(
        "rule-group-of-policy",
        f"{FIREWALL}ruleGroup:RuleGroup",
        lambda: {**rule_group(".example.org"), "name": "group"},
    )
    return {
        "name": "policy",
        "firewallPolicy": {
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:forward_to_sfe"],
            "statefulEngineOptions": {"ruleOrder": STRICT, "streamExceptionPolicy": exception},
            "statefulDefaultActions": ["aws:drop_established"],
            "statefulRuleGroupReferences": [{"priority": 1, "resourceArn": group.id}],
        },
        "tags": {"a": exception},
    }


def firewall_policy(world: World) -> CreatedResource:
    return world.once(
        "firewall-policy",
        f"{FIREWALL}firewallPolicy:FirewallPolicy",
        lambda: {**policy_inputs(world, "DROP"), "name": "of-walls"},
    )


def wall(world: World) -> Values:
    return {
        "name": "wall",
        "firewallPolicyArn": firewall_policy(world).id,
        "vpcId": vpc(world).id,
        "subnetMappings": [{"subnetId": subnet(world).id}],
        "deleteProtection": False,
        "subnetChangeProtection": False,
        "description": "d",
        "tags": {"a": "b"},
    }


def wall_logs(*kinds: str) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        resource = world.once(
            "wall", "aws:networkfirewall/firewall:Firewall", lambda: {**wall(world), "name": "logged"}
        )
        destinations = [
            {"logType": kind, "logDestinationType": "S3", "logDestination": {"bucketName": world.bucket(LOGS)}}
            for kind in kinds
        ]
        return {"firewallArn": resource.id, "loggingConfiguration": {"logDestinationConfigs": destinations}}

    return inputs


def default_group(world: World) -> Values:
    return {"vpcId": vpc(world, "closed", "10.9.0.0/16").id}


CASES = (
    Case(
        type="aws:ec2/vpc:Vpc",
        inputs=lambda w: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": True, "tags": {"a": "b"}},
        change=lambda w: {"cidrBlock": "10.1.0.0/16", "enableDnsHostnames": False, "tags": {"c": "d"}},
        drift=lambda w, m: w.boto("ec2").modify_vpc_attribute(VpcId=m.id, EnableDnsHostnames={"Value": True}),
        drifted="enableDnsHostnames",
    ),
    Case(
        type="aws:ec2/subnet:Subnet",
        inputs=lambda w: {"vpcId": vpc(w).id, "cidrBlock": "10.0.9.0/24", "mapPublicIpOnLaunch": False},
        change=lambda w: {"vpcId": vpc(w).id, "cidrBlock": "10.0.9.0/24", "mapPublicIpOnLaunch": True},
        drift=lambda w, m: w.boto("ec2").modify_subnet_attribute(SubnetId=m.id, MapPublicIpOnLaunch={"Value": False}),
        drifted="mapPublicIpOnLaunch",
    ),
    changing(
        "aws:ec2/vpcDhcpOptions:VpcDhcpOptions",
        lambda w: {"domainName": "ec2.internal", "domainNameServers": ["AmazonProvidedDNS"]},
        drift=lambda w, m: w.boto("ec2").delete_dhcp_options(DhcpOptionsId=m.id),
    ),
    Case(
        type="aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation",
        inputs=lambda w: {
            "vpcId": vpc(w).id,
            "dhcpOptionsId": w.once(
                "dhcp", "aws:ec2/vpcDhcpOptions:VpcDhcpOptions", lambda: {"domainName": "ec2.internal"}
            ).id,
        },
        drift=lambda w, m: w.boto("ec2").associate_dhcp_options(VpcId=vpc(w).id, DhcpOptionsId="default"),
    ),
    changing(
        "aws:ec2/securityGroup:SecurityGroup",
        lambda w: {"name": "case", "description": "d", "vpcId": vpc(w).id},
        drift=lambda w, m: w.boto("ec2").delete_security_group(GroupId=m.id),
    ),
    Case(
        type="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs=default_group,
        stays=True,
    ),
    *(
        Case(
            type=f"aws:vpc/securityGroup{kind}Rule:SecurityGroup{kind}Rule",
            inputs=rule,
            drift=partial(revoke, kind.lower()),
        )
        for kind in ("Ingress", "Egress")
    ),
    Case(
        type="aws:ec2/networkAcl:NetworkAcl",
        inputs=acl(443),
        change=acl(8443),
        drift=lambda w, m: w.boto("ec2").delete_network_acl_entry(NetworkAclId=m.id, RuleNumber=100, Egress=False),
        drifted="ingress",
    ),
    changing(
        "aws:ec2/routeTable:RouteTable",
        lambda w: {"vpcId": vpc(w).id},
        drift=lambda w, m: w.boto("ec2").delete_route_table(RouteTableId=m.id),
    ),
    Case(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs=lambda w: {"routeTableId": table(w).id, "subnetId": subnet(w, 1).id},
        drift=lambda w, m: w.boto("ec2").disassociate_route_table(AssociationId=m.id),
    ),
    Case(
        type="aws:ec2/route:Route",
        inputs=lambda w: {
            "routeTableId": table(w).id,
            "destinationCidrBlock": ANYWHERE,
            "gatewayId": internet(w).id,
        },
        drift=lambda w, m: w.boto("ec2").delete_route(RouteTableId=table(w).id, DestinationCidrBlock=ANYWHERE),
    ),
    Case(
        type="aws:ec2/route:Route",
        inputs=lambda w: {
            "routeTableId": table(w).id,
            "destinationCidrBlock": "10.0.0.0/8",
            "transitGatewayId": attachment(w) and gateway(w).id,
        },
    ),
    changing(
        "aws:ec2/internetGateway:InternetGateway",
        lambda w: {"vpcId": vpc(w, "other", "10.2.0.0/16").id},
        drift=lambda w, m: w.boto("ec2").detach_internet_gateway(
            InternetGatewayId=m.id, VpcId=vpc(w, "other", "10.2.0.0/16").id
        ),
        drifted="vpcId",
    ),
    changing(
        "aws:ec2/eip:Eip",
        lambda w: {"domain": "vpc"},
        drift=lambda w, m: w.boto("ec2").release_address(AllocationId=m.id),
    ),
    changing(
        "aws:ec2/natGateway:NatGateway",
        lambda w: {
            "subnetId": internet(w) and subnet(w).id,
            "allocationId": w.once("address", "aws:ec2/eip:Eip", lambda: {"domain": "vpc"}).id,
            "connectivityType": "public",
        },
        drift=lambda w, m: w.boto("ec2").delete_nat_gateway(NatGatewayId=m.id),
    ),
    Case(
        type="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=endpoint("kms:Decrypt"),
        change=endpoint("kms:Encrypt"),
        drift=lambda w, m: w.boto("ec2").modify_vpc_endpoint(
            VpcEndpointId=m.id, PolicyDocument=policy("*", Principal="*")
        ),
        drifted="policy",
    ),
    changing(
        "aws:ec2/flowLog:FlowLog",
        lambda w: {
            "vpcId": vpc(w).id,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": f"arn:aws:s3:::{logs_bucket(w)}",
            "maxAggregationInterval": 60,
        },
        drift=lambda w, m: w.boto("ec2").delete_flow_logs(FlowLogIds=[m.id]),
    ),
    Case(
        type=f"{TRANSIT}transitGateway:TransitGateway",
        inputs=lambda w: gateway_inputs("enable"),
        change=lambda w: gateway_inputs("disable"),
        drift=lambda w, m: w.boto("ec2").modify_transit_gateway(
            TransitGatewayId=m.id, Options={"DefaultRouteTableAssociation": "enable"}
        ),
        drifted="defaultRouteTableAssociation",
    ),
    changing(
        f"{TRANSIT}routeTable:RouteTable",
        lambda w: {"transitGatewayId": gateway(w).id},
        drift=lambda w, m: w.boto("ec2").delete_transit_gateway_route_table(TransitGatewayRouteTableId=m.id),
    ),
    Case(
        type=f"{TRANSIT}vpcAttachment:VpcAttachment",
        inputs=lambda w: {
            "transitGatewayId": gateway(w).id,
            "vpcId": vpc(w, "attached", "10.3.0.0/16").id,
            "subnetIds": [subnet(w).id],
            "applianceModeSupport": "disable",
        },
        change=lambda w: {
            "transitGatewayId": gateway(w).id,
            "vpcId": vpc(w, "attached", "10.3.0.0/16").id,
            "subnetIds": [subnet(w).id, subnet(w, 1).id],
            "applianceModeSupport": "enable",
        },
        drift=lambda w, m: w.boto("ec2").modify_transit_gateway_vpc_attachment(
            TransitGatewayAttachmentId=m.id, Options={"ApplianceModeSupport": "disable"}
        ),
        drifted="applianceModeSupport",
    ),
    Case(
        type=f"{TRANSIT}vpcAttachmentAccepter:VpcAttachmentAccepter",
        inputs=lambda w: {"transitGatewayAttachmentId": attachment(w).id},
        stays=True,
    ),
    changing(
        f"{TRANSIT}peeringAttachment:PeeringAttachment",
        peering,
        drift=lambda w, m: w.boto("ec2").delete_transit_gateway_peering_attachment(TransitGatewayAttachmentId=m.id),
    ),
    Case(
        type=f"{TRANSIT}peeringAttachmentAccepter:PeeringAttachmentAccepter",
        inputs=lambda w: {"transitGatewayAttachmentId": asked_once(w)},
        region="us-west-2",
        stays=True,
    ),
    Case(
        type=f"{TRANSIT}routeTableAssociation:RouteTableAssociation",
        inputs=of_table,
        drift=lambda w, m: w.boto("ec2").disassociate_transit_gateway_route_table(
            TransitGatewayRouteTableId=transit_table(w).id, TransitGatewayAttachmentId=attachment(w).id
        ),
    ),
    Case(
        type=f"{TRANSIT}routeTablePropagation:RouteTablePropagation",
        inputs=of_table,
        drift=lambda w, m: w.boto("ec2").disable_transit_gateway_route_table_propagation(
            TransitGatewayRouteTableId=transit_table(w).id, TransitGatewayAttachmentId=attachment(w).id
        ),
    ),
    *(
        Case(
            type=f"{TRANSIT}route:Route",
            inputs=lambda w, black=black: {
                "destinationCidrBlock": "10.0.0.0/8" if black else ANYWHERE,
                "transitGatewayRouteTableId": transit_table(w).id,
                **({"blackhole": True} if black else {"transitGatewayAttachmentId": attachment(w).id}),
            },
            drift=lambda w, m: w.boto("ec2").delete_transit_gateway_route(
                TransitGatewayRouteTableId=transit_table(w).id, DestinationCidrBlock=m.inputs["destinationCidrBlock"]
            ),
        )
        for black in (True, False)
    ),
    Case(
        type="aws:ram/sharingWithOrganization:SharingWithOrganization",
        inputs=in_an_organization,
        drift=lambda w, _: w.boto("organizations").disable_aws_service_access(ServicePrincipal="ram.amazonaws.com"),
    ),
    Case(
        type="aws:ram/resourceShare:ResourceShare",
        inputs=lambda w: {"name": "one", "allowExternalPrincipals": False},
        change=lambda w: {"name": "two", "allowExternalPrincipals": False},
        drift=lambda w, m: w.boto("ram").update_resource_share(resourceShareArn=m.id, allowExternalPrincipals=True),
        drifted="allowExternalPrincipals",
    ),
    Case(
        type="aws:ram/resourceAssociation:ResourceAssociation",
        inputs=lambda w: {"resourceShareArn": share(w), "resourceArn": gateway(w).outputs["arn"]},
    ),
    Case(
        type="aws:ram/principalAssociation:PrincipalAssociation",
        inputs=lambda w: {"resourceShareArn": share(w), "principal": w.organization.outputs["arn"]},
    ),
    Case(
        type="aws:route53/zone:Zone",
        inputs=zone("one"),
        change=zone("two"),
        drift=lambda w, m: w.boto("route53").update_hosted_zone_comment(Id=m.id, Comment="drifted"),
        drifted="comment",
    ),
    Case(
        type="aws:route53/record:Record",
        inputs=record("10.0.0.1"),
        change=record("10.0.0.2"),
        drift=lambda w, m: w.boto("route53").change_resource_record_sets(
            HostedZoneId=m.inputs["zoneId"],
            ChangeBatch={
                "Changes": [
                    {
                        "Action": "UPSERT",
                        "ResourceRecordSet": {
                            "Name": "db.example.internal",
                            "Type": "A",
                            "TTL": 60,
                            "ResourceRecords": [{"Value": "10.9.9.9"}],
                        },
                    }
                ]
            },
        ),
        drifted="records",
    ),
    Case(
        type="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        inputs=lambda w: {**query_log(w), "name": "case"},
        stays=True,
    ),
    Case(
        type="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        inputs=lambda w: {"resolverQueryLogConfigId": queries(w), "resourceId": vpc(w).id},
        stays=True,
    ),
    Case(type="aws:networkfirewall/firewall:Firewall", inputs=wall),
    Case(
        type=f"{FIREWALL}ruleGroup:RuleGroup",
        inputs=lambda _: rule_group(".example.org"),
        change=lambda _: rule_group(".example.com"),
        drift=lambda w, m: w.boto("network-firewall").delete_rule_group(RuleGroupArn=m.id),
    ),
    Case(
        type=f"{FIREWALL}firewallPolicy:FirewallPolicy",
        inputs=lambda w: policy_inputs(w, "DROP"),
        change=lambda w: policy_inputs(w, "REJECT"),
        drift=lambda w, m: w.boto("network-firewall").delete_firewall_policy(FirewallPolicyArn=m.id),
    ),
    Case(
        type="aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
        inputs=wall_logs("ALERT", "FLOW"),
        change=wall_logs("ALERT"),
        drift=lambda w, m: w.boto("network-firewall").update_logging_configuration(
            FirewallArn=m.id, LoggingConfiguration={"LogDestinationConfigs": []}
        ),
    ),
)
