"""Changes single values of `Pulumi.yaml`; comments, order and every other value stay."""

import copy
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from cli.errors import UsageError

PLAIN: Final = re.compile(r"[A-Za-z][A-Za-z0-9/_.-]*")
"""Texts that are written without quotes."""
WORDS: Final = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


def changed(text: str, path: Sequence[str], value: Any) -> str:
    """The text with another value.

    Args:
        text: content of `Pulumi.yaml`.
        path: key of `config`, then `value`, then keys below; all but the last have to exist.
        value: text, number, list or mapping; None removes the key.

    Raises:
        UsageError: the file is not YAML, or the value stands in a form that is not edited.
    """
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        expected: Any = copy.deepcopy(yaml.safe_load(text))
    except yaml.YAMLError as error:
        raise UsageError(f"Pulumi.yaml is not YAML: {error}") from None
    parent, target = root, expected
    for key in path[:-1]:
        parent = next((node for name, node in _entries(parent) if name.value == key), None)
        if parent is None or not isinstance(target, dict) or key not in target:
            raise UsageError(f"Pulumi.yaml has no key {' > '.join(path[:-1])}. {_by_hand(path)}")
        target = target[key]
    if not isinstance(parent, yaml.MappingNode) or not isinstance(target, dict):
        raise UsageError(_by_hand(path))
    if value is None:
        target.pop(path[-1], None)
    else:
        target[path[-1]] = value
    result = _edit(text, parent, path[-1], value)
    try:
        same = yaml.safe_load(result) == expected
    except yaml.YAMLError:
        same = False
    if not same:
        raise UsageError(_by_hand(path))
    return result


def _by_hand(path: Sequence[str]) -> str:
    return f"Edit `{' > '.join(path)}` in Pulumi.yaml by hand. No changes were made."


def _entries(node: Any) -> Sequence[tuple[Any, Any]]:
    return node.value if isinstance(node, yaml.MappingNode) else ()


def _edit(text: str, parent: Any, key: str, value: Any) -> str:
    entry = next(((name, node) for name, node in _entries(parent) if name.value == key), None)
    if parent.flow_style:
        return _edit_flow(text, parent, key, value)
    if entry is None:
        return text if value is None else _append(text, parent, key, value)
    name, node = entry
    if value is None or not (isinstance(node, yaml.ScalarNode) or node.flow_style):
        lines = text.splitlines(keepends=True)
        last = last_line(node)
        block = [] if value is None else [f"{line}\n" for line in _block(key, value, name.start_mark.column)]
        return "".join([*lines[: name.start_mark.line], *block, *lines[last + 1 :]])
    return text[: node.start_mark.index] + _flow(value) + text[node.end_mark.index :]


def _edit_flow(text: str, parent: Any, key: str, value: Any) -> str:
    """Rewrites a mapping in braces."""
    content: dict[str, Any] = yaml.safe_load(text[parent.start_mark.index : parent.end_mark.index]) or {}
    if value is None:
        content.pop(key, None)
    else:
        content[key] = value
    return text[: parent.start_mark.index] + _flow(content) + text[parent.end_mark.index :]


def _append(text: str, parent: Any, key: str, value: Any) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    column = parent.value[0][0].start_mark.column
    at = last_line(parent) + 1
    return "".join([*lines[:at], *(f"{line}\n" for line in _block(key, value, column)), *lines[at:]])


def _block(key: str, value: Any, column: int) -> list[str]:
    """The lines of an entry: a mapping with one key per line, everything below in braces."""
    indent = " " * column
    if isinstance(value, Mapping):
        return [f"{indent}{key}:", *(f"{indent}  {name}: {_flow(item)}" for name, item in value.items())]
    return [f"{indent}{key}: {_flow(value)}"]


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_flow(key)}: {_flow(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(_flow, value))}]"
    if isinstance(value, str):
        plain = PLAIN.fullmatch(value) and value.lower() not in WORDS
        return value if plain else json.dumps(value, ensure_ascii=False)
    return json.dumps(value)


def last_line(node: Any) -> int:
    """The last line of a node; a block's own end mark is behind the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return last_line(last[1] if isinstance(last, tuple) else last)
    end: Any = node.end_mark
    return end.line - 1 if end.column == 0 and end.line > node.start_mark.line else end.line
