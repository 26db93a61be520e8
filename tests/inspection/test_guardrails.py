"""What a trace says of guardrails: those in force for an account, from the root down, and which of them denies."""

import json
from typing import Any, Final

import pytest

from authorization import Outcome, Policy, Principal
from inspection import guardrails
from inspection.readers import AccessRequest, Documents, decide

ACCOUNT: Final = "444444444444"
FULL: Final = json.dumps({"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
DENY: Final = json.dumps({"Statement": {"Sid": "NoReads", "Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}})
ATTACHED: Final = {
    "r-1": [("p-full", "FullAWSAccess", FULL)],
    "ou-1": [("p-full", "FullAWSAccess", FULL), ("p-deny", "zone-prod", DENY)],
    ACCOUNT: [("p-full", "FullAWSAccess", FULL)],
}


class Organization:
    """Organizations with one account in one OU."""

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        assert (service, account, region) == ("organizations", None, None)
        return self

    def can_paginate(self, operation: str) -> bool:
        assert operation == "list_policies_for_target"
        return False

    def list_policies_for_target(self, **which: str) -> dict[str, Any]:
        return {"Policies": [{"Id": policy_id} for policy_id, _, _ in ATTACHED[which["TargetId"]]]}

    def list_parents(self, **which: str) -> dict[str, Any]:
        return {"Parents": [{"Id": {ACCOUNT: "ou-1", "ou-1": "r-1"}[which["ChildId"]]}]}

    def describe_organizational_unit(self, **which: str) -> dict[str, Any]:
        return {"OrganizationalUnit": {"Id": which["OrganizationalUnitId"], "Name": "ML-Prod"}}

    def describe_policy(self, **which: str) -> dict[str, Any]:
        [policy] = {
            attached_policy
            for every in ATTACHED.values()
            for attached_policy in every
            if attached_policy[0] == which["PolicyId"]
        }
        return {"Policy": {"PolicySummary": {"Name": policy[1]}, "Content": policy[2]}}


def test_guardrails_are_listed_from_the_root_by_name() -> None:
    levels = guardrails.in_force(Organization(), ACCOUNT, guardrails.SCP)
    assert [(place, [policy.name for policy in attached]) for place, attached in levels] == [
        ("the root", ["FullAWSAccess"]),
        ("ML-Prod", ["FullAWSAccess", "zone-prod"]),
        (f"account {ACCOUNT}", ["FullAWSAccess"]),
    ]


@pytest.mark.parametrize("guarded", [True, False])
def test_denying_guardrail_is_named(*, guarded: bool) -> None:
    documents = Documents(
        account=ACCOUNT,
        region="us-east-1",
        bucket="b",
        bucket_policy=None,
        key_arn="",
        key_policy=None,
        organization="o-example",
        scps=guardrails.in_force(Organization(), ACCOUNT, guardrails.SCP) if guarded else (),
    )
    reads = Policy.parse("reads", FULL)
    principal = Principal.of(f"arn:aws:iam::{ACCOUNT}:role/team")
    decision = decide(documents, principal, [reads], AccessRequest(action="s3:GetObject", key="k", tags={}))
    assert decision.outcome is (Outcome.EXPLICIT_DENY if guarded else Outcome.ALLOWED)
    assert ("SCP on ML-Prod: zone-prod, NoReads" in str(decision)) is guarded
