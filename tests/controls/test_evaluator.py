"""The evaluator decides as AWS documents it: explicit denies win, every layer that applies must allow."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controls.evaluator import Outcome, Policies, Policy, PolicyError, Principal, Request, evaluate
from controls.evaluator.conditions import arn_like, holds, like

ROLE = "arn:aws:iam::111122223333:role/team/trainer"
BUCKET = "arn:aws:s3:::records/one"


def policy(*statements: Mapping[str, Any], name: str = "policy") -> Policy:
    return Policy.parse(name, {"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Sid": "Allow", "Effect": "Allow", "Action": action, "Resource": resource, **more}


def deny(action: str = "*", resource: str = "*", **more: Any) -> dict[str, Any]:
    return {"Sid": "Deny", "Effect": "Deny", "Action": action, "Resource": resource, **more}


def request(
    action: str = "s3:GetObject", resource: str = BUCKET, principal: str = ROLE, account: str = "", **context: str
) -> Request:
    return Request(
        principal=Principal.of(principal),
        action=action,
        resource=resource,
        resource_account=account,
        context={key.replace("__", ":").replace("_", "/"): [value] for key, value in context.items()},
    )


FULL = policy(allow(), name="FullAWSAccess")


def test_nothing_is_allowed_that_no_policy_allows() -> None:
    decision = evaluate(request(), Policies())
    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert decision.missing == "identity policy"


def test_an_explicit_deny_wins_wherever_it_stands() -> None:
    for layer in ("identity", "boundary", "session", "resource", "scps", "rcps"):
        refusing = policy(allow(Principal="*"), deny(Principal="*"), name=layer)
        value: Any = refusing if layer in ("boundary", "session", "resource") else [refusing]
        value = [("root", value)] if layer in ("scps", "rcps") else value
        layers: dict[str, Any] = {"identity": [FULL], layer: value}
        policies = Policies(**layers)
        decision = evaluate(request(), policies)
        assert decision.outcome is Outcome.EXPLICIT_DENY, layer
        assert [match.policy for match in decision.because] == [layer]


def test_every_level_of_scps_must_allow() -> None:
    narrow = policy(allow("s3:*"), name="only-s3")
    policies = Policies(identity=[FULL], scps=[("root", [FULL]), ("OU", [narrow]), ("account", [FULL])])
    assert evaluate(request(), policies).allowed
    refused = evaluate(request("ec2:RunInstances", "*"), policies)
    assert (refused.outcome, refused.missing) == (Outcome.IMPLICIT_DENY, "SCP on OU")


@pytest.mark.parametrize(
    "principal",
    [
        "arn:aws:iam::999999999999:role/admin",
        "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
    ],
)
def test_scps_bind_neither_the_management_account_nor_service_linked_roles(principal: str) -> None:
    policies = Policies(identity=[FULL], scps=[("root", [policy(deny())])], management_account="999999999999")
    assert evaluate(request(principal=principal), policies).allowed


def test_a_boundary_and_a_session_policy_can_only_narrow() -> None:
    identity = [policy(allow("s3:*"))]
    assert evaluate(request(), Policies(identity=identity, boundary=policy(allow("s3:Get*")))).allowed
    assert not evaluate(request("s3:PutObject"), Policies(identity=identity, boundary=policy(allow("s3:Get*")))).allowed
    assert not evaluate(request("ec2:RunInstances"), Policies(identity=identity, boundary=FULL)).allowed
    assert not evaluate(request(), Policies(identity=identity, session=policy(allow("s3:Put*")))).allowed


def test_a_resource_policy_that_names_the_role_grants_within_the_account() -> None:
    named = policy(allow(Principal={"AWS": ROLE}))
    assert evaluate(request(), Policies(resource=named)).allowed
    assert not evaluate(request(), Policies(resource=named, boundary=policy(allow("ec2:*")))).allowed


def test_a_resource_policy_that_names_the_account_leaves_it_to_the_identity_policies() -> None:
    delegating = policy(allow(Principal={"AWS": "arn:aws:iam::111122223333:root"}))
    assert not evaluate(request(), Policies(resource=delegating)).allowed
    assert evaluate(request(), Policies(resource=delegating, identity=[FULL])).allowed


def test_across_accounts_both_sides_must_allow() -> None:
    named = policy(allow(Principal={"AWS": ROLE}))
    assert not evaluate(request(account="444455556666"), Policies(identity=[FULL])).allowed
    assert not evaluate(request(account="444455556666"), Policies(resource=named)).allowed
    assert evaluate(request(account="444455556666"), Policies(identity=[FULL], resource=named)).allowed


def test_a_key_policy_must_allow_by_itself() -> None:
    other = policy(allow("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:role/other"}))
    arn = "arn:aws:kms:us-east-1:111122223333:key/1"
    assert not evaluate(request("kms:Decrypt", arn), Policies(identity=[FULL], resource=other)).allowed


def test_a_service_is_allowed_by_the_resource_policy_alone() -> None:
    service = policy(allow(Principal={"Service": "cloudtrail.amazonaws.com"}))
    assert evaluate(request(principal="cloudtrail.amazonaws.com"), Policies(resource=service)).allowed
    assert not evaluate(request(principal="config.amazonaws.com"), Policies(resource=service)).allowed


CONDITIONS: Sequence[tuple[str, str, str | list[str], dict[str, list[str]], bool]] = [
    ("StringEquals", "aws:PrincipalOrgID", "o-1", {"aws:PrincipalOrgID": ["o-1"]}, True),
    ("StringEquals", "AWS:principalorgid", "o-1", {"aws:PrincipalOrgID": ["o-1"]}, True),
    ("StringEquals", "aws:PrincipalOrgID", "o-1", {}, False),
    ("StringEqualsIfExists", "aws:PrincipalOrgID", "o-1", {}, True),
    ("StringNotEquals", "aws:PrincipalOrgID", "o-1", {}, True),
    ("StringNotEqualsIfExists", "aws:PrincipalOrgID", "o-1", {}, True),
    ("StringNotEquals", "aws:PrincipalOrgID", ["o-1", "o-2"], {"aws:PrincipalOrgID": ["o-2"]}, False),
    ("StringLike", "s3:prefix", "team-?/*", {"s3:prefix": ["team-a/x"]}, True),
    ("StringLike", "s3:prefix", "[a-z]", {"s3:prefix": ["b"]}, False),
    ("Bool", "aws:SecureTransport", "false", {"aws:SecureTransport": ["false"]}, True),
    ("Bool", "aws:SecureTransport", "false", {}, False),
    ("BoolIfExists", "aws:SecureTransport", "false", {}, True),
    ("Null", "sagemaker:VpcSubnets", "true", {}, True),
    ("Null", "sagemaker:VpcSubnets", "true", {"sagemaker:VpcSubnets": ["subnet-1"]}, False),
    ("Null", "sagemaker:VpcSubnets", "false", {"sagemaker:VpcSubnets": ["subnet-1"]}, True),
    (
        "NumericLessThan",
        "kms:ScheduleKeyDeletionPendingWindowInDays",
        "30",
        {"kms:ScheduleKeyDeletionPendingWindowInDays": ["7"]},
        True,
    ),
    ("NumericLessThan", "s3:TlsVersion", "1.2", {"s3:TlsVersion": ["1.2"]}, False),
    ("NumericLessThan", "s3:TlsVersion", "1.2", {"s3:TlsVersion": ["old"]}, False),
    ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T00:00:00Z", {"aws:CurrentTime": ["2026-11-24T00:00:00Z"]}, True),
    ("IpAddress", "aws:SourceIp", "10.0.0.0/8", {"aws:SourceIp": ["10.1.2.3"]}, True),
    ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", {"aws:SourceIp": ["192.168.0.1"]}, True),
    ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:role/deploy", {}, True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a"]}, True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a", "c"]}, False),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], {}, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": ["c", "a"]}, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", ["a"], {}, False),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], {}, False),
    (
        "StringEquals",
        "aws:ResourceTag/team",
        "${aws:PrincipalTag/team}",
        {"aws:ResourceTag/team": ["x"], "aws:PrincipalTag/team": ["x"]},
        True,
    ),
    ("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team}", {"aws:ResourceTag/team": ["x"]}, False),
    ("StringEquals", "aws:ResourceTag/team", "${aws:PrincipalTag/team, 'x'}", {"aws:ResourceTag/team": ["x"]}, True),
]


@pytest.mark.parametrize(("operator", "key", "wanted", "context", "expected"), CONDITIONS)
def test_a_condition_operator_holds_as_documented(
    operator: str, key: str, wanted: str | list[str], context: dict[str, list[str]], expected: bool
) -> None:
    asked = Request(principal=Principal.of("s3.amazonaws.com"), action="s3:GetObject", resource=BUCKET, context=context)
    assert holds(operator, key, [wanted] if isinstance(wanted, str) else wanted, asked) is expected


@pytest.mark.parametrize("operator", ["StringEqual", "ForEachValue:StringEquals", "NotBool"])
def test_an_operator_that_iam_does_not_have_is_refused(operator: str) -> None:
    with pytest.raises(PolicyError):
        holds(operator, "aws:PrincipalArn", ["x"], request())


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "not JSON"),
        ({"Statements": []}, "Statement"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Conditions": {}}}, "unknown key 'Conditions'"),
        ({"Statement": {"Effect": "allow", "Action": "*"}}, "allowed: Allow, Deny"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*"}}, "both Action and NotAction"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "neither Action nor NotAction"),
    ],
)
def test_a_malformed_document_is_refused_by_name(document: Any, said: str) -> None:
    with pytest.raises(PolicyError, match=said):
        Policy.parse("policy", document)


def test_an_assumed_role_is_judged_by_its_role() -> None:
    session = Principal.of("arn:aws:sts::111122223333:assumed-role/trainer/session")
    assert session.arn == "arn:aws:iam::111122223333:role/trainer"


@given(st.text(alphabet="ab*?:/[", max_size=12))
def test_a_text_matches_itself_and_the_star(text: str) -> None:
    assert like(text, "*")
    assert like(text.replace("*", "x").replace("?", "y"), text)


@given(st.lists(st.sampled_from(["arn", "aws", "s3", "*", "", "x/y"]), min_size=6, max_size=6))
def test_an_arn_matches_itself(segments: list[str]) -> None:
    arn = ":".join(segments)
    assert arn_like(arn.replace("*", "z"), arn)


def test_a_star_in_an_arn_condition_does_not_cross_segments() -> None:
    assert arn_like("arn:aws:iam::111122223333:role/deploy", "arn:aws:iam::*:role/deploy")
    assert not arn_like("arn:aws:iam::111122223333:role/x:role/deploy", "arn:aws:*:role/deploy")


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_adding_a_deny_never_allows_more(identity: bool, boundary: bool, scp: bool, extra: bool) -> None:
    some = Policies(
        identity=[FULL] if identity else [],
        boundary=FULL if boundary else policy(allow("ec2:*")),
        scps=[("root", [FULL] if scp else [])],
    )
    more = Policies(
        identity=some.identity, boundary=some.boundary, scps=[("root", [*some.scps[0][1], *([policy(deny())] * extra)])]
    )
    assert evaluate(request(), some).allowed or not evaluate(request(), more).allowed


@given(st.lists(st.sampled_from(["identity", "boundary", "session", "resource", "scps", "rcps"]), max_size=6))
def test_no_composition_of_allows_lifts_a_deny(layers: list[str]) -> None:
    everyone = policy(allow(Principal="*"))
    forms: dict[str, Any] = {
        "identity": [everyone],
        "boundary": everyone,
        "session": everyone,
        "resource": everyone,
        "scps": [("root", [FULL, policy(deny())]), ("OU", [FULL])],
        "rcps": [("root", [everyone])],
    }
    composed = {"scps": forms["scps"], **{layer: forms[layer] for layer in layers}}
    assert evaluate(request(), Policies(**composed)).outcome is Outcome.EXPLICIT_DENY
