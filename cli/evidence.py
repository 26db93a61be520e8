"""`zone evidence`: the HIPAA evidence as HTML, JSON and CSV."""

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
from inspection.evidence import Evidence, PolicyExemption, collect
from policies.configuration import FILE, load
from policies.pack import described
from policies.reach import checked_resources
from policies.remedies import REPAIRABLE
from zone.plan.guardrails import guardrail_policies

CONFORMANCE_PACK = "aws:cfg/organizationConformancePack:OrganizationConformancePack"


def evidence(
    folder: Annotated[
        Path, typer.Option("--out", metavar="DIR", help="Folder for evidence.html, evidence.json and evidence.csv.")
    ] = Path("evidence"),
) -> None:
    """Write the HIPAA evidence: for each paragraph the controls, their layers and the resources."""
    workspace = Workspace.find()
    store = workspace.store()
    report = write_evidence(workspace, {stack: store.resources(stack) for stack in store.stacks()}, folder)
    covered = sum(paragraph.covered for paragraph in report.paragraphs)
    console.print(f"{covered} of {len(report.paragraphs)} paragraphs have a control of the zone")
    for entry in report.coverage:
        console.print(f"{entry.covered} of {entry.total} {entry.of}")
    console.print(f"{len(report.exemptions)} exemptions in force")
    console.print(f"written: {folder}/evidence.html, .json, .csv", soft_wrap=True)


def write_evidence(
    workspace: Workspace, deployed: Mapping[str, Sequence[Mapping[str, object]]], folder: Path
) -> Evidence:
    """Writes the evidence of deployed stacks.

    Args:
        workspace: the checkout.
        deployed: stack -> its resources, as its state has them.
        folder: folder for the files, which is created.

    Returns:
        The evidence.
    """
    settings = workspace.settings()
    configuration = load(described().keys(), FILE, repairable=REPAIRABLE)
    report = collect(
        zone=settings.name_prefix,
        controls=controls(settings.zone).values(),
        compiled=guardrail_policies(settings),
        checked=checked_resources({name: rule.check for name, (_, rule) in described().items()}, _by_type(deployed)),
        detecting=sorted(name.rpartition("/")[2] for name in _by_type(deployed).get(CONFORMANCE_PACK, [])),
        exemptions=[
            PolicyExemption(
                policy=exemption.policy,
                resource=exemption.resource,
                owner=exemption.owner,
                reason=exemption.reason,
                expires=exemption.expires,
            )
            for exemption in configuration.exemptions
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
    return report


def _by_type(deployed: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, list[str]]:
    names_by_type: dict[str, list[str]] = {}
    for stack, resources in deployed.items():
        for resource in resources:
            name = str(resource["urn"]).rpartition("::")[2]
            names_by_type.setdefault(str(resource["type"]), []).append(f"{stack}/{name}")
    return names_by_type
