"""Writes sandboxes into `Pulumi.yaml`; comments, order and every other value stay."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from cli.errors import UsageError
from cli.settings_file import last_line

KEY: Final = "hipaa-ml:sandboxes"
_BY_HAND: Final = f"Pulumi.yaml cannot be changed without touching other values. Edit `config > {KEY}` by hand."


def edited(text: str, name: str, values: Mapping[str, Any] | None) -> str:
    """The text with another entry of one sandbox.

    Args:
        text: content of `Pulumi.yaml`.
        name: name of the sandbox.
        values: the settings of the sandbox; None removes it.

    Raises:
        UsageError: the file is not YAML, or the key is written in a form that is not edited.
    """
    try:
        root: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        before: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise UsageError(f"Pulumi.yaml is not YAML: {error}") from None
    config = _child(root, "config")
    if not isinstance(config, yaml.MappingNode) or config.flow_style or not config.value:
        raise UsageError("Pulumi.yaml: `config` has to be a block with one key per line.")
    entries = _child(_child(config, KEY), "value")
    if entries is not None and (not isinstance(entries, yaml.MappingNode) or entries.flow_style):
        raise UsageError(_BY_HAND)
    changed = _changed(text, config, entries, name, values)
    expected = _expected(before, name, values)
    if yaml.safe_load(changed) != expected:
        raise UsageError(_BY_HAND)
    return changed


def _changed(text: str, config: Any, entries: Any, name: str, values: Mapping[str, Any] | None) -> str:
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if entries is None:
        column = config.value[0][0].start_mark.column
        block = [f"{KEY}:", "  value:", *(f"    {line}" for line in _block(name, values or {}))]
        return _inserted(lines, last_line(config) + 1, column, block if values is not None else [])
    span = next((_span(key, value) for key, value in entries.value if key.value == name), None)
    column = entries.value[0][0].start_mark.column
    if span is not None and values is None and len(entries.value) == 1:
        span = next(_span(key, value) for key, value in config.value if key.value == KEY)
    if span is not None:
        del lines[span[0] : span[1] + 1]
    if values is None:
        return "".join(lines)
    at = span[0] if span is not None else last_line(entries) + 1
    return _inserted(lines, at, column, _block(name, values))


def _inserted(lines: list[str], at: int, column: int, block: Sequence[str]) -> str:
    return "".join([*lines[:at], *(f"{' ' * column}{line}\n" for line in block), *lines[at:]])


def _block(name: str, values: Mapping[str, Any]) -> list[str]:
    return [f"{name}:", *(f"  {key}: {_scalar(value)}" for key, value in values.items())]


def _scalar(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_scalar(item) for item in value)}]"  # pyright: ignore[reportUnknownVariableType]
    return f'"{value}"' if isinstance(value, str) else str(value)


def _span(key: Any, value: Any) -> tuple[int, int]:
    """First and last line of an entry."""
    return key.start_mark.line, max(key.start_mark.line, last_line(value))


def _child(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _expected(before: Any, name: str, values: Mapping[str, Any] | None) -> Any:
    document = copy.deepcopy(before)
    config = document["config"]
    sandboxes: dict[str, Any] = {**((config.get(KEY) or {}).get("value") or {})}
    sandboxes.pop(name, None)
    if values is not None:
        sandboxes[name] = dict(values)
    config.pop(KEY, None)
    if sandboxes:
        config[KEY] = {"value": sandboxes}
    return document
