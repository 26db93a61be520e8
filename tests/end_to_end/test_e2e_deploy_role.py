"""Stacks after the baselines come up, change and go down under the deploy role, whose rights are sufficient."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from rehearsal.cloud import Cloud, Credentials
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("deploy_role"), pytest.mark.timeout(1500)]

ACCOUNTS = ("log-archive", "security-tooling", "ml-prod")
FOUNDATION = ("organization", "audit", "baseline-management", *(f"baseline-{name}" for name in ACCOUNTS))
STACKS = ("security", "data-prod")
DEPLOY_ROLE, ACCESS_ROLE = "hipaa-ml-deploy", "OrganizationAccountAccessRole"


def cloud_of(zone: Zone) -> Cloud:
    cloud = Cloud.attach(zone.root / ".rehearsal")
    assert cloud is not None
    return cloud


def used(zone: Zone, role: str) -> Mapping[tuple[str, str], int]:
    """Account id and action -> number of allowed requests of a role."""
    return {
        (arn.split(":")[4], action): count
        for arn, counts in cloud_of(zone).command("used-actions").items()
        if arn.endswith(f":role/{role}")
        for action, count in counts.items()
    }


def denied(zone: Zone) -> int:
    return int(cloud_of(zone).command("authorization")["denied"]["total"])


@pytest.fixture(scope="module")
def foundation(make_zone: Callable[[], Zone]) -> Zone:
    """A zone whose foundation is deployed."""
    zone = make_zone()
    zone.shrink(ACCOUNTS)
    ran = zone.rehearse("up", *FOUNDATION, timeout=900)
    assert ran.code == 0, ran.err
    return zone


def without_right(zone: Zone, account: str, action: str) -> Callable[[], None]:
    """Takes an action from the deploy role's policy in an account; returns what gives it back."""
    endpoints = cloud_of(zone).endpoints()
    session = endpoints.client("sts", "us-east-1").assume_role(
        RoleArn=f"arn:aws:iam::{account}:role/{ACCESS_ROLE}", RoleSessionName="fault"
    )["Credentials"]
    iam = endpoints.client(
        "iam",
        "us-east-1",
        Credentials.of(session),
    )
    arn = f"arn:aws:iam::{account}:policy/{DEPLOY_ROLE}"
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    document: dict[str, Any] = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
    faulty = {
        **document,
        "Statement": [
            {**statement, "Action": [name for name in statement["Action"] if name != action]}
            if action in statement["Action"]
            else statement
            for statement in document["Statement"]
        ],
    }
    assert faulty != document
    planted = iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(faulty), SetAsDefault=True)

    def restore() -> None:
        iam.set_default_policy_version(PolicyArn=arn, VersionId=version)
        iam.delete_policy_version(PolicyArn=arn, VersionId=planted["PolicyVersion"]["VersionId"])

    return restore


def test_attacks_are_stopped_and_a_detached_guardrail_is_noticed(foundation: Zone) -> None:
    stopped = foundation.rehearse("attack", "--json", "--html", "attack.html")
    assert stopped.code == 0, stopped.out
    assert len(stopped.document["results"]) >= 120
    assert "Attack report" in (foundation.root / "attack.html").read_text(encoding="utf-8")
    organizations = cloud_of(foundation).endpoints().client("organizations", "us-east-1")
    outputs = foundation.rehearse("outputs", "organization", "--json").document
    policy = outputs["policies"]["hipaa-ml-infrastructure-and-workloads-and-sandbox-1"]
    target = outputs["organizational_unit_ids"]["Workloads"]
    organizations.detach_policy(PolicyId=policy, TargetId=target)
    try:
        attacked = foundation.rehearse("attack", "--json")
    finally:
        organizations.attach_policy(PolicyId=policy, TargetId=target)
    assert attacked.code == 1
    assert [row["id"] for row in attacked.document["results"] if not row["ok"]] == [
        "ml-prod-ec2-create-transit-gateway"
    ]


def test_missing_right_of_the_deploy_role_stops_the_stack(foundation: Zone) -> None:
    account = foundation.rehearse("outputs", "baseline-ml-prod", "--json").document["account_id"]
    restore = without_right(foundation, account, "athena:*")
    try:
        ran = foundation.rehearse("up", "data-prod", timeout=600)
    finally:
        restore()
    assert ran.code == 1
    assert f"assumed-role/{DEPLOY_ROLE}/" in ran.err
    assert "is not authorized to perform: athena:CreateWorkGroup" in ran.err.replace("\n", " ")


def test_stacks_come_up_change_and_go_down_under_the_deploy_role(foundation: Zone) -> None:
    before, access = denied(foundation), used(foundation, ACCESS_ROLE)
    up = foundation.rehearse("up", *STACKS, "--json", timeout=900)
    assert up.code == 0, up.err
    foundation.configure(tags={**foundation.setting("tags"), "project": "another"})
    changed = foundation.rehearse("up", *STACKS, "--json", timeout=900)
    assert changed.code == 0, changed.err
    assert all(changed.stack(stack)["operations"]["update"] for stack in STACKS)
    down = foundation.rehearse("destroy", *STACKS, "--unprotect", "--json", timeout=900)
    assert down.code == 0, down.err
    assert denied(foundation) == before
    assert used(foundation, ACCESS_ROLE) == access, "a request was made as the access role"
    actions = {action for _, action in used(foundation, DEPLOY_ROLE)}
    # Buckets and keys are retained.
    assert {"s3:CreateBucket", "kms:CreateKey", "iam:CreateRole", "athena:CreateWorkGroup"} < actions
    assert {"iam:DeleteRole", "athena:DeleteWorkGroup"} < actions
    assert (cloud_of(foundation).management_account, "sts:AssumeRole") in used(foundation, DEPLOY_ROLE)
