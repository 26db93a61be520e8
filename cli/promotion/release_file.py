"""Writes the release of a model into `Pulumi.yaml`; comments, order and every other value stay."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from cli.promotion.errors import PromotionError

FIELDS: Final = ("version", "image_digest", "artifact_sha256", "model_sha256")
_RELEASES: Final = "releases"


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """What an endpoint serves; see `zone.settings.ml.Release`."""

    version: str
    image_digest: str
    artifact_sha256: str
    model_sha256: str


def edited(text: str, path: Sequence[str], environment: str, release: Release) -> str:
    """The text with another release of one environment.

    Args:
        text: content of `Pulumi.yaml`.
        path: keys that lead to the model, for example `config`, `hipaa-ml:ml`, `value`, `models`, `readmission`.
        environment: name of the environment.
        release: the release.

    Raises:
        PromotionError: the file is not YAML, has no such model, or has it in flow style.
    """
    try:
        node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
        before: Any = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise PromotionError(f"Pulumi.yaml is not YAML: {error}") from None
    for key in path:
        node = _child(node, key)
        if node is None:
            raise PromotionError(f"Pulumi.yaml has no key {key!r} ({' > '.join(path)}).")
    releases = _child(node, _RELEASES)
    current = _child(releases, environment)
    if current is not None and all(_child(current, name) is not None for name in FIELDS):
        changed = _replace_values(text, current, release)
    else:
        changed = _insert(text, node, releases, current, environment, release, " > ".join(path))
    _set(before, path, environment, release)
    if yaml.safe_load(changed) != before:
        raise PromotionError("Pulumi.yaml cannot be changed without touching other values. Edit it by hand.")
    return changed


def difference(before: str, after: str) -> str:
    """The change as a unified diff."""
    return "".join(
        difflib.unified_diff(
            before.splitlines(keepends=True), after.splitlines(keepends=True), "a/Pulumi.yaml", "b/Pulumi.yaml"
        )
    )


def write(file: Path, text: str) -> None:
    """Replaces a file in one step."""
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _child(node: Any, key: str) -> Any:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


def _replace_values(text: str, node: Any, release: Release) -> str:
    values: Mapping[str, str] = asdict(release)
    nodes = {name: _child(node, name) for name in FIELDS}
    for name, scalar in sorted(nodes.items(), key=lambda item: -item[1].start_mark.index):
        text = f"{text[: scalar.start_mark.index]}{_quoted(values[name])}{text[scalar.end_mark.index :]}"
    return text


def _insert(text: str, model: Any, releases: Any, current: Any, environment: str, release: Release, place: str) -> str:
    parent = releases if isinstance(releases, yaml.MappingNode) and releases.value else model
    if current is not None or parent.flow_style or not parent.value:
        raise PromotionError(f"Pulumi.yaml: {place} is incomplete or in flow style; write it as a block, line by line.")
    first = parent.value[0][0].start_mark
    block = [f"{environment}:", *(f"  {name}: {_quoted(value)}" for name, value in asdict(release).items())]
    if parent is model:
        if releases is not None:
            raise PromotionError(f"Pulumi.yaml: {place} > releases is empty; remove the key.")
        block = [f"{_RELEASES}:", *(f"  {line}" for line in block)]
    lines = text.splitlines(keepends=True)
    return "".join([*lines[: first.line], *(f"{' ' * first.column}{line}\n" for line in block), *lines[first.line :]])


def _set(document: Any, path: Sequence[str], environment: str, release: Release) -> None:
    for key in path:
        document = document[key]
    document.setdefault(_RELEASES, {})[environment] = asdict(release)


def _quoted(value: str) -> str:
    return f'"{value}"'
