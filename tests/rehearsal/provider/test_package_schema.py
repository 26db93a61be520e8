"""The package schema: every emulated type, whose references lead somewhere and whose tokens are those of pulumi-aws."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from rehearsal.provider.package_schema import package_schema
from rehearsal.provider.services import SPECS


@pytest.fixture(scope="module")
def document() -> Mapping[str, Any]:
    return package_schema("7.0.0")


def references(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name == "$ref" and isinstance(entry, str):
                yield entry
            yield from references(entry)
    elif isinstance(value, list):
        for entry in value:
            yield from references(entry)


def test_every_emulated_type_is_in_the_schema(document: Mapping[str, Any]) -> None:
    assert set(document["resources"]) == set(SPECS)
    assert (document["name"], document["version"]) == ("aws", "7.0.0")


def test_every_reference_leads_to_a_type(document: Mapping[str, Any]) -> None:
    targets = {f"#/types/{token}" for token in document["types"]} | {"pulumi.json#/Any"}
    named = set(references(document))
    assert named <= targets
    assert {name for name in named if name.startswith("#")}, "no object type is used"


def test_types_of_properties_are_those_of_the_sdk(document: Mapping[str, Any]) -> None:
    bucket = document["resources"]["aws:s3/bucket:Bucket"]
    assert bucket["inputProperties"]["bucket"] == {"type": "string"}
    assert bucket["inputProperties"]["tags"] == {"type": "object", "additionalProperties": {"type": "string"}}
    variants = document["resources"]["aws:sagemaker/endpointConfiguration:EndpointConfiguration"]
    assert "productionVariants" in variants["requiredInputs"]
    token = "aws:sagemaker/EndpointConfigurationProductionVariant:EndpointConfigurationProductionVariant"
    assert variants["inputProperties"]["productionVariants"] == {
        "type": "array",
        "items": {"$ref": f"#/types/{token}"},
    }
    assert document["types"][token]["properties"]["initialInstanceCount"] == {"type": "number"}
    function = document["resources"]["aws:lambda/function:Function"]["inputProperties"]["vpcConfig"]["$ref"]
    assert function == "#/types/aws:lambda/FunctionVpcConfig:FunctionVpcConfig"


def test_required_properties_exist(document: Mapping[str, Any]) -> None:
    wrong = [
        (token, name)
        for token, entry in document["resources"].items()
        for required, properties in (("requiredInputs", "inputProperties"), ("required", "properties"))
        for name in entry[required]
        if name not in entry[properties]
    ]
    wrong += [
        (token, name)
        for token, entry in document["types"].items()
        for name in entry["required"]
        if name not in entry["properties"]
    ]
    assert wrong == []
