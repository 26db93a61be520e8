"""The syntax of filter patterns: the examples of the CloudWatch Logs User Guide, and patterns that it excludes."""

import pytest

from rehearsal.cloud.rules.filter_patterns import is_filter_pattern


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "ERROR",
        "ERROR ARGUMENTS",
        "?ERROR ?ARGUMENTS",
        "ERROR -ARGUMENTS",
        '"INTERNAL SERVER ERROR"',
        '"a \\" b"',
        "%AUTHORIZED%",
        '{ $.eventType = "UpdateTrail" }',
        '{ $.sourceIPAddress != "123.123.*" }',
        "{ $.arrayKey[0] = %val.{2}% }",
        "{ $.bandwidth > 75 }",
        "{ $.errorCode = 4* }",
        "{ $.SomeObject IS NULL }",
        "{ $.SomeOtherObject NOT EXISTS }",
        "{ $.ThisFlag IS TRUE }",
        '{ ($.user.id = 1) && ($.users[0].email = "John.Doe@example.com") }',
        '{ $.user.email = "a" || $.coordinates[0][1] = "b" && $.actions[2] = c }',
        '{ (($.a = 1) || ($.b = "x") || $.c = d) && $.e EXISTS }',
        "[ip, user, username, timestamp, request, status_code, bytes > 1000]",
        '[..., request = "*.html*", status_code = 4* && status_code != 404]',
        "[w1 = %ERROR%]",
    ],
)
def test_pattern_of_the_documentation_is_accepted(pattern: str) -> None:
    assert is_filter_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        "{ $.a = 1",
        "{ a = 1 }",
        "{ $.a = }",
        "{ }",
        "{ ($.a = 1 }",
        "{ $.a = 1 & $.b = 2 }",
        "{ $.a = 1 $.b = 2 }",
        "{ $.a ~ 1 }",
        "[a, b",
        "[]",
        "[a,]",
        "[a b]",
        '"unended',
        "a=b",
        "%unended",
    ],
)
def test_other_pattern_is_refused(pattern: str) -> None:
    assert not is_filter_pattern(pattern)
