"""EC2: route tables, routes, gateways to the internet, addresses."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS, arn, created
from rehearsal.provider.spec import Emulated, Work, search
from rehearsal.provider.vocabulary import on

_TARGETS: Final = (
    "egressOnlyGatewayId",
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def _read_route(work: Work) -> Any:
    values = work.values
    table = work.call("describe_route_tables", RouteTableIds=[values["routeTableId"]])["RouteTables"][0]
    found = next(
        (one for one in table["Routes"] if one.get("DestinationCidrBlock") == values["destinationCidrBlock"]), None
    )
    if found is None:
        return None
    gateway = found.get("GatewayId", "")
    # AWS tells of a firewall's or a balancer's endpoint as of any gateway.
    moved = {"GatewayId": None, "vpcEndpointId": gateway} if gateway.startswith("vpce-") else {}
    return {**found, "routeTableId": values["routeTableId"], **moved}


def _read_association(work: Work) -> Any:
    found = work.call(
        "describe_route_tables",
        Filters=[{"Name": "association.route-table-association-id", "Values": [work.id]}],
    )["RouteTables"]
    return search(f"[].Associations[] | [?RouteTableAssociationId=='{work.id}'] | [0]", found)


def _attach(work: Work) -> None:
    vpc = work.inputs.get("vpcId")
    had = work.old.get("vpcId")
    if had and had != vpc:
        work.call("detach_internet_gateway", InternetGatewayId=work.id, VpcId=had)
    if vpc and had != vpc:
        work.call("attach_internet_gateway", InternetGatewayId=work.id, VpcId=vpc)


def _detach(work: Work) -> None:
    found = work.call("describe_internet_gateways", InternetGatewayIds=[work.id])["InternetGateways"]
    for attachment in found[0]["Attachments"] if found else []:
        work.call("detach_internet_gateway", InternetGatewayId=work.id, VpcId=attachment["VpcId"])


def _read_nat(work: Work) -> Any:
    found = work.call("describe_nat_gateways", NatGatewayIds=[work.id])["NatGateways"]
    if not found or found[0]["State"] in ("deleted", "deleting"):
        return None
    address = (found[0].get("NatGatewayAddresses") or [{}])[0]
    return {**found[0], **address}


TYPES: Final = (
    Emulated(
        type="aws:ec2/routeTable:RouteTable",
        service="ec2",
        create=created("create_route_table", "RouteTable.RouteTableId"),
        read="describe_route_tables",
        result="RouteTables[0]",
        delete="delete_route_table",
        id="{id}",
        names={"RouteTableIds": "id", "RouteTableId": "id", "Resources": "id"},
        forces=on("vpcId"),
        keep=on("routes", "propagatingVgws"),
        finish=arn("route-table"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        create=created("associate_route_table", "AssociationId"),
        read=_read_association,
        delete="disassociate_route_table",
        id="{id}",
        names={"AssociationId": "id"},
        forces=on("routeTableId", "subnetId", "gatewayId"),
    ),
    Emulated(
        type="aws:ec2/route:Route",
        service="ec2",
        create="create_route",
        read=_read_route,
        update="replace_route",
        delete="delete_route",
        id="{routeTableId}_{destinationCidrBlock}",
        forces=on("routeTableId", "destinationCidrBlock", "destinationIpv6CidrBlock", "destinationPrefixListId"),
    ),
    Emulated(
        type="aws:ec2/internetGateway:InternetGateway",
        service="ec2",
        create=created("create_internet_gateway", "InternetGateway.InternetGatewayId"),
        after=_attach,
        read="describe_internet_gateways",
        result="InternetGateways[0]",
        outputs={"vpcId": "InternetGateways[0].Attachments[0].VpcId"},
        update=_attach,
        tidy=_detach,
        delete="delete_internet_gateway",
        id="{id}",
        names={"InternetGatewayIds": "id", "InternetGatewayId": "id", "Resources": "id"},
        finish=arn("internet-gateway"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/eip:Eip",
        service="ec2",
        create=created("allocate_address", "AllocationId"),
        # EC2 refuses an address beside the allocation.
        read=lambda work: work.call("describe_addresses", AllocationIds=[work.id]),
        result="Addresses[0]",
        delete=lambda work: work.call("release_address", AllocationId=work.id),
        id="{id}",
        names={"AllocationIds": "id", "AllocationId": "id", "Resources": "id"},
        forces=on("domain", "address", "publicIpv4Pool"),
        # They say which gateway has the address, which a later resource decides.
        keep=on("networkInterface", "associationId", "instance", "privateIp", "associateWithPrivateIp"),
        finish=arn("elastic-ip"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/natGateway:NatGateway",
        service="ec2",
        create=created("create_nat_gateway", "NatGateway.NatGatewayId"),
        read=_read_nat,
        delete="delete_nat_gateway",
        id="{id}",
        names={"NatGatewayId": "id", "Resources": "id", "PrivateIpAddress": "privateIp"},
        forces=on("allocationId", "subnetId", "connectivityType", "privateIp"),
        keep=on("secondaryAllocationIds"),
        tags=TAGS,
    ),
)
