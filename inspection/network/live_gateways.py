"""Transit Gateways with their attachments of every kind and their route tables, from AWS itself."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from inspection.network.model import Attachment, GatewayTable, Route, TransitGateway
from inspection.network.reading import ClientReader, tag

CARRYING: Final = ("available", "modifying", "deleting", "")
"""States of an attachment that packets may still pass; a pending one carries none yet."""
FOLLOWED: Final = ("vpc", "peering", "tgw-peering")


def gateways(ec2: ClientReader) -> Mapping[str, TransitGateway]:
    """The Transit Gateways that the account owns."""
    return {
        item["TransitGatewayId"]: _gateway(item, ec2)
        for item in ec2.list("describe_transit_gateways", "TransitGateways")
        if item.get("OwnerId", ec2.where.account) == ec2.where.account and item.get("State") != "deleted"
    }


def _gateway(item: Mapping[str, Any], ec2: ClientReader) -> TransitGateway:
    options = item.get("Options", {})

    def default(flag: str, table: str) -> str:
        return str(options.get(table, "")) if options.get(flag) == "enable" else ""

    return TransitGateway(
        id=item["TransitGatewayId"],
        region=ec2.where.region,
        association_table=default("DefaultRouteTableAssociation", "AssociationDefaultRouteTableId"),
        propagation_table=default("DefaultRouteTablePropagation", "PropagationDefaultRouteTableId"),
        account=ec2.where.account,
        auto_accept=options.get("AutoAcceptSharedAttachments") == "enable",
    )


def attachments(ec2: ClientReader) -> Mapping[str, Attachment]:
    """Every attachment that the account sees: of VPCs, peerings, and of kinds that are not followed."""
    every = {
        item["TransitGatewayAttachmentId"]: item
        for item in ec2.list("describe_transit_gateway_attachments", "TransitGatewayAttachments")
        if item.get("State", "") in CARRYING
    }
    collected = {
        identifier: Attachment(
            id=identifier,
            gateway=item["TransitGatewayId"],
            vpc=str(item.get("ResourceId", "")) if item.get("ResourceType") == "vpc" else "",
            kind="" if item.get("ResourceType") in FOLLOWED else str(item.get("ResourceType") or "unknown"),
            owner=str(item.get("ResourceOwnerId", "")),
        )
        for identifier, item in every.items()
    }
    for item in ec2.list("describe_transit_gateway_vpc_attachments", "TransitGatewayVpcAttachments"):
        identifier = item["TransitGatewayAttachmentId"]
        if item.get("State", "") in CARRYING:
            options = item.get("Options", {})
            collected[identifier] = Attachment(
                id=identifier,
                gateway=item["TransitGatewayId"],
                vpc=item["VpcId"],
                subnets=tuple(sorted(item.get("SubnetIds", ()))),
                appliance_mode=options.get("ApplianceModeSupport") == "enable",
                owner=str(item.get("VpcOwnerId", "")),
            )
    for item in ec2.list("describe_transit_gateway_peering_attachments", "TransitGatewayPeeringAttachments"):
        sides = (item.get("RequesterTgwInfo"), item.get("AccepterTgwInfo"))
        # An emulator lists every attachment here; one that names no other gateway is no peering.
        if item.get("State", "") in CARRYING and sides[0] and sides[1]:
            identifier = item["TransitGatewayAttachmentId"]
            collected[identifier] = Attachment(
                id=identifier,
                gateway=sides[0]["TransitGatewayId"],
                peer=sides[1]["TransitGatewayId"],
                peer_region=str(sides[1].get("Region", "")),
                owner=str(sides[1].get("OwnerId", "")),
            )
    return collected


def tables(ec2: ClientReader, own: Mapping[str, TransitGateway]) -> Mapping[str, GatewayTable]:
    """Route tables of the account's Transit Gateways."""
    return {
        item["TransitGatewayRouteTableId"]: _table(ec2, item)
        for item in ec2.list("describe_transit_gateway_route_tables", "TransitGatewayRouteTables")
        if item["TransitGatewayId"] in own and item.get("State") not in ("deleting", "deleted")
    }


def _table(ec2: ClientReader, item: Mapping[str, Any]) -> GatewayTable:
    table = item["TransitGatewayRouteTableId"]
    return GatewayTable(
        id=table,
        gateway=item["TransitGatewayId"],
        name=tag(item, "segment"),
        associated=_members(ec2, "get_transit_gateway_route_table_associations", "Associations", table),
        propagated=_members(
            ec2, "get_transit_gateway_route_table_propagations", "TransitGatewayRouteTablePropagations", table
        ),
        routes=tuple(sorted(_routes(ec2, table), key=lambda route: (route.destination, route.propagated))),
    )


def _members(ec2: ClientReader, operation: str, key: str, table: str) -> frozenset[str]:
    return frozenset(
        item["TransitGatewayAttachmentId"]
        for item in ec2.list(operation, key, TransitGatewayRouteTableId=table)
        if item.get("TransitGatewayAttachmentId") and item.get("State", "") not in ("disassociated", "disabled")
    )


def _routes(ec2: ClientReader, table: str) -> Sequence[Route]:
    """Static and propagated routes, and references of prefix lists."""
    answer = ec2.answer(
        "search_transit_gateway_routes",
        TransitGatewayRouteTableId=table,
        Filters=[{"Name": "type", "Values": ["static", "propagated"]}],
    )
    if answer.get("AdditionalRoutesAvailable"):
        ec2.truncated("search_transit_gateway_routes")
    routes = [_route(item) for item in answer.get("Routes", ()) if item.get("State") != "deleted"]
    references = ec2.list(
        "get_transit_gateway_prefix_list_references",
        "TransitGatewayPrefixListReferences",
        TransitGatewayRouteTableId=table,
    )
    return [
        *routes,
        *(
            Route(
                destination=item["PrefixListId"],
                target=str((item.get("TransitGatewayAttachment") or {}).get("TransitGatewayAttachmentId", "")),
                blackhole=item.get("Blackhole") is True,
            )
            for item in references
        ),
    ]


def _route(item: Mapping[str, Any]) -> Route:
    attached = [entry["TransitGatewayAttachmentId"] for entry in item.get("TransitGatewayAttachments") or ()]
    return Route(
        destination=item.get("DestinationCidrBlock") or item["PrefixListId"],
        target=attached[0] if attached else "",
        blackhole=item.get("State") == "blackhole" or not attached,
        propagated=item.get("Type", "static") == "propagated",
    )
