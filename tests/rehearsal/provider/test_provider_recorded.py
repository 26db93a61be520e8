"""Types that the emulator does not do: every type of the SDK is recorded, from the SDK's own classes."""

import random
from pathlib import Path

import pytest

from rehearsal.provider import Ledger, emulated_types
from rehearsal.provider.check import problems
from rehearsal.provider.schema import Property, Schema, Type, schema, tokens
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import Client

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
    known: dict[str, Property] = dict(fields)  # type: ignore[call-overload]
    return {name: example(one.type, name, depth) for name, one in known.items() if one.required}


@pytest.mark.parametrize("token", SAMPLE)
def test_a_recorded_resource_lives(client: Client, token: str, state: Path) -> None:
    found = schema(token)
    assert found is not None
    made = client.make(token, required(found.inputs))
    assert made.id
    always = {
        name for name, output in found.outputs.items() if output.required and output.type.kind not in ("object", "any")
    }
    assert always <= set(made.outputs)
    ledger = Ledger(state / "recorded.sqlite")
    assert ledger.modes()[made.urn] == "recorded"

    read = client.read(made)
    assert read is not None
    assert (read.id, read.inputs, read.outputs) == (made.id, made.inputs, made.outputs)
    assert client.diff(made, client.checked(made.urn, required(found.inputs), made.inputs)).changes == 1
    assert client.create(made.urn, made.inputs).id == made.id

    client.delete(made)
    assert client.read(made) is None
    assert made.urn not in ledger.modes()


def test_a_recorded_resource_changes_in_place(client: Client) -> None:
    made = client.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "enableDnsSupport": True, "tags": {"a": "b"}})
    news = client.checked(made.urn, {"cidrBlock": "10.0.0.0/16", "enableDnsHostnames": True}, made.inputs)
    changed = client.update(made, news)
    assert changed.outputs["id" if "id" in made.outputs else "arn"] == made.outputs["arn"]
    assert changed.outputs["enableDnsHostnames"] is True
    assert changed.outputs["tagsAll"] == {}
    client.delete(changed)


def test_ids_and_arns_have_the_services_form(client: Client) -> None:
    vpc = client.make("aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"})
    assert vpc.id.startswith("vpc-")
    assert vpc.outputs["arn"] == f"arn:aws:ec2:us-east-1:123456789012:vpc/{vpc.id}"
    machine = client.make("aws:sfn/stateMachine:StateMachine", {"definition": "{}", "roleArn": "arn"}, "train")
    assert machine.outputs["arn"].startswith("arn:aws:states:us-east-1:123456789012:stateMachine:train-")


def test_a_renamed_resource_is_still_the_same(client: Client, state: Path) -> None:
    made = client.make("aws:macie2/account:Account", {"status": "ENABLED"}, "before")
    made.urn = made.urn.replace("before", "after")
    assert client.read(made) is not None
    assert Ledger(state / "recorded.sqlite").modes()[made.urn] == "recorded"
    client.delete(made)


@pytest.mark.slow
def test_every_type_of_the_sdk_has_a_schema() -> None:
    assert len(tokens()) > 1500
    for token in tokens():
        found = schema(token)
        assert isinstance(found, Schema)
        assert problems(found, required(found.inputs)) == [], token
