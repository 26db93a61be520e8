"""Private hosted zones, from AWS itself: which VPCs see them, and the endpoints their names lead to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inspection.aws import Aws, pages
from inspection.network.model import Zone


def zones(
    aws: Aws,
    accounts: Sequence[str],
    regions: Sequence[str],
    profiled: Mapping[str, frozenset[str]] | None = None,
) -> Mapping[str, Zone]:
    """Private zones of all accounts, with the VPCs that see them, by association or by a Route 53 Profile."""
    names = dict(_endpoint_names(aws, accounts, regions))
    profiled_vpcs = _profiled(aws, accounts, regions) if profiled is None else profiled
    zones_by_id: dict[str, Zone] = {}
    for account in accounts:
        client = aws.client("route53", account=account)
        for listed in pages(client, "list_hosted_zones", "HostedZones"):
            if not listed.get("Config", {}).get("PrivateZone"):
                continue
            identifier = str(listed["Id"]).rpartition("/")[2]
            vpcs = {vpc["VPCId"] for vpc in client.get_hosted_zone(Id=identifier).get("VPCs") or ()}
            targets = {
                names.get(str(record["AliasTarget"]["DNSName"]).rstrip("."), "")
                for record in pages(client, "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identifier)
                if record.get("AliasTarget")
            } - {""}
            zones_by_id[identifier] = Zone(
                id=identifier,
                name=str(listed["Name"]).rstrip("."),
                vpcs=frozenset(vpcs | set(profiled_vpcs.get(identifier, ()))),
                endpoints=frozenset(targets),
            )
    return zones_by_id


def _endpoint_names(aws: Aws, accounts: Sequence[str], regions: Sequence[str]) -> Iterator[tuple[str, str]]:
    for account in accounts:
        for region in regions:
            ec2 = aws.client("ec2", account=account, region=region)
            for vpc_endpoint in pages(ec2, "describe_vpc_endpoints", "VpcEndpoints"):
                for entry in vpc_endpoint.get("DnsEntries") or ():
                    yield str(entry.get("DnsName", "")).rstrip("."), vpc_endpoint["VpcEndpointId"]


def _profiled(aws: Aws, accounts: Sequence[str], regions: Sequence[str]) -> Mapping[str, set[str]]:
    """Hosted zone -> VPCs that see it through a profile."""
    zones_of: dict[str, set[str]] = {}
    vpcs_of: dict[str, set[str]] = {}
    for account in accounts:
        for region in regions:
            client: Any = aws.client("route53profiles", account=account, region=region)
            for profile_association in pages(client, "list_profile_associations", "ProfileAssociations"):
                vpcs_of.setdefault(profile_association["ProfileId"], set()).add(profile_association["ResourceId"])
            for profile in pages(client, "list_profiles", "ProfileSummaries"):
                for profile_resource_association in pages(
                    client,
                    "list_profile_resource_associations",
                    "ProfileResourceAssociations",
                    ProfileId=profile["Id"],
                ):
                    zones_of.setdefault(profile["Id"], set()).add(
                        str(profile_resource_association["ResourceArn"]).rpartition("/")[2]
                    )
    vpcs_by_zone: dict[str, set[str]] = {}
    for profile, own in zones_of.items():
        for zone in own:
            vpcs_by_zone.setdefault(zone, set()).update(vpcs_of.get(profile, set()))
    return vpcs_by_zone
