"""Kinds of principals, accounts and resources that the evaluation tells apart."""

import pytest

from authorization import Decision, Match, Outcome, Policies, Policy, Principal, Request, evaluate, reference
from authorization.patterns import matches_arn
from authorization.variables import substitute_variables

ALLOW = Policy.parse(
    "allow", {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
)
OPEN = Policy.parse(
    "open",
    {
        "Version": "2012-10-17",
        "Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "*", "Resource": "*"},
    },
)
USER = "arn:aws:iam::111122223333:user/alice"
ROLE = "arn:aws:iam::111122223333:role/trainer"
LINKED = "arn:aws:iam::111122223333:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
ROOT = "arn:aws:iam::111122223333:root"


def request(
    principal: str, action: str = "s3:GetObject", resource: str = "arn:aws:s3:::b/k", account: str = ""
) -> Request:
    return Request(principal=Principal.of(principal), action=action, resource=resource, resource_account=account)


@pytest.mark.parametrize(("principal", "needs"), [(USER, True), (ROLE, True), (LINKED, True), (ROOT, False)])
def test_everyone_but_the_root_user_needs_an_identity_policy(principal: str, *, needs: bool) -> None:
    decision = evaluate(request(principal), Policies())
    assert (decision.missing == "identity policy") is needs
    assert evaluate(request(principal), Policies(identity=[ALLOW])).allowed


@pytest.mark.parametrize("owner", ["000000000001", "999999999999"])
def test_identity_policy_is_not_enough_across_accounts(owner: str) -> None:
    """The account that owns the resource has a lower or a higher number than the principal's."""
    decision = evaluate(request(USER, account=owner), Policies(identity=[ALLOW]))
    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert decision.missing == "resource policy"
    assert evaluate(request(USER, account=owner), Policies(identity=[ALLOW], resource=OPEN)).allowed


@pytest.mark.parametrize(
    ("principal", "bound"),
    [(USER, True), (ROLE, True), (ROOT, True), ("s3.amazonaws.com", True), (LINKED, False)],
)
def test_rcps_bind_every_principal_but_service_linked_roles(principal: str, *, bound: bool) -> None:
    """AWS Organizations User Guide, "Resource control policies (RCPs)"."""
    deny = Policy.parse(
        "closed",
        {
            "Version": "2012-10-17",
            "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"},
        },
    )
    anybody = Policy.parse(
        "anybody",
        {
            "Version": "2012-10-17",
            "Statement": {
                "Effect": "Allow",
                "Principal": {"AWS": "*", "Service": "s3.amazonaws.com"},
                "Action": "*",
                "Resource": "*",
            },
        },
    )
    rcps = [("root", [anybody, deny])]
    policies = Policies(identity=[ALLOW], resource=anybody, rcps=rcps, management_account="999999999999")
    decision = evaluate(request(principal, account="111122223333"), policies)
    assert decision.allowed is not bound


@pytest.mark.parametrize(("version", "substituted"), [({}, False), ({"Version": "2012-10-17"}, True)])
def test_policy_without_version_has_no_variables(version: dict[str, str], *, substituted: bool) -> None:
    """IAM User Guide, "IAM JSON policy elements: Version": the version of a document without one is 2008-10-17."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/${aws:username}"}
    policy = Policy.parse("own", {**version, "Statement": statement})
    asked = Request(
        principal=Principal.of(USER),
        action="s3:GetObject",
        resource="arn:aws:s3:::b/alice",
        resource_account="",
        context={"aws:username": ["alice"]},
    )
    assert evaluate(asked, Policies(identity=[policy])).allowed is substituted


def test_key_needs_its_policy_and_an_alias_does_not() -> None:
    key, alias = "arn:aws:kms:us-east-1:111122223333:key/1", "arn:aws:kms:us-east-1:111122223333:alias/a"
    assert not evaluate(request(ROLE, "kms:Decrypt", key), Policies(identity=[ALLOW])).allowed
    assert evaluate(request(ROLE, "kms:DeleteAlias", alias), Policies(identity=[ALLOW])).allowed
    closed = Policy.parse("closed", {"Version": "2012-10-17", "Statement": []})
    assert not evaluate(request(ROLE, "kms:DeleteAlias", alias), Policies(identity=[ALLOW], resource=closed)).allowed


@pytest.mark.parametrize(
    ("principal", "expected"),
    [(USER, ["false"]), (ROLE, ["false"]), (LINKED, ["false"]), ("s3.amazonaws.com", ["true"])],
)
def test_only_a_service_is_an_aws_service(principal: str, expected: list[str]) -> None:
    values = request(principal).complete()
    assert values["aws:PrincipalIsAWSService"] == expected
    assert ("aws:PrincipalServiceName" in values) is (expected == ["true"])
    assert ("aws:PrincipalArn" in values) is (expected == ["false"])


def test_caller_identity_cannot_be_denied() -> None:
    deny = Policy.parse(
        "deny", {"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Action": "*", "Resource": "*"}}
    )
    policies = Policies(identity=[ALLOW], scps=[("/", [deny])])
    assert evaluate(request(ROLE, "sts:GetCallerIdentity", "*"), policies).allowed
    assert not evaluate(request(ROLE, "sts:GetSessionToken", "*"), policies).allowed


def test_arn_has_six_components() -> None:
    assert not matches_arn("arn:aws:s3:us-east-1:1", "arn:aws:s3:us-east-1:1")
    assert matches_arn("arn:aws:s3:us-east-1:1:a", "arn:aws:s3:us-east-1:1:a")
    assert matches_arn("arn:aws:s3:::a:b:c", "arn:aws:s3:::a:b:*")


def test_variable_without_values_takes_its_default() -> None:
    empty = Request(
        principal=Principal.of(ROLE), action="s3:GetObject", resource="*", context={"aws:PrincipalTag/x": []}
    )
    assert substitute_variables("${aws:PrincipalTag/x, 'a'}", empty) == "a"
    assert substitute_variables("${aws:PrincipalTag/x}", empty) is None


def test_decision_is_written_with_its_reason() -> None:
    match = Match(layer="SCP on /", policy="p", sid="S")
    assert str(Decision(outcome=Outcome.EXPLICIT_DENY, because=(match,))) == "explicitly denied (SCP on /: p, S)"
    missing = Decision(outcome=Outcome.IMPLICIT_DENY, missing="identity policy")
    assert str(missing) == "implicitly denied (nothing allows it in: identity policy)"
    assert str(Decision(outcome=Outcome.ALLOWED)) == "allowed"


@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:AssumeRoleWithWebIdentity"])
def test_trust_policy_has_to_name_the_account_if_it_is_given(action: str) -> None:
    role = "arn:aws:iam::111122223333:role/other"
    closed = Policy.parse("trust", {"Version": "2012-10-17", "Statement": []})
    assert evaluate(request(ROLE, action, role), Policies(identity=[ALLOW])).allowed
    assert evaluate(request(ROLE, action, role), Policies(identity=[ALLOW], resource=OPEN)).allowed
    assert not evaluate(request(ROLE, action, role), Policies(identity=[ALLOW], resource=closed)).allowed


def test_tables_cover_services_from_a_to_z() -> None:
    assert reference.services() >= {"access-analyzer", "s3", "sts", "vpc-lattice", "wafv2", "xray"}
    assert not any("version" in service.lower() for service in reference.services())
