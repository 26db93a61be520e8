"""Every emulated type: made, read, changed, changed behind the program's back, deleted."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from rehearsal.cloud import Cloud
from rehearsal.provider import Ledger, ProviderProcess, emulated_types
from tests.rehearsal.provider import provider_cases, provider_cases_data, provider_cases_ml, provider_cases_network
from tests.rehearsal.provider.provider_bench import Client
from tests.rehearsal.provider.provider_cases import Case, World

NONE, SOME = 1, 2
CASES = (
    *provider_cases.CASES,
    *provider_cases_network.CASES,
    *provider_cases_data.CASES,
    *provider_cases_ml.CASES,
)


@pytest.fixture(scope="module")
def world(client: Client, cloud: Cloud) -> World:
    made = World(client, cloud)
    assert made.root
    return made


@pytest.fixture(scope="module")
def clients(provider: ProviderProcess, world: World) -> Iterator[dict[tuple[str, bool], Client]]:
    role = f'[{{"roleArn":"arn:aws:iam::{world.member.id}:role/OrganizationAccountAccessRole"}}]'
    made: dict[tuple[str, bool], Client] = {}
    for region in ("us-east-1", "us-west-2"):
        for member in (False, True):
            one = made[region, member] = Client(provider.address)
            one.configure(
                {"region": region, "defaultTags": '{"tags":{"zone":"test"}}', "assumeRoles": role if member else "[]"}
            )
    yield made
    for one in made.values():
        one.__exit__()


def _id(case: Case) -> str:
    return f"{case.type.rpartition(':')[2]}-{CASES.index(case)}"


@pytest.mark.parametrize("case", CASES, ids=_id)
def test_an_emulated_resource_lives(
    case: Case, world: World, clients: dict[tuple[str, bool], Client], state: Path, provider: ProviderProcess
) -> None:
    client = clients[case.region, case.member]
    name = f"case-{CASES.index(case)}"
    made = client.make(case.type, case.inputs(world), name)

    ledger = Ledger(state / "recorded.sqlite")
    assert ledger.modes()[made.urn] == "emulated"
    assert client.diff(made, client.checked(made.urn, case.inputs(world), made.inputs)).changes == NONE
    read = client.read(made)
    assert read is not None
    assert read.inputs == made.inputs
    assert read.id == made.id

    if case.change is not None:
        news = client.checked(made.urn, case.change(world), made.inputs)
        diff = client.diff(made, news)
        assert (diff.changes, list(diff.replaces)) == (SOME, [])
        made = client.update(made, news)
        read = client.read(made)
        assert read is not None
        assert read.inputs == news

    if case.drift is not None:
        case.drift(world, made)
        read = client.read(made)
        if case.drifted:
            assert read is not None
            changed = {key for key in {*made.inputs, *read.inputs} if made.inputs.get(key) != read.inputs.get(key)}
            assert case.drifted in changed
        else:
            assert read is None

    client.delete(made)
    assert case.stays or client.read(made) is None
    client.delete(made)


def test_every_emulated_type_has_a_case() -> None:
    former = {emulated_type for emulated_type in emulated_types() if emulated_type.endswith("V2")}
    cases = {case.type for case in CASES}
    assert emulated_types() - former - cases == {
        "aws:organizations/organization:Organization",  # what every other stands on
        "aws:cfg/recorderStatus:RecorderStatus",
        "aws:account/primaryContact:PrimaryContact",
        "aws:s3/bucketObject:BucketObject",  # the former name of another
    }
