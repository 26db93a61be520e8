"""`zone audit`: compares the deployed accounts with the declaration."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from cli import audit_display
from cli.audit_run import AuditSource, run_audit
from cli.errors import UsageError, messages
from cli.options import INCOMPLETE, Endpoint, Exports, FromAws, JsonDocument, ReadingRole
from cli.workspace import Workspace
from controls.data.d8_eligible_services import control as d8
from inspection.audit import AuditReport
from inspection.findings import Finding, findings
from inspection.formats.asff import asff
from inspection.formats.ocsf import ocsf
from inspection.formats.pages import as_csv, as_html

Format = Literal["table", "json", "csv", "html", "asff", "ocsf"]
DIFFERS: Final = 1


def audit(
    as_json: JsonDocument = False,
    every: Annotated[bool, typer.Option("--all", help="List the resources that match as well.")] = False,
    output: Annotated[
        Format | None,
        typer.Option("--format", help="Default: table. asff: for Security Hub. ocsf: Compliance Finding, class 2003."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the result here instead of printing it.")
    ] = None,
    aws: FromAws = False,
    exports: Exports = None,
    role: ReadingRole = None,
    endpoint: Endpoint = None,
) -> None:
    """Compare every deployed resource with its declaration, and report what nobody declared.

    Reads the running emulated AWS with boto3 alone; AWS with --aws; stack exports with --export. With both, the exports
    tell the ids of the deployed resources. Exit code 0: as declared. 1: something differs. 2: bad input. 3: nothing
    differs, and not everything could be read.
    """
    if as_json and output not in (None, "json"):
        raise UsageError(f"Give one of --json and --format {output}.")
    if role is not None and not aws:
        raise UsageError("--role is for --aws only.")
    if endpoint is not None and (aws or exports):
        raise UsageError("Give one of --endpoint, --aws and --export.")
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    source = AuditSource(aws=aws, exports=exports or (), role=role)
    report = run_audit(workspace, source, lambda text: messages.print(text, markup=False, highlight=False))
    _warn_of_a_stale_list(datetime.now(UTC).date())
    listed = findings(
        report.observations, management_account=settings.management_account_id, region=settings.regions.primary
    )
    style = "json" if as_json else output or "table"
    if style == "table" and out is None:
        audit_display.show(report, listed, source=str(source), every=every)
    else:
        account, region = settings.management_account_id, settings.regions.primary
        _write(_text(style, report, listed, source, account=account, region=region), out)
    raise typer.Exit(exit_code(report))


def exit_code(report: AuditReport) -> int:
    """The exit code of an audit."""
    if report.differences:
        return DIFFERS
    return 0 if report.complete else INCOMPLETE


def _text(
    style: str, report: AuditReport, listed: Sequence[Finding], source: AuditSource, *, account: str, region: str
) -> str:
    now = datetime.now(UTC)
    if style == "csv":
        return as_csv(listed)
    if style == "html":
        summary = {**audit_display.summary(report), "emulated": source.emulated}
        return as_html(listed, summary=summary, source=str(source), now=now)
    if style == "asff":
        return json.dumps(asff(listed, account=account, region=region, now=now), indent=1)
    if style == "ocsf":
        return json.dumps(ocsf(listed, account=account, region=region, now=now), indent=1)
    if style == "json":
        return json.dumps(audit_display.document(report, listed, source=str(source)), indent=2)
    return audit_display.text(report, listed, source=str(source))


def _write(text: str, out: Path | None) -> None:
    if out is None:
        typer.echo(text.rstrip("\n"))
        return
    try:
        out.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: {error.strerror}") from None
    messages.print(f"written: {out}", markup=False, highlight=False)


def _warn_of_a_stale_list(today: date) -> None:
    """Warns when the list of HIPAA-eligible services that guardrail D8 allows must be compared with AWS's page."""
    if d8.is_stale(today):
        messages.print(
            f"warning: The list of HIPAA-eligible services (D8) was compared with AWS's page on {d8.READ_ON}, over "
            f"{d8.MAXIMUM_AGE_DAYS} days ago. Update controls/data/d8_eligible_services/control.py.",
            highlight=False,
        )
