"""Rules and routes of the declared network that nobody declared."""

from collections.abc import Iterator

from inspection.observation import Observation
from inspection.resources.known import Known
from inspection.resources.place import Places, undeclared


def security_group_rules(reads: Places, known: Known) -> Iterator[Observation]:
    """Rules of declared security groups."""
    account, region = reads.place.account, reads.place.region
    groups = {group.id for group in known.of("aws:ec2/securityGroup:SecurityGroup", account, region)}
    types = (
        "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
        "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
        "aws:ec2/securityGroupRule:SecurityGroupRule",
    )
    inline = {
        group.id
        for group in known.of("aws:ec2/securityGroup:SecurityGroup", account, region)
        if (group.declared or {}).get("ingress") or (group.declared or {}).get("egress")
    }
    for rule in reads.list("ec2", "describe_security_group_rules", "SecurityGroupRules"):
        identity = str(rule["SecurityGroupRuleId"])
        group = rule["GroupId"]
        if group not in groups or group in inline or known.has(types, identity, account=account, region=region):
            continue
        source = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId")
        source = source or (rule.get("ReferencedGroupInfo") or {}).get("GroupId")
        direction = "to" if rule.get("IsEgress") else "from"
        detail = f"{rule.get('IpProtocol')} {rule.get('FromPort')}-{rule.get('ToPort')} {direction} {source} in {group}"
        yield undeclared(
            reads.place,
            "security group rule",
            identity,
            type_=types[bool(rule.get("IsEgress"))],
            control="N1",
            detail=detail,
        )


def routes(reads: Places, known: Known) -> Iterator[Observation]:
    """Routes of declared route tables."""
    account, region = reads.place.account, reads.place.region
    destinations = ("destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId")
    declared = known.values("aws:ec2/route:Route", account, "routeTableId", *destinations)
    declared_pairs = {(entry[0], value) for entry in declared for value in entry[1:] if value}
    tables = {table.id: table for table in known.of("aws:ec2/routeTable:RouteTable", account, region)}
    for table in reads.list("ec2", "describe_route_tables", "RouteTables"):
        identity = table["RouteTableId"]
        if identity not in tables or (tables[identity].declared or {}).get("routes"):
            continue
        for route in table.get("Routes", []):
            destination = (
                route.get("DestinationCidrBlock")
                or route.get("DestinationIpv6CidrBlock")
                or route.get("DestinationPrefixListId")
            )
            if route.get("GatewayId") == "local" or str(route.get("GatewayId")).startswith("vpce-"):
                continue
            if route.get("Origin", "CreateRoute") == "CreateRoute" and (identity, destination) not in declared_pairs:
                targets = [str(value) for name, value in route.items() if name.endswith("Id") and "Dest" not in name]
                yield undeclared(
                    reads.place,
                    "route",
                    f"{identity} {destination}",
                    type_="aws:ec2/route:Route",
                    control="N2",
                    arn=identity,
                    detail=f"{destination} to {', '.join(targets) or 'nothing'}",
                )


def transit_gateway_routes(reads: Places, known: Known) -> Iterator[Observation]:
    """Static routes of declared Transit Gateway route tables."""
    account, region = reads.place.account, reads.place.region
    type_ = "aws:ec2transitgateway/route:Route"
    declared = known.values(type_, account, "transitGatewayRouteTableId", "destinationCidrBlock")
    filters = [{"Name": "type", "Values": ["static"]}]
    for table in known.of("aws:ec2transitgateway/routeTable:RouteTable", account, region):
        for route in reads.list(
            *("ec2", "search_transit_gateway_routes", "Routes"), TransitGatewayRouteTableId=table.id, Filters=filters
        ):
            destination = route.get("DestinationCidrBlock")
            if destination and (table.id, destination) not in declared and route.get("State") != "deleted":
                attached = [
                    str(entry.get("TransitGatewayAttachmentId"))
                    for entry in route.get("TransitGatewayAttachments") or ()
                ]
                yield undeclared(
                    reads.place,
                    "Transit Gateway route",
                    f"{table.id} {destination}",
                    type_=type_,
                    control="N3",
                    arn=table.id,
                    detail=f"{destination} to {', '.join(attached) or 'a black hole'}",
                )
