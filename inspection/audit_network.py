"""The network as deployed: VPCs, their logs and gateways, the Transit Gateway's tables and who is in them."""

from collections.abc import Iterator, Mapping
from typing import Any

from inspection.aws import Aws, pages
from inspection.declared import DeclaredVpc, DeclaredZone
from inspection.observation import Observation, compared, missing


def vpcs(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every declared VPC is there with its CIDR, and its traffic is written down."""
    ids = _accounts(zone, aws)
    for one in zone.vpcs:
        client = aws.client("ec2", account=ids.get(one.account), region=one.region)
        found = _vpc(client, one)
        subject = f"{one.name} {one.region}"
        if found is None:
            yield missing("VPCs", subject, one.cidr)
            continue
        yield compared("VPCs", subject, one.cidr, found["CidrBlock"])
        here = [{"Name": "resource-id", "Values": [found["VpcId"]]}]
        logs = client.describe_flow_logs(Filters=here)["FlowLogs"]
        yield compared("flow logs", subject, ["ALL"], sorted(log["TrafficType"] for log in logs))


def gateways(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Only the inspection VPC has a gateway to the internet."""
    ids = _accounts(zone, aws)
    for one in zone.vpcs:
        client = aws.client("ec2", account=ids.get(one.account), region=one.region)
        found = _vpc(client, one)
        if found is None:
            continue
        here = [{"Name": "attachment.vpc-id", "Values": [found["VpcId"]]}]
        there = bool(client.describe_internet_gateways(Filters=here)["InternetGateways"])
        yield compared("internet gateways", f"{one.name} {one.region}", one.segment == "inspection", there)


def segments(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Every attachment is associated with the route table of its VPC's segment, and with no other."""
    if not zone.vpcs:
        return
    ids = _accounts(zone, aws)
    owner = ids.get(zone.network_account)
    for region in dict.fromkeys(one.region for one in zone.vpcs):
        client = aws.client("ec2", account=owner, region=region)
        tables = client.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
        names = {one["TransitGatewayRouteTableId"]: _tag(one, "segment") for one in tables}
        by_vpc = {
            association["ResourceId"]: name
            for table, name in names.items()
            for association in client.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)[
                "Associations"
            ]
            if association["ResourceType"] == "vpc"
        }
        for one in (vpc for vpc in zone.vpcs if vpc.region == region):
            found = _vpc(aws.client("ec2", account=ids.get(one.account), region=region), one)
            segment = by_vpc.get(found["VpcId"], "none") if found else "none"
            yield compared("segments", f"{one.name} {region}", one.segment, segment)


def _vpc(client: Any, declared: DeclaredVpc) -> Mapping[str, Any] | None:
    found = client.describe_vpcs(Filters=[{"Name": "tag:Name", "Values": [declared.name]}])["Vpcs"]
    return found[0] if found else None


def _tag(resource: Mapping[str, Any], key: str) -> str:
    return next((str(tag["Value"]) for tag in resource.get("Tags", []) if tag["Key"] == key), "")


def _accounts(zone: DeclaredZone, aws: Aws) -> Mapping[str, str]:
    """Account name -> id; nothing is asked when there is no network."""
    if not zone.vpcs:
        return {}
    return {str(one["Name"]): str(one["Id"]) for one in pages(aws.client("organizations"), "list_accounts", "Accounts")}
