"""`zone provider explain`: operations and parameters of emulated types, recorded types, unknown types."""

import pytest

from rehearsal.provider import explain
from rehearsal.provider.services import SPECS


@pytest.mark.parametrize("name", ["aws:s3/bucket:Bucket", "aws.s3.Bucket", "s3.Bucket"])
def test_a_type_has_three_forms(name: str) -> None:
    assert explain.resolve(name) == "aws:s3/bucket:Bucket"


def test_emulated_type_lists_operations_and_parameters() -> None:
    text = explain.explain("cloudwatch.LogGroup")
    assert "create: create_log_group" in text
    assert "logGroupName <- name" in text
    assert "put_retention_policy when retentionInDays changes" in text
    assert "Replaced when one of these changes: logGroupClass, name, namePrefix, region" in text


def test_code_of_a_type_lists_its_operations() -> None:
    assert "calls create_bucket" in explain.explain("s3.Bucket")


def test_recorded_type_is_named_as_recorded() -> None:
    assert "aws:sfn/activity:Activity is recorded" in explain.explain("sfn.Activity")


def test_unknown_type_suggests_similar_types() -> None:
    with pytest.raises(explain.UnknownTypeError, match=r"no resource type 's3.Bukket'. Similar types: s3.Bucket"):
        explain.explain("s3.Bukket")


def test_every_emulated_type_can_be_explained() -> None:
    assert all(explain.explain(token).startswith(f"{token} is emulated") for token in SPECS)
