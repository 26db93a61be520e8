"""Stack files with another role for member accounts: what `--role` gives to the Pulumi CLI."""

import tempfile
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from cli.errors import UsageError
from zone.settings.files import parse

KEY: Final = "assume_role"


@contextmanager
def role_files(root: Path, stacks: Sequence[str], role: str | None) -> Generator[Mapping[str, Path]]:
    """Copies of the stack files in which the stacks assume a role; they are deleted in the end.

    Args:
        root: folder of Pulumi.yaml.
        stacks: names of stacks.
        role: name of the role; without one there are no copies.

    Yields:
        Stack -> copy of its file.

    Raises:
        UsageError: a stack file cannot be read.
    """
    if role is None:
        yield {}
        return
    with tempfile.TemporaryDirectory(prefix="zone-") as folder:
        yield {stack: _copy(root, stack, role, Path(folder)) for stack in stacks}


def _copy(root: Path, stack: str, role: str, folder: Path) -> Path:
    project = _mapping(root / "Pulumi.yaml")
    content = _mapping(root / str(project.get("stackConfigDir", "")) / f"Pulumi.{stack}.yaml")
    config: dict[str, Any] = {**(content.get("config") or {}), f"{project.get('name')}:{KEY}": role}
    copy = folder / f"Pulumi.{stack}.yaml"
    copy.write_text(yaml.safe_dump({**content, "config": config}, sort_keys=False), encoding="utf-8")
    return copy


def _mapping(file: Path) -> dict[str, Any]:
    """The content of a YAML file as the CLI reads it; empty if there is no file."""
    if not file.exists():
        return {}
    try:
        content = parse(file.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise UsageError(f"{file}: {error}") from None
    return content if isinstance(content, dict) else {}
