"""Findings as CSV and as a page of HTML."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, select_autoescape

from inspection.findings import Finding, by_severity

TEMPLATES: Final = Path(__file__).parents[1] / "templates"


def as_csv(findings: Sequence[Finding]) -> str:
    """One row for each finding, with a header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, [field.name for field in fields(Finding)], lineterminator="\n")
    writer.writeheader()
    for finding in findings:
        writer.writerow({**asdict(finding), "paragraphs": "; ".join(finding.paragraphs)})
    return text.getvalue()


def as_html(findings: Sequence[Finding], *, summary: Mapping[str, Any], source: str, now: datetime) -> str:
    """A self-contained page for screen and print.

    Args:
        findings: the findings.
        summary: what was compared, and what was not: see `AuditReport.summary`.
        source: where the deployed zone was read from.
        now: time of the audit.
    """
    environment = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape())
    return environment.get_template("audit.html").render(
        findings=findings, severities=list(by_severity(findings)), summary=summary, source=source, now=now
    )
