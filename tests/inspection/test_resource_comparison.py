"""Declared resources compared with what a source says is deployed."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from inspection.resources.compare import compare, default_values, not_returned
from inspection.resources.declared import DeclaredResource, DeployedResource, UnreadResourceError
from rehearsal.provider.readback import readable_types
from rehearsal.provider.schema import schema

QUEUE = "aws:sqs/queue:Queue"
TOPIC = "aws:sns/topic:Topic"


class Source:
    """Deployed resources by id; an exception is raised instead of given."""

    def __init__(self, deployed: Mapping[str, DeployedResource | Exception | None]) -> None:
        self.deployed = deployed

    def readable(self, type_: str) -> bool:
        return type_ != "aws:cloudwatch/dashboard:Dashboard"

    def read(self, resource: DeclaredResource) -> DeployedResource | None:
        result = self.deployed.get(resource.id)
        if isinstance(result, Exception):
            raise result
        return result


def declared(**changes: Any) -> DeclaredResource:
    resource = DeclaredResource(
        urn=f"urn:pulumi:data-prod::p::{QUEUE}::events",
        type=QUEUE,
        stack="data-prod",
        account="111111111111",
        region="us-east-1",
        declared={"name": "events", "messageRetentionSeconds": 60, "kmsMasterKeyId": "key"},
        id="https://sqs/events",
        recorded={"arn": "arn:aws:sqs:us-east-1:111111111111:events", "delaySeconds": 0},
    )
    return replace(resource, **changes)


SAME = {"name": "events", "messageRetentionSeconds": 60, "kmsMasterKeyId": "key"}


def differences(resource: DeclaredResource, deployed: DeployedResource | None) -> list[tuple[str, str, str]]:
    result = compare([resource], Source({resource.id: deployed}))
    return [(entry.property, entry.kind, entry.found) for entry in result.observations if not entry.ok]


def test_same_properties_are_one_observation_that_matches() -> None:
    result = compare([declared()], Source({declared().id: DeployedResource(properties=SAME)}))
    assert [(entry.ok, entry.kind) for entry in result.observations] == [(True, "same")]
    assert result.properties == 3


@pytest.mark.parametrize(
    ("deployed", "expected"),
    [
        (None, [("", "missing", "nothing")]),
        (DeployedResource(properties={**SAME, "kmsMasterKeyId": "other"}), [("kmsMasterKeyId", "differs", "other")]),
        (
            DeployedResource(properties={"name": "events", "messageRetentionSeconds": 60}),
            [("kmsMasterKeyId", "differs", "nothing")],
        ),
        (DeployedResource(properties=SAME, others={"policy": "open"}), [("policy", "undeclared", "open")]),
        (DeployedResource(properties=SAME, others={"delaySeconds": 0}), []),
        (DeployedResource(properties=SAME, others={"delaySeconds": 9}), [("delaySeconds", "undeclared", "9")]),
        (DeployedResource(properties=SAME, inner={"redrive.target": "x"}), [("redrive.target", "undeclared", "x")]),
    ],
)
def test_every_property_counts(deployed: DeployedResource | None, expected: list[tuple[str, str, str]]) -> None:
    assert differences(declared(), deployed) == expected


def test_a_finding_says_where_it_is() -> None:
    [entry] = compare([declared()], Source({})).observations
    assert (entry.arn, entry.account, entry.region, entry.stack, entry.type) == (
        *("arn:aws:sqs:us-east-1:111111111111:events", "111111111111", "us-east-1", "data-prod"),
        QUEUE,
    )


def test_what_is_not_deployed_is_missing_and_what_is_not_declared_any_more_is_undeclared() -> None:
    planned, left = declared(id=""), declared(declared=None)
    result = compare([planned, left], Source({left.id: DeployedResource(properties={})}))
    assert [entry.kind for entry in result.observations] == ["missing", "undeclared"]
    assert compare([left], Source({})).observations == []


def test_a_refusal_is_unread_and_never_clean() -> None:
    result = compare([declared()], Source({declared().id: UnreadResourceError("AccessDenied (GetQueueAttributes)")}))
    assert result.observations == []
    assert [(entry.account, entry.error) for entry in result.unread] == [
        ("111111111111", "AccessDenied (GetQueueAttributes)")
    ]


def test_types_that_cannot_be_read_are_counted() -> None:
    dashboard = declared(type="aws:cloudwatch/dashboard:Dashboard")
    assert compare([dashboard], Source({})).not_compared == {dashboard.type: 1}


def test_ignored_and_secret_properties_are_not_compared() -> None:
    other = DeployedResource(properties={**SAME, "kmsMasterKeyId": "other", "messageRetentionSeconds": 1})
    assert differences(declared(ignored=["kmsMasterKeyId"], secret=frozenset({"messageRetentionSeconds"})), other) == []


def test_a_property_that_aws_does_not_return_is_counted_and_another_value_is_a_difference() -> None:
    trail = declared(
        type="aws:cloudtrail/trail:Trail", id="arn:trail", declared={"insightSelectors": [{"insightType": "a"}]}
    )
    result = compare([trail], Source({trail.id: DeployedResource(properties={})}))
    assert all(entry.ok for entry in result.observations)
    assert result.not_returned == {"aws:cloudtrail/trail:Trail insightSelectors": 1}
    other = DeployedResource(properties={"insightSelectors": [{"insightType": "b"}]})
    assert [path for path, _, _ in differences(trail, other)] == ["insightSelectors[0].insightType"]


def test_a_topics_policy_counts_unless_a_resource_of_its_own_declares_it() -> None:
    topic = declared(type=TOPIC, id="arn:topic", declared={"name": "t"}, recorded={"arn": "arn:topic"})
    policy = declared(
        type="aws:sns/topicPolicy:TopicPolicy", id="arn:policy", declared={"arn": "arn:topic", "policy": "p"}
    )
    source = Source(
        {
            "arn:topic": DeployedResource(properties={"name": "t"}, others={"policy": "p"}),
            "arn:policy": DeployedResource(properties={"arn": "arn:topic", "policy": "p"}),
        }
    )
    assert [entry.property for entry in compare([topic], source).observations if not entry.ok] == ["policy"]
    assert all(entry.ok for entry in compare([topic, policy], source).observations)


def test_the_tables_name_properties_that_exist() -> None:
    paths = [(type_, path) for type_, entries in not_returned().items() for path in entries]
    paths += list(default_values())
    assert len(paths) > 50
    for type_, path in paths:
        schema_read = schema(type_)
        assert schema_read is not None, type_
        assert path.partition(".")[0].removesuffix("[]") in schema_read.inputs, f"{type_} {path}"
        assert type_ in readable_types()
