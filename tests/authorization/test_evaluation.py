"""Requests are decided as documented in the IAM User Guide, "Policy evaluation logic"."""

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from authorization import Outcome, Policies, Policy, PolicyError, Principal, Request, evaluate

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


def test_request_without_allow_is_implicitly_denied() -> None:
    decision = evaluate(request(), Policies())
    assert decision.outcome is Outcome.IMPLICIT_DENY
    assert decision.missing == "identity policy"


def test_endpoint_policy_must_allow_and_grants_nothing() -> None:
    only_reading = policy(allow("s3:Get*", Principal="*"), name="vpce-1")
    assert evaluate(request(), Policies(identity=[FULL], endpoint=only_reading)).allowed
    assert evaluate(request(), Policies(endpoint=only_reading)).missing == "identity policy"
    writing = evaluate(request("s3:PutObject"), Policies(identity=[FULL], endpoint=only_reading))
    assert writing.missing == "VPC endpoint policy"
    nothing = evaluate(request("s3:PutObject"), Policies(endpoint=only_reading))
    assert nothing.missing == "VPC endpoint policy", "the first layer that does not allow the request"
    granted = policy(allow(Principal={"AWS": ROLE}), name="bucket")
    assert evaluate(request("s3:PutObject"), Policies(resource=granted, endpoint=only_reading)).missing == (
        "VPC endpoint policy"
    )


def test_explicit_deny_wins_in_every_layer() -> None:
    for layer in ("identity", "boundary", "session", "resource", "endpoint", "scps", "rcps"):
        refusing = policy(allow(Principal="*"), deny(Principal="*"), name=layer)
        value: Any = refusing if layer in ("boundary", "session", "resource", "endpoint") else [refusing]
        value = [("root", value)] if layer in ("scps", "rcps") else value
        layers: dict[str, Any] = {"identity": [FULL], layer: value}
        policies = Policies(**layers)
        decision = evaluate(request(), policies)
        assert decision.outcome is Outcome.EXPLICIT_DENY, layer
        assert [match.policy for match in decision.because] == [layer]


def test_every_scp_level_has_to_allow() -> None:
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
def test_scps_do_not_apply_to_management_account_and_service_linked_roles(principal: str) -> None:
    policies = Policies(identity=[FULL], scps=[("root", [policy(deny())])], management_account="999999999999")
    assert evaluate(request(principal=principal), policies).allowed


def test_boundary_and_session_policy_only_limit() -> None:
    identity = [policy(allow("s3:*"))]
    assert evaluate(request(), Policies(identity=identity, boundary=policy(allow("s3:Get*")))).allowed
    assert not evaluate(request("s3:PutObject"), Policies(identity=identity, boundary=policy(allow("s3:Get*")))).allowed
    assert not evaluate(request("ec2:RunInstances"), Policies(identity=identity, boundary=FULL)).allowed
    assert not evaluate(request(), Policies(identity=identity, session=policy(allow("s3:Put*")))).allowed


def test_resource_policy_naming_the_role_grants_within_account() -> None:
    named = policy(allow(Principal={"AWS": ROLE}))
    assert evaluate(request(), Policies(resource=named)).allowed
    assert not evaluate(request(), Policies(resource=named, boundary=policy(allow("ec2:*")))).allowed


def test_resource_policy_naming_the_account_needs_identity_policy() -> None:
    delegating = policy(allow(Principal={"AWS": "arn:aws:iam::111122223333:root"}))
    assert not evaluate(request(), Policies(resource=delegating)).allowed
    assert evaluate(request(), Policies(resource=delegating, identity=[FULL])).allowed


def test_cross_account_request_needs_both_policies() -> None:
    named = policy(allow(Principal={"AWS": ROLE}))
    assert not evaluate(request(account="444455556666"), Policies(identity=[FULL])).allowed
    assert not evaluate(request(account="444455556666"), Policies(resource=named)).allowed
    assert evaluate(request(account="444455556666"), Policies(identity=[FULL], resource=named)).allowed


def test_key_policy_has_to_allow() -> None:
    other_role_only = policy(allow("kms:*", Principal={"AWS": "arn:aws:iam::111122223333:role/other"}))
    arn = "arn:aws:kms:us-east-1:111122223333:key/1"
    assert not evaluate(request("kms:Decrypt", arn), Policies(identity=[FULL], resource=other_role_only)).allowed


def test_service_needs_only_the_resource_policy() -> None:
    service = policy(allow(Principal={"Service": "cloudtrail.amazonaws.com"}))
    assert evaluate(request(principal="cloudtrail.amazonaws.com"), Policies(resource=service)).allowed
    assert not evaluate(request(principal="config.amazonaws.com"), Policies(resource=service)).allowed


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("{", "not JSON"),
        ({"Statements": []}, "Statement"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Conditions": {}}}, "unknown key 'Conditions'"),
        ({"Statement": {"Effect": "allow", "Action": "*"}}, "allowed: Allow, Deny"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "NotAction": "*"}}, "both Action and NotAction"),
        ({"Statement": {"Effect": "Allow", "Resource": "*"}}, "neither Action nor NotAction"),
        ({"Version": "2012-10-18", "Statement": []}, "Version is '2012-10-18'"),
        ({"Statement": {"Effect": "Allow", "Action": "*", "Principal": ["*"]}}, "Principal is"),
    ],
)
def test_malformed_document_is_refused_by_name(document: Any, message: str) -> None:
    with pytest.raises(PolicyError, match=message):
        Policy.parse("policy", document)


def test_session_arn_is_read_as_its_role() -> None:
    session = Principal.of("arn:aws:sts::111122223333:assumed-role/trainer/session")
    assert session.arn == "arn:aws:iam::111122223333:role/trainer"


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_additional_deny_never_allows_more(identity: bool, boundary: bool, scp: bool, extra: bool) -> None:
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
def test_no_combination_of_allows_overrides_a_deny(layers: list[str]) -> None:
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


OTHER = policy(allow("ec2:*"), name="allows something else")
USER = "arn:aws:iam::111122223333:user/alice"
TRAINER = "arn:aws:iam::111122223333:role/trainer"
SESSION = "arn:aws:sts::111122223333:assumed-role/trainer/session"
KEY = "arn:aws:kms:us-east-1:111122223333:key/1"


@pytest.mark.parametrize(
    ("named", "principal", "limited_by_boundary", "limited_by_session"),
    [
        (USER, USER, False, False),
        (TRAINER, SESSION, True, True),
        (TRAINER, TRAINER, True, True),
        (SESSION, SESSION, False, False),
        ("*", SESSION, False, False),
    ],
)
def test_direct_grants_are_limited_as_documented(
    named: str, principal: str, *, limited_by_boundary: bool, limited_by_session: bool
) -> None:
    resource = policy(allow(Principal={"AWS": named}))
    by_boundary = evaluate(request(principal=principal), Policies(resource=resource, boundary=OTHER))
    by_session = evaluate(request(principal=principal), Policies(resource=resource, session=OTHER))
    assert (by_boundary.allowed, by_session.allowed) == (not limited_by_boundary, not limited_by_session)


def test_direct_grant_is_still_limited_by_scps() -> None:
    resource = policy(allow(Principal={"AWS": SESSION}))
    policies = Policies(resource=resource, scps=[("root", [OTHER])])
    assert evaluate(request(principal=SESSION), policies).missing == "SCP on root"


def test_direct_grant_across_accounts_is_limited_by_boundary() -> None:
    resource = policy(allow(Principal={"AWS": USER}))
    outside = request(principal=USER, account="444455556666")
    assert evaluate(outside, Policies(identity=[FULL], resource=resource)).allowed
    assert evaluate(outside, Policies(identity=[FULL], resource=resource, boundary=OTHER)).missing == (
        "permissions boundary"
    )


def test_key_without_policy_grants_nothing_through_iam() -> None:
    decision = evaluate(request("kms:Decrypt", KEY), Policies(identity=[FULL]))
    assert (decision.outcome, decision.missing) == (Outcome.IMPLICIT_DENY, "resource policy")
    assert evaluate(request("kms:ListKeys", "*"), Policies(identity=[FULL])).allowed


def test_key_policy_without_the_root_user_denies_it() -> None:
    resource = policy(allow("kms:*", Principal={"AWS": TRAINER}))
    root = "arn:aws:iam::111122223333:root"
    assert not evaluate(request("kms:PutKeyPolicy", KEY, principal=root), Policies(resource=resource)).allowed


@pytest.mark.parametrize("principals", ["*", {"AWS": "*"}])
def test_statement_for_everyone_applies_to_services(principals: Any) -> None:
    service = request(principal="cloudtrail.amazonaws.com")
    allowing, denying = policy(allow(Principal=principals)), policy(allow(Principal="*"), deny(Principal=principals))
    assert evaluate(service, Policies(resource=allowing)).allowed
    assert evaluate(service, Policies(resource=denying)).outcome is Outcome.EXPLICIT_DENY


def test_decision_names_the_first_statement_that_allows() -> None:
    both = policy({**allow("s3:Get*"), "Sid": "First"}, {**allow(), "Sid": "Second"})
    assert [match.sid for match in evaluate(request(), Policies(identity=[both])).because] == ["First"]


def test_account_of_the_resource_is_compared_by_its_digits() -> None:
    same = "".join(["1111", "2222", "3333"])
    assert evaluate(request(account=same), Policies(identity=[FULL])).allowed
    assert evaluate(request(account="444455556666"), Policies(identity=[FULL])).missing == "resource policy"


def test_owner_of_the_resource_is_known_only_with_an_account() -> None:
    service = "s3.amazonaws.com"
    assert request(principal=service).value("aws:ResourceAccount") is None
    assert request(principal=service, account="444455556666").value("aws:ResourceAccount") == ["444455556666"]
    assert request().value("aws:ResourceAccount") == ["111122223333"]
