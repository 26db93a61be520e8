"""Findings of an audit: each difference with the control that it weakens, its severity, paragraphs and remediation."""

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from controls.model import Control, PolicyRule
from controls.registry import CONTROLS
from inspection.observation import Observation

TABLE: Final = Path(__file__).with_name("audit_controls.csv")
"""Beginning of a type token, or area -> the control that a difference weakens; the longest beginning counts."""

SEVERITIES: Final = ("critical", "high", "medium", "low")
"""Severities of controls, the most severe first."""
CLEAR: Final = frozenset({"policy", "encryption", "replicas", "rules"})
"""Properties of one word that mean nothing else in the text of a remedy; `name` and `state` do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A difference between the deployed zone and its declaration."""

    id: str
    """Derived from account, region, resource and property: the same difference has the same id in every audit."""
    title: str
    kind: str
    """`differs`, `missing` or `undeclared`."""
    control: str
    control_title: str
    severity: str
    """`low`, `medium`, `high` or `critical`: that of the control."""
    reason: str
    """Why the control exists."""
    paragraphs: Sequence[str]
    """Paragraphs of 45 CFR part 164 that the control serves."""
    type: str
    arn: str
    """ARN, or the id of a resource without one; empty for what is not deployed."""
    account: str
    region: str
    subject: str
    expected: str
    found: str
    remediation: str


def findings(observations: Iterable[Observation], *, management_account: str, region: str) -> Sequence[Finding]:
    """The findings of an audit, the most severe first.

    Args:
        observations: the observations of the audit; those that match are left out.
        management_account: account of findings that concern the organization as a whole.
        region: region of findings that concern no region.
    """
    listed = [_finding(observation, management_account, region) for observation in observations if not observation.ok]
    return sorted(listed, key=lambda entry: (SEVERITIES.index(entry.severity), entry.control, entry.subject))


def control_of(observation: Observation) -> Control:
    """The control that a difference weakens."""
    if observation.control:
        return CONTROLS[observation.control]
    rule = _rule(observation)
    return rule[0] if rule is not None else CONTROLS[_tabled(observation)]


def _finding(observation: Observation, management_account: str, region: str) -> Finding:
    control = control_of(observation)
    account, place = observation.account or management_account, observation.region or region
    key = f"{account}|{place}|{observation.area}|{observation.type}|{observation.subject}|{observation.kind}"
    return Finding(
        id=hashlib.sha256(key.encode()).hexdigest()[:32],
        title=f"{_TITLES[observation.kind]}: {observation.subject}",
        kind=observation.kind,
        control=control.id,
        control_title=control.title,
        severity=control.severity.value,
        reason=control.reason,
        paragraphs=[citation.paragraph for citation in control.citations],
        type=observation.type,
        arn=observation.arn,
        account=account,
        region=place,
        subject=observation.subject,
        expected=observation.expected,
        found=observation.found,
        remediation=_remediation(observation, control),
    )


_TITLES: Final[Mapping[str, str]] = {
    "differs": "Deployed otherwise than declared",
    "missing": "Declared and not deployed",
    "undeclared": "Deployed and not declared",
    "same": "As declared",
}


def _remediation(observation: Observation, control: Control) -> str:
    rule = _rule(observation)
    remedy = f"{rule[1].remedy} " if rule is not None and rule[0] is control else ""
    deploy = f"`zone up {observation.stack}`" if observation.stack else "`zone up`"
    if observation.kind == "missing":
        return f"Deploy it with {deploy}."
    if observation.kind == "undeclared":
        return f"{remedy}Remove it, or declare it in the program. Find in the trail who made it."
    return f"{remedy}Set the declared value again: `zone refresh {observation.stack or '--all'}`, then {deploy}."


def _rule(observation: Observation) -> tuple[Control, PolicyRule] | None:
    """The policy of a control that is about the property: its remedy names it as the program spells it."""
    name = re.split(r"[.\[]", observation.property)[0]
    if not observation.type or not name:
        return None
    spelled = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    if "_" not in spelled and spelled not in CLEAR:
        return None
    for control, rule in _rules(observation.type):
        if re.search(rf"\b{re.escape(spelled)}\b", rule.remedy):
            return control, rule
    return None


@cache
def _rules(type_: str) -> Sequence[tuple[Control, PolicyRule]]:
    return [(control, rule) for control in CONTROLS.values() for rule in control.block if type_ in rule.check.types]


def _tabled(observation: Observation) -> str:
    name = observation.type or f"area:{observation.area}"
    matching = [prefix for prefix in _table() if name.startswith(prefix)]
    return _table()[max(matching, key=len)] if matching else "F5"


@cache
def _table() -> Mapping[str, str]:
    with TABLE.open(encoding="utf-8", newline="") as text:
        return {row["prefix"]: row["control"] for row in csv.DictReader(text)}


def by_severity(listed: Sequence[Finding]) -> Iterator[tuple[str, int]]:
    """Severity and number of findings, the most severe first; severities without findings are left out."""
    for severity in SEVERITIES:
        count = sum(finding.severity == severity for finding in listed)
        if count:
            yield severity, count
