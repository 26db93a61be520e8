"""`ml-<env>` with Studio: in staging for every team, and nowhere without being named."""

import json
from typing import Any

from stacks.program import deploy, load_settings
from tests.recorder import record
from tests.stacks.zone import ROOT, configuration, recorded
from zone.plan import make_plan
from zone.settings import files

ML: dict[str, Any] = files.read(ROOT, "organization").values["ml"]


def test_staging_has_a_domain_in_the_training_subnets() -> None:
    recording = recorded("ml-staging")
    [domain] = recording.of("sagemaker/domain:Domain")
    assert domain.inputs["subnetIds"] == recording.outputs["subnet_ids"]["training"]
    assert domain.inputs["defaultUserSettings"]["securityGroups"] == [
        recording.outputs["security_group_ids"]["training"]
    ]
    assert domain.inputs["kmsKeyId"] == "arn:aws:kms:us-east-1:111122223333:key/studio-key"
    assert recording.by_name["studio-key"].request.protect


def test_team_works_with_its_own_model_and_data() -> None:
    rights = recorded("ml-staging").by_name["studio-oncology-rights"].inputs["policy"]
    data = recorded("data-staging").outputs
    assert "length-of-stay" in rights
    assert "readmission" not in rights
    assert "cardiology" not in rights
    assert 'role/hipaa-ml-data-team-oncology"' in rights
    assert data["buckets"]["artifacts"]["us-east-1"] in rights
    assert data["buckets"]["raw-phi"]["us-east-1"] not in rights
    assert data["key_arns"]["phi"]["us-east-1"] not in rights


def test_production_and_development_have_none() -> None:
    for stack in ("ml-prod", "ml-dev"):
        assert not recorded(stack).of("sagemaker/domain:Domain"), stack


def test_development_gets_one_without_any_model() -> None:
    studio = {**ML["studio"], "environments": ["dev"]}
    upstream = {
        stack: recorded(stack).outputs
        for stack in (
            "organization",
            "audit",
            "baseline-management",
            "baseline-ml-dev",
            "network-us-east-1",
            "data-dev",
        )
    }
    recording = record(
        lambda: deploy("ml-dev", make_plan(load_settings())),
        name="ml-dev",
        upstream=upstream,
        config=configuration("ml-dev", ml={**ML, "studio": studio}),
    )
    [domain] = recording.of("sagemaker/domain:Domain")
    assert domain.inputs["domainName"] == "hipaa-ml-dev"
    [rights] = [entry for entry in recording.of("iam/rolePolicy:RolePolicy") if entry.name == "studio-oncology-rights"]
    sids = {statement["Sid"] for statement in json.loads(rights.inputs["policy"])["Statement"]}
    assert {"OwnSpaces", "StartJobs", "OwnPrefix"} <= sids
    assert not sids & {"Versions", "Pull"}, "there is no model in development"
