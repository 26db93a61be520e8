"""`zone audit`: compares the emulated accounts with the configuration."""

import json
from collections import Counter
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.declared import declared_zone
from cli.errors import console, messages
from cli.options import Endpoint, JsonDocument
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from controls.data.d8_eligible_services import control as d8
from inspection.audit import AuditReport
from inspection.audit import audit as audited


def audit(
    as_json: JsonDocument = False,
    every: Annotated[bool, typer.Option("--all", help="List the resources that match as well.")] = False,
    endpoint: Endpoint = None,
) -> None:
    """Read the emulated accounts with boto3 alone, as an auditor would, and compare them with the configuration.

    Exit code 0 when both agree, 1 when they differ.
    """
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    store = workspace.store()
    outputs = {stack: store.outputs(stack) for stack in store.stacks()}
    aws = rehearsed_aws(workspace, settings)
    report = audited(declared_zone(settings, outputs), aws)
    _warn_of_a_stale_list(datetime.now(UTC).date())
    if as_json:
        observations = [asdict(observation) for observation in report.observations]
        typer.echo(json.dumps({"ok": report.ok, "observations": observations}, indent=2))
    else:
        _show(report, every=every)
    if not report.ok:
        raise typer.Exit(1)


def _warn_of_a_stale_list(today: date) -> None:
    """Warns when the list of HIPAA-eligible services that guardrail D8 allows must be compared with AWS's page."""
    if d8.is_stale(today):
        messages.print(
            f"warning: The list of HIPAA-eligible services (D8) was compared with AWS's page on {d8.READ_ON}, over "
            f"{d8.MAXIMUM_AGE_DAYS} days ago. Update controls/data/d8_eligible_services/control.py.",
            highlight=False,
        )


def _show(report: AuditReport, *, every: bool) -> None:
    totals, wrong = Counter[str](), Counter[str]()
    for observation in report.observations:
        totals[observation.area] += 1
        wrong[observation.area] += not observation.ok
    table = Table(title="Audit: deployed accounts compared with the configuration", title_justify="left", box=None)
    for heading in ("area", "checked", "differs"):
        table.add_column(heading, justify="left" if heading == "area" else "right")
    for area, count in totals.items():
        style = "red" if wrong[area] else "green"
        table.add_row(Text(f"{'✗' if wrong[area] else '✓'} {area}", style=style), str(count), str(wrong[area] or ""))
    console.print(table)
    for observation in report.observations:
        if every or not observation.ok:
            style = "default" if observation.ok else "red"
            values = f"expected {observation.expected}, found {observation.found}"
            console.print(Text(f"  {observation.area}: {observation.subject}: {values}", style=style), soft_wrap=True)
    total = len(report.differences)
    verdict = "the zone is as declared" if report.ok else f"{total} of {len(report.observations)} differ"
    console.print(f"\n{len(report.observations)} observations: {verdict}")
