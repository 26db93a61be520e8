"""Condition operators hold as documented in the IAM User Guide, "Condition operators"."""

from collections.abc import Sequence

import pytest

from authorization import PolicyError, Principal, Request
from authorization.conditions import condition_holds

REQUEST = Request(principal=Principal.of("s3.amazonaws.com"), action="s3:GetObject", resource="*")
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
    ("StringEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": []}, False),
    ("StringNotEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": []}, True),
    ("StringEqualsIfExists", "aws:TagKeys", ["a"], {"aws:TagKeys": []}, True),
    ("StringEquals", "aws:TagKeys", ["a", "b"], {"aws:TagKeys": ["a", "b"]}, False),
    ("StringEquals", "s3:prefix", ["", "home/"], {"s3:prefix": [""]}, True),
    ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": [""]}, True),
    ("ForAnyValue:StringEquals", "aws:TagKeys", [""], {"aws:TagKeys": [""]}, False),
    ("ForAllValues:StringNotEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": ["a", "b"]}, False),
    ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], {"aws:TagKeys": ["a", "b"]}, True),
    ("ForAnyValue:StringEqualsIfExists", "aws:TagKeys", ["a"], {}, True),
    ("ForAllValues:StringEqualsIfExists", "aws:TagKeys", ["a"], {"aws:TagKeys": ["c"]}, False),
    ("Null", "aws:TagKeys", "true", {"aws:TagKeys": []}, True),
    ("Null", "aws:TagKeys", "false", {"AWS:tagkeys": ["a"]}, True),
    ("Null", "aws:TagKeys", ["true", "false"], {}, True),
    ("StringEqualsIgnoreCase", "aws:ResourceTag/Team", "A", {"aws:resourcetag/team": ["a"]}, True),
    ("StringLike", "s3:prefix", "${*}", {"s3:prefix": ["x"]}, False),
    ("StringLike", "s3:prefix", "${*}", {"s3:prefix": ["*"]}, True),
    ("StringEquals", "s3:prefix", "a${?}", {"s3:prefix": ["a?"]}, True),
    ("StringLike", "s3:prefix", "${aws:username}/*", {"s3:prefix": ["bob/x"], "aws:username": ["*"]}, False),
    ("StringNotEquals", "s3:prefix", "${aws:username}", {"s3:prefix": ["bob"]}, True),
    ("StringEquals", "s3:prefix", "${aws:TagKeys}", {"s3:prefix": ["a"], "aws:TagKeys": ["a", "b"]}, False),
    ("ArnLike", "aws:SourceArn", "arn:aws:s3:*", {"aws:SourceArn": ["arn:aws:s3:::b"]}, False),
    ("ArnLike", "aws:SourceArn", "*", {"aws:SourceArn": ["arn:aws:s3:::b"]}, True),
    ("ArnEquals", "aws:SourceArn", "arn:aws:s3:::b*", {"aws:SourceArn": ["arn:aws:s3:::bucket:x"]}, True),
    ("ArnNotLike", "aws:SourceArn", "arn:aws:s3:::b", {"aws:SourceArn": ["arn:aws:s3:::c"]}, True),
    ("NumericEquals", "s3:max-keys", "10", {"s3:max-keys": ["10.0"]}, True),
    ("NumericEquals", "s3:max-keys", "inf", {"s3:max-keys": ["inf"]}, False),
    ("NumericNotEquals", "s3:max-keys", "10", {"s3:max-keys": ["11"]}, True),
    ("NumericGreaterThanEquals", "s3:max-keys", "10", {"s3:max-keys": ["10"]}, True),
    ("NumericLessThanEquals", "s3:max-keys", "10", {"s3:max-keys": ["11"]}, False),
    ("DateLessThan", "aws:CurrentTime", "2026-01", {"aws:CurrentTime": ["2025-12-31T23:59:59Z"]}, True),
    ("DateEquals", "aws:EpochTime", "1970-01-02", {"aws:EpochTime": ["86400"]}, True),
    ("DateGreaterThan", "aws:CurrentTime", "2026-01-01T01:00:00+02:00", {"aws:CurrentTime": ["2026-01-01"]}, True),
    ("DateNotEquals", "aws:CurrentTime", "2026-01-01", {"aws:CurrentTime": ["2026-01-02"]}, True),
    ("IpAddress", "aws:SourceIp", "2001:db8::/32", {"aws:SourceIp": ["2001:db8:1::1"]}, True),
    ("IpAddress", "aws:SourceIp", "::/0", {"aws:SourceIp": ["10.0.0.1"]}, False),
    ("NotIpAddress", "aws:SourceIp", ["10.0.0.0/8", "::/0"], {"aws:SourceIp": ["2001:db8::1"]}, False),
    ("IpAddress", "aws:SourceIp", "10.0.0.1", {"aws:SourceIp": ["10.0.0.1"]}, True),
    ("IpAddress", "aws:SourceIp", "0.0.0.0/0", {"aws:SourceIp": ["1.2.3.4"]}, True),
    ("BinaryEquals", "app:key", "QmluYXJ5", {"app:key": ["QmluYXJ5"]}, True),
    ("BinaryEquals", "app:key", "QmluYXJ5", {"app:key": ["Binary"]}, False),
    ("Bool", "aws:SecureTransport", "TRUE", {"aws:SecureTransport": ["true"]}, True),
    ("Bool", "aws:SecureTransport", "${aws:username}", {"aws:SecureTransport": ["true"]}, False),
    ("StringNotLike", "s3:prefix", "team-*", {"s3:prefix": ["team-x"]}, False),
    ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/z/*", {"aws:PrincipalArn": ["arn:aws:iam::1:role/z/x"]}, True),
    ("NumericLessThan", "s3:TlsVersion", "1.2", {"s3:TlsVersion": ["1.1"]}, True),
]


@pytest.mark.parametrize(("operator", "key", "policy_values", "context", "expected"), CONDITIONS)
def test_condition_operator_holds_as_documented(
    operator: str, key: str, policy_values: str | list[str], context: dict[str, list[str]], expected: bool
) -> None:
    request = Request(principal=Principal.of("s3.amazonaws.com"), action="s3:GetObject", resource="*", context=context)
    assert (
        condition_holds(operator, key, [policy_values] if isinstance(policy_values, str) else policy_values, request)
        is expected
    )


@pytest.mark.parametrize("operator", ["StringEqual", "ForEachValue:StringEquals", "NotBool", "NullIfExists"])
def test_unknown_condition_operator_is_refused(operator: str) -> None:
    with pytest.raises(PolicyError):
        condition_holds(operator, "aws:PrincipalArn", ["x"], REQUEST)


ORDER = {
    "Equals": (False, True, False),
    "LessThan": (True, False, False),
    "LessThanEquals": (True, True, False),
    "GreaterThan": (False, False, True),
    "GreaterThanEquals": (False, True, True),
}
"""Operator -> whether it holds for a value below the limit, at the limit, and above it."""
VALUES = {
    "Numeric": ("s3:max-keys", "10", ("9.5", "10.0", "10.5")),
    "Date": ("aws:CurrentTime", "2026-01-01", ("2025-12-31T23:59:59Z", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")),
}


@pytest.mark.parametrize("kind", VALUES)
@pytest.mark.parametrize("order", ORDER)
def test_ordering_holds_below_at_and_above_the_limit(kind: str, order: str) -> None:
    key, limit, values = VALUES[kind]
    decided = tuple(
        condition_holds(
            f"{kind}{order}",
            key,
            [limit],
            Request(principal=REQUEST.principal, action="s3:GetObject", resource="*", context={key: [value]}),
        )
        for value in values
    )
    assert decided == ORDER[order]


@pytest.mark.parametrize(("variables", "value"), [(True, "111122223333"), (False, "${aws:PrincipalAccount}")])
def test_variable_is_text_where_the_policy_has_no_variables(variables: bool, value: str) -> None:
    principal = Principal.of("arn:aws:iam::111122223333:role/trainer")
    for text, holds in ((value, True), ("111122223333" if not variables else "${aws:PrincipalAccount}", False)):
        request = Request(principal=principal, action="s3:GetObject", resource="*", context={"s3:prefix": [text]})
        decided = condition_holds(
            "StringEquals", "s3:prefix", ["${aws:PrincipalAccount}"], request, variables=variables
        )
        assert decided is holds
