"""The JSON Schemas accept the files of the repository, refuse what the settings refuse, and are up to date."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from zone.settings.schema import PROJECT, STACK, documents

ROOT = Path(__file__).parents[2]
SCHEMAS = ROOT / "stacks" / "schemas"


def problems(schema: str, document: Any) -> list[str]:
    validator: Any = Draft202012Validator(json.loads((SCHEMAS / schema).read_text(encoding="utf-8")))
    errors = list(validator.iter_errors(document))
    for error in errors:
        errors.extend(error.context)  # of the alternatives of a value that may be null
    return [f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors]


def project() -> Any:
    return yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", [PROJECT, STACK])
def test_schema_is_up_to_date_and_valid(name: str) -> None:
    written = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    assert written == documents()[name], "run `make docs`"
    Draft202012Validator.check_schema(written)


def test_files_of_the_repository_are_accepted() -> None:
    assert problems(PROJECT, project()) == []
    for file in sorted((ROOT / "stacks").glob("Pulumi.*.yaml")):
        assert problems(STACK, yaml.safe_load(file.read_text(encoding="utf-8"))) == [], file.name


@pytest.mark.parametrize("file", [Path("Pulumi.yaml"), *sorted(Path("stacks").glob("Pulumi.*.yaml"))], ids=str)
def test_file_names_its_schema(file: Path) -> None:
    first = (ROOT / file).read_text(encoding="utf-8").splitlines()[0]
    prefix, separator, address = first.partition("$schema=")
    assert (prefix, separator) == ("# yaml-language-server: ", "$schema=")
    assert ((ROOT / file).parent / address).resolve().is_relative_to(SCHEMAS)
    assert ((ROOT / file).parent / address).exists()


CHANGES: dict[str, tuple[Callable[[Any], object], str]] = {
    "an unknown key": (
        lambda config: config.update({"hipaa-ml:regoins": {"value": {}}}),
        "'hipaa-ml:regoins' does not match any",
    ),
    "a digest that is none": (
        lambda config: config["hipaa-ml:ml"]["value"]["models"]["readmission"]["release"].update(model_sha256="x"),
        "models.readmission.release.model_sha256: 'x' does not match",
    ),
    "an unknown standby": (
        lambda config: config["hipaa-ml:ml"]["value"]["models"]["readmission"].update(standby="hot"),
        "'hot' is not one of",
    ),
    "a number without quotes": (
        lambda config: config["hipaa-ml:management_account_id"].update(value=123456789012),
        "123456789012 is not of type 'string'",
    ),
    "a missing key": (lambda config: config.pop("hipaa-ml:regions"), "'hipaa-ml:regions' is a required property"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_wrong_value_is_found(change: str) -> None:
    document = project()
    spoil, message = CHANGES[change]
    spoil(document["config"])
    assert any(message in problem for problem in problems(PROJECT, document)), problems(PROJECT, document)


def test_every_key_is_described() -> None:
    keys = documents()[STACK]["properties"]["config"]["properties"]
    assert all(schema["description"] for schema in keys.values())
