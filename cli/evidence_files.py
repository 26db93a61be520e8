"""Writes the files of the evidence of deployed stacks into a folder."""

import csv
import io
import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import yaml

from cli.deployed_stacks import DeployedStacks
from cli.evidence_live import LiveResults, read_live
from cli.provenance import provenance
from cli.workspace import Workspace
from controls.registry import controls
from inspection.aws import Aws
from inspection.evidence.attachments import read_attachments
from inspection.evidence.collect import collect
from inspection.evidence.document import COLUMNS, document, rows
from inspection.evidence.manifest import write_manifest
from inspection.evidence.oscal import assessment_results
from inspection.evidence.page import html
from inspection.evidence.proofs import RecordedResult, file_name, read_results, states, written
from inspection.evidence.report import Evidence, PolicyExemption
from policies.configuration import FILE, Configuration, ConfigurationError
from policies.deployed import evaluate
from zone.plan.guardrails import guardrail_policies

RESULTS: Final = "results"
OSCAL: Final = "oscal-assessment-results.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class EvidenceOptions:
    """What the evidence contains beside the states."""

    by: str | None = None
    results: Path | None = None
    """Folder of recorded results of other proofs."""
    recorded: Mapping[str, RecordedResult] = field(default_factory=dict[str, RecordedResult])
    """Kind -> result that the caller has just obtained."""
    aws: Aws | None = None
    """Read access for Config compliance and agreements; None reads neither."""


def write_evidence(
    workspace: Workspace, deployed: DeployedStacks, folder: Path, options: EvidenceOptions | None = None
) -> Evidence:
    """Writes the evidence of deployed stacks, and a manifest of all files of the folder.

    Args:
        workspace: the checkout.
        deployed: the states.
        folder: folder for the files, which is created; attachments in it are kept.
        options: what the evidence contains beside the states.

    Returns:
        The evidence.

    Raises:
        ConfigurationError: policies/configuration.yaml is no configuration of the pack.
        ResultError: a file in the folder of results is no recorded result.
        ManifestError: an attachment belongs to no paragraph.
    """
    options = options or EvidenceOptions()
    settings = workspace.settings()
    now = datetime.now(tz=UTC)
    where = provenance(settings, deployed, workspace.root, now, options.by)
    live = LiveResults() if options.aws is None else read_live(options.aws, where, now)
    results = _newest(options, live)
    configuration = read_configuration(workspace.root / "policies" / FILE.name)
    report = collect(
        provenance=where,
        stacks=deployed.stacks,
        controls=controls(settings.zone).values(),
        compiled=guardrail_policies(settings),
        verdicts=evaluate(deployed.stacks, configuration, now.date()),
        exemptions=[
            PolicyExemption(
                policy=exemption.policy,
                resource=exemption.resource,
                owner=exemption.owner,
                reason=exemption.reason,
                expires=exemption.expires,
                in_force=exemption.expires >= now.date(),
            )
            for exemption in configuration.exemptions
        ],
        proofs=states(results, now, emulated=deployed.origin.emulated),
        attachments=read_attachments(folder),
        not_read=live.not_read,
    )
    folder.mkdir(parents=True, exist_ok=True)
    _write_results(folder / RESULTS, results)
    for name, content in (
        ("evidence.html", html(report)),
        ("evidence.json", json.dumps(document(report), indent=2) + "\n"),
        ("evidence.csv", _table(report)),
        (OSCAL, json.dumps(assessment_results(report), indent=1) + "\n"),
    ):
        (folder / name).write_text(content, encoding="utf-8")
    write_manifest(folder, where)
    return report


def read_configuration(file: Path) -> Configuration:
    """The pack's configuration with all exemptions, also those that have ended, which a deployment refuses.

    Raises:
        ConfigurationError: the file is no configuration of the pack.
    """
    if not file.exists():
        return Configuration()
    try:
        return Configuration.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except (yaml.YAMLError, ValueError) as error:
        raise ConfigurationError(f"{file}: {error}") from None


def _newest(options: EvidenceOptions, live: LiveResults) -> Mapping[str, RecordedResult]:
    results = dict(read_results(options.results)) if options.results is not None else {}
    for result in (*options.recorded.values(), *live.results):
        if result.kind not in results or results[result.kind].moment <= result.moment:
            results[result.kind] = result
    return results


def _write_results(folder: Path, results: Mapping[str, RecordedResult]) -> None:
    """Writes the results that the report names, and no others: older ones belong to an older report."""
    if folder.exists():
        shutil.rmtree(folder)
    if results:
        folder.mkdir()
    for result in results.values():
        (folder / file_name(result)).write_text(written(result), encoding="utf-8")


def _table(report: Evidence) -> str:
    table = io.StringIO()
    writer = csv.DictWriter(table, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows(report))
    return table.getvalue()
