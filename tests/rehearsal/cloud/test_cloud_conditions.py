import pytest

from rehearsal.cloud.patches.conditions import applies, met


@pytest.mark.parametrize(
    ("operator", "have", "wanted", "expected"),
    [
        ("StringEquals", "a", ["a", "b"], True),
        ("StringEquals", None, ["a"], False),
        ("StringEqualsIfExists", None, ["a"], True),
        ("StringNotEquals", "a", ["a"], False),
        ("StringNotEquals", None, ["a"], True),
        ("StringNotLike", "team-x", ["team-*"], False),
        ("ArnLike", "arn:aws:iam::1:role/zone/x", ["arn:aws:iam::*:role/zone/*"], True),
        ("Bool", "true", ["false"], False),
        ("Bool", None, ["false"], False),
        ("BoolIfExists", None, ["false"], True),
        ("NumericLessThan", "1.1", ["1.2"], True),
        ("Null", None, ["true"], True),
        ("Null", "x", ["true"], False),
        ("ForAnyValue:StringEquals", "a", ["a"], True),
        ("ForAllValues:StringEquals", None, ["a"], True),
        ("IpAddress", "1.2.3.4", ["0.0.0.0/0"], False),
    ],
)
def test_a_condition_is_met_as_in_aws(operator: str, have: str | None, wanted: list[str], *, expected: bool) -> None:
    assert met(operator, have, wanted) is expected


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "s3:Get*", "Resource": "*", "Principal": "*"}, True),
        ({"Action": "S3:getobject", "Resource": "*", "Principal": {"AWS": "*"}}, True),
        ({"NotAction": "s3:Get*", "Resource": "*"}, False),
        ({"Action": "s3:*", "Resource": "arn:aws:s3:::other/*"}, False),
        ({"Action": "s3:*", "NotResource": "arn:aws:s3:::other/*"}, True),
        ({"Action": "s3:*", "Resource": "*", "Principal": {"AWS": "arn:aws:iam::2:root"}}, False),
        ({"Action": "s3:*", "Resource": "*", "NotPrincipal": {"AWS": "arn:aws:iam::1:root"}}, False),
        ({"Action": "s3:*", "Resource": "*", "Principal": {"Service": "s3.amazonaws.com"}}, False),
        ({"Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": False}}}, False),
    ],
)
def test_a_statement_applies_by_all_of_its_elements(statement: dict[str, object], *, expected: bool) -> None:
    answer = applies(
        statement,
        action="s3:GetObject",
        resource="arn:aws:s3:::bucket/key",
        principals=["arn:aws:iam::1:root"],
        context={"aws:securetransport": "true"},
    )
    assert answer is expected
