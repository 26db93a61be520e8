"""The guardrails that are in force in the canary OU are read back from Organizations, and differences are named."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.deployment.canary import canary_problems
from controls.model import PolicyType
from controls.targets import CANARY
from rehearsal.cloud import Cloud
from zone.plan.guardrails import guardrail_policies
from zone.settings import Settings, settings_from_files

ROOT = Path(__file__).parents[2]


class Management:
    """The management account of the emulated AWS."""

    def __init__(self, cloud: Cloud) -> None:
        self._endpoints = cloud.endpoints()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del account
        return self._endpoints.client(service, region or "us-east-1")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return settings_from_files(ROOT, "organization")


@pytest.fixture(scope="module")
def management(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Management]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"))
    yield Management(cloud)
    cloud.stop()


def test_missing_and_changed_guardrails_of_the_canary_ou_are_named(settings: Settings, management: Management) -> None:
    client = management.client("organizations")
    client.create_organization(FeatureSet="ALL")
    assert canary_problems(settings, management) == [f"there is no OU {CANARY}"]
    root = client.list_roots()["Roots"][0]["Id"]
    for kind in PolicyType:
        client.enable_policy_type(RootId=root, PolicyType=kind.value)
    unit = client.create_organizational_unit(ParentId=root, Name=CANARY)["OrganizationalUnit"]["Id"]
    compiled = guardrail_policies(settings)
    own = [policy for policy in compiled.policies if list(policy.targets) == [CANARY]]
    identifiers: dict[str, str] = {}
    assert own
    for policy in own:
        created = client.create_policy(
            Name=policy.name, Description="d", Type=policy.policy_type.value, Content=policy.content
        )
        identifiers[policy.name] = created["Policy"]["PolicySummary"]["Id"]
    assert canary_problems(settings, management) == [f"{policy.name} is not attached" for policy in own]
    for identifier in identifiers.values():
        client.attach_policy(PolicyId=identifier, TargetId=unit)
    assert not canary_problems(settings, management)
    other = '{"Version":"2012-10-17","Statement":[{"Sid":"X","Effect":"Deny","Action":"s3:*","Resource":"*"}]}'
    client.update_policy(PolicyId=identifiers[own[0].name], Content=other)
    assert canary_problems(settings, management) == [f"{own[0].name} has another content"]
