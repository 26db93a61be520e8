"""The evidence report as a JSON document and as rows of a table."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from controls.verdict import Verdict
from inspection.evidence.report import Evidence, Paragraph, ParagraphControl

COLUMNS: Final[tuple[str, ...]] = (
    "source", "paragraph", "designation", "title", "status", "show", "control", "layer", "means", "where", "verdict",
    "account", "region", "detail", "owner", "reason", "expires",
)  # fmt: skip
"""Columns of `rows`."""


def document(report: Evidence) -> dict[str, Any]:
    """The report as one JSON-like tree; dates as ISO text."""
    provenance = report.provenance
    return {
        "zone": report.zone,
        "date": report.date.isoformat(),
        "emulated": report.origin.emulated,
        "notice": report.origin.mark,
        "written": provenance.written.isoformat(),
        "by": provenance.by,
        "commit": provenance.commit,
        "accounts": dict(provenance.accounts),
        "regions": list(provenance.regions),
        "source": asdict(report.origin),
        "ok": report.ok,
        "complete": report.complete,
        "verdicts": dict(report.counts),
        "deployed": list(report.deployed),
        "paragraphs": [_paragraph(paragraph) for paragraph in report.paragraphs],
        "exemptions": [
            {**asdict(exemption), "expires": exemption.expires.isoformat()} for exemption in report.exemptions
        ],
        "proofs": [asdict(proof) for proof in report.proofs],
        "not_read": list(report.not_read),
        "coverage": [asdict(entry) for entry in report.coverage],
    }


def rows(report: Evidence) -> Sequence[Mapping[str, str]]:
    """A row for each paragraph, control, layer and resource, for a spreadsheet."""
    return [
        {
            "source": report.origin.mark or report.origin.source,
            "paragraph": paragraph.number,
            "designation": paragraph.requirement.designation,
            "title": paragraph.title,
            "status": paragraph.status,
            "show": paragraph.requirement.show,
            **row,
        }
        for paragraph in report.paragraphs
        for row in _rows(paragraph)
    ]


def _rows(paragraph: Paragraph) -> Sequence[Mapping[str, str]]:
    empty: Mapping[str, str] = dict.fromkeys(COLUMNS[6:], "")
    rows: list[Mapping[str, str]] = []
    for entry in paragraph.entries:
        for layer in entry.layers:
            named = {**empty, "control": entry.control, "layer": layer.layer, "means": layer.means}
            rows += [{**named, **_cells(verdict)} for verdict in layer.verdicts]
            if not layer.verdicts:
                rows.append({**named, "verdict": "not deployed"})
    return rows or [empty]


def _cells(verdict: Verdict) -> Mapping[str, str]:
    return {
        "where": f"{verdict.stack}/{verdict.resource}",
        "verdict": verdict.outcome,
        "account": verdict.account,
        "region": verdict.region,
        "detail": verdict.detail,
        "owner": verdict.owner,
        "reason": verdict.reason,
        "expires": verdict.expires.isoformat() if verdict.expires else "",
    }


def _paragraph(paragraph: Paragraph) -> dict[str, Any]:
    requirement = paragraph.requirement
    return {
        "number": paragraph.number,
        "title": paragraph.title,
        "kind": requirement.kind,
        "designation": requirement.designation,
        "standard": requirement.standard,
        "status": paragraph.status,
        "covered": paragraph.covered,
        "verdicts": dict(paragraph.counts),
        "show": requirement.show,
        "attachments": [asdict(attachment) for attachment in paragraph.attachments],
        "proofs": list(paragraph.proofs),
        "failed_proofs": list(paragraph.failed_proofs),
        "entries": [_entry(entry) for entry in paragraph.entries],
        "config_rules": list(paragraph.config_rules),
    }


def _entry(entry: ParagraphControl) -> dict[str, Any]:
    layers = [
        {
            "layer": layer.layer,
            "means": layer.means,
            "where": list(layer.where),
            "targets": list(layer.targets),
            "verdicts": [_verdict(verdict) for verdict in layer.verdicts],
        }
        for layer in entry.layers
    ]
    return {
        "control": entry.control,
        "title": entry.title,
        "reason": entry.reason,
        "severity": entry.severity,
        "nist": list(entry.nist),
        "layers": layers,
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    document = asdict(verdict)
    document["expires"] = verdict.expires.isoformat() if verdict.expires else None
    return document
