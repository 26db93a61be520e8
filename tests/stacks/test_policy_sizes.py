"""Every policy document that the stacks deploy is within AWS's size limits."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from pulumi_aws import iam, kms, organizations, s3

from components.managed_policies import pack
from controls.policy_sizes import INLINE_POLICIES, MANAGED_POLICY, characters
from tests.recorder import Recording, record
from tests.stacks.policy_sizes import violations
from tests.stacks.zone import ROOT, STACKS, configuration, data_stack, recorded
from zone.settings import files
from zone.settings.checks.bucket_policies import estimated_bytes
from zone.settings.checks.bucket_policies import shared_data_sets as policy_data_sets
from zone.settings.errors import SettingsError
from zone.settings.load import parse_settings

DATA_STACKS = ("data-dev", "data-staging", "data-prod")


@pytest.mark.parametrize("stack", STACKS)
def test_policies_of_a_stack_are_within_their_limits(stack: str) -> None:
    assert not list(violations(recorded(stack)))


@pytest.mark.parametrize("stack", DATA_STACKS)
def test_policies_of_a_data_stack_are_within_their_limits(stack: str) -> None:
    assert not list(violations(data_stack(stack)))


def data_settings() -> dict[str, Any]:
    """The `data` section of the reference configuration."""
    section: dict[str, Any] = json.loads(configuration("data-prod")["hipaa-ml:data"])
    return section


def shared_data_sets(count: int) -> dict[str, Any]:
    """The `data` section with data sets that each have another owner and another pair of readers."""
    section = data_settings()
    teams = [f"team-{number:02d}" for number in range(count)]
    section["teams"] |= {team: {"project": "research"} for team in teams}
    for number, team in enumerate(teams):
        name = f"encounters_{number:02d}"
        columns = {"age": {"sensitivity": "de-identified"}}
        section["data_sets"][name] = {"owner": team, "bucket": "deidentified", "columns": columns}
        for reader in (team, teams[number - 1]):
            section["access"].append({"team": reader, "data_set": name, "columns": ["*"], "purpose": "research"})
    return section


def large(stack: str = "data-prod") -> Recording:
    """A data stack with long names, twenty teams and ten data sets per bucket."""
    data = data_settings()
    teams = [f"team-of-research-{number:03d}" for number in range(20)]
    data["teams"] |= {team: {"project": "research"} for team in teams}
    for number in range(10):
        for bucket in ("deidentified", "features"):
            name = f"encounters_of_department_{bucket}_{number}"
            data["data_sets"][name] = {
                "owner": teams[0],
                "bucket": bucket,
                "columns": {"age": {"sensitivity": "de-identified"}},
            }
            data["access"].append({"team": teams[0], "data_set": name, "columns": ["*"], "purpose": "research"})
    return data_stack(stack, data=data, name_prefix="hospital-research-ml")


def test_policies_stay_within_their_limits_with_twenty_teams() -> None:
    assert not list(violations(large()))


def _trust() -> object:
    return iam.Role("planted", assume_role_policy=json_of(2_100))


def _managed() -> object:
    return iam.Policy("planted", policy=json_of(6_200))


def _inline() -> object:
    return [iam.RolePolicy(f"planted-{number}", role="planted", policy=json_of(5_200)) for number in range(2)]


def _bucket() -> object:
    return s3.BucketPolicy("planted", bucket="b", policy=json_of(20_500))


def _key() -> object:
    return kms.Key("planted", policy=json_of(32_800))


def _scp() -> object:
    return organizations.Policy("planted", type="SERVICE_CONTROL_POLICY", content=json_of(10_300))


def _rcp() -> object:
    return organizations.Policy("planted", type="RESOURCE_CONTROL_POLICY", content=json_of(5_200))


def _attachments() -> object:
    return [
        iam.RolePolicyAttachment(f"planted-{number}", role="planted", policy_arn=f"arn:aws:iam::aws:policy/{number}")
        for number in range(11)
    ]


def json_of(size: int) -> str:
    """JSON text of about `size` characters."""
    return f'{{"Statement":["{"x" * size}"]}}'


@pytest.mark.parametrize("plant", [_trust, _managed, _inline, _bucket, _key, _scp, _rcp, _attachments])
def test_planted_oversized_policy_is_reported(plant: Callable[[], object]) -> None:
    [violation] = violations(record(plant))
    assert "planted" in violation


def statement(sid: str, resources: int) -> Mapping[str, Any]:
    arns = [f"arn:aws:s3:::bucket-with-a-long-name/prefix-{number:04d}/*" for number in range(resources)]
    return {"Sid": sid, "Effect": "Allow", "Action": "s3:GetObject", "Resource": arns}


def test_statements_are_packed_without_losing_resources() -> None:
    statements = [statement("Read", 300), statement("Write", 20)]
    documents = pack("role", statements)
    assert len(documents) > 2
    assert all(characters({"Version": "2012-10-17", "Statement": document}) <= MANAGED_POLICY for document in documents)
    packed = [arn for document in documents for part in document for arn in part["Resource"]]
    assert sorted(packed) == sorted([*statements[0]["Resource"], *statements[1]["Resource"]])
    assert all(len({part["Sid"] for part in document}) == len(document) for document in documents)


def test_statement_that_fits_nowhere_is_refused() -> None:
    conditions = {"Condition": {"StringLike": {"s3:prefix": ["x" * MANAGED_POLICY]}}}
    with pytest.raises(ValueError, match=r"role: statements that do not fit .* List \("):
        pack("role", [{**statement("List", 1), **conditions}])


def test_role_with_too_many_policies_is_refused() -> None:
    with pytest.raises(ValueError, match="AWS allows 10 on a role"):
        pack("role", [statement(f"Read{letter}", 45) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"])


def test_replication_role_leaves_room_for_the_longest_names() -> None:
    recording = data_stack("data-prod", name_prefix="hospital-research-ml")
    [policy] = [resource for resource in recording.resources if resource.name == "replication-rights-policy"]
    assert characters(policy.inputs["policy"]) < INLINE_POLICIES * 0.8


def test_estimate_of_a_bucket_policy_is_an_upper_bound() -> None:
    section = shared_data_sets(10)
    recording = data_stack("data-prod", data=section)
    sizes = [
        len(resource.inputs["policy"])
        for resource in recording.of("s3/bucketPolicy:BucketPolicy")
        if resource.name.endswith("-deidentified-policy")
    ]
    values = {**files.read(ROOT, "data-prod").values, "data": section}
    zone_settings = parse_settings(values, {})
    estimate = estimated_bytes(zone_settings, "deidentified", policy_data_sets(zone_settings, "deidentified"))
    assert max(sizes) <= estimate <= 1.25 * max(sizes)


def test_too_many_shared_data_sets_are_refused_with_the_number_that_fits() -> None:
    values = {**files.read(ROOT, "data-prod").values, "data": shared_data_sets(25)}
    with pytest.raises(
        SettingsError, match=r"data\.access: the policy of the bucket 'deidentified' .* (\d+) of them fit"
    ):
        parse_settings(values, {})
