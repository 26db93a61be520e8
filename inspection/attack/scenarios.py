"""The library of scenarios, read from `scenarios.csv`."""

import csv
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

ALLOWED: Final = "allowed"
"""Expectation of a legitimate action."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Scenario:
    """One API call of one persona."""

    id: str
    tactic: str
    """Tactic of MITRE ATT&CK for cloud; `daily work` for a legitimate action."""
    paragraph: str
    """Paragraph of 45 CFR 164 that the control serves."""
    account: str
    """Name of the account whose principal makes the call."""
    persona: str
    """`intruder`, an administrator of the account without exemption, or a persona of the zone."""
    service: str
    """boto3 name of the service."""
    operation: str
    """boto3 name of the operation."""
    parameters: Mapping[str, Any]
    """Parameters of the operation; `{account}` stands for the id of the account, `{account:NAME}` for another's,
    `{key:alias/NAME}` for the ARN of a KMS key of the account."""
    expect: str
    """Sid of the statement that must deny the call, or `allowed`."""
    stack: str = ""
    """Stack whose resources the call needs; empty if it needs those of the account only."""

    @property
    def attack(self) -> bool:
        """Whether the call must be denied."""
        return self.expect != ALLOWED


def scenarios() -> Sequence[Scenario]:
    """Returns the library, in the order of the file.

    Raises:
        ValueError: a row repeats an id.
    """
    text = resources.files("inspection.attack").joinpath("scenarios.csv").read_text(encoding="utf-8")
    rows = [
        Scenario(**{**row, "parameters": json.loads(row["parameters"])})  # pyright: ignore[reportArgumentType]
        for row in csv.DictReader(text.splitlines())
    ]
    repeated = {row.id for row in rows if sum(row.id == other.id for other in rows) > 1}
    if repeated:
        raise ValueError(f"scenarios.csv repeats {', '.join(sorted(repeated))}")
    return rows
