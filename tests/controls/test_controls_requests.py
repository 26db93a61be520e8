"""Requests that the compiled guardrails of the zone have to deny and to allow.

Each row of a control's `requests.csv` has account, principal, action, resource and context, and the expected decision:
`allowed`, or `denied` with the statement that denies it.
"""

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from authorization.patterns import matches_wildcards
from controls.compiler import compile_policies
from controls.model import PolicyType, Statement
from controls.registry import controls, folders, sids
from controls.zone import Zone
from inspection.can import AccountLocation, DecidedRequest, GuardedOrganization, QuestionError, answers
from tests.controls.resource_types import has_resource

PLACES = {
    "management": AccountLocation(account="123456789012", ou=""),
    "log-archive": AccountLocation(account="111111111111", ou="Security"),
    "ml-dev": AccountLocation(account="222222222222", ou="Workloads/ML-Dev"),
    "ml-staging": AccountLocation(account="333333333333", ou="Workloads/ML-Staging"),
    "ml-prod": AccountLocation(account="444444444444", ou="Workloads/ML-Prod"),
    "sandbox": AccountLocation(account="555555555555", ou="Sandbox"),
    "network": AccountLocation(account="666666666666", ou="Infrastructure"),
    "policy-staging": AccountLocation(account="888888888888", ou="Policy-Staging"),
    "closed": AccountLocation(account="777777777777", ou="Suspended"),
}
UNITS = [
    "Security",
    "Infrastructure",
    "Workloads",
    "Workloads/ML-Dev",
    "Workloads/ML-Staging",
    "Workloads/ML-Prod",
    "Sandbox",
    "Policy-Staging",
    "Suspended",
]
ZONE = Zone()
CONTROLS = controls(ZONE)
GUARDED = GuardedOrganization(
    compiled=compile_policies(CONTROLS.values(), UNITS, ZONE),
    places=PLACES,
    management_account="123456789012",
    organization_id="o-example",
)
TABLES = [file for folder in folders().values() if (file := folder / "requests.csv").exists()]
ANSWERS = [answer for table in TABLES for answer in answers(GUARDED, table)]


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: f"{answer.request['action']}-{answer.request['expect']}")
def test_request_is_decided_as_expected(answer: DecidedRequest) -> None:
    assert answer.as_expected, f"{answer.request}: {answer.decision}"


def test_every_statement_denies_a_request_of_its_controls_table() -> None:
    expected = Counter(answer.request["expect"] for answer in ANSWERS)
    assert expected.total() >= 250
    assert expected["allowed"] >= 100
    for identifier, folder in folders().items():
        own = sids(CONTROLS[identifier])
        rows = csv.DictReader((folder / "requests.csv").read_text(encoding="utf-8").splitlines()) if own else []
        assert set(own) <= {row["expect"].removeprefix("denied ") for row in rows}, identifier


ACTIONS = sorted({answer.request["action"] for answer in ANSWERS})
EXEMPT = [arn.replace("*", "444444444444") for arn in ZONE.exempt_arns]


@settings(max_examples=300, deadline=None)
@given(
    account=st.sampled_from([name for name in PLACES if name not in ("management", "closed")]),
    action=st.sampled_from(ACTIONS),
    row=st.sampled_from(ANSWERS),
    role=st.sampled_from(["team/a", "hipaa-ml-deploy-imitation", "admin", "OrganizationAccountAccessRole2"]),
)
def test_roles_that_are_not_exempt_are_decided_alike(account: str, action: str, row: DecidedRequest, role: str) -> None:
    context = {key: value for key, value in _context(row).items() if not key.startswith("aws:Principal")}
    number = PLACES[account].account
    decision = GUARDED.decide(account, f"arn:aws:iam::{number}:role/{role}", action, row.request["resource"], context)
    decision_of_other_role = GUARDED.decide(
        account, f"arn:aws:iam::{number}:role/nobody", action, row.request["resource"], context
    )
    assert decision.allowed == decision_of_other_role.allowed


@settings(max_examples=300, deadline=None)
@given(row=st.sampled_from([answer for answer in ANSWERS if not answer.decision.allowed]), widened=st.booleans())
def test_denied_request_is_denied_in_nested_ous(row: DecidedRequest, widened: bool) -> None:
    """A deny at a level holds whatever the levels below allow: policies are inherited."""
    account = row.request["account"]
    deeper = dict(PLACES)
    deeper[account] = AccountLocation(
        account=PLACES[account].account, ou=f"{PLACES[account].ou}/Below" if widened else PLACES[account].ou
    )
    guarded = GuardedOrganization(
        compiled=GUARDED.compiled, places=deeper, management_account="123456789012", organization_id="o-example"
    )
    decision = guarded.decide(
        account, row.request["principal"], row.request["action"], row.request["resource"], _context(row)
    )
    assert not decision.allowed


def _context(row: DecidedRequest) -> dict[str, str]:
    return dict(json.loads(row.request["context"] or "{}"))


ANDED = {"M4Untyped": {"sagemaker:InstanceTypes"}}
"""Sid -> absent keys that the statement requires besides another, on purpose."""


def test_null_conditions_have_one_key_per_statement() -> None:
    """Keys under one Null are ANDed: a job that lacks only security groups would pass. M1 has two statements."""
    groups_missing = next(answer for answer in ANSWERS if answer.request["expect"] == "denied M1Groups")
    assert "sagemaker:VpcSubnets" in _context(groups_missing)
    assert {"M1Subnets", "M1Groups"} <= set(sids(CONTROLS["M1"]))
    for control in CONTROLS.values():
        for statement in control.prevent.statements if control.prevent else ():
            null = statement.conditions.get("Null", {})
            keys = {key.removesuffix("Arn") for key, value in null.items() if value == "true"}
            assert len(keys - ANDED.get(statement.sid, set())) <= 1, f"{statement.sid}: the absent keys are ANDed"


def test_every_policy_has_a_target() -> None:
    assert all(policy.targets for policy in GUARDED.compiled.policies)


def test_statements_with_not_actions_exempt_the_zones_roles() -> None:
    for control in CONTROLS.values():
        for statement in control.prevent.statements if control.prevent else ():
            if statement.not_actions:
                assert statement.exempt, statement.sid


def test_policies_fit_within_limits() -> None:
    for room in GUARDED.compiled.room():
        assert room.policies <= room.policies_limit
    assert {policy.policy_type for policy in GUARDED.compiled.policies} >= {PolicyType.SCP, PolicyType.RCP}


@pytest.mark.parametrize(
    ("account", "principal", "action", "message"),
    [
        ("ml-prd", "arn:aws:iam::444444444444:role/x", "s3:GetObject", "ml-prod"),
        ("ml-prod", "role/x", "s3:GetObject", "role/x"),
        ("ml-prod", "arn:aws:iam::444444444444:role/x", "GetObject", "service:Action"),
        ("ml-prod", "arn:aws:iam::444444444444:role/x", "s3:*", "one action"),
    ],
)
def test_invalid_question_is_refused(account: str, principal: str, action: str, message: str) -> None:
    with pytest.raises(QuestionError, match=message.replace("*", r"\*")):
        GUARDED.decide(account, principal, action, "*", {})


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("account,principal\nx,y\n", "line 2: column 'action' is missing"),
        (
            "account,principal,action,resource,context,expect\nml-prod,x,s3:GetObject,*,,perhaps\n",
            "expect is 'perhaps'",
        ),
        (
            "account,principal,action,resource,context,expect\nml-prod,x,s3:GetObject,*,{,allowed\n",
            "context is not JSON",
        ),
        (
            "account,principal,action,resource,context,expect\nml-prod,x,s3:GetObject,*,,allowed\n",
            "line 2: principal 'x'",
        ),
    ],
)
def test_invalid_table_is_refused_by_file_line_and_column(tmp_path: Path, content: str, message: str) -> None:
    file = tmp_path / "requests.csv"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError) as refused:
        list(answers(GUARDED, file))
    assert str(file) in str(refused.value)
    assert message in str(refused.value)


READ = {"aws:RequestedRegion": "us-east-1"}
SPARED = [
    "hipaa-ml-deploy",
    "hipaa-ml-break-glass",
    "hipaa-ml-backup",
    "hipaa-ml-service-x",
    "team/scientist",
    "nobody",
]


@settings(max_examples=300, deadline=None)
@given(
    action=st.sampled_from(
        ["s3:GetObject", "s3:PutObject", "kms:Decrypt", "kms:GenerateDataKey", "secretsmanager:GetSecretValue"]
    ),
    role=st.sampled_from(SPARED),
    owner=st.sampled_from(["o-example", "o-stranger", ""]),
    vpc=st.booleans(),
    via=st.sampled_from(["true", "false", ""]),
)
def test_data_is_reachable_through_own_endpoints_only(action: str, role: str, owner: str, vpc: bool, via: str) -> None:
    keys = {
        "aws:VpceOrgID": owner if action.startswith(("s3:", "kms:")) else "",
        "aws:SourceVpc": "vpc-1" if vpc or owner else "",
        "aws:ViaAWSService": via,
    }
    context = {**READ, **{key: value for key, value in keys.items() if value}}
    decision = GUARDED.decide("ml-prod", f"arn:aws:iam::444444444444:role/{role}", action, "arn:aws:s3:::x/y", context)
    carries = action.startswith(("s3:", "kms:"))
    home = owner == "o-example" if carries else "aws:SourceVpc" in context
    assert decision.allowed == (home or via == "true" or role.startswith("hipaa-ml-")), str(decision)


PAIRS = [
    pytest.param(statement, action, id=f"{statement.sid}-{action}")
    for control in CONTROLS.values()
    for statement in (control.prevent.statements if control.prevent else ())
    for action in statement.actions
]


@pytest.mark.parametrize(("statement", "action"), PAIRS)
def test_removing_an_action_from_a_statement_allows_a_denied_request(statement: Statement, action: str) -> None:
    """A request of the tables is denied because of this action alone."""
    others = [pattern.lower() for pattern in statement.actions if pattern != action]
    denied = {
        answer.request["action"].lower() for answer in ANSWERS if answer.request["expect"] == f"denied {statement.sid}"
    }
    assert any(
        matches_wildcards(name, action.lower()) and not any(matches_wildcards(name, pattern) for pattern in others)
        for name in denied
    ), f"add a request to the control's requests.csv that {statement.sid} denies because of {action}"


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda answer: answer.request["action"])
def test_request_names_a_resource_that_its_action_has(answer: DecidedRequest) -> None:
    assert has_resource(answer.request["action"], answer.request["resource"]), answer.request
