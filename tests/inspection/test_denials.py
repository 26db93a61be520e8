"""Explanations of denied requests."""

from typing import Any

import pytest

from controls.registry import CONTROLS
from inspection.denials import ExplainedDenial, explain

ROLE = "arn:aws:iam::111122223333:role/reader"


def denied(statements: tuple[tuple[str, str, str], ...] = (), missing: str = "", **more: Any) -> ExplainedDenial:
    denial = {
        "request_id": "id",
        "at": "2026-01-01T00:00:00+00:00",
        "operation": "s3:GetObject",
        "region": "us-east-1",
        "action": "s3:GetObject",
        "resource": "arn:aws:s3:::bucket/key",
        "principal": ROLE,
        "session": "arn:aws:sts::111122223333:assumed-role/reader/me",
        "statements": [{"layer": layer, "policy": policy, "sid": sid} for layer, policy, sid in statements],
        "missing": missing,
        "context": {"aws:RequestedRegion": ["us-east-1"]},
        **more,
    }
    return explain(denial, CONTROLS)


def text(explained: ExplainedDenial) -> str:
    return "\n".join(f"{label}: {line}" for label, line in explained.lines())


@pytest.mark.parametrize("control", ["D4", "F7", "M1"])
def test_guardrail_statement_is_explained_by_its_control(control: str) -> None:
    prevent = CONTROLS[control].prevent
    assert prevent is not None
    explained = denied((("SCP on ML-Prod", "hipaa-ml-1", prevent.statements[0].sid),))
    [statement] = explained.statements
    assert statement.control is CONTROLS[control]
    assert f"control: {control} {CONTROLS[control].title}" in text(explained)
    assert f"`zone controls show {control}`" in text(explained)
    assert all(rule.remedy in explained.remedies for rule in CONTROLS[control].block)


def test_statement_of_another_policy_belongs_to_no_control() -> None:
    prevent = CONTROLS["F7"].prevent
    assert prevent is not None
    explained = denied((("resource policy", "policy of bucket", prevent.statements[0].sid),))
    assert explained.statements[0].control is None
    assert "denied by: resource policy: policy policy of bucket" in text(explained)
    assert f"statement {prevent.statements[0].sid}" in explained.remedies[0]


@pytest.mark.parametrize(
    ("missing", "remedy"),
    [
        ("identity policy", f"Allow s3:GetObject on arn:aws:s3:::bucket/key in an identity policy of {ROLE}."),
        ("permissions boundary", f"in the permissions boundary of {ROLE}."),
        ("session policy", "in the session policy"),
        ("resource policy", f"Allow {ROLE} to perform s3:GetObject in the policy of arn:aws:s3:::bucket/key."),
        ("VPC endpoint policy", "in the policy of the VPC endpoint"),
        ("SCP on Workloads", "Attach a SCP that allows s3:GetObject to Workloads."),
    ],
)
def test_missing_allow_names_the_policy_to_change(missing: str, remedy: str) -> None:
    explained = denied(missing=missing)
    assert remedy in explained.remedies[0]
    assert f"denied by: {missing}: no statement allows the action" in text(explained)


def test_principal_session_and_condition_keys_are_shown() -> None:
    lines = text(denied(missing="identity policy"))
    assert f"principal: {ROLE}" in lines
    assert "session: arn:aws:sts::111122223333:assumed-role/reader/me" in lines
    assert "condition key: aws:RequestedRegion = us-east-1" in lines
