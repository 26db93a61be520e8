"""The network as deployed: VPCs, their logs and gateways, the Transit Gateway's tables and who is in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from inspection.aws import Aws, pages
from inspection.declared import DeclaredVpc, DeclaredZone
from inspection.observation import Observation, compared, missing


def vpcs(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every declared VPC is there with its CIDR, and its traffic is written down."""
    ids = _accounts(zone, aws)
    for declared_vpc in zone.vpcs:
        client = aws.client("ec2", account=ids.get(declared_vpc.account), region=declared_vpc.region)
        vpc = _vpc(client, declared_vpc)
        subject = f"{declared_vpc.name} {declared_vpc.region}"
        if vpc is None:
            yield missing("VPCs", subject, declared_vpc.cidr)
            continue
        yield compared("VPCs", subject, declared_vpc.cidr, vpc["CidrBlock"])
        filters = [{"Name": "resource-id", "Values": [vpc["VpcId"]]}]
        logs = client.describe_flow_logs(Filters=filters)["FlowLogs"]
        yield compared("flow logs", subject, ["ALL"], sorted(log["TrafficType"] for log in logs))


def gateways(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Check that only the inspection VPC has an internet gateway."""
    ids = _accounts(zone, aws)
    for declared_vpc in zone.vpcs:
        client = aws.client("ec2", account=ids.get(declared_vpc.account), region=declared_vpc.region)
        vpc = _vpc(client, declared_vpc)
        if vpc is None:
            continue
        filters = [{"Name": "attachment.vpc-id", "Values": [vpc["VpcId"]]}]
        has_gateway = bool(client.describe_internet_gateways(Filters=filters)["InternetGateways"])
        yield compared(
            "internet gateways",
            f"{declared_vpc.name} {declared_vpc.region}",
            declared_vpc.segment == "inspection",
            has_gateway,
        )


def segments(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every attachment is associated with the route table of its VPC's segment, and with no other."""
    if not zone.vpcs:
        return
    ids = _accounts(zone, aws)
    owner = ids.get(zone.network_account)
    for region in dict.fromkeys(vpc.region for vpc in zone.vpcs):
        client = aws.client("ec2", account=owner, region=region)
        tables = client.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
        names = {table["TransitGatewayRouteTableId"]: _tag(table, "segment") for table in tables}
        by_vpc = {
            association["ResourceId"]: name
            for table, name in names.items()
            for association in client.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)[
                "Associations"
            ]
            if association["ResourceType"] == "vpc"
        }
        for declared_vpc in (vpc for vpc in zone.vpcs if vpc.region == region):
            vpc = _vpc(aws.client("ec2", account=ids.get(declared_vpc.account), region=region), declared_vpc)
            segment = by_vpc.get(vpc["VpcId"], "none") if vpc else "none"
            yield compared("segments", f"{declared_vpc.name} {region}", declared_vpc.segment, segment)


def _vpc(client: Any, declared: DeclaredVpc) -> Mapping[str, Any] | None:
    vpcs = client.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [declared.name]}])["Vpcs"]
    return vpcs[0] if vpcs else None


def _tag(resource: Mapping[str, Any], key: str) -> str:
    return next((str(tag["Value"]) for tag in resource.get("Tags", []) if tag["Key"] == key), "")


def _accounts(zone: DeclaredZone, aws: Aws) -> Mapping[str, str]:
    """Account name -> id; nothing is asked when there is no network."""
    if not zone.vpcs:
        return {}
    return {
        str(account["Name"]): str(account["Id"])
        for account in pages(aws.client("organizations"), "list_accounts", "Accounts")
    }
