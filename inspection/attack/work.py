"""Days' work that must succeed, read from `work.yaml`: scripts of calls of each persona."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One API call of a script."""

    service: str
    """boto3 name of the service."""
    operation: str
    """boto3 name of the operation."""
    parameters: Mapping[str, Any]
    """Parameters of the operation, with the placeholders that `work.yaml` explains."""
    save: Mapping[str, str]
    """Name of a placeholder -> dotted path in the answer whose value it stands for in later steps."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Script:
    """A part of a persona's work."""

    id: str
    title: str
    """What the persona does, in one sentence without a full stop."""
    persona: str
    account: str
    """Name of the account in which the persona works."""
    region: str
    """AWS region; empty for the primary region."""
    stack: str
    """Stack whose resources the script needs; empty if it needs none."""
    steps: Sequence[Step]
    prepare: Sequence[Step]
    """Calls of the account's access role before the script."""
    clean: Sequence[Step]
    """Calls of the account's access role after the script, whether it succeeded or not."""


def scripts() -> Sequence[Script]:
    """Returns the scripts, in the order of the file.

    Raises:
        ValueError: two scripts have the same id.
    """
    text = resources.files("inspection.attack").joinpath("work.yaml").read_text(encoding="utf-8")
    read = [
        Script(
            id=entry["id"],
            title=entry["title"],
            persona=entry["persona"],
            account=entry["account"],
            region=entry.get("region", ""),
            stack=entry.get("stack", ""),
            steps=_steps(entry["steps"]),
            prepare=_steps(entry.get("prepare", ())),
            clean=_steps(entry.get("clean", ())),
        )
        for entry in yaml.safe_load(text)
    ]
    ids = [script.id for script in read]
    repeated = sorted({identifier for identifier in ids if ids.count(identifier) > 1})
    if repeated:
        raise ValueError(f"work.yaml repeats {', '.join(repeated)}")
    return read


def _steps(entries: Sequence[Mapping[str, Any]]) -> Sequence[Step]:
    return [
        Step(
            service=entry["service"],
            operation=entry["operation"],
            parameters=entry["parameters"],
            save=entry.get("save", {}),
        )
        for entry in entries
    ]
