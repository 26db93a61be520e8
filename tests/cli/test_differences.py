"""Changed properties are printed so that the difference itself is always visible."""

import json

import pytest

from cli.differences import MAX_VALUE_LENGTH, difference_lines
from rehearsal.engine import PropertyDiff


def lines(old: object, new: object, path: str = "policy") -> list[str]:
    return list(difference_lines(PropertyDiff(path=path, kind="update", old=old, new=new)))


def policy(**condition: str) -> str:
    statement = {"Sid": "DenyPlainHttp", "Effect": "Deny", "Action": "s3:*", "Condition": {"Bool": condition}}
    filler = {"Sid": "A" * 300, "Effect": "Allow", "Action": "s3:Get*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [filler, statement]})


def test_json_documents_are_compared_by_path() -> None:
    flipped = lines(policy(**{"aws:SecureTransport": "false"}), policy(**{"aws:SecureTransport": "true"}))
    assert flipped == ['~ policy.Statement[DenyPlainHttp].Condition.Bool.aws:SecureTransport: "false" → "true"']


def test_an_inserted_rule_is_one_line() -> None:
    rules = [{"ruleNo": number, "action": "deny"} for number in range(100, 140)]
    inserted = lines(rules, [{"ruleNo": 1, "action": "allow"}, *rules], "ingress")
    assert inserted == ['+ ingress[1]: {"ruleNo": 1, "action": "allow"}']


@pytest.mark.parametrize("position", [0, 150, 299])
def test_a_difference_in_a_long_text_is_visible(position: int) -> None:
    old = "x" * 300
    (line,) = lines(old, f"{old[:position]}Y{old[position + 1 :]}")
    assert "Y" in line
    assert len(line) < 3 * MAX_VALUE_LENGTH


def test_reordered_plain_values_are_reported() -> None:
    (line,) = lines(["a", "b"], ["b", "a"])
    assert line.startswith("~ policy: ")


def test_a_forced_replacement_is_named() -> None:
    diff = PropertyDiff(path="name", kind="update-replace", old="a", new="b")
    assert list(difference_lines(diff)) == ['~ name: "a" → "b"  (forces replacement)']
