"""`zone can` decides what it is asked, refuses what it cannot decide, and explains its decisions."""

import json
from pathlib import Path
from typing import Any

import pytest

from inspection.can import GuardedOrganization, QuestionError, answers
from inspection.vocabulary import keys_not_carried, unknown_action
from tests.controls.test_controls_requests import GUARDED

ROLE = "arn:aws:iam::444444444444:role/team/scientist"
STRANGER = "arn:aws:iam::999999999999:role/stranger"


def decide(action: str, resource: str = "*", principal: str = ROLE, **context: Any) -> bool:
    values = {"aws:RequestedRegion": "us-east-1", **{key.replace("__", ":"): value for key, value in context.items()}}
    return GUARDED.decide("ml-prod", principal, action, resource, values).allowed


@pytest.fixture
def zone() -> GuardedOrganization:
    return GUARDED


def test_every_value_of_a_multivalued_key_counts() -> None:
    allowed, refused = "ml.m5.large", "ml.p5.48xlarge"
    outcomes = {
        types: decide("sagemaker:CreateApp", sagemaker__InstanceTypes=list(types))
        for types in ((allowed,), (refused,), (refused, allowed), (allowed, refused))
    }
    assert outcomes[refused, allowed] is outcomes[allowed, refused] is outcomes[(refused,)] is False


def test_resource_of_another_organization_has_no_organization_of_ours(zone: GuardedOrganization) -> None:
    context = {"aws:RequestedRegion": "us-east-1", "aws:ViaAWSService": "true"}
    own = zone.decide("ml-prod", ROLE, "sqs:SendMessage", "arn:aws:sqs:us-east-1:444444444444:queue", context)
    foreign = zone.decide("ml-prod", ROLE, "sqs:SendMessage", "arn:aws:sqs:us-east-1:999999999999:queue", context)
    assert own.allowed
    assert not foreign.allowed


def test_principal_outside_of_the_organization_is_recognized(zone: GuardedOrganization) -> None:
    assert zone.is_outsider(STRANGER)
    assert not zone.is_outsider(ROLE)
    assert not zone.is_outsider("s3.amazonaws.com")


@pytest.mark.parametrize("resource", ["bucket", "arn:aws:s3", "aws:s3:::b"])
def test_malformed_resource_is_refused(zone: GuardedOrganization, resource: str) -> None:
    with pytest.raises(QuestionError, match="neither"):
        zone.decide("ml-prod", ROLE, "s3:GetObject", resource, {})


@pytest.mark.parametrize(
    ("action", "problem"),
    [("nosuch:Action", "no service prefix"), ("s3:GetObjct", "similar: s3:getobject"), ("s3:GetObject", None)],
)
def test_unknown_actions_are_named(action: str, problem: str | None) -> None:
    message = unknown_action(action)
    assert (message is None) == (problem is None)
    assert (problem or "") in (message or "")


def test_keys_that_an_action_never_carries_are_named() -> None:
    keys = ["sagemaker:VpcSubnets", "aws:SourceVpc", "s3:prefix"]
    assert keys_not_carried("s3:ListBucket", keys) == ["sagemaker:VpcSubnets"]
    assert keys_not_carried("sagemaker:CreateModel", keys) == ["s3:prefix"]
    subject = "token.actions.githubusercontent.com:sub"
    assert keys_not_carried("sts:AssumeRoleWithWebIdentity", [subject]) == []
    assert keys_not_carried("sts:AssumeRole", [subject]) == [subject]


@pytest.mark.parametrize("name", ["role/team/*", "role/arn:aws:iam::1:role/x", "user/a b", "role/", "role/x?"])
def test_name_that_iam_refuses_is_no_principal(zone: GuardedOrganization, name: str) -> None:
    with pytest.raises(QuestionError, match="at most 64 letters, digits"):
        zone.decide("ml-prod", f"arn:aws:iam::444444444444:{name}", "s3:GetObject", "*", {})


@pytest.mark.parametrize(
    "name", ["role/team/scientist", "role/aws:ec2-infrastructure", "user/a.b@c", "assumed-role/x/session", "root"]
)
def test_name_that_iam_accepts_is_a_principal(zone: GuardedOrganization, name: str) -> None:
    service = "sts" if name.startswith("assumed") else "iam"
    principal = f"arn:aws:{service}::444444444444:{name}"
    zone.decide("ml-prod", principal, "s3:GetObject", "*", {"aws:RequestedRegion": "us-east-1"})


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ((ROLE, "s3:GetObjct", {}), "similar: s3:getobject"),
        ((ROLE, "nosuch:Action", {}), "no service prefix 'nosuch'"),
        ((ROLE, "s3:GetObject", {"sagemaker:VpcSubnets": "x"}), "never carries the condition key sagemaker:VpcSubnets"),
        ((STRANGER, "s3:GetObject", {}), f"the account of {STRANGER} is not in the organisation"),
    ],
)
def test_row_with_an_unknown_word_is_refused_with_its_line(
    zone: GuardedOrganization, tmp_path: Path, row: tuple[str, str, dict[str, str]], message: str
) -> None:
    principal, action, context = row
    file = tmp_path / "requests.csv"
    quoted = json.dumps(context).replace('"', '""')
    file.write_text(
        f'account,principal,action,resource,context,expect\nml-prod,{principal},{action},*,"{quoted}",allowed\n',
        encoding="utf-8",
    )
    with pytest.raises(QuestionError, match="line 2") as refused:
        list(answers(zone, file))
    assert message in str(refused.value)


def test_explanation_lists_denying_and_inapplicable_statements(zone: GuardedOrganization) -> None:
    considered = list(
        zone.considerations(
            "ml-prod", ROLE, "organizations:LeaveOrganization", "*", {"aws:RequestedRegion": "us-east-1"}
        )
    )
    applying = {item.sid for item in considered if item.applies and item.effect == "Deny"}
    assert "F1Leave" in applying
    assert len(considered) > 50
    assert any(not item.applies for item in considered)


@pytest.mark.parametrize(
    ("context", "message"),
    [
        ("{", "not JSON"),
        ("[1]", "allowed: an object"),
        (json.dumps({"aws:TagKeys": {"a": 1}}), "aws:TagKeys"),
        (json.dumps({"aws:MultiFactorAuthAge": 5}), "aws:MultiFactorAuthAge is 5"),
    ],
)
def test_wrong_context_of_a_row_is_named_with_its_line(
    zone: GuardedOrganization, tmp_path: Path, context: str, message: str
) -> None:
    file = tmp_path / "requests.csv"
    quoted = context.replace('"', '""')
    file.write_text(
        f'account,principal,action,resource,context,expect\nml-prod,{ROLE},s3:GetObject,*,"{quoted}",allowed\n',
        encoding="utf-8",
    )
    with pytest.raises(QuestionError, match="line 2") as refused:
        list(answers(zone, file))
    assert message in str(refused.value)


def test_row_with_several_values_is_decided(zone: GuardedOrganization, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    context = json.dumps({"aws:TagKeys": ["team", "cost"], "aws:RequestedRegion": "us-east-1"}).replace('"', '""')
    file.write_text(
        f'account,principal,action,resource,context,expect\nml-prod,{ROLE},s3:ListAllMyBuckets,*,"{context}",allowed\n',
        encoding="utf-8",
    )
    (answer,) = answers(zone, file)
    assert answer.as_expected


def test_overlong_csv_field_is_refused(zone: GuardedOrganization, tmp_path: Path) -> None:
    file = tmp_path / "requests.csv"
    file.write_text("account,principal,action,resource,context,expect\n" + "x" * 140_000 + ",,,,,\n", encoding="utf-8")
    with pytest.raises(QuestionError, match="field larger than field limit"):
        list(answers(zone, file))
