"""The whole zone, brought up as `make rehearse` does, and looked at as an auditor would."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import boto3
import pytest

from tests.end_to_end.zone import Ran, Zone, cloud_environment

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("zone"), pytest.mark.timeout(1300)]


@pytest.fixture(scope="module")
def brought_up(make_zone: Callable[[], Zone]) -> tuple[Zone, Ran]:
    zone = make_zone()
    return zone, zone.rehearse("up", "--all", "--json", timeout=1200)


def test_every_stack_comes_up_and_nothing_is_violated(brought_up: tuple[Zone, Ran]) -> None:
    zone, ran = brought_up
    assert ran.code == 0, ran.err
    assert ran.document["ok"] is True
    names = [stack["name"] for stack in ran.document["stacks"]]
    assert names[:2] == ["organization", "audit"]
    assert {"security", "network-us-east-1", "network-us-west-2", "ml-prod", "recovery-prod"} <= set(names)
    assert set(names) >= {f"baseline-{name}" for name in zone.setting("accounts")}
    for stack in ran.document["stacks"]:
        assert stack["operations"]["create"] > 0
        assert stack["violations"] == []
        assert stack["emulated"] > 0
        assert stack["recorded"] >= 0
    emulated, recorded = (sum(stack[mode] for stack in ran.document["stacks"]) for mode in ("emulated", "recorded"))
    assert emulated > 3 * recorded


def test_a_second_run_changes_nothing(brought_up: tuple[Zone, Ran]) -> None:
    zone, first = brought_up
    ran = zone.rehearse("up", "--all", "--json", timeout=1200)
    assert ran.code == 0, ran.err
    for stack in ran.document["stacks"]:
        counts = stack["operations"]
        assert {counts[name] for name in ("create", "update", "replace", "delete")} == {0}, stack
        assert counts["same"] == sum(first.stack(stack["name"])["operations"].values())


def test_the_audit_agrees_with_the_declaration(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    ran = zone.rehearse("audit", "--json", timeout=1200)
    assert ran.code == 0, ran.out
    assert ran.document["ok"] is True
    assert len(ran.document["observations"]) > 100


def test_an_aws_cli_lists_the_organisation(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    environment = zone.environment(**cloud_environment(zone))
    program = "import boto3, json; o = boto3.client('organizations'); print(json.dumps([a['Name'] for p in o.get_paginator('list_accounts').paginate() for a in p['Accounts']]))"  # noqa: E501 - one line for -c
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True, timeout=900
    )
    assert set(json.loads(done.stdout)) >= set(zone.setting("accounts"))


def test_exports_are_pulumi_deployments_without_a_secret_in_the_clear(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    document = json.loads(zone.rehearse("export", "audit").out)
    assert document["version"] == 3
    assert {resource["type"] for resource in document["deployment"]["resources"]} >= {
        "pulumi:pulumi:Stack",
        "aws:cloudtrail/trail:Trail",
    }


def client(zone: Zone, service: str, profile: str | None = None) -> Any:
    old = dict(os.environ)
    os.environ.update(cloud_environment(zone, profile))
    try:
        return boto3.Session().client(service)  # type: ignore[call-overload]
    finally:
        os.environ.clear()
        os.environ.update(old)


def test_drift_is_found_and_repaired(brought_up: tuple[Zone, Ran]) -> None:
    zone, _ = brought_up
    organizations = client(zone, "organizations")
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    guardrail = next(policy for policy in policies if policy["Name"] != "FullAWSAccess")
    target = organizations.list_targets_for_policy(PolicyId=guardrail["Id"])["Targets"][0]
    organizations.detach_policy(PolicyId=guardrail["Id"], TargetId=target["TargetId"])
    organizations.create_organizational_unit(
        ParentId=organizations.list_roots()["Roots"][0]["Id"], Name="Nobody-Declared"
    )

    audit = zone.rehearse("audit", "--json", timeout=1200)
    assert audit.code == 1
    differences = {
        (observation["area"], observation["subject"])
        for observation in audit.document["observations"]
        if not observation["ok"]
    }
    assert any(area == "policies" and guardrail["Name"] in subject for area, subject in differences)
    assert ("organizational units", "Nobody-Declared") in differences

    refreshed = zone.rehearse("refresh", "organization", "--json")
    assert refreshed.code == 0, refreshed.err
    repaired = zone.rehearse("up", "organization", "--json")
    assert repaired.stack("organization")["operations"]["create"] == 1, repaired.err
