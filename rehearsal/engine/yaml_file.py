"""Reads Pulumi's YAML files as the CLI does; errors name file and line."""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from rehearsal.engine.errors import ProjectError

_WHOLE: Final = re.compile(r"^[-+]?(?:0|[1-9][0-9]*)$")
_DECIMAL: Final = re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$")


class _Loader(yaml.SafeLoader):
    """YAML 1.2's scalars: `yes` is text, `012` is text (an account id may start with zero), dates are text."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own class attribute, replaced as a whole

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        visited: set[str] = set()
        for key, _ in node.value:
            if key.value in visited:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key.value!r} is defined twice", key.start_mark
                )
            visited.add(str(key.value))
        return super().construct_mapping(node, deep=deep)


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _WHOLE, None)
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _DECIMAL, None)


def load(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; an empty file is an empty mapping.

    Raises ProjectError naming file and line when it is not there, not YAML, or not a mapping with text keys.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ProjectError(f"{path} does not exist") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError(f"{path} cannot be read: {error}") from error
    try:
        # A subclass of SafeLoader builds plain values only.
        content = yaml.load(text, Loader=_Loader)  # noqa: S506
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = f", line {mark.line + 1}" if mark else ""
        raise ProjectError(f"{path}{line}: {error.problem or 'not YAML'}") from error
    except yaml.YAMLError as error:
        raise ProjectError(f"{path}: not YAML: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or not all(isinstance(key, str) for key in content):
        raise ProjectError(f"{path}: expected keys and values at the top, found {type(content).__name__}")
    return content
