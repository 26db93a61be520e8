"""Decision tables of the functions that policies are built from: values, predicates, documents, resources, stacks."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import pytest

from controls.data.d4_buckets.checks import forces_tls, protected, records_are_locked, tls_or_redirect, within_vpcs
from controls.network.n8_public_addresses.policies import POLICIES as ADDRESSES
from controls.rules import documents, predicates
from controls.rules.checks import OnResource, Stack
from controls.rules.containers import containers
from controls.rules.owners import created_by
from controls.rules.resources import Resource
from controls.rules.values import ABSENT, UNKNOWN, Problem, Props, Rule, Undecided, items, lookup
from policies.configuration import Parameters

ALL: Final = ("*", "arn:aws:s3:::x")


def outcome(rule: Callable[[Any], Iterator[Problem]], value: Any) -> str:
    """`ok`, `undecided`, or the problems in words."""
    problems = list(rule(value))
    if problems and all(isinstance(problem, Undecided) for problem in problems):
        return "undecided"
    return "; ".join(problems) or "ok"


@pytest.mark.parametrize(
    ("props", "path", "value"),
    [
        ({"a": 1}, "a", 1),
        ({"a": {"b": 2}}, "a.b", 2),
        ({"a": [{"b": 2}, {"b": 3}]}, "a.b", 2),
        ({"a": []}, "a.b", ABSENT),
        ({"a": {"b": None}}, "a.b", ABSENT),
        ({"a": 0}, "a", 0),
        ({"a": False}, "a", False),
        ({"a": "text"}, "a.b", ABSENT),
        ({}, "a.b", ABSENT),
        ({"a": UNKNOWN}, "a", UNKNOWN),
        ({"a": UNKNOWN}, "a.b", UNKNOWN),
        ({"a": UNKNOWN}, "a.b.c", UNKNOWN),
        ({"a": [UNKNOWN]}, "a.b", UNKNOWN),
    ],
)
def test_value_at_a_path(props: Props, path: str, value: Any) -> None:
    assert lookup(props, path) == value


@pytest.mark.parametrize(
    ("value", "listed"),
    [(ABSENT, []), (None, []), ([1, 2], [1, 2]), ((1,), [1]), ("x", ["x"]), ({}, [{}]), (UNKNOWN, [UNKNOWN])],
)
def test_value_as_a_list(value: Any, listed: list[Any]) -> None:
    assert items(value) == listed


TABLE: Final[list[tuple[Rule, Mapping[str, Any], str]]] = [
    (predicates.equals("a", 1, 2), {"a": 1}, "ok"),
    (predicates.equals("a", 1, 2), {"a": 2}, "ok"),
    (predicates.equals("a", 1, 2), {"a": 3}, "a must be 1 or 2, is 3"),
    (predicates.equals("a", 1), {}, "a must be 1, is absent"),
    (predicates.equals("a", 1, default=1), {}, "ok"),
    (predicates.equals("a", 1, default=1), {"a": 2}, "a must be 1, is 2"),
    (predicates.equals("a", 1, default=2), {}, "a must be 1, is 2"),
    (predicates.equals("a", 1), {"a": UNKNOWN}, "undecided"),
    (predicates.between("a", 2, 4), {"a": 2}, "ok"),
    (predicates.between("a", 2, 4), {"a": 4}, "ok"),
    (predicates.between("a", 2, 4), {"a": 2.5}, "ok"),
    (predicates.between("a", 2, 4), {"a": 1}, "a must be between 2 and 4, is 1"),
    (predicates.between("a", 2, 4), {"a": 5}, "a must be between 2 and 4, is 5"),
    (predicates.between("a", 2), {"a": 10**9}, "ok"),
    (predicates.between("a", 2), {"a": 1}, "a must be at least 2, is 1"),
    (predicates.between("a", 2), {"a": "3"}, "a must be at least 2, is '3'"),
    (predicates.between("a", 1), {"a": True}, "a must be at least 1, is True"),
    (predicates.between("a", 2), {}, "a must be at least 2, is absent"),
    (predicates.between("a", 2, default=3), {}, "ok"),
    (predicates.between("a", 2, default=1), {}, "a must be at least 2, is 1"),
    (predicates.between("a", 2, default=3), {"a": 1}, "a must be at least 2, is 1"),
    (predicates.between("a", 2), {"a": UNKNOWN}, "undecided"),
    (predicates.present("a", "b"), {"a": 1, "b": 0}, "ok"),
    (predicates.present("a"), {"a": False}, "ok"),
    (predicates.present("a"), {"a": UNKNOWN}, "ok"),
    (predicates.present("a", "b"), {"a": ""}, "a must be set; b must be set"),
    (predicates.present("a"), {"a": []}, "a must be set"),
    (predicates.present("a"), {"a": {}}, "a must be set"),
    (predicates.absent("a", "b"), {}, "ok"),
    (predicates.absent("a"), {"a": ""}, "ok"),
    (predicates.absent("a"), {"a": []}, "ok"),
    (predicates.absent("a"), {"a": {}}, "ok"),
    (predicates.absent("a"), {"a": False}, "ok"),
    (predicates.absent("a"), {"a": True}, "a must not be set"),
    (predicates.absent("a", "b"), {"a": 1, "b": [1]}, "a must not be set; b must not be set"),
    (predicates.matches("a", "^x", "a word with x"), {"a": "xy"}, "ok"),
    (predicates.matches("a", "^x", "a word with x"), {"a": "yx"}, "a must be a word with x, is 'yx'"),
    (predicates.matches("a", "1", "one"), {"a": 1}, "a must be one, is 1"),
    (predicates.matches("a", "^x", "a word with x"), {}, "a must be a word with x, is absent"),
    (predicates.matches("a", "^x", "a word with x"), {"a": UNKNOWN}, "undecided"),
    (predicates.includes("a", "x", "y"), {"a": ["y", "x", "z"]}, "ok"),
    (predicates.includes("a", "x", "y"), {"a": ["z"]}, "a lacks x, y"),
    (predicates.includes("a", "x", "y"), {}, "a lacks x, y"),
    (predicates.includes("a", "x"), {"a": "x"}, "ok"),
    (predicates.includes("a", "x", "y"), {"a": ["x", UNKNOWN]}, "undecided"),
    (predicates.includes("a", "x"), {"a": ["x", UNKNOWN]}, "ok"),
    (predicates.each("a", predicates.present("b")), {}, "ok"),
    (predicates.each("a", predicates.present("b")), {"a": [{"b": 1}, {}]}, "a[1].b must be set"),
    (
        predicates.each("a", predicates.present("b")),
        {"a": [UNKNOWN, {}]},
        f"{Undecided.at('a[0]')}; a[1].b must be set",
    ),
    (predicates.each("a", predicates.equals("b", 1)), {"a": [{"b": UNKNOWN}]}, "undecided"),
    (predicates.all_of(predicates.present("a"), predicates.present("b")), {}, "a must be set; b must be set"),
    (predicates.forbidden("never"), {"a": 1}, "never"),
    (predicates.when("a", (1, 2), predicates.present("b")), {"a": 2}, "b must be set"),
    (predicates.when("a", (1, 2), predicates.present("b")), {"a": 2, "b": 1}, "ok"),
    (predicates.when("a", (1, 2), predicates.present("b")), {"a": 3}, "ok"),
    (predicates.when("a", (1, 2), predicates.present("b")), {}, "ok"),
    (predicates.when("a", (1, 2), predicates.present("b")), {"a": UNKNOWN}, "undecided"),
    (predicates.if_present("a", predicates.present("b")), {}, "ok"),
    (predicates.if_present("a", predicates.present("b")), {"a": 0}, "b must be set"),
]


@pytest.mark.parametrize(("rule", "props", "expected"), TABLE, ids=range(len(TABLE)))
def test_predicate_decides(rule: Rule, props: Props, expected: str) -> None:
    assert outcome(rule, props) == expected


def passed(statements: list[Mapping[str, Any]]) -> Iterator[Problem]:
    """A rule that repeats the statements that it gets."""
    yield from (Problem(json.dumps(statement)) for statement in statements)


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({}, "ok"),
        ({"p": UNKNOWN}, "undecided"),
        ({"p": '{"Statement": {"Sid": "A"}}'}, '{"Sid": "A"}'),
        ({"p": '{"Statement": [{"Sid": "A"}, {"Sid": "B"}]}'}, '{"Sid": "A"}; {"Sid": "B"}'),
        ({"p": {"Statement": [{"Sid": "A"}, "text"]}}, '{"Sid": "A"}'),
        ({"p": "{}"}, "ok"),
        ({"p": "[1]"}, "p must be a policy document, an object with a Statement"),
        ({"p": "{"}, "p is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
    ],
)
def test_document_gives_its_statements(props: Props, expected: str) -> None:
    assert outcome(documents.document("p", passed), props) == expected


def test_rule_of_statements_names_the_statement_and_leaves_out_denials() -> None:
    rule = documents.every_allow(lambda statement: iter([Problem(str(statement.get("Action")))]))
    allows = [
        {"Effect": "Deny", "Action": "a"},
        {"Effect": "Allow", "Action": "b"},
        {"Effect": "Allow", "Action": "c", "Sid": "Named"},
        {"Action": "d"},
    ]
    assert outcome(rule, allows) == "statement number 2: b; statement Named: c"


EVERYTHING: Final = {"Effect": "Allow", "Resource": "*"}
NARROW: Final = {"Effect": "Allow", "Resource": "arn:aws:s3:::x"}
CONDITION: Final = {"Condition": {"StringEquals": {"aws:PrincipalTag/team": "x"}}}


@pytest.mark.parametrize("action", ["*", "*:*", "iam:*", "organizations:*", "kms:*", "s3:*", "sts:*"])
def test_administrator_rights_are_reported(action: str) -> None:
    problem = f"allows {action} on every resource"
    assert outcome(documents.no_administrator, {**EVERYTHING, "Action": action}) == problem
    assert outcome(documents.no_administrator, {**EVERYTHING, "Action": ["ec2:Describe*", action]}) == problem
    assert outcome(documents.no_administrator, {**EVERYTHING, "Resource": list(ALL), "Action": action}) == problem
    assert outcome(documents.no_administrator, {**NARROW, "Action": action}) == "ok"
    assert outcome(documents.no_administrator, {**EVERYTHING, **CONDITION, "Action": action}) == "ok"


def test_all_actions_but_a_few_are_administrator_rights() -> None:
    problem = "allows everything but a few actions (NotAction) on every resource"
    assert outcome(documents.no_administrator, {**EVERYTHING, "NotAction": "iam:*"}) == problem
    assert outcome(documents.no_administrator, {**NARROW, "NotAction": "iam:*"}) == "ok"
    assert outcome(documents.no_administrator, {**EVERYTHING, "Action": "ec2:*"}) == "ok"


@pytest.mark.parametrize("action", documents.PRIVILEGE_ESCALATION)
def test_each_way_to_more_rights_is_reported(action: str) -> None:
    problem = f"allows {action} on every resource, which is a way to administrator rights"
    assert outcome(documents.no_privilege_escalation, {**EVERYTHING, "Action": action}) == problem
    assert outcome(documents.no_privilege_escalation, {**EVERYTHING, "Action": ["s3:Get*", action.lower()]}) == problem
    assert problem in outcome(documents.no_privilege_escalation, {**EVERYTHING, "Action": f"{action[:-2]}*"})
    assert outcome(documents.no_privilege_escalation, {**NARROW, "Action": action}) == "ok"
    assert outcome(documents.no_privilege_escalation, {**EVERYTHING, **CONDITION, "Action": action}) == "ok"


def test_reading_is_no_way_to_more_rights() -> None:
    assert outcome(documents.no_privilege_escalation, {**EVERYTHING, "Action": ["iam:Get*", "iam:List*"]}) == "ok"


PUBLIC: Final = "allows everyone (Principal *) without a condition on organisation, account, VPC or source"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Principal": "*"}, PUBLIC),
        ({"Principal": {"AWS": "*"}}, PUBLIC),
        ({"Principal": {"AWS": ["arn:aws:iam::111111111111:root", "*"]}}, PUBLIC),
        ({"Principal": {"AWS": "arn:aws:iam::111111111111:root"}}, "ok"),
        ({"Principal": {"Service": "*"}}, "ok"),
        ({}, "ok"),
        ({"Principal": "*", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "ok"),
        ({"Principal": "*", "Condition": {"StringEquals": {"AWS:PrincipalOrgID": ["o-1"]}}}, "ok"),
        ({"Principal": "*", "Condition": {"ArnLike": {"aws:SourceArn": "arn:aws:s3:::x"}}}, "ok"),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, PUBLIC),
        ({"Principal": "*", "Condition": {"StringLike": {"aws:PrincipalOrgID": ["o-1", "*"]}}}, PUBLIC),
        ({"Principal": "*", "Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, PUBLIC),
        ({"Principal": "*", "Condition": {"Null": {"aws:PrincipalOrgID": "false"}}}, PUBLIC),
        ({"Principal": "*", "Condition": {"Bool": {"aws:SecureTransport": "true"}}}, PUBLIC),
        ({"Principal": "*", "Condition": "text"}, PUBLIC),
        ({"Principal": "*", "Condition": {"StringEquals": "text"}}, PUBLIC),
    ],
)
def test_public_principal_is_reported_unless_a_condition_narrows_it(
    statement: Mapping[str, Any], expected: str
) -> None:
    assert outcome(documents.no_public_principal, statement) == expected


PROVIDER: Final = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com"
KEY: Final = "token.actions.githubusercontent.com"


def github(aud: Any = "sts.amazonaws.com", sub: Any = "repo:owner/name:environment:prod", **tests: Any) -> Props:
    """A trust statement of GitHub's provider."""
    keys = {f"{KEY}:aud": aud, f"{KEY}:sub": sub, **tests}
    present = {key: value for key, value in keys.items() if value is not None}
    return {"Principal": {"Federated": PROVIDER}, "Condition": {"StringEquals": present}}


NO_AUDIENCE: Final = "the GitHub audience must be sts.amazonaws.com"
NO_SUBJECT: Final = "the GitHub subject (repository and environment) is not named: any repository could assume the role"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (github(), "ok"),
        (github(sub=["repo:owner/name:ref:refs/heads/main", "repo:owner/name:environment:*"]), "ok"),
        (github(aud="other"), NO_AUDIENCE),
        (github(aud=["sts.amazonaws.com", "other"]), NO_AUDIENCE),
        (github(aud=None), NO_AUDIENCE),
        (github(sub=None), NO_SUBJECT),
        (github(sub="repo:owner/*:ref:x"), "the GitHub subject 'repo:owner/*:ref:x' does not name one repository"),
        (github(sub="repo:owner"), "the GitHub subject 'repo:owner' does not name one repository"),
        ({"Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/x"}}, "ok"),
        ({"Principal": "*"}, "ok"),
        ({"Principal": {"Federated": [PROVIDER, "x"]}}, f"{NO_AUDIENCE}; {NO_SUBJECT}"),
    ],
)
def test_trust_in_github_names_audience_and_repository(statement: Props, expected: str) -> None:
    assert outcome(documents.github_subject_is_named, statement) == expected


INSECURE: Final = {"Bool": {"aws:SecureTransport": "false"}}
TLS: Final[Mapping[str, Any]] = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Condition": INSECURE}
NO_TLS: Final = "no statement denies every principal s3:* when aws:SecureTransport is false"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "ok"),
        ({"Principal": {"AWS": "*"}}, "ok"),
        ({"Principal": {"AWS": ["x", "*"]}}, "ok"),
        ({"Action": "*"}, "ok"),
        ({"Action": ["s3:GetObject", "s3:*"]}, "ok"),
        ({"Condition": {"Bool": {"AWS:SECURETRANSPORT": False}}}, "ok"),
        ({"Effect": "Allow"}, NO_TLS),
        ({"Principal": {"AWS": "x"}}, NO_TLS),
        ({"Principal": {"Service": "*"}}, NO_TLS),
        ({"Action": "s3:GetObject"}, NO_TLS),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, NO_TLS),
        ({"Condition": {**INSECURE, "StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, NO_TLS),
        ({"Condition": {}}, NO_TLS),
    ],
)
def test_denial_of_unencrypted_requests(change: Mapping[str, Any], expected: str) -> None:
    other = {"Effect": "Allow", "Principal": "*", "Action": "*"}
    assert outcome(documents.denies_insecure_transport, [other, {**TLS, **change}]) == expected


ANY_TLS: Final = "no statement denies every principal when aws:SecureTransport is false"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "ok"),
        ({"Principal": {"AWS": "*"}, "Action": "elasticfilesystem:ClientMount"}, "ok"),
        ({"Effect": "Allow"}, ANY_TLS),
        ({"Principal": {"AWS": "x"}}, ANY_TLS),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, ANY_TLS),
    ],
)
def test_denial_of_unencrypted_requests_of_any_service(change: Mapping[str, Any], expected: str) -> None:
    assert outcome(documents.denies_any_insecure_transport, [{**TLS, **change}]) == expected
    assert outcome(documents.denies_any_insecure_transport, []) == ANY_TLS


HEADER: Final = "s3:x-amz-server-side-encryption-aws-kms-key-id"
WRONG_KEYS: Final[Mapping[str, Any]] = {
    "Effect": "Deny",
    "Principal": "*",
    "Condition": {"StringNotEquals": {HEADER: "key"}, "Null": {HEADER: "false"}},
}
NO_KEYS: Final = "no statement denies every principal to put objects under another key"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "ok"),
        ({"Principal": {"AWS": "*"}}, "ok"),
        ({"Effect": "Allow"}, NO_KEYS),
        ({"Principal": {"AWS": "x"}}, NO_KEYS),
        ({"Condition": {"StringNotEquals": {HEADER: "key"}}}, NO_KEYS),
        ({"Condition": {"StringNotEquals": {HEADER: "key"}, "Null": {HEADER: "true"}}}, NO_KEYS),
        ({"Condition": {"StringEquals": {HEADER: "key"}, "Null": {HEADER: "false"}}}, NO_KEYS),
    ],
)
def test_denial_of_other_keys(change: Mapping[str, Any], expected: str) -> None:
    assert outcome(documents.denies_wrong_keys, [{**WRONG_KEYS, **change}]) == expected


OUTSIDE: Final = "no statement denies every principal that comes through no endpoint of the organisation"
FROM_OUTSIDE: Final[Mapping[str, Any]] = {
    "Effect": "Deny",
    "Principal": "*",
    "Condition": {"StringNotEqualsIfExists": {"aws:VpceOrgID": "o-1"}},
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, "ok"),
        *(
            ({"Condition": {"StringNotEquals": {key: "x"}}}, "ok")
            for key in ("aws:VpceAccount", "aws:VpceOrgPaths", "aws:SourceVpc", "aws:SourceVpce")
        ),
        ({"Principal": {"AWS": "*"}}, "ok"),
        ({"Principal": {"AWS": "x"}}, OUTSIDE),
        ({"Effect": "Allow"}, OUTSIDE),
        ({"Condition": {"StringEquals": {"aws:VpceOrgID": "o-1"}}}, OUTSIDE),
        ({"Condition": {"StringNotEquals": {"aws:PrincipalOrgID": "o-1"}}}, OUTSIDE),
    ],
)
def test_denial_of_requests_from_outside_the_endpoints(change: Mapping[str, Any], expected: str) -> None:
    assert outcome(documents.denies_outside_endpoints, [{**FROM_OUTSIDE, **change}]) == expected
    if expected == "ok":
        policy = json.dumps({"Statement": [{**FROM_OUTSIDE, **change}]})
        assert outcome(within_vpcs, {"policy": policy}) == "ok"


@pytest.mark.parametrize(
    ("props", "expected"),
    [
        ({"vpcConfiguration": {"vpcId": "vpc-1"}}, "ok"),
        ({}, "neither vpcConfiguration nor a policy keeps requests from elsewhere out"),
        ({"policy": ""}, "neither vpcConfiguration nor a policy keeps requests from elsewhere out"),
        ({"policy": UNKNOWN}, "ok"),
        ({"policy": '{"Statement": []}'}, OUTSIDE),
    ],
)
def test_access_point_is_limited_to_vpcs(props: Props, expected: str) -> None:
    assert outcome(within_vpcs, props) == expected


def resource(**fields: Any) -> Resource:
    given: dict[str, Any] = {"type": "t", "name": "r", "urn": "urn:r", "props": {}, **fields}
    return Resource(**given)


@pytest.mark.parametrize(
    ("own", "provider", "region"),
    [
        ({"region": "us-east-1"}, {"region": "us-west-2"}, "us-east-1"),
        ({}, {"region": "us-west-2"}, "us-west-2"),
        ({"region": UNKNOWN}, {"region": "us-west-2"}, "us-west-2"),
        ({}, {}, ABSENT),
    ],
)
def test_region_of_a_resource(own: Props, provider: Props, region: Any) -> None:
    assert resource(props=own, provider=provider).region == region


def test_tags_of_a_resource_override_those_of_its_provider() -> None:
    both = resource(props={"tags": {"a": "1"}}, provider={"defaultTags": {"tags": {"a": "2", "b": "3"}}})
    assert both.tags() == {"a": "1", "b": "3"}
    assert (both.tag("a"), both.tag("b"), both.tag("c")) == ("1", "3", ABSENT)
    assert resource(props={"tags": UNKNOWN}).tags() == {}
    assert resource(props={"tags": {"a": None}}, provider={"defaultTags": {"tags": {"a": "2"}}}).tag("a") == "2"


@pytest.mark.parametrize(
    ("urn", "child"),
    [
        ("urn:pulumi:s::p::hipaa-ml:x:Owner$aws:t::r", True),
        ("urn:pulumi:s::p::hipaa-ml:x:Outer$hipaa-ml:x:Owner$hipaa-ml:x:Inner$aws:t::r", True),
        ("urn:pulumi:s::p::hipaa-ml:x:Other$aws:t::r", False),
        ("urn:pulumi:s::p::hipaa-ml:x:Owner::r", False),
        ("urn", False),
        ("urn:pulumi:s::p::t", False),
    ],
)
def test_owner_is_a_parent_component(urn: str, child: bool) -> None:
    assert created_by(resource(urn=urn), "hipaa-ml:x:Owner") is child


def test_stack_finds_resources_by_type_and_reference() -> None:
    owner = resource(type="bucket", name="b", urn="urn:b", props={"id": "b-1"})
    by_urn = resource(type="policy", name="p1", urn="urn:p1", depends={"bucket": ["urn:b"]})
    by_name = resource(type="policy", name="p2", urn="urn:p2", props={"bucket": "b-1"})
    others = [
        resource(type="policy", name="p3", urn="urn:p3", props={"bucket": "b-2"}, depends={"other": ["urn:b"]}),
        resource(type="policy", name="p4", urn="urn:p4", props={"bucket": UNKNOWN}),
        resource(type="policy", name="p5", urn="urn:p5"),
        resource(type="block", name="k", urn="urn:k", depends={"bucket": ["urn:b"]}),
    ]
    stack = Stack([owner, by_urn, by_name, *others])
    assert stack.companions(owner, "policy", "bucket") == [by_urn, by_name]
    assert stack.companions(owner, "nothing", "bucket") == []
    assert [found.name for found in stack.of("block", "bucket")] == ["k", "b"]
    nameless = resource(type="bucket", name="n", urn="urn:n")
    assert Stack([nameless, others[2]]).companions(nameless, "policy", "bucket") == []


def test_container_definitions_are_read_from_json() -> None:
    text = json.dumps([{"name": "a", "image": "i"}, {"image": "j"}])
    assert [name for name, _ in containers({"containerDefinitions": text})] == ["a", "?"]
    for other in ("{", 3, UNKNOWN):
        assert list(containers({"containerDefinitions": other})) == []


@pytest.mark.parametrize(
    ("parameters", "forced"),
    [
        ([{"name": "rds.force_ssl", "value": "1"}], True),
        ([{"name": "require_secure_transport", "value": "ON"}], True),
        ([{"name": "require_secure_transport", "value": True}], True),
        ([{"name": "rds.force_ssl", "value": "0"}], False),
        ([{"name": "log_statement", "value": "1"}], False),
        ([UNKNOWN, {"name": "rds.force_ssl", "value": "1"}], True),
        ([], False),
    ],
)
def test_parameter_group_forces_tls(parameters: list[Any], forced: bool) -> None:
    assert (outcome(forces_tls, {"parameters": parameters}) == "ok") is forced


@pytest.mark.parametrize(
    ("props", "ok"),
    [
        ({"protocol": "HTTP", "defaultActions": [{"type": "redirect"}]}, True),
        ({"protocol": "HTTP", "defaultActions": [{"type": "redirect"}, {"type": "forward"}]}, False),
        ({"protocol": "HTTP"}, False),
        ({"protocol": "TCP", "defaultActions": [{"type": "forward"}]}, False),
        ({"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}, True),
        ({"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-FS-1-2-Res-2020-10"}, True),
        ({"protocol": "HTTPS", "sslPolicy": "ELBSecurityPolicy-2016-08"}, False),
        ({"protocol": "TLS", "sslPolicy": "ELBSecurityPolicy-TLS13-1-0-2021-06"}, False),
        ({"protocol": "HTTPS"}, False),
    ],
)
def test_listener_uses_tls_or_redirects(props: Props, ok: bool) -> None:
    assert (outcome(tls_or_redirect, props) == "ok") is ok


@pytest.mark.parametrize(
    ("protect", "tag", "ok"),
    [(True, "phi", True), (False, "phi", False), (False, "synthetic", True), (False, "records", False)],
)
def test_what_holds_data_is_protected(protect: bool, tag: str, ok: bool) -> None:
    held = resource(protect=protect, props={"tags": {"data-classification": tag}})
    assert (list(protected(held, Parameters())) == []) is ok


ACL: Final = next(policy.check for policy in ADDRESSES if policy.name == "acl-no-administration")
ALLOW: Final = {"ruleNo": 100, "action": "allow", "protocol": "tcp", "fromPort": 22, "toPort": 22}
DENY: Final = {**ALLOW, "ruleNo": 90, "action": "deny"}
IPV4: Final = {"cidrBlock": "0.0.0.0/0"}
IPV6: Final = {"ipv6CidrBlock": "::/0"}
IN: Final = "rule 100 lets port 22 in from anywhere"


@pytest.mark.parametrize(
    ("ingress", "expected"),
    [
        ([{**ALLOW, **IPV4}], IN),
        ([{**ALLOW, **IPV6}], IN),
        ([{**ALLOW, "cidrBlock": "10.0.0.0/8"}], "ok"),
        ([{**ALLOW, "ipv6CidrBlock": "2001:db8::/32"}], "ok"),
        ([{**ALLOW, **IPV4}, {**DENY, **IPV4}], "ok"),
        ([{**ALLOW, **IPV6}, {**DENY, **IPV4}], IN),
        ([{**ALLOW, **IPV4}, {**DENY, **IPV6}], IN),
        ([{**ALLOW, **IPV4}, {**DENY, **IPV4, "ruleNo": 110}], IN),
        ([{**ALLOW, **IPV4, "fromPort": 23, "toPort": 80}], "ok"),
        ([{**ALLOW, **IPV4, "fromPort": 1, "toPort": 21}], "ok"),
        ([{**ALLOW, **IPV4, "fromPort": 1, "toPort": 22}], IN),
        ([{**ALLOW, **IPV4, "fromPort": 3389, "toPort": 3389}], "rule 100 lets port 3389 in from anywhere"),
        ([{**ALLOW, **IPV4, "protocol": "-1"}], f"{IN}; rule 100 lets port 3389 in from anywhere"),
        ([UNKNOWN], "ok"),
    ],
)
def test_acl_lets_no_administration_in(ingress: list[Any], expected: str) -> None:
    assert isinstance(ACL, OnResource)
    check = ACL.check
    assert outcome(lambda acl: check(acl, Parameters()), resource(props={"ingress": ingress})) == expected


@pytest.mark.parametrize(
    ("retention", "ok"),
    [
        ({"mode": "COMPLIANCE", "years": 7}, True),
        ({"mode": "COMPLIANCE", "years": 5}, False),
        ({"mode": "GOVERNANCE", "years": 7}, False),
        ({"mode": "COMPLIANCE", "days": 2557}, True),
        ({"mode": "COMPLIANCE", "days": 365}, False),
        ({"mode": "COMPLIANCE"}, False),
    ],
)
def test_records_are_locked_for_six_years(retention: Mapping[str, Any], ok: bool) -> None:
    rule = records_are_locked(Parameters())
    assert (outcome(rule, {"rule": {"defaultRetention": retention}}) == "ok") is ok
