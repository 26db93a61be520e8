"""Every emulated type: made, read, changed, changed behind the program's back, deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider import Ledger, ProviderProcess, emulated_types
from tests.rehearsal.provider import (
    provider_cases,
    provider_cases_data,
    provider_cases_dns,
    provider_cases_ml,
    provider_cases_network,
    provider_cases_packages,
    provider_cases_plans,
    provider_cases_security,
    provider_cases_settings,
    provider_cases_tracking,
)
from tests.rehearsal.provider.provider_bench import Client, CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World

NONE, SOME = 1, 2
CASES = (
    *provider_cases.CASES,
    *provider_cases_network.CASES,
    *provider_cases_data.CASES,
    *provider_cases_ml.CASES,
    *provider_cases_dns.CASES,
    *provider_cases_settings.CASES,
    *provider_cases_security.CASES,
    *provider_cases_packages.CASES,
    *provider_cases_plans.CASES,
    *provider_cases_tracking.CASES,
)


@pytest.fixture(scope="module")
def world(client: Client, cloud: Cloud) -> World:
    created = World(client, cloud)
    assert created.root
    return created


@pytest.fixture(scope="module")
def clients(provider: ProviderProcess, world: World) -> Iterator[dict[tuple[str, bool], Client]]:
    role = f'[{{"roleArn":"arn:aws:iam::{world.member.id}:role/OrganizationAccountAccessRole"}}]'
    cached_clients: dict[tuple[str, bool], Client] = {}
    for region in ("us-east-1", "us-west-2"):
        for member in (False, True):
            client = cached_clients[region, member] = Client(provider.address)
            client.configure(
                {"region": region, "defaultTags": '{"tags":{"zone":"test"}}', "assumeRoles": role if member else "[]"}
            )
    yield cached_clients
    for open_client in cached_clients.values():
        open_client.__exit__()


ADOPTED = (
    "aws:guardduty/detector:Detector",
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    "aws:iam/serviceLinkedRole:ServiceLinkedRole",
    "aws:macie2/account:Account",
    "aws:organizations/account:Account",
    "aws:organizations/organization:Organization",
    "aws:organizations/organizationalUnit:OrganizationalUnit",
    "aws:securityhub/account:Account",
)
"""Types that the program imports from an organization that exists (`zone adopt`)."""


def _id(case: Case) -> str:
    return f"{case.type.rpartition(':')[2]}-{CASES.index(case)}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_an_emulated_resource_lives(
    case: Case, world: World, clients: dict[tuple[str, bool], Client], state: Path, provider: ProviderProcess
) -> None:
    client = clients[case.region, case.member]
    name = f"case-{CASES.index(case)}"
    created = client.make(case.type, case.inputs(world), name)

    ledger = Ledger(state / "recorded.sqlite")
    assert ledger.modes()[created.urn] == "emulated"
    assert client.diff(created, client.checked(created.urn, case.inputs(world), created.inputs)).changes == NONE
    read = client.read(created)
    assert read is not None
    assert read.inputs == created.inputs
    assert read.id == created.id

    if case.type in ADOPTED:
        imported = client.read(CreatedResource(created.urn, created.id, {}, {}))
        assert imported is not None
        news = client.checked(created.urn, case.inputs(world), imported.inputs)
        assert list(client.diff(imported, news).replaces) == [], "an import is refused when it replaces"

    if case.change is not None:
        news = client.checked(created.urn, case.change(world), created.inputs)
        diff = client.diff(created, news)
        assert (diff.changes, list(diff.replaces)) == (SOME, [])
        created = client.update(created, news)
        read = client.read(created)
        assert read is not None
        assert read.inputs == news

    if case.drift is not None:
        case.drift(world, created)
        read = client.read(created)
        if case.drifted:
            assert read is not None
            changed = {
                key for key in {*created.inputs, *read.inputs} if created.inputs.get(key) != read.inputs.get(key)
            }
            assert case.drifted in changed
        else:
            assert read is None

    client.delete(created)
    assert case.stays or client.read(created) is None
    client.delete(created)


def test_every_emulated_type_has_a_case() -> None:
    former = {emulated_type for emulated_type in emulated_types() if emulated_type.endswith("V2")}
    cases = {case.type for case in CASES}
    assert emulated_types() - former - cases == {
        "aws:organizations/organization:Organization",  # what every other stands on
        "aws:cfg/recorderStatus:RecorderStatus",
        "aws:account/primaryContact:PrimaryContact",
        "aws:s3/bucketObject:BucketObject",  # the former name of another
    }
