"""AWS Config managed rules: AWS's HIPAA Security pack, and those of the registry and of SageMaker beside it.

Source of the data: AWS Config Developer Guide, "Operational Best Practices for HIPAA Security" and the list of managed
rules, read 2026-08; the paragraphs that AWS-lineage sources give, and "unknown" where none does.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from controls.model import Control

DATA: Final = Path(__file__).with_name("data")
UNKNOWN: Final = "UNKNOWN"


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedRule:
    """An AWS Config managed rule as a conformance pack names it."""

    name: str
    """The rule's name in the pack, kebab-case."""
    identifier: str
    """AWS's source identifier, upper case."""
    parameters: Mapping[str, str] = field(default_factory=dict[str, str])
    paragraphs: Sequence[str] = ()
    """Paragraphs of 45 CFR 164; empty where no source maps the rule."""
    resource_types: Sequence[str] = ()
    """CloudFormation types the rule is scoped to; none means AWS's default."""


@cache
def hipaa() -> Sequence[ManagedRule]:
    """The 129 managed rules and the one process check of AWS's HIPAA Security conformance pack."""
    return tuple(
        ManagedRule(
            name=row["rule_name"],
            identifier=row["source_identifier"],
            parameters={key: value for key, value in json.loads(row["parameters"]).items() if value},
            paragraphs=_split(row["hipaa_controls"]),
            resource_types=_split(row["scope_resource_types"]),
        )
        for row in _rows("hipaa_conformance_pack_rules.csv")
    )


def ml_phi(controls: Iterable[Control]) -> Sequence[ManagedRule]:
    """The zone's own pack: what the registry and SageMaker's rules detect beyond AWS's pack, in a stable order."""
    hipaa_identifiers = {rule.identifier for rule in hipaa()}
    managed_rules: dict[str, ManagedRule] = {}
    for control in controls:
        for config_rule in control.detect:
            if config_rule.identifier not in hipaa_identifiers:
                managed_rules.setdefault(
                    config_rule.identifier,
                    ManagedRule(
                        name=config_rule.identifier.lower().replace("_", "-"),
                        identifier=config_rule.identifier,
                        parameters=config_rule.parameters,
                        paragraphs=[citation.paragraph for citation in control.citations],
                    ),
                )
    for row in _rows("sagemaker_config_rules.csv"):
        # A derived identifier is a guess from the rule's name: a wrong one fails the whole pack, so it waits.
        if row["source_identifier"] not in hipaa_identifiers and row["identifier_status"].startswith("confirmed"):
            managed_rules.setdefault(
                row["source_identifier"],
                ManagedRule(
                    name=row["rule_name"],
                    identifier=row["source_identifier"],
                    paragraphs=_split(row["hipaa_controls_proposed_by_this_report"]),
                ),
            )
    return tuple(sorted(managed_rules.values(), key=lambda rule: rule.name))


def _rows(name: str) -> Sequence[Mapping[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as text:
        return list(csv.DictReader(text))


def _split(text: str) -> Sequence[str]:
    return tuple(part.strip() for part in text.split(";") if part.strip() and not part.strip().startswith(UNKNOWN))
