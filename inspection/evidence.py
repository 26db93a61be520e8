"""Evidence for an auditor: paragraph by paragraph, which control in which layer on which resources; and what lacks."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape

from controls.citations import TITLES
from controls.compiler import CompiledPolicies
from controls.conformance import hipaa
from controls.model import Control
from controls.nist import nist

TEMPLATES: Final = Path(__file__).with_name("templates")
PROWLER: Final = Path(__file__).with_name("prowler_hipaa_requirements.csv")
"""Prowler's HIPAA requirements with their checks, read 2026-08: a list to count our coverage against."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyExemption:
    """A resource that may break a policy for a time."""

    policy: str
    resource: str
    owner: str
    reason: str
    expires: date


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """The mechanisms of one control in one layer."""

    layer: str
    """`prevent`, `block` or `detect`."""
    means: str
    """The policy or rule, by its name in AWS or in the pack."""
    where: Sequence[str]
    """OUs a policy is attached to, or resources a check looked at."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParagraphControl:
    """A control under one paragraph."""

    control: str
    title: str
    reason: str
    severity: str
    nist: Sequence[str]
    """Controls of NIST SP 800-53 Rev. 5."""
    layers: Sequence[Layer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Paragraph:
    """A paragraph of the Security Rule."""

    number: str
    title: str
    entries: Sequence[ParagraphControl]
    config_rules: Sequence[str]
    """Rules of AWS's HIPAA conformance pack that cite the paragraph."""

    @property
    def covered(self) -> bool:
        """Whether a control of the zone stands behind the paragraph."""
        return bool(self.entries)


@dataclass(frozen=True, kw_only=True, slots=True)
class Coverage:
    """Share of a published list that the zone covers."""

    of: str
    covered: int
    total: int
    missing: Sequence[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """The whole report."""

    zone: str
    date: date
    deployed: Sequence[str]
    """Stacks whose resources were looked at."""
    paragraphs: Sequence[Paragraph]
    exemptions: Sequence[PolicyExemption]
    coverage: Sequence[Coverage]

    def document(self) -> dict[str, Any]:
        """The report as one JSON-like tree; dates as ISO text."""
        return {
            "zone": self.zone,
            "date": self.date.isoformat(),
            "deployed": list(self.deployed),
            "paragraphs": [{**asdict(paragraph), "covered": paragraph.covered} for paragraph in self.paragraphs],
            "exemptions": [
                {**asdict(exemption), "expires": exemption.expires.isoformat()} for exemption in self.exemptions
            ],
            "coverage": [asdict(entry) for entry in self.coverage],
        }

    def html(self) -> str:
        """Return a self-contained HTML page for screen and print."""
        environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())
        return environment.get_template("evidence.html").render(report=self)

    def rows(self) -> Sequence[Mapping[str, str]]:
        """A row for each paragraph, control and layer, for a spreadsheet."""
        return [
            {
                "paragraph": paragraph.number,
                "title": paragraph.title,
                "control": entry.control,
                "layer": layer.layer,
                "means": layer.means,
                "where": "; ".join(layer.where),
            }
            for paragraph in self.paragraphs
            for entry in paragraph.entries
            for layer in entry.layers
        ]


def collect(
    *,
    zone: str,
    controls: Iterable[Control],
    compiled: CompiledPolicies,
    checked: Mapping[str, Sequence[str]],
    detecting: Sequence[str],
    exemptions: Sequence[PolicyExemption],
    deployed: Sequence[str],
    today: date,
) -> Evidence:
    """Puts the evidence together.

    Args:
        zone: the zone's name.
        controls: the registry.
        compiled: the zone's organisation policies.
        checked: policy of the pack -> the deployed resources it looks at.
        detecting: the organisation conformance packs that are deployed; none means nothing is detected yet.
        exemptions: what is exempt, and until when.
        deployed: the stacks that are up.
        today: the date of the report.
    """
    control_ids = list(controls)
    by_paragraph: dict[str, list[ParagraphControl]] = {number: [] for number in TITLES}
    for control in control_ids:
        entry = _entry(control, compiled, checked, detecting)
        for citation in control.citations:
            if citation.paragraph in by_paragraph:
                by_paragraph[citation.paragraph].append(entry)
    rules = {number: [rule.name for rule in hipaa() if number in rule.paragraphs] for number in TITLES}
    return Evidence(
        zone=zone,
        date=today,
        deployed=deployed,
        paragraphs=[
            Paragraph(number=number, title=title, entries=by_paragraph[number], config_rules=rules[number])
            for number, title in TITLES.items()
        ],
        exemptions=exemptions,
        coverage=_coverage(control_ids),
    )


def _entry(
    control: Control, compiled: CompiledPolicies, checked: Mapping[str, Sequence[str]], detecting: Sequence[str]
) -> ParagraphControl:
    prevent = [
        Layer(layer="prevent", means=policy.name, where=list(policy.targets))
        for policy in compiled.policies
        if control.id in policy.controls
    ]
    block = [Layer(layer="block", means=rule.name, where=checked.get(rule.name, ())) for rule in control.block]
    detect = [Layer(layer="detect", means=rule.identifier, where=detecting) for rule in control.detect]
    return ParagraphControl(
        control=control.id,
        title=control.title,
        reason=control.reason,
        severity=control.severity.value,
        nist=nist(control.citations),
        layers=[*prevent, *block, *detect],
    )


def _coverage(controls: Sequence[Control]) -> Sequence[Coverage]:
    detected = {rule.identifier for control in controls for rule in control.detect}
    pack = [rule for rule in hipaa() if rule.identifier not in detected]
    cited = {citation.paragraph for control in controls for citation in control.citations}
    with PROWLER.open(encoding="utf-8", newline="") as text:
        requirements = list(csv.DictReader(text))
    open_requirements = [f"{row['paragraph']} {row['title']}" for row in requirements if row["paragraph"] not in cited]
    return (
        Coverage(
            of="rules of AWS's HIPAA Security conformance pack that a control of the registry names",
            covered=len(hipaa()) - len(pack),
            total=len(hipaa()),
            missing=[rule.name for rule in pack],
        ),
        Coverage(
            of="requirements of Prowler's HIPAA list with a control of the registry behind their paragraph",
            covered=len(requirements) - len(open_requirements),
            total=len(requirements),
            missing=open_requirements,
        ),
    )
