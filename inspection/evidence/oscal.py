"""The evidence as OSCAL assessment results, which governance tools import.

Format: NIST, Open Security Controls Assessment Language, assessment results model, version 1.1.3. Every paragraph of
the Security Rule is a finding, every policy or rule with a verdict an observation, every resource an inventory item.
"""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.verdict import Verdict
from inspection.evidence.origin import EMULATED
from inspection.evidence.report import Evidence, Layer, Paragraph, ParagraphControl, Status

VERSION: Final = "1.1.3"
"""Version of OSCAL."""
NAMESPACE: Final = "urn:hipaa-ml-landing-zone:oscal"
"""Namespace of this program's properties."""
IDENTIFIERS: Final = uuid.uuid5(uuid.NAMESPACE_URL, NAMESPACE)
"""Namespace of version 5 UUIDs: the same resource has the same identifier in every report."""
STATES: Final[Mapping[Status, tuple[str, str]]] = {
    "fails": ("not-satisfied", "fail"),
    "incomplete": ("not-satisfied", "other"),
    "zone passes": ("satisfied", "pass"),
    "not deployed": ("not-satisfied", "other"),
    "organizational": ("not-satisfied", "other"),
}
"""Status of a paragraph -> state and reason of a finding, where the organization shows nothing beside the zone."""


def control_id(paragraph: str) -> str:
    """The identifier of a paragraph as an OSCAL token: `164.312(a)(2)(iv)` becomes `hipaa-164.312-a-2-iv`."""
    return "hipaa-" + paragraph.replace(")(", "-").replace("(", "-").replace(")", "")


def assessment_results(report: Evidence) -> dict[str, Any]:
    """The report as an OSCAL assessment results document.

    Args:
        report: the evidence.
    """
    provenance = report.provenance
    moment = provenance.written.isoformat(timespec="seconds").replace("+00:00", "Z")
    plan, tool = _identifier("plan"), _identifier("tool")
    observations = [*_observations(report, moment, tool), *_proof_observations(report, tool)]
    title = f"HIPAA Security Rule: {report.zone}"
    mark = f"{EMULATED}: the zone was read from an emulator, not from AWS. " if report.origin.emulated else ""
    result: dict[str, Any] = {
        "uuid": _identifier("result", report.zone, moment),
        "title": _line(f"{report.origin.mark} {title}"),
        "description": _line(
            f"{mark}Verdicts on the resources of {len(report.deployed)} stacks, read from {report.origin.source}: "
            f"{report.origin.detail}"
        ),
        "start": moment,
        "end": moment,
        "props": _props(
            emulated=str(report.origin.emulated).lower(),
            source=report.origin.source,
            commit=provenance.commit,
            by=provenance.by,
            **{f"account-{name}": number for name, number in provenance.accounts.items()},
            regions=" ".join(provenance.regions),
        ),
        "local-definitions": {
            "components": [
                {
                    "uuid": tool,
                    "type": "software",
                    "title": "zone evidence",
                    "description": "Evaluates the policies of the zone's control registry on deployed resources.",
                    "status": {"state": "operational"},
                }
            ],
        },
        "reviewed-controls": {
            "control-selections": [
                {"include-controls": [{"control-id": control_id(item.number)} for item in report.paragraphs]}
            ]
        },
        "findings": [_finding(paragraph, report) for paragraph in report.paragraphs],
    }
    items = _inventory(report)
    if items:
        result["local-definitions"]["inventory-items"] = items
    if observations:
        result["observations"] = observations
    return {
        "assessment-results": {
            "uuid": _identifier("document", report.zone, moment),
            "metadata": {
                "title": _line(f"{report.origin.mark} {title}"),
                "last-modified": moment,
                "version": _line(provenance.commit),
                "oscal-version": VERSION,
                "props": _props(emulated=str(report.origin.emulated).lower()),
                "remarks": _line(f"{mark}Written by {provenance.by} from commit {provenance.commit}."),
            },
            "import-ap": {
                "href": f"#{plan}",
                "remarks": "There is no assessment plan: the control registry decides what is examined.",
            },
            "results": [result],
            "back-matter": {"resources": [*_resources(report, plan)]},
        }
    }


def _finding(paragraph: Paragraph, report: Evidence) -> dict[str, Any]:
    requirement = paragraph.requirement
    state, reason = STATES[paragraph.status]
    if state == "satisfied" and requirement.show:
        # The zone's part passes; whether the organization's part does is for the assessor to say.
        state, reason = "not-satisfied", "other"
    related = [
        {"observation-uuid": _observation_id(entry, layer)}
        for entry in paragraph.entries
        for layer in entry.layers
        if layer.verdicts
    ]
    present = {proof.kind for proof in report.proofs if proof.file}
    related += [{"observation-uuid": _identifier("proof", kind)} for kind in paragraph.proofs if kind in present]
    remarks = f"Status: {paragraph.status}."
    if requirement.show:
        remarks += f" The organization shows: {requirement.show}."
    finding: dict[str, Any] = {
        "uuid": _identifier("finding", paragraph.number),
        "title": _line(f"45 CFR {paragraph.number} {paragraph.title}"),
        "description": _line(
            f"{requirement.kind}, {requirement.designation}. Verdicts: "
            f"{', '.join(f'{count} {outcome}' for outcome, count in sorted(paragraph.counts.items())) or 'none'}."
        ),
        "props": _props(
            designation=requirement.designation,
            kind=requirement.kind,
            status=paragraph.status,
            attachments=str(len(paragraph.attachments)),
        ),
        "target": {
            "type": "objective-id",
            "target-id": control_id(paragraph.number),
            "status": {"state": state, "reason": reason},
        },
        "remarks": _line(remarks),
    }
    if related:
        finding["related-observations"] = related
    return finding


def _observations(report: Evidence, moment: str, tool: str) -> Iterator[dict[str, Any]]:
    for entry in report.controls:
        for layer in entry.layers:
            if layer.verdicts:
                counts = ", ".join(f"{count} {outcome}" for outcome, count in sorted(layer.counts.items()))
                yield {
                    "uuid": _observation_id(entry, layer),
                    "title": _line(f"{entry.control} {layer.layer} {layer.means}"),
                    "description": _line(f"{entry.title}: {counts}"),
                    "props": _props(control=entry.control, layer=layer.layer, severity=entry.severity),
                    "methods": ["TEST"],
                    "origins": [{"actors": [{"type": "tool", "actor-uuid": tool}]}],
                    "subjects": [_subject(verdict) for verdict in layer.verdicts],
                    "collected": moment,
                }


def _proof_observations(report: Evidence, tool: str) -> Iterator[dict[str, Any]]:
    for proof in report.proofs:
        if proof.file:
            yield {
                "uuid": _identifier("proof", proof.kind),
                "title": _line(proof.title),
                "description": _line(f"{proof.state}: {proof.detail}"),
                "props": _props(
                    kind=proof.kind,
                    state=proof.state,
                    by=proof.by,
                    commit=proof.commit,
                    regions=" ".join(proof.regions),
                ),
                "methods": ["TEST"],
                "origins": [{"actors": [{"type": "tool", "actor-uuid": tool}]}],
                "collected": proof.date,
                "relevant-evidence": [{"href": proof.file, "description": _line(proof.title)}],
            }


def _subject(verdict: Verdict) -> dict[str, Any]:
    subject: dict[str, Any] = {
        "subject-uuid": _resource_id(verdict),
        "type": "inventory-item",
        "title": _line(f"{verdict.stack}/{verdict.resource}"),
        "props": _props(
            verdict=verdict.outcome.replace(" ", "-"),
            owner=verdict.owner,
            reason=verdict.reason,
            expires=verdict.expires.isoformat() if verdict.expires else "",
        ),
    }
    if verdict.detail:
        subject["remarks"] = _line(verdict.detail)
    return subject


def _inventory(report: Evidence) -> list[dict[str, Any]]:
    items: dict[str, dict[str, Any]] = {}
    for entry in report.controls:
        for verdict in entry.verdicts:
            identifier = _resource_id(verdict)
            if identifier not in items:
                description = _line(f"{verdict.type} {verdict.stack}/{verdict.resource}")
                props = _props(urn=verdict.urn, account=verdict.account, region=verdict.region)
                items[identifier] = {
                    "uuid": identifier,
                    "description": description,
                    **({"props": props} if props else {}),
                }
    return list(items.values())


def _resources(report: Evidence, plan: str) -> Iterator[dict[str, Any]]:
    yield {"uuid": plan, "title": "Control registry", "description": "controls/ at the commit of this report."}
    for paragraph in report.paragraphs:
        for attachment in paragraph.attachments:
            yield {
                "uuid": _identifier("attachment", attachment.path),
                "title": _line(f"Attachment to {paragraph.number}"),
                "rlinks": [{"href": attachment.path, "hashes": [{"algorithm": "SHA-256", "value": attachment.sha256}]}],
            }


def _resource_id(verdict: Verdict) -> str:
    return _identifier("resource", verdict.urn or f"{verdict.type} {verdict.resource}")


def _observation_id(entry: ParagraphControl, layer: Layer) -> str:
    return _identifier("observation", entry.control, layer.layer, layer.means)


def _identifier(*parts: str) -> str:
    return str(uuid.uuid5(IDENTIFIERS, "\0".join(parts)))


def _props(**values: str) -> Sequence[dict[str, str]]:
    """Properties of this program's namespace; empty values are left out, since OSCAL has no empty string."""
    return [{"name": name, "ns": NAMESPACE, "value": _line(value)} for name, value in values.items() if _line(value)]


def _line(text: str) -> str:
    """Text on one line, as OSCAL's string type requires."""
    return " ".join(text.split())
