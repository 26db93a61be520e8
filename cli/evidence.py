"""`rehearse evidence`: the report an auditor asks for, as a page, as JSON and as a spreadsheet."""

import csv
import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from cli.errors import console
from cli.workspace import Workspace
from controls.registry import controls
from inspection.evidence import Exempt, collect
from policies.configuration import FILE, load
from policies.pack import checks, described
from policies.reach import looked_at
from policies.remedies import REPAIRABLE
from zone.plan.guardrails import guardrail_policies

CONFORMANCE_PACK = "aws:cfg/organizationConformancePack:OrganizationConformancePack"


def evidence(
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Where evidence.html, .json and .csv are written.")
    ] = Path("evidence"),
) -> None:
    """Write the evidence: paragraph by paragraph which control, in which layer, on which resources."""
    workspace = Workspace.find()
    settings = workspace.settings()
    store = workspace.store()
    deployed = {stack: store.resources(stack) for stack in store.stacks()}
    configuration = load(described().keys(), FILE, repairable=REPAIRABLE)
    report = collect(
        zone=settings.name_prefix,
        controls=controls(settings.zone).values(),
        compiled=guardrail_policies(settings),
        checked=looked_at(checks(), _by_type(deployed)),
        detecting=sorted(name.rpartition("/")[2] for name in _by_type(deployed).get(CONFORMANCE_PACK, [])),
        exemptions=[
            Exempt(policy=one.policy, resource=one.resource, owner=one.owner, reason=one.reason, expires=one.expires)
            for one in configuration.exemptions
        ],
        deployed=sorted(deployed),
        today=dt.datetime.now(tz=dt.UTC).date(),
    )
    folder.mkdir(parents=True, exist_ok=True)
    table = io.StringIO()
    writer = csv.DictWriter(table, ["paragraph", "title", "control", "layer", "means", "where"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(report.rows())
    for name, content in (
        ("evidence.html", report.html()),
        ("evidence.json", json.dumps(report.document(), indent=2) + "\n"),
        ("evidence.csv", table.getvalue()),
    ):
        (folder / name).write_text(content, encoding="utf-8")
    covered = sum(one.covered for one in report.paragraphs)
    console.print(f"{covered} of {len(report.paragraphs)} paragraphs have a control of the zone")
    for one in report.coverage:
        console.print(f"{one.covered} of {one.total} {one.of}")
    console.print(f"{len(report.exemptions)} exemptions in force")
    console.print(f"written: {folder}/evidence.html, .json, .csv", soft_wrap=True)


def _by_type(deployed: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for stack, resources in deployed.items():
        for one in resources:
            name = str(one["urn"]).rpartition("::")[2]
            found.setdefault(str(one["type"]), []).append(f"{stack}/{name}")
    return found
