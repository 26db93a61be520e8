"""Invariants that no setting can change: what must hold whatever the declared zone says (`controls.environments`)."""

from collections.abc import Iterator
from typing import Final

from controls.environments import HOLDS_PHI, PHI, contradicts, environment_of
from controls.residency import group_of
from controls.tags import CLASSIFICATION_TAG, ENVIRONMENT_TAG
from inspection.aws import Aws, pages
from inspection.declared import DeclaredZone
from inspection.network import live, live_organization
from inspection.network.invariants import invariant_differences
from inspection.network.reach import Reach
from inspection.network.reading import Reader
from inspection.network.ways import ways
from inspection.observation import Observation, compared, unexpected

AREA: Final = "invariants"


def invariants(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """Nothing of dev or the sandbox reaches prod, patients' data is in staging and prod, nothing is abroad."""
    yield from _regions(zone)
    yield from _accounts(zone, aws)
    yield from _network(zone, aws)


def _regions(zone: DeclaredZone) -> Iterator[Observation]:
    groups = sorted({str(group_of(region)) for region in zone.regions})
    yield compared(AREA, f"residency groups of {' and '.join(zone.regions)}", 1, len(groups))


def _accounts(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The tags of every account agree with its OU, and only accounts of staging and prod hold patients' data."""
    client = aws.client("organizations")
    _, accounts = live_organization.organization(Reader(aws=aws))
    for account in accounts.values():
        environment, unit = environment_of(account.unit), account.unit or "/"
        tags = {
            str(tag["Key"]): str(tag["Value"])
            for tag in pages(client, "list_tags_for_resource", "Tags", ResourceId=account.id)
        }
        tagged = tags.get(ENVIRONMENT_TAG, "no tag")
        yield Observation(
            area=AREA,
            subject=f"account {account.name} tag {ENVIRONMENT_TAG}",
            expected=f"that of the OU {unit}, {environment or 'dev'}",
            found=tagged,
            ok=not contradicts(environment, tagged),
        )
        if environment not in HOLDS_PHI:
            phi = [f"tag {CLASSIFICATION_TAG} of the account"] if tags.get(CLASSIFICATION_TAG) == PHI else []
            phi += [arn for region in zone.regions for arn in _patient_data(aws, account.id, region)]
            subject = f"account {account.name} of the OU {unit} holds patients' data"
            yield compared(AREA, subject, "nothing", ", ".join(phi) or "nothing")


def _patient_data(aws: Aws, account: str, region: str) -> Iterator[str]:
    """ARNs of the resources that are tagged to hold patients' data."""
    client = aws.client("resourcegroupstaggingapi", account=account, region=region)
    filters = [{"Key": CLASSIFICATION_TAG, "Values": [PHI]}]
    for resource in pages(client, "get_resources", "ResourceTagMappingList", TagFilters=filters):
        yield str(resource["ResourceARN"])


def _network(zone: DeclaredZone, aws: Aws) -> Iterator[Observation]:
    """The invariants of `zone reach`, from the network as AWS describes it."""
    network = live.network(aws, [], zone.regions)
    if not network.vpcs:
        return
    reach = Reach(network, zone.regions[0])
    broken = list(invariant_differences(reach, ways(reach)))
    if not broken:
        yield compared(AREA, f"routes, places and regions of {len(network.vpcs)} VPCs", "nothing", "nothing")
    for difference in broken:
        yield unexpected(AREA, f"{difference.source} to {difference.destination}", difference.message)
