"""Writes JSON Schemas of Pulumi.yaml and of the stack files, from the classes of the settings.

Editors complete and check the files by them: `python -m zone.settings.schema stacks/schemas`, which `make docs` runs.
What depends on several keys is checked by the commands only.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, get_args

from pydantic import BaseModel

from zone.settings.document import field_definitions
from zone.settings.model import Settings

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
PROJECT: Final = "project.schema.json"
STACK: Final = "stack.schema.json"
_NAMESPACE: Final = "hipaa-ml"
_TEXT: Final[Mapping[str, Any]] = {"type": "string"}


def documents() -> Mapping[str, Mapping[str, Any]]:
    """File name -> schema: of Pulumi.yaml, and of a stack's file, which overrides keys."""
    settings = _described()
    keys: dict[str, Any] = settings["properties"]
    project_keys = {
        f"{_NAMESPACE}:{name}": {
            "type": "object",
            "description": schema.get("description", ""),
            "properties": {"value": schema},
            "required": ["value"],
            "additionalProperties": False,
        }
        for name, schema in keys.items()
    }
    required = [f"{_NAMESPACE}:{name}" for name in settings["required"]]
    project = {
        **_head("Pulumi.yaml of the landing zone", settings),
        "properties": {
            "name": {"const": _NAMESPACE},
            "description": _TEXT,
            "runtime": {"type": ["string", "object"]},
            "stackConfigDir": _TEXT,
            "config": {**_config(project_keys), "required": required},
        },
        "required": ["name", "runtime", "config"],
    }
    stack_keys = {f"{_NAMESPACE}:{name}": schema for name, schema in keys.items()}
    stack = {
        **_head("Stack file of the landing zone", settings),
        "properties": {
            "config": _config(stack_keys),
            "secretsprovider": _TEXT,
            "encryptedkey": _TEXT,
            "encryptionsalt": _TEXT,
            "environment": {"type": ["array", "object"]},
        },
        "additionalProperties": False,
    }
    return {PROJECT: project, STACK: stack}


def _head(title: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"$schema": DIALECT, "title": title, "type": "object", "$defs": settings["$defs"]}


def _config(keys: Mapping[str, Any]) -> Mapping[str, Any]:
    """Keys of this project, and any key of another namespace."""
    other = f"^(?!{_NAMESPACE}:)"
    return {"type": "object", "properties": keys, "patternProperties": {other: {}}, "additionalProperties": False}


def _described() -> dict[str, Any]:
    """The schema of the settings, with the docstring of each field as its description."""
    schema = Settings.model_json_schema()
    models = {model.__name__: model for model in _models(Settings)}
    for name, part in (("Settings", schema), *schema["$defs"].items()):
        definitions = field_definitions(models[name]) if name in models else {}
        for field, document in part.get("properties", {}).items():
            document.pop("title", None)
            if field in definitions:
                document["description"] = definitions[field][1]
    return schema


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The classes of settings in a type."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
        for field in annotation.model_fields.values():
            yield from _models(field.annotation)
    for argument in get_args(annotation):
        yield from _models(argument)


def write(folder: Path) -> None:
    """Writes the schemas into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in documents().items():
        text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
        (folder / name).write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
