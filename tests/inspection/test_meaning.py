"""Values mean the same to AWS, or do not."""

import json
from typing import Any

import pytest

from inspection.resources.meaning import property_differences, same_meaning


def policy(*statements: dict[str, Any], **more: Any) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


READ: dict[str, Any] = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": {"AWS": ["arn:aws:iam::111111111111:root"]},
    "Action": ["s3:GetObject", "s3:ListBucket"],
    "Resource": "arn:aws:s3:::b",
    "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1"]}},
}


@pytest.mark.parametrize(
    "other",
    [
        policy(READ, Id="name"),
        policy({**READ, "Sid": "Other"}),
        policy({**READ, "Action": ["S3:listbucket", "s3:GETOBJECT"]}),
        policy({**READ, "Principal": {"AWS": "111111111111"}}),
        policy({**READ, "Condition": {"stringEquals": {"AWS:principalorgid": "o-1"}}}),
        policy({**READ, "Resource": ["arn:aws:s3:::b"]}),
        json.dumps({"Version": "2012-10-17", "Statement": READ}),
    ],
)
def test_policies_in_other_words_mean_the_same(other: str) -> None:
    assert same_meaning(policy(READ), other)
    assert list(property_differences(policy(READ), other, "policy")) == []


@pytest.mark.parametrize(
    "other",
    [
        {**READ, "Effect": "Deny"},
        {**READ, "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"]},
        {**READ, "Action": ["s3:GetObject"]},
        {**READ, "Principal": "*"},
        {**READ, "Principal": {"AWS": "arn:aws:iam::222222222222:root"}},
        {**READ, "Resource": "arn:aws:s3:::B"},
        {**READ, "Condition": {"StringLike": {"aws:PrincipalOrgID": "o-1"}}},
        {**READ, "Condition": {"StringEquals": {"aws:PrincipalOrgID": ["o-1", "o-2"]}}},
        {key: value for key, value in READ.items() if key != "Condition"},
        {**{key: value for key, value in READ.items() if key != "Action"}, "NotAction": READ["Action"]},
    ],
)
def test_every_element_of_a_statement_counts(other: dict[str, Any]) -> None:
    assert not same_meaning(policy(READ), policy(other))
    differences = list(property_differences(policy(READ), policy(other), "policy"))
    assert [(entry.path, entry.declared is None, entry.deployed is None) for entry in differences] == [
        ("policy.Statement", False, True),
        ("policy.Statement", True, False),
    ]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (30, "30"),
        (True, "true"),
        (["b", "a"], ["a", "b"]),
        ([{"id": 1}, {"id": 2}], [{"id": 2}, {"id": 1}]),
        ("a", ["a"]),
        ("", None),
        ({"a": None}, {}),
        ('{"b": 1, "a": [2]}', '{"a": [2], "b": 1}'),
        (2.0, 2),
    ],
)
def test_other_values_that_mean_the_same(left: Any, right: Any) -> None:
    assert same_meaning(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [(True, False), (1, 2), (["a"], ["a", "a"]), ({"a": 1}, {"a": 1, "b": 2}), ("a", "A"), (0, None), (False, None)],
)
def test_other_values_that_mean_something_else(left: Any, right: Any) -> None:
    assert not same_meaning(left, right)


def test_the_deepest_difference_is_named() -> None:
    declared = {"rules": [{"id": "a", "days": 1}, {"id": "b", "days": 2}]}
    deployed = {"rules": [{"id": "a", "days": 1}, {"id": "b", "days": 3, "x": "y"}]}
    pairs = {entry.path: (entry.declared, entry.deployed) for entry in property_differences(declared, deployed, "p")}
    assert pairs == {"p.rules[1].days": (2, 3), "p.rules[1].x": (None, "y")}
