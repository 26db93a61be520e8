"""Puts the evidence together: controls, verdicts and other proofs under the paragraphs of the Security Rule."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from controls.compiler import CompiledPolicies
from controls.conformance import hipaa
from controls.model import Control
from controls.nist import nist
from controls.security_rule import REQUIREMENTS
from controls.verdict import Verdict
from inspection.evidence.conformance_packs import DeployedPack, deployed_packs, detected
from inspection.evidence.organization_policies import DeployedPolicy, deployed_policies, prevented
from inspection.evidence.origin import Stacks
from inspection.evidence.proofs import ProofState
from inspection.evidence.report import (
    Attachment,
    Coverage,
    Evidence,
    Layer,
    Paragraph,
    ParagraphControl,
    PolicyExemption,
    Provenance,
)

PROWLER: Final = Path(__file__).with_name("prowler_hipaa_requirements.csv")
"""Prowler's HIPAA requirements with their checks, read 2026-08: a list to count our coverage against."""


def collect(
    *,
    provenance: Provenance,
    stacks: Stacks,
    controls: Iterable[Control],
    compiled: CompiledPolicies,
    verdicts: Sequence[Verdict],
    exemptions: Sequence[PolicyExemption],
    proofs: Sequence[ProofState] = (),
    attachments: Mapping[str, Sequence[Attachment]] | None = None,
    not_read: Sequence[str] = (),
) -> Evidence:
    """Puts the evidence together.

    Args:
        provenance: when, where, from what and by whom.
        stacks: stack -> resources of its state.
        controls: the registry.
        compiled: the zone's organization policies.
        verdicts: verdicts of the policy pack on the resources.
        exemptions: exemptions from policies, also those that have ended.
        proofs: state of every kind of other proof.
        attachments: paragraph -> attached files.
        not_read: what could not be read.
    """
    registry = list(controls)
    policies, packs = deployed_policies(stacks), deployed_packs(stacks)
    by_policy: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        by_policy.setdefault(verdict.policy, []).append(verdict)
    by_paragraph: dict[str, list[ParagraphControl]] = {number: [] for number in REQUIREMENTS}
    for control in registry:
        entry = _entry(control, compiled, policies, packs, by_policy)
        for citation in control.citations:
            if citation.paragraph in by_paragraph:
                by_paragraph[citation.paragraph].append(entry)
    return Evidence(
        provenance=provenance,
        deployed=sorted(stacks),
        paragraphs=[
            Paragraph(
                number=number,
                title=requirement.title,
                entries=by_paragraph[number],
                config_rules=[rule.name for rule in hipaa() if number in rule.paragraphs],
                proofs=[proof.kind for proof in proofs if number in proof.paragraphs],
                failed_proofs=[
                    proof.kind for proof in proofs if number in proof.paragraphs and proof.state == "failed"
                ],
                attachments=(attachments or {}).get(number, ()),
            )
            for number, requirement in REQUIREMENTS.items()
        ],
        exemptions=exemptions,
        coverage=_coverage(registry),
        proofs=proofs,
        not_read=not_read,
    )


def _entry(
    control: Control,
    compiled: CompiledPolicies,
    policies: Mapping[str, DeployedPolicy],
    packs: Sequence[DeployedPack],
    by_policy: Mapping[str, Sequence[Verdict]],
) -> ParagraphControl:
    prevent = [
        Layer(
            layer="prevent",
            means=policy.name,
            where=_where(verdicts),
            verdicts=verdicts,
            targets=list(policy.targets),
        )
        for policy, verdicts in prevented(control, compiled, policies)
    ]
    block = [
        Layer(layer="block", means=rule.name, where=_where(verdicts), verdicts=verdicts)
        for rule in control.block
        for verdicts in [by_policy.get(rule.name, ())]
    ]
    detect = [
        Layer(layer="detect", means=rule.identifier, where=_where(verdicts), verdicts=verdicts)
        for rule in control.detect
        for verdicts in [detected(rule, packs)]
    ]
    return ParagraphControl(
        control=control.id,
        title=control.title,
        reason=control.reason,
        severity=control.severity.value,
        nist=nist(control.citations),
        layers=[*prevent, *block, *detect],
    )


def _where(verdicts: Sequence[Verdict]) -> Sequence[str]:
    return [f"{verdict.stack}/{verdict.resource}" for verdict in verdicts if verdict.urn]


def _coverage(controls: Sequence[Control]) -> Sequence[Coverage]:
    detected_rules = {rule.identifier for control in controls for rule in control.detect}
    pack = [rule for rule in hipaa() if rule.identifier not in detected_rules]
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
