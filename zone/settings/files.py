"""Pulumi.yaml and the stack files, merged as the Pulumi CLI merges them, remembering which file a key came from."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from zone.settings.errors import SettingsError

PROJECT_FILE: Final = "Pulumi.yaml"


class _Loader(yaml.SafeLoader):
    """Scalars as the CLI's YAML 1.2 reads them (`012345678901` and `no` are text); a key may stand only once."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute, replaced as a whole

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys: set[str] = set()
        for key, _ in node.value:
            if str(key.value) in keys:
                raise yaml.constructor.ConstructorError(
                    problem=f"the key {key.value!r} stands here a second time", problem_mark=key.start_mark
                )
            keys.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


for _tag, _pattern in (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$"),
    ("null", r"^(?:~|null|Null|NULL|)$"),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$"),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """The configuration of one stack as it stands in the files."""

    project: str
    """The project's name, the namespace of its keys."""
    values: Mapping[str, Any]
    """Key without namespace -> value; the stack's file wins over the project's, key by key, as a whole."""
    origins: Mapping[str, str]
    """Key without namespace -> the file it came from, relative to the project's root."""


def parse(text: str) -> Any:
    """The content of a YAML text as the Pulumi CLI reads it.

    Raises:
        yaml.YAMLError: the text is not YAML.
    """
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader builds plain values only


def read(root: Path, stack: str, project_text: str | None = None) -> Sources:
    """Reads the project's file and, if there is one, the stack's.

    Args:
        root: folder of the files.
        stack: name of the stack.
        project_text: content of the project's file instead of what the file contains; for a change to be checked.

    Raises:
        SettingsError: a file that is not there or not YAML, with its line.
    """
    if project_text is None:
        project = _mapping(root, PROJECT_FILE, must_exist=True)
    else:
        project = _parsed(PROJECT_FILE, project_text)
    name = str(project.get("name", ""))
    stack_file = f"{project.get('stackConfigDir', '.')}/Pulumi.{stack}.yaml".removeprefix("./")
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for file, declared in ((PROJECT_FILE, True), (stack_file, False)):
        content = project if declared else _mapping(root, file, must_exist=False)
        config = content.get("config") or {}
        if not isinstance(config, dict):
            raise SettingsError([f"{file}: config: expected keys and values, found {type(config).__name__}"])
        for full, value in config.items():
            namespace, separator, key = str(full).rpartition(":")
            if separator and namespace != name:
                continue
            values[key] = _declared(value) if declared else value
            origins[key] = file
    return Sources(project=name, values={key: _plain(value) for key, value in values.items()}, origins=origins)


def from_text(text: str) -> Any:
    """A configuration value as Pulumi hands it to a program: objects and lists are JSON, the rest is text."""
    if text[:1] not in ("{", "["):
        return text
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text


def _declared(value: Any) -> Any:
    """The project's file declares a key: `value:`, or `type:` with `default:`."""
    if isinstance(value, dict) and ("value" in value or "default" in value):
        return value.get("value", value.get("default"))
    return value


def _plain(value: Any) -> Any:
    """A scalar at the top is text for the program, whatever YAML makes of it."""
    return value if isinstance(value, dict | list | str) or value is None else json.dumps(value)


def _mapping(root: Path, file: str, *, must_exist: bool) -> dict[str, Any]:
    try:
        text = (root / file).read_text(encoding="utf-8")
    except FileNotFoundError:
        if must_exist:
            raise SettingsError([f"{file} is not there"]) from None
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError([f"{file} cannot be read: {error}"]) from None
    return _parsed(file, text)


def _parsed(file: str, text: str) -> dict[str, Any]:
    try:
        content = parse(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise SettingsError([f"{file}{line}: {error.problem or 'not YAML'}"]) from None
    except yaml.YAMLError as error:
        raise SettingsError([f"{file}: not YAML: {error}"]) from None
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise SettingsError([f"{file}: expected keys and values at the top, found {type(content).__name__}"])
    return content
