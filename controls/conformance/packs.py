"""Conformance pack templates, split to AWS's limits: deterministic, and refused by name where they cannot fit."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from controls.conformance.remediation import Remediation
from controls.conformance.rules import ManagedRule

MAXIMUM_RULES: Final = 130
"""Rules in one conformance pack (AWS Config Developer Guide, "Service Limits")."""
MAXIMUM_INLINE: Final = 51_200
"""Bytes of a template given inline; a larger one is delivered through S3."""
MAXIMUM_NAME: Final = 128
"""Characters of a rule's or an organisation conformance pack's name."""


class PackError(Exception):
    """A pack that AWS would refuse; names the pack, the rule and the limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConformancePack:
    """A conformance pack."""

    name: str
    template: str
    """CloudFormation YAML."""
    rules: Sequence[ManagedRule]

    @property
    def inline(self) -> bool:
        """Whether the template may be given inline instead of through S3."""
        return len(self.template.encode()) <= MAXIMUM_INLINE


def packs(
    name: str,
    rules: Sequence[ManagedRule],
    parameters: Mapping[str, Mapping[str, str]] | None = None,
    limit: int = MAXIMUM_RULES,
    remediations: Mapping[str, Remediation] | None = None,
) -> Sequence[ConformancePack]:
    """Makes as many packs as the rules need, in the rules' order.

    Args:
        name: the first pack's name; further ones are numbered.
        rules: what the packs check.
        parameters: rule identifier -> parameters from the zone's configuration, over the rules' own.
        limit: rules a pack.
        remediations: rule identifier -> the repair offered beside it; those of rules not in `rules` are left out.

    Raises:
        PackError: a rule named twice, a name too long, or parameters for a rule that is in no pack.
    """
    remaining = dict(parameters or {})
    unknown = remaining.keys() - {rule.identifier for rule in rules}
    if unknown:
        raise PackError(f"conformance pack {name}: parameters for {min(unknown)!r}, which is no rule of it")
    names: set[str] = set()
    for rule in rules:
        if rule.name in names:
            raise PackError(f"conformance pack {name}: rule {rule.name!r} is in it twice")
        if len(rule.name) > MAXIMUM_NAME:
            raise PackError(f"conformance pack {name}: rule {rule.name!r} has a name of over {MAXIMUM_NAME} characters")
        names.add(rule.name)
    chunks = [rules[start : start + limit] for start in range(0, len(rules), limit)]
    return [
        ConformancePack(
            name=name if number == 1 else f"{name}-{number}",
            template=_template(
                [(rule, {**rule.parameters, **remaining.get(rule.identifier, {})}) for rule in chunk],
                remediations or {},
            ),
            rules=chunk,
        )
        for number, chunk in enumerate(chunks, start=1)
    ]


def _template(rules: Sequence[tuple[ManagedRule, Mapping[str, str]]], remediations: Mapping[str, Remediation]) -> str:
    resources = {_logical(rule.name): _resource(rule, parameters) for rule, parameters in rules}
    for rule, _ in rules:
        if rule.identifier in remediations:
            logical = _logical(rule.name)
            resources[f"{logical}Remediation"] = remediations[rule.identifier].resource(rule.name, after=logical)
    return yaml.safe_dump({"Resources": resources}, sort_keys=False, width=4096)


def _logical(name: str) -> str:
    return "".join(part.capitalize() for part in re.split(r"[^A-Za-z0-9]+", name) if part)


def _resource(rule: ManagedRule, parameters: Mapping[str, str]) -> dict[str, Any]:
    source = {"Owner": "AWS", "SourceIdentifier": rule.identifier}
    properties: dict[str, Any] = {"ConfigRuleName": rule.name, "Source": source}
    if parameters:
        properties["InputParameters"] = dict(parameters)
    if rule.resource_types:
        properties["Scope"] = {"ComplianceResourceTypes": list(rule.resource_types)}
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}
