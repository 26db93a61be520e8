"""Types that the emulator does not do: every type of the SDK is recorded, from the SDK's own classes."""

import random
from pathlib import Path

import pytest

from rehearsal.provider import Ledger, emulated_types
from rehearsal.provider.check import problems
from rehearsal.provider.schema import Property, Schema, Type, schema, tokens
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client
from tests.rehearsal.provider.provider_cases import trust

SAMPLE = random.Random(20261124).sample(sorted(set(tokens()) - emulated_types()), 30)


def example(kind: Type, name: str = "", depth: int = 0) -> object:
    """A value that fits a type."""
    match kind.kind:
        case "string" | "any":
            return "{}" if name.lower().endswith(("policy", "document")) else "value"
        case "number":
            return 1
        case "boolean":
            return True
        case "list":
            return [] if kind.element is None or depth > 3 else [example(kind.element, name, depth + 1)]
        case "map":
            return {}
        case "object":
            return required(kind.fields, depth + 1)


def required(fields: object, depth: int = 0) -> Values:
    existing: dict[str, Property] = dict(fields)  # type: ignore[call-overload]
    return {name: example(value.type, name, depth) for name, value in existing.items() if value.required}


def optional(resource_schema: Schema) -> Values:
    """One optional input: the region, or the first of a type that belongs to no region."""
    name = "region" if "region" in resource_schema.inputs else min(resource_schema.inputs)
    return {name: "us-east-1" if name == "region" else example(resource_schema.inputs[name].type, name)}


@pytest.mark.parametrize("token", SAMPLE)
def test_a_recorded_resource_lives(client: Client, token: str, state: Path) -> None:
    resource_schema = schema(token)
    assert resource_schema is not None
    # Without inputs, a read is that of an import, which takes the inputs from the outputs.
    inputs = required(resource_schema.inputs) or optional(resource_schema)
    resource = client.make(token, inputs)
    assert resource.id
    always = {
        name
        for name, output in resource_schema.outputs.items()
        if output.required and output.type.kind not in ("object", "any")
    }
    assert always <= set(resource.outputs)
    ledger = Ledger(state / "recorded.sqlite")
    assert ledger.modes()[resource.urn] == "recorded"

    read = client.read(resource)
    assert read is not None
    assert (read.id, read.inputs, read.outputs) == (resource.id, resource.inputs, resource.outputs)
    assert client.diff(resource, client.checked(resource.urn, inputs, resource.inputs)).changes == 1
    assert client.create(resource.urn, resource.inputs).id == resource.id

    client.delete(resource)
    assert client.read(resource) is None
    assert resource.urn not in ledger.modes()


def test_a_recorded_resource_changes_in_place(client: Client) -> None:
    resource = client.make(
        "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": True, "tags": {"a": "b"}}
    )
    news = client.checked(resource.urn, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}, resource.inputs)
    changed = client.update(resource, news)
    assert changed.outputs["id" if "id" in resource.outputs else "arn"] == resource.outputs["arn"]
    assert changed.outputs["enableDnsHostnames"] is True
    assert changed.outputs["tagsAll"] == {}
    client.delete(changed)


def test_ids_and_arns_have_the_form_of_the_service(client: Client) -> None:
    vpc = client.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    assert vpc.id.startswith("vpc-")
    assert vpc.outputs["arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.id}"
    definition = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}'
    role = client.make("aws:iam/role:Role", {"assumeRolePolicy": trust("states.amazonaws.com")})
    inputs = {"definition": definition, "roleArn": role.outputs["arn"]}
    machine = client.make("aws:sfn/stateMachine:StateMachine", inputs, "train")
    assert machine.outputs["arn"].startswith("arn:aws:states:us-east-1:123456789012:stateMachine:train-")


def test_renamed_resource_is_the_same_resource(client: Client, state: Path) -> None:
    resource = client.make("aws:sfn/activity:Activity", {}, "before")
    resource.urn = resource.urn.replace("before", "after")
    assert client.read(resource) is not None
    assert Ledger(state / "recorded.sqlite").modes()[resource.urn] == "recorded"
    client.delete(resource)


@pytest.mark.slow
def test_every_type_of_the_sdk_has_a_schema() -> None:
    assert len(tokens()) > 1500
    for token in tokens():
        resource_schema = schema(token)
        assert isinstance(resource_schema, Schema)
        assert problems(resource_schema, required(resource_schema.inputs)) == [], token
