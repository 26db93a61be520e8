"""A statement applies to a request by all of its elements."""

from collections.abc import Mapping
from typing import Any

import pytest

from authorization import Policy, Principal, Request, statement_applies

ROOT = "arn:aws:iam::111122223333:root"
ROLE = "arn:aws:iam::111122223333:role/reader"
SESSION = "arn:aws:sts::111122223333:assumed-role/reader/session"
OTHER_SESSION = "arn:aws:sts::111122223333:assumed-role/reader/other"
USER = "arn:aws:iam::111122223333:user/alice"
SERVICE = "logging.s3.amazonaws.com"


def applies(
    statement: Mapping[str, Any],
    *,
    principal: str = ROOT,
    resource: str = "arn:aws:s3:::bucket/key",
    context: Mapping[str, str] | None = None,
    version: str = "2012-10-17",
) -> bool:
    document = {"Version": version, "Statement": {"Effect": "Deny", **statement}}
    request = Request(
        principal=Principal.of(principal),
        action="s3:GetObject",
        resource=resource,
        context={key: [value] for key, value in (context or {}).items()},
    )
    return statement_applies(Policy.parse("policy", document).statements[0], request)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "s3:Get*", "Resource": "*", "Principal": "*"}, True),
        ({"Action": "S3:getobject", "Resource": "*", "Principal": {"AWS": "*"}}, True),
        ({"NotAction": "s3:Get*", "Resource": "*"}, False),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}, False),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}, True),
        ({"Action": "s3:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::222222222222:root"}}, False),
        ({"Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": ROOT}}, False),
        ({"Action": "s3:*", "Resource": "*", "Principal": {"Service": "s3.amazonaws.com"}}, False),
        ({"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": False}}}, False),
    ],
)
def test_statement_applies_by_all_of_its_elements(statement: dict[str, object], *, expected: bool) -> None:
    assert applies(statement, context={"aws:securetransport": "true"}) is expected


@pytest.mark.parametrize(
    ("principals", "principal", "expected"),
    [
        ("*", SERVICE, True),
        ({"AWS": "*"}, SERVICE, True),
        ({"AWS": "*"}, ROLE, True),
        ({"Service": SERVICE}, SERVICE, True),
        ({"Service": SERVICE}, ROLE, False),
        ({"AWS": "111122223333"}, ROLE, True),
        ({"AWS": ROOT}, SESSION, True),
        ({"AWS": ROOT}, SERVICE, False),
        ({"AWS": "arn:aws:iam::444455556666:root"}, ROLE, False),
        ({"AWS": ROLE}, SESSION, True),
        ({"AWS": SESSION}, SESSION, True),
        ({"AWS": SESSION}, OTHER_SESSION, False),
        ({"AWS": SESSION}, ROLE, False),
        ({"AWS": "arn:aws:iam::111122223333:role/*"}, ROLE, False),
        ({"AWS": USER}, USER, True),
    ],
)
def test_principal_element_names_principals(principals: object, principal: str, *, expected: bool) -> None:
    statement = {"Action": "*", "Resource": "*", "Principal": principals}
    assert applies(statement, principal=principal) is expected


@pytest.mark.parametrize(
    ("spared", "principal", "denied"),
    [
        ([ROLE], ROLE, True),  # the account is not listed
        ([ROOT], ROLE, True),  # the role is not listed
        ([ROOT, ROLE], ROLE, False),
        ([ROOT, ROLE], SESSION, True),  # the session is not listed
        ([ROOT, ROLE, SESSION], SESSION, False),
        (["111122223333", USER], USER, False),
        ([ROOT, ROLE], USER, True),
        (["*"], USER, False),
        ([ROOT, ROLE], SERVICE, True),
    ],
)
def test_not_principal_with_deny_spares_only_fully_listed_identities(
    spared: list[str], principal: str, *, denied: bool
) -> None:
    statement = {"Action": "*", "Resource": "*", "NotPrincipal": {"AWS": spared}}
    assert applies(statement, principal=principal) is denied


def test_not_principal_with_service_spares_the_service() -> None:
    statement = {"Action": "*", "Resource": "*", "NotPrincipal": {"Service": SERVICE}}
    assert not applies(statement, principal=SERVICE)


@pytest.mark.parametrize(
    ("tags", "key", "denied"),
    [
        ({"aws:principaltag/team": "cardiology"}, "cardiology/a", False),
        ({"aws:principaltag/team": "cardiology"}, "oncology/a", True),
        ({}, "cardiology/a", True),
        ({}, "no-team/a", False),
    ],
)
def test_variable_is_principal_tag_or_default(tags: dict[str, str], key: str, *, denied: bool) -> None:
    statement = {"Action": "*", "Principal": "*", "NotResource": "b/${aws:PrincipalTag/team, 'no-team'}/*"}
    assert applies(statement, resource=f"b/{key}", context=tags) is denied


def test_variable_without_value_or_default_matches_nothing() -> None:
    statement = {"Action": "*", "Principal": "*", "Resource": "b/${aws:PrincipalTag/team}/*"}
    assert not applies(statement, resource="b/x/a")


@pytest.mark.parametrize(
    ("pattern", "resource", "context", "expected"),
    [
        ("b/${*}", "b/*", {}, True),
        ("b/${*}", "b/x", {}, False),
        ("b/${?}", "b/?", {}, True),
        ("b/${?}", "b/x", {}, False),
        ("b/${$}{x}", "b/${x}", {}, True),
        ("b/${aws:PrincipalTag/team}/*", "b/x/y", {"aws:PrincipalTag/team": "*"}, False),
        ("b/${aws:PrincipalTag/team}/*", "b/*/y", {"aws:PrincipalTag/team": "*"}, True),
    ],
)
def test_values_of_variables_never_act_as_wildcards(
    pattern: str, resource: str, context: dict[str, str], *, expected: bool
) -> None:
    assert applies({"Action": "*", "Resource": pattern}, resource=resource, context=context) is expected


def test_variables_need_version_2012_10_17() -> None:
    statement = {"Action": "*", "Resource": "b/${aws:PrincipalTag/team}/*"}
    tags = {"aws:PrincipalTag/team": "x"}
    assert applies(statement, resource="b/x/a", context=tags)
    assert not applies(statement, resource="b/x/a", context=tags, version="2008-10-17")
    assert applies(statement, resource="b/${aws:PrincipalTag/team}/a", context=tags, version="2008-10-17")
