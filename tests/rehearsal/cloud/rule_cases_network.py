"""Requests that the rules of EC2, Route 53 and RAM refuse, which moto or a patch enforces."""

from typing import Any, Final

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.rule_requests import EAST, MANAGEMENT, S3, Case, bucket, in_member, network


def subnet(endpoints: Endpoints, block: str) -> Any:
    own = network(endpoints)
    return own.ec2.create_subnet(VpcId=own.vpc, CidrBlock=block)


def attached_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    gateway = own.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for _ in range(2):
        own.ec2.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=own.vpc, SubnetIds=[own.subnet])


def attached_without_share(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    strange = endpoints.client("ec2", own.region, in_member(endpoints))
    gateway = strange.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    return own.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=own.vpc, SubnetIds=[own.subnet]
    )


def associated_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    options = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
    gateway = own.ec2.create_transit_gateway(Options=options)["TransitGateway"]["TransitGatewayId"]
    attachment = own.ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway, VpcId=own.vpc, SubnetIds=[own.subnet]
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    for _ in range(2):
        table = own.ec2.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
        own.ec2.associate_transit_gateway_route_table(
            TransitGatewayRouteTableId=table["TransitGatewayRouteTableId"], TransitGatewayAttachmentId=attachment
        )


def route_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    gateway = own.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    own.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=own.vpc)
    table = own.ec2.create_route_table(VpcId=own.vpc)["RouteTable"]["RouteTableId"]
    for _ in range(2):
        own.ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)


def vpc_with_subnets(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    return own.ec2.delete_vpc(VpcId=own.vpc)


def permissions(endpoints: Endpoints, *ports: int) -> Any:
    own = network(endpoints)
    group = own.ec2.create_security_group(GroupName="g", Description="d", VpcId=own.vpc)["GroupId"]
    for port in ports:
        entry = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}
        own.ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[entry])


def zone(endpoints: Endpoints, name: str, **more: Any) -> str:
    created = endpoints.client("route53", EAST).create_hosted_zone(Name=name, CallerReference=name, **more)
    return str(created["HostedZone"]["Id"])


def record(endpoints: Endpoints, identity: str, name: str) -> Any:
    values = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.1"}]}
    return endpoints.client("route53", EAST).change_resource_record_sets(
        HostedZoneId=identity, ChangeBatch={"Changes": [{"Action": "CREATE", "ResourceRecordSet": values}]}
    )


def zone_with_records(endpoints: Endpoints) -> Any:
    identity = zone(endpoints, "records.example.org")
    record(endpoints, identity, "a.records.example.org")
    return endpoints.client("route53", EAST).delete_hosted_zone(Id=identity)


def record_twice(endpoints: Endpoints) -> Any:
    identity = zone(endpoints, "twice.example.org")
    for _ in range(2):
        record(endpoints, identity, "a.twice.example.org")


def last_vpc(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    vpc = {"VPCRegion": own.region, "VPCId": own.vpc}
    identity = zone(endpoints, "last.example.org", VPC=vpc)
    return endpoints.client("route53", EAST).disassociate_vpc_from_hosted_zone(HostedZoneId=identity, VPC=vpc)


def query_logs_twice(endpoints: Endpoints) -> Any:
    own = network(endpoints)
    resolver = endpoints.client("route53resolver", own.region)
    target = f"{S3}{bucket(endpoints, 'query-logs')}"
    config = resolver.create_resolver_query_log_config(Name="q", DestinationArn=target, CreatorRequestId="q")
    identity = config["ResolverQueryLogConfig"]["Id"]
    for _ in range(2):
        resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=identity, ResourceId=own.vpc)


POLICY: Final = {"StatelessDefaultActions": ["aws:pass"], "StatelessFragmentDefaultActions": ["aws:pass"]}


def rule_group(endpoints: Endpoints, name: str, capacity: int = 10) -> str:
    """A stateful rule group in the default order, with two rules."""
    rules = "pass tcp any any -> any any (sid:1;)\npass udp any any -> any any (sid:2;)"
    created = endpoints.client("network-firewall", EAST).create_rule_group(
        RuleGroupName=name, Type="STATEFUL", Capacity=capacity, Rules=rules
    )
    return str(created["RuleGroupResponse"]["RuleGroupArn"])


def firewall_policy(endpoints: Endpoints, name: str, region: str = EAST, **more: Any) -> str:
    created = endpoints.client("network-firewall", region).create_firewall_policy(
        FirewallPolicyName=name, FirewallPolicy={**POLICY, **more}
    )
    return str(created["FirewallPolicyResponse"]["FirewallPolicyArn"])


def policy_of_another_order(endpoints: Endpoints) -> Any:
    reference = {"ResourceArn": rule_group(endpoints, "default-order"), "Priority": 1}
    return firewall_policy(
        endpoints,
        "strict",
        StatefulEngineOptions={"RuleOrder": "STRICT_ORDER"},
        StatefulRuleGroupReferences=[reference],
    )


def used_rule_group(endpoints: Endpoints) -> Any:
    arn = rule_group(endpoints, "used")
    firewall_policy(endpoints, "using", StatefulRuleGroupReferences=[{"ResourceArn": arn}])
    return endpoints.client("network-firewall", EAST).delete_rule_group(RuleGroupArn=arn)


def firewall(endpoints: Endpoints, name: str, *, subnets: int = 1) -> Any:
    """A firewall with some subnets of one zone, in a client of its region."""
    own = network(endpoints)
    zone_name = own.ec2.describe_subnets(SubnetIds=[own.subnet])["Subnets"][0]["AvailabilityZone"]
    more = [
        own.ec2.create_subnet(VpcId=own.vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=zone_name)
        for number in range(1, subnets)
    ]
    identities = [own.subnet, *(created["Subnet"]["SubnetId"] for created in more)]
    client = endpoints.client("network-firewall", own.region)
    client.create_firewall(
        FirewallName=name,
        FirewallPolicyArn=firewall_policy(endpoints, f"of-{name}", own.region),
        VpcId=own.vpc,
        SubnetMappings=[{"SubnetId": identity} for identity in identities],
        DeleteProtection=True,
    )
    return client


def firewall_rule_groups(endpoints: Endpoints, *priorities: int) -> Any:
    own = network(endpoints)
    resolver = endpoints.client("route53resolver", own.region)
    for priority in priorities:
        created = resolver.create_firewall_rule_group(CreatorRequestId=str(priority), Name="group")
        resolver.associate_firewall_rule_group(
            CreatorRequestId=str(priority),
            FirewallRuleGroupId=created["FirewallRuleGroup"]["Id"],
            VpcId=own.vpc,
            Priority=priority,
            Name="association",
        )


def zone_without_authorization(endpoints: Endpoints) -> Any:
    own, strange = network(endpoints), network(endpoints)
    identity = zone(endpoints, "shared.example.org", VPC={"VPCRegion": own.region, "VPCId": own.vpc})
    return endpoints.client("route53", EAST, in_member(endpoints)).associate_vpc_with_hosted_zone(
        HostedZoneId=identity, VPC={"VPCRegion": strange.region, "VPCId": strange.vpc}
    )


CASES: Final = (
    Case(name="rule groups of another order", code="InvalidRequestException", request=policy_of_another_order),
    Case(name="used rule group", code="InvalidOperationException", request=used_rule_group),
    Case(
        name="rule group over its capacity",
        code="InvalidRequestException",
        request=lambda e: rule_group(e, "over-capacity", capacity=1),
    ),
    Case(
        name="protected firewall",
        code="InvalidOperationException",
        request=lambda e: firewall(e, "protected").delete_firewall(FirewallName="protected"),
    ),
    Case(
        name="firewall twice in a zone",
        code="InvalidRequestException",
        request=lambda e: firewall(e, "twice", subnets=2),
    ),
    Case(
        name="DNS firewall priority twice",
        code="ConflictException",
        request=lambda e: firewall_rule_groups(e, 101, 101),
    ),
    Case(
        name="DNS firewall priority of 100",
        code="ValidationException",
        request=lambda e: firewall_rule_groups(e, 100),
    ),
    Case(name="zone without authorization", code="NotAuthorizedException", request=zone_without_authorization),
    Case(name="overlapping subnet", code="InvalidSubnet.Conflict", request=lambda e: subnet(e, "10.0.0.0/25")),
    Case(name="subnet outside its VPC", code="InvalidSubnet.Range", request=lambda e: subnet(e, "10.1.0.0/24")),
    Case(
        name="VPC of 16 million addresses",
        code="InvalidVpc.Range",
        request=lambda e: e.client("ec2", EAST).create_vpc(CidrBlock="10.0.0.0/8"),
    ),
    Case(name="VPC attached twice", code="DuplicateTransitGatewayAttachment", request=attached_twice),
    Case(
        name="transit gateway that is not shared",
        code="InvalidTransitGatewayID.NotFound",
        request=attached_without_share,
    ),
    Case(name="attachment in two route tables", code="Resource.AlreadyAssociated", request=associated_twice),
    Case(name="route twice", code="RouteAlreadyExists", request=route_twice),
    Case(name="VPC with subnets", code="DependencyViolation", request=vpc_with_subnets),
    Case(name="permission twice", code="InvalidPermission.Duplicate", request=lambda e: permissions(e, 443, 443)),
    Case(
        name="61 permissions of a group",
        code="RulesPerSecurityGroupLimitExceeded",
        request=lambda e: permissions(e, *range(1, 62)),
    ),
    Case(
        name="group description with an apostrophe",
        code="InvalidParameterValue",
        request=lambda e: e.client("ec2", EAST).create_security_group(GroupName="g", Description="the zone's"),
    ),
    Case(name="hosted zone with records", code="HostedZoneNotEmpty", request=zone_with_records),
    Case(
        name="record outside its zone",
        code="InvalidChangeBatch",
        request=lambda e: record(e, zone(e, "inside.example.org"), "a.outside.example.org"),
    ),
    Case(name="record twice", code="InvalidChangeBatch", request=record_twice),
    Case(name="last VPC of a private zone", code="LastVPCAssociation", request=last_vpc),
    Case(
        name="share of an unshareable type",
        code="MalformedArnException",
        request=lambda e: e.client("ram", EAST).create_resource_share(
            name="s", resourceArns=[f"arn:aws:sqs:{EAST}:{MANAGEMENT}:queue"]
        ),
    ),
    Case(name="query logs of a VPC twice", code="ResourceExistsException", request=query_logs_twice),
)
