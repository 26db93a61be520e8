"""Reads a network from AWS itself, through boto3 alone: what anybody did since the stacks were deployed is in it."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any, Final

from inspection.aws import Aws
from inspection.network import live_filters, live_gateways, live_names, live_organization, live_vpcs
from inspection.network.model import Network, Peering, Share
from inspection.network.reading import AccountRegion, ClientReader, Reader

PARTS: Final = tuple(
    field.name for field in fields(Network) if field.name not in ("zones", "accounts", "organization", "unread")
)
"""The fields of a network that are read account by account and region by region."""
SHARED: Final = ("ASSOCIATED", "ASSOCIATING", None)
"""States of a share's principal."""


def network(aws: Aws, accounts: Sequence[str], regions: Sequence[str]) -> Network:
    """The network of some accounts and regions together; what is shared with an account belongs to its owner.

    A default VPC that is attached to nothing, peered with nothing and empty is left out: AWS creates one in every
    account and region.

    Args:
        aws: gives boto3 clients.
        accounts: account ids; the accounts of the organization are read besides.
        regions: AWS regions.
    """
    reader = Reader(aws=aws)
    organization, known = live_organization.organization(reader)
    everyone = tuple(dict.fromkeys([*accounts, *known]))
    places = [AccountRegion(account=account, region=region) for region in regions for account in everyone]
    parts = [_part(reader, where) for where in places]
    merged: dict[str, Any] = {
        name: {key: value for part in parts for key, value in getattr(part, name).items()} for name in PARTS
    }
    with_network = [where for where, part in zip(places, parts, strict=True) if part.vpcs]
    zones = live_names.zones(reader, everyone, with_network)
    return Network(**merged, zones=zones, accounts=known, organization=organization, unread=tuple(reader.unread))


def _part(reader: Reader, where: AccountRegion) -> Network:
    ec2 = reader.client("ec2", where)
    gateways = live_gateways.gateways(ec2)
    attachments = live_gateways.attachments(ec2)
    peerings = _peerings(ec2)
    interfaces = live_vpcs.interfaces(ec2)
    in_use = {
        *(attachment.vpc for attachment in attachments.values()),
        *(vpc for peering in peerings.values() for vpc in peering.vpcs),
        *(interface.vpc for interface in interfaces.values()),
    }
    vpcs = live_vpcs.vpcs(ec2, in_use)
    shares = _shares(reader.client("ram", where)) if gateways else {}
    own: dict[str, Any] = {
        "vpcs": vpcs,
        "gateways": gateways,
        "attachments": attachments,
        "gateway_tables": live_gateways.tables(ec2, gateways) if gateways else {},
        "peerings": peerings,
        "interfaces": interfaces,
        "shares": shares,
        "prefix_lists": _prefix_lists(ec2) if vpcs or gateways else {},
    }
    if not vpcs:
        return Network(**own)
    return Network(
        **own,
        subnets=live_vpcs.subnets(ec2, vpcs),
        tables=live_vpcs.tables(ec2, vpcs),
        groups=live_filters.groups(ec2, vpcs),
        acls=live_filters.acls(ec2, vpcs),
        endpoints=live_vpcs.endpoints(ec2, vpcs),
        internet_gateways=live_vpcs.internet_gateways(ec2, vpcs),
        nats=live_vpcs.nats(ec2),
        firewalls=dict(live_vpcs.firewalls(reader.client("network-firewall", where))),
        others=dict(live_vpcs.other_ways(ec2, vpcs)),
    )


def _peerings(ec2: ClientReader) -> Mapping[str, Peering]:
    peerings: dict[str, Peering] = {}
    for item in ec2.list("describe_vpc_peering_connections", "VpcPeeringConnections"):
        sides = (item["RequesterVpcInfo"], item["AccepterVpcInfo"])
        if item.get("Status", {}).get("Code") == "active":
            peerings[item["VpcPeeringConnectionId"]] = Peering(
                id=item["VpcPeeringConnectionId"],
                vpcs=(sides[0]["VpcId"], sides[1]["VpcId"]),
                cidrs={side["VpcId"]: tuple(live_vpcs.peer_cidrs(side)) for side in sides},
                regions=tuple(str(side["Region"]) for side in sides if side.get("Region")),
            )
    return peerings


def _shares(ram: ClientReader) -> Mapping[str, Share]:
    shares: dict[str, Share] = {}
    principals = ram.list("get_resource_share_associations", "resourceShareAssociations", associationType="PRINCIPAL")
    for item in ram.list("get_resource_shares", "resourceShares", resourceOwner="SELF"):
        if item.get("status", "ACTIVE") == "ACTIVE":
            arn = str(item["resourceShareArn"])
            shares[arn] = Share(
                id=arn,
                name=item.get("name", ""),
                external=item.get("allowExternalPrincipals") is True,
                principals=tuple(
                    sorted(
                        {
                            principal["associatedEntity"]
                            for principal in principals
                            if principal["resourceShareArn"] == arn and principal.get("status") in SHARED
                        }
                    )
                ),
            )
    return shares


def _prefix_lists(ec2: ClientReader) -> Mapping[str, Sequence[str]]:
    return {
        item["PrefixListId"]: [
            str(entry["Cidr"])
            for entry in ec2.list("get_managed_prefix_list_entries", "Entries", PrefixListId=item["PrefixListId"])
        ]
        for item in ec2.list("describe_managed_prefix_lists", "PrefixLists")
        if item.get("OwnerId") != "AWS"
    }
