"""The settings refuse values that AWS refuses, and name the key."""

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from zone.settings import types as t


def accepts(kind: Any, value: str) -> bool:
    """Whether a type accepts a value; a refusal must name what is allowed."""
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        return "allowed: " not in str(error)
    return True


@pytest.mark.parametrize("name", ["ml-prod", "x", "a1-b2-c3", "a" * 40])
def test_account_name_that_ends_an_alias_is_accepted(name: str) -> None:
    assert accepts(t.AccountName, name)


@pytest.mark.parametrize("name", ["x-", "a--b", "-x", "1x", "X", "", "a" * 41])
def test_account_name_that_no_alias_ends_with_is_refused(name: str) -> None:
    assert not accepts(t.AccountName, name)


@pytest.mark.parametrize("prefix", ["a--b", "ab-", "sthree-x", "amzn-s3-demo-x", "a", "ab", "a" * 21])
def test_prefix_that_aws_refuses_in_names_is_refused(prefix: str) -> None:
    assert not accepts(t.Prefix, prefix)


@pytest.mark.parametrize("phone", ["+1-555-0100", "+1 (555) 010-0100", "5" * 25])
def test_phone_number_of_an_alternate_contact_is_accepted(phone: str) -> None:
    assert accepts(t.Phone, phone)


@pytest.mark.parametrize("phone", ["+1.555.0100", "5" * 26, "+" + "5" * 25, "", "()", "+1-555-CALL"])
def test_phone_number_that_aws_refuses_is_refused(phone: str) -> None:
    assert not accepts(t.Phone, phone)


@pytest.mark.parametrize("email", ["aws+ml-dev@hospital.example", "a.b_c@x-y.hospital.example", "a@b.co"])
def test_email_of_an_account_is_accepted(email: str) -> None:
    assert accepts(t.Email, email)


@pytest.mark.parametrize(
    "email",
    [
        "o'neill@hospital.example",
        "50%@hospital.example",
        "a b@c.example",
        ".a@b.example",
        "a.@b.example",
        "a@-b.example",
        "a@b-.example",
        "a@b",
        f"{'a' * 60}@b.example",
        "a&b@c.example",
    ],
)
def test_email_that_aws_refuses_is_refused(email: str) -> None:
    assert not accepts(t.Email, email)


@pytest.mark.parametrize("value", ["cloud@hospital.example", "R and D: cloud/ml", "Kardiologie-Über", "x" * 256])
def test_tag_value_is_accepted(value: str) -> None:
    assert accepts(t.TagValue, value)


@pytest.mark.parametrize("value", ["R&D (cloud)", "a,b", "aws:x", "", "x" * 257, "a\nb"])
def test_tag_value_that_aws_refuses_is_refused(value: str) -> None:
    assert not accepts(t.TagValue, value)
