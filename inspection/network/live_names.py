"""Private hosted zones, from AWS itself: which VPCs see them, and the endpoints their names lead to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspection.network.model import Zone
from inspection.network.reading import AccountRegion, Reader


def zones(reader: Reader, accounts: Sequence[str], places: Sequence[AccountRegion]) -> Mapping[str, Zone]:
    """Private zones of all accounts, with the VPCs that see them, by association or by a Route 53 Profile.

    Args:
        reader: reads from AWS.
        accounts: accounts that may have zones.
        places: accounts and regions that have VPCs.
    """
    names = dict(_endpoint_names(reader, places))
    profiled = _profiled(reader, places)
    zones_by_id: dict[str, Zone] = {}
    for account in accounts:
        client = reader.client("route53", AccountRegion(account=account, region=""))
        for listed in client.list("list_hosted_zones", "HostedZones"):
            if not listed.get("Config", {}).get("PrivateZone"):
                continue
            identifier = str(listed["Id"]).rpartition("/")[2]
            vpcs = {vpc["VPCId"] for vpc in client.answer("get_hosted_zone", Id=identifier).get("VPCs") or ()}
            records = client.list("list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identifier)
            zones_by_id[identifier] = Zone(
                id=identifier,
                name=str(listed["Name"]).rstrip("."),
                vpcs=frozenset(vpcs | profiled.get(identifier, set())),
                records=dict(_record(record, names) for record in records if record["Type"] in ADDRESSES),
            )
    return zones_by_id


ADDRESSES = ("A", "CNAME")
"""Record types that lead a name to IPv4 addresses; endpoints' names have no others."""


def _record(record: Mapping[str, Any], names: Mapping[str, str]) -> tuple[str, str]:
    """The record's name, and the endpoint it leads to."""
    alias = record.get("AliasTarget") or {}
    values = [str(alias.get("DNSName", "")), *(str(entry["Value"]) for entry in record.get("ResourceRecords") or ())]
    targets = [names[value.rstrip(".")] for value in values if value.rstrip(".") in names]
    return str(record["Name"]).rstrip(".").replace("\\052", "*"), targets[0] if targets else ""


def _endpoint_names(reader: Reader, places: Sequence[AccountRegion]) -> Iterator[tuple[str, str]]:
    for where in places:
        for vpc_endpoint in reader.client("ec2", where).list("describe_vpc_endpoints", "VpcEndpoints"):
            for entry in vpc_endpoint.get("DnsEntries") or ():
                yield str(entry.get("DnsName", "")).rstrip("."), vpc_endpoint["VpcEndpointId"]


def _profiled(reader: Reader, places: Sequence[AccountRegion]) -> Mapping[str, set[str]]:
    """Hosted zone -> VPCs that see it through a profile."""
    zones_of: dict[str, set[str]] = {}
    vpcs_of: dict[str, set[str]] = {}
    for where in places:
        client = reader.client("route53profiles", where)
        for association in client.list("list_profile_associations", "ProfileAssociations"):
            if association.get("Status", "COMPLETE") in ("COMPLETE", "UPDATING"):
                vpcs_of.setdefault(association["ProfileId"], set()).add(association["ResourceId"])
        for profile in client.list("list_profiles", "ProfileSummaries"):
            for resource in client.list(
                "list_profile_resource_associations", "ProfileResourceAssociations", ProfileId=profile["Id"]
            ):
                zones_of.setdefault(profile["Id"], set()).add(str(resource["ResourceArn"]).rpartition("/")[2])
    vpcs_by_zone: dict[str, set[str]] = {}
    for profile, own in zones_of.items():
        for zone in own:
            vpcs_by_zone.setdefault(zone, set()).update(vpcs_of.get(profile, set()))
    return vpcs_by_zone
