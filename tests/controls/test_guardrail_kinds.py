"""Rules that hold for every guardrail: update twins, canary OU, places of RCPs."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any, Final

import pytest

from authorization import reference
from controls.compiler import compile_policies
from controls.data.d3_encryption_at_rest.control import BYPASS
from controls.data.d5_databases_and_volumes.control import EXISTING
from controls.data.d6_backups.control import DELETING
from controls.derived import UnusedExceptionError, carrying, named, without, writing
from controls.document import UNITS
from controls.foundation.f6_threat_detection.control import WEAKENING
from controls.foundation.f11_external_sharing.control import NOT_SHARED, SHARING
from controls.ml.actions import COMPONENTS, SCHEDULES, UPDATES
from controls.ml.m9_no_shells.control import INTERACTIVE
from controls.ml.m12_functions_and_builds.control import SERVICE_UPDATES, URLS
from controls.model import PolicyType, Statement
from controls.registry import CONTROLS
from controls.zone import Zone
from inspection.can import AccountLocation
from tests.controls.test_controls_requests import ANSWERS, GUARDED, PLACES

ZONE: Final = Zone()
COMPILED: Final = compile_policies(CONTROLS.values(), UNITS, ZONE)
STATEMENTS: Final = [
    statement for control in CONTROLS.values() if control.prevent for statement in control.prevent.statements
]
_EXISTING_INSTANCE: Final = "names an instance that exists; N7Later denies the change of its metadata options"
_EXISTING_SHARE: Final = "names a share that exists; F11Shares and F11ExternalShares deny external principals"
LEFT_OUT: Final[Mapping[str, Mapping[str, str]]] = {
    "sagemaker:VpcSubnets": {**SCHEDULES, **COMPONENTS, **UPDATES},
    "sagemaker:VpcSecurityGroupIds": {
        **SCHEDULES,
        **COMPONENTS,
        **UPDATES,
        "sagemaker:*UserProfile": "domain's groups",
    },
    "sagemaker:NetworkIsolation": {**SCHEDULES, **COMPONENTS},
    "sagemaker:InterContainerTrafficEncryption": SCHEDULES,
    "sagemaker:VolumeKmsKeyArn": SCHEDULES,
    "sagemaker:OutputKmsKeyArn": SCHEDULES,
    "ec2:Encrypted": EXISTING,
    "ec2:MetadataHttpTokens": {"ec2:*": _EXISTING_INSTANCE},
    "ec2:Owner": {"ec2:*": "P1Images: only copies and launches use what another account owns"},
    "ec2:VpceServiceOwner": {"ec2:CreateTrafficMirrorTarget": "the endpoint had to be created, which N5Owners denies"},
    "ecs:subnet": SERVICE_UPDATES,
    "iam:PermissionsBoundary": {
        "iam:*": "changes an entity that has its boundary; F9DropBoundary and F9Trusted deny to remove or change it",
    },
    "kms:GrantIsForAWSResource": {"kms:RevokeGrant": "takes a right away"},
    "lambda:FunctionUrlAuthType": URLS,
    "lambda:Principal": {
        "lambda:DeleteResourcePolicy": "removes a permission",
        "lambda:PutResourcePolicy": "F11Services denies it",
        "lambda:RemovePermission": "removes a permission",
    },
    "ram:AllowsExternalPrincipals": dict.fromkeys(
        (
            "ram:DeleteResourceShare",
            "ram:DisassociateResourceShare",
            "ram:CreateResourceShare",
            "ram:UpdateResourceShare",
        ),
        _EXISTING_SHARE,
    ),
    "s3:locationconstraint": {"s3:CreateAccessPoint": "D10Points denies it"},
    "s3:x-amz-server-side-encryption": BYPASS,
    "s3:x-amz-server-side-encryption-customer-algorithm": BYPASS,
}
"""Condition key -> actions that change something, carry the key and are in no statement about it -> reason."""


def _service_keys(statement: Statement) -> Iterator[str]:
    for tests in statement.conditions.values():
        for key in tests:
            if not key.startswith(("aws:", "token.", "ec2:Attribute/")) and writing(key):
                yield key


KEYS: Final = sorted({key for statement in STATEMENTS for key in _service_keys(statement) if statement.actions})


@pytest.mark.parametrize("key", [key for key in KEYS if key != "s3:TlsVersion"])
def test_no_action_that_carries_a_guarded_key_is_forgotten(key: str) -> None:
    guarded = {
        action for statement in STATEMENTS if key in set(_service_keys(statement)) for action in statement.actions
    }
    forgotten = [
        action
        for action in writing(key)
        if not any(fnmatchcase(action.lower(), pattern.lower()) for pattern in (*guarded, *LEFT_OUT.get(key, {})))
    ]
    assert forgotten == [], f"add these to the statement about {key}, or leave them out with a reason"


def test_unused_exception_is_refused() -> None:
    with pytest.raises(UnusedExceptionError, match="lambda:Nothing"):
        carrying("lambda:VpcIds", exceptions={"lambda:Nothing": "reason"})
    assert "lambda:UpdateFunctionConfiguration" in carrying("lambda:VpcIds")
    assert carrying("glue:VpcIds", exceptions={"glue:*Job": "reason"}) == ("glue:CreateSession",)


def test_canary_ou_has_every_guardrail() -> None:
    for policy_type in (PolicyType.SCP, PolicyType.DECLARATIVE_EC2):
        names = {policy.name for policy in COMPILED.policies if policy.policy_type is policy_type}
        canary = COMPILED.at("Policy-Staging", policy_type)
        if policy_type is PolicyType.SCP:
            sids = {sid for policy in COMPILED.policies if policy.policy_type is policy_type for sid in policy.sids}
            assert sids - {sid for policy in canary for sid in policy.sids} == {"Suspended"}
        else:
            assert names == {policy.name for policy in canary}


def test_canary_statement_equals_that_of_production() -> None:
    def statements(target: str) -> dict[str, Any]:
        return {
            statement["Sid"]: statement
            for policy in COMPILED.at(target, PolicyType.SCP)
            for statement in json.loads(policy.content)["Statement"]
        }

    canary, production = statements("Policy-Staging"), statements("Workloads/ML-Prod")
    assert production
    assert {sid: canary[sid] for sid in production} == production


def test_resource_control_policies_hold_wherever_an_account_can_be() -> None:
    rcps = [policy for policy in COMPILED.policies if policy.policy_type is PolicyType.RCP]
    assert rcps
    assert all(policy.targets == ["/"] for policy in rcps)


RECORDS: Final = ("log-archive", "ml-staging", "ml-prod", "policy-staging")
"""Accounts that hold patient data, or records and backups of it, and the canary account."""


@pytest.mark.parametrize("account", RECORDS)
@pytest.mark.parametrize("control", ["D1", "D6", "D7"])
def test_keys_backups_and_logs_are_protected_wherever_records_are(control: str, account: str) -> None:
    """Every request that such a guardrail denies somewhere is denied in each of these accounts."""
    prevent = CONTROLS[control].prevent
    assert prevent is not None
    for statement in prevent.statements:
        rows = [answer.request for answer in ANSWERS if answer.request["expect"] == f"denied {statement.sid}"]
        assert rows
        for row in rows:
            former, number = PLACES[row["account"]].account, PLACES[account].account
            decision = GUARDED.decide(
                account,
                row["principal"].replace(former, number),
                row["action"],
                row["resource"].replace(former, number),
                json.loads(row["context"] or "{}"),
            )
            assert statement.sid in {match.sid for match in decision.because}, f"{row}: {decision}"


STRANGER: Final = {"aws:RequestedRegion": "us-east-1", "aws:PrincipalOrgID": "o-stranger"}


@pytest.mark.parametrize("ou", ["", "Suspended", "Sandbox"])
@pytest.mark.parametrize(
    ("question", "context", "sid"),
    [
        (("s3:GetObject", "arn:aws:s3:::bucket/x"), {}, "P3Identities"),
        (("kms:Decrypt", "arn:aws:kms:us-east-1:121212121212:key/1"), {}, "P3Identities"),
        (("sts:AssumeRole", "arn:aws:iam::121212121212:role/x"), {}, "P3Identities"),
        (("s3:GetObject", "arn:aws:s3:::bucket/x"), {"aws:SecureTransport": "false"}, "P4Transport"),
    ],
)
def test_open_resource_is_closed_to_strangers_wherever_its_account_is(
    ou: str, question: tuple[str, str], context: Mapping[str, str], sid: str
) -> None:
    """A new account is directly under the root, a closed account in the OU of suspended accounts."""
    organization = replace(GUARDED, places={**PLACES, "new": AccountLocation(account="121212121212", ou=ou)})
    decision = organization.decide("new", "arn:aws:iam::999999999999:role/x", *question, {**STRANGER, **context})
    assert sid in {match.sid for match in decision.because}, str(decision)


KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "F6": (*WEAKENING,),
    "F11": without(SHARING, NOT_SHARED, "action"),
    "D6": (*DELETING,),
    "M9": (*INTERACTIVE,),
    "M10": named(r"Create\w*Presigned\w*Url", ("sagemaker",)),
}
"""Control -> the actions of the kind that its title forbids, by name and access level in AWS's tables."""


@pytest.mark.parametrize("control", KINDS)
def test_every_action_of_the_kind_is_denied(control: str) -> None:
    prevent = CONTROLS[control].prevent
    assert prevent is not None
    denied = {action for statement in prevent.statements for action in statement.actions}
    assert len(KINDS[control]) > 4
    assert set(KINDS[control]) <= denied


@pytest.mark.parametrize(
    ("level", "listed"),
    [("Write", True), ("Permissions management, Write", True), ("Read", False), ("List, Read", False)],
)
def test_action_that_aws_adds_is_listed_unless_it_reads(
    monkeypatch: pytest.MonkeyPatch, level: str, listed: bool
) -> None:
    """Planted: AWS adds an action to a detector."""
    tables = reference.service("guardduty")
    added = replace(tables.actions["deletedetector"], name="StopEverything", access_level=level)
    renewed = replace(tables, actions={**tables.actions, "stopeverything": added})
    monkeypatch.setattr(reference, "service", lambda _prefix: renewed)
    assert ("guardduty:StopEverything" in named("Stop", ("guardduty",))) is listed
    assert "guardduty:StopEverything" not in named("Stop", ("guardduty",), level="Tagging")
    assert "guardduty:StopEverything" not in named("top", ("guardduty",))


def test_unused_exception_of_a_name_is_refused() -> None:
    with pytest.raises(UnusedExceptionError, match="guardduty:Nothing"):
        named("Delete", ("guardduty",), exceptions={"guardduty:Nothing": "reason"})
    assert named("Delete", ("no-such-service",)) == ()
