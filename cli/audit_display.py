"""The result of an audit, for people and as a JSON document."""

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.errors import console
from inspection.audit import AuditReport
from inspection.findings import Finding, by_severity

STYLES: Final = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "default"}
WIDTH: Final = 100
MOST: Final = 40
"""Entries of what was not read that the table shows; the other formats have all of them."""


def show(report: AuditReport, listed: Sequence[Finding], *, source: str, every: bool, to: Console = console) -> None:
    """Prints areas, findings, what was not read and the verdict."""
    totals, wrong = Counter[str](), Counter[str]()
    for observation in report.observations:
        totals[observation.area] += 1
        wrong[observation.area] += not observation.ok
    to.print("Audit: deployed accounts compared with the declaration")
    table = Table(box=None)
    for heading in ("area", "checked", "differs"):
        table.add_column(heading, justify="left" if heading == "area" else "right")
    for area, count in totals.items():
        style = "red" if wrong[area] else "green"
        table.add_row(Text(f"{'✗' if wrong[area] else '✓'} {area}", style=style), str(count), str(wrong[area] or ""))
    to.print(table)
    for finding in listed:
        _finding(finding, to)
    if every:
        for observation in report.observations:
            if observation.ok:
                to.print(Text(f"  ✓ {observation.area}: {observation.subject}: {observation.found}"), soft_wrap=True)
    _unread(report, to)
    to.print(
        f"\n{source}: {report.resources} resources with {report.properties} properties compared, "
        f"{report.listed} listed; {len(report.not_compared)} types and properties cannot be compared "
        "(--format json lists them)"
    )
    to.print(f"{len(report.observations)} observations: {verdict(report, listed)}")


def _unread(report: AuditReport, to: Console) -> None:
    if not report.unread:
        return
    to.print(Text(f"\nNot read: {len(report.unread)}", style="yellow"))
    for entry in report.unread[:MOST]:
        place = " ".join(filter(None, (entry.account, entry.region)))
        to.print(Text(f"  {place or 'zone'}: {entry.what}: {entry.error}", style="yellow"), soft_wrap=True)
    if len(report.unread) > MOST:
        to.print(f"  and {len(report.unread) - MOST} more; --format json lists all")


def verdict(report: AuditReport, listed: Sequence[Finding]) -> str:
    """The result in a few words."""
    unread = "1 part was" if len(report.unread) == 1 else f"{len(report.unread)} parts were"
    incomplete = f"incomplete, {unread} not read" if not report.complete else ""
    if report.differences:
        severities = ", ".join(f"{count} {severity}" for severity, count in by_severity(listed))
        differ = f"{len(report.differences)} of {len(report.observations)} differ ({severities})"
        return f"{differ}; {incomplete}" if incomplete else differ
    return incomplete or "the zone is as declared"


def text(report: AuditReport, listed: Sequence[Finding], *, source: str) -> str:
    """What `show` prints, without colours."""
    file = io.StringIO()
    show(report, listed, source=source, every=False, to=Console(file=file, width=WIDTH, highlight=False))
    return file.getvalue()


def document(report: AuditReport, listed: Sequence[Finding], *, source: str) -> dict[str, Any]:
    """The JSON document."""
    return {
        "ok": report.ok,
        "source": source,
        **summary(report),
        "observations": [asdict(observation) for observation in report.observations],
        "findings": [asdict(finding) for finding in listed],
    }


def summary(report: AuditReport) -> dict[str, Any]:
    """What was compared, and what was not."""
    return {
        "incomplete": not report.complete,
        "resources": report.resources,
        "properties": report.properties,
        "listed": report.listed,
        "unread": [asdict(entry) for entry in report.unread],
        "not_compared": dict(sorted(report.not_compared.items())),
    }


def _finding(finding: Finding, to: Console) -> None:
    style = STYLES[finding.severity]
    to.print(Text(f"\n{finding.severity:8}  {finding.control}  {finding.title}", style=style), soft_wrap=True)
    for name, value in (
        ("resource", finding.arn or "not deployed"),
        ("account", f"{finding.account} {finding.region}"),
        ("declared", finding.expected),
        ("deployed", finding.found),
        ("45 CFR", ", ".join(finding.paragraphs)),
        ("remedy", finding.remediation),
    ):
        to.print(Text(f"  {name:9} {value}"), soft_wrap=True)
