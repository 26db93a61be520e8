"""EC2: route tables, routes, gateways to the internet, addresses."""

from typing import Any, Final

from rehearsal.provider.services.ec2_common import TAGS, arn
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import ApiCall, Find, Items, on

_TARGETS: Final = (
    "egressOnlyGatewayId",
    "gatewayId",
    "natGatewayId",
    "networkInterfaceId",
    "transitGatewayId",
    "vpcEndpointId",
    "vpcPeeringConnectionId",
)


def _read_route(resource: EmulatedResource) -> Any:
    values = resource.values
    table = resource.call("describe_route_tables", RouteTableIds=[values["routeTableId"]])["RouteTables"][0]
    result = next(
        (route for route in table["Routes"] if route.get("DestinationCidrBlock") == values["destinationCidrBlock"]),
        None,
    )
    if result is None:
        return None
    gateway = result.get("GatewayId", "")
    # AWS tells of a firewall's or a balancer's endpoint as of any gateway.
    moved = {"GatewayId": None, "vpcEndpointId": gateway} if gateway.startswith("vpce-") else {}
    return {**result, "routeTableId": values["routeTableId"], **moved}


TYPES: Final = (
    Emulated(
        type="aws:ec2/routeTable:RouteTable",
        service="ec2",
        create="create_route_table",
        creation_result="{Id: RouteTable.RouteTableId}",
        read="describe_route_tables",
        result="RouteTables[0]",
        delete="delete_route_table",
        id="{id}",
        names={"RouteTableIds": "id", "RouteTableId": "id", "Resources": "id"},
        forces=on("vpcId"),
        keep=on("routes", "propagatingVgws"),
        templates=arn("route-table"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/routeTableAssociation:RouteTableAssociation",
        service="ec2",
        create="associate_route_table",
        creation_result="{Id: AssociationId}",
        read=Find(
            op="describe_route_tables",
            filters={"association.route-table-association-id": "id"},
            at="RouteTables[].Associations[]",
            matching={"RouteTableAssociationId": "id"},
        ),
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
        create="create_internet_gateway",
        creation_result="{Id: InternetGateway.InternetGatewayId}",
        read="describe_internet_gateways",
        result="InternetGateways[0]",
        outputs={"vpcId": "InternetGateways[0].Attachments[0].VpcId"},
        items=(
            Items(
                property="vpcId",
                add="attach_internet_gateway",
                remove="detach_internet_gateway",
                parameter="VpcId",
                by={"InternetGatewayId": "id"},
                single=True,
            ),
        ),
        update=(),
        delete="delete_internet_gateway",
        id="{id}",
        names={"InternetGatewayIds": "id", "InternetGatewayId": "id", "Resources": "id"},
        templates=arn("internet-gateway"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/eip:Eip",
        service="ec2",
        create="allocate_address",
        creation_result="{Id: AllocationId}",
        # EC2 refuses an address beside the allocation.
        read=Find(op="describe_addresses", by={"AllocationIds": "id"}),
        result="Addresses[0]",
        delete=ApiCall(op="release_address", by={"AllocationId": "id"}),
        id="{id}",
        names={"AllocationIds": "id", "AllocationId": "id", "Resources": "id"},
        forces=on("domain", "address", "publicIpv4Pool"),
        # They say which gateway has the address, which a later resource decides.
        keep=on("networkInterface", "associationId", "instance", "privateIp", "associateWithPrivateIp"),
        templates=arn("elastic-ip"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:ec2/natGateway:NatGateway",
        service="ec2",
        create="create_nat_gateway",
        creation_result="{Id: NatGateway.NatGatewayId}",
        read=Find(
            op="describe_nat_gateways",
            by={"NatGatewayIds": "id"},
            at="NatGateways",
            deleted_states=on("deleted", "deleting"),
            merge=("NatGatewayAddresses[0]",),
        ),
        delete="delete_nat_gateway",
        id="{id}",
        names={"NatGatewayId": "id", "Resources": "id", "PrivateIpAddress": "privateIp"},
        forces=on("allocationId", "subnetId", "connectivityType", "privateIp"),
        keep=on("secondaryAllocationIds"),
        tags=TAGS,
    ),
)
