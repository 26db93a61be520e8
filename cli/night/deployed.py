"""Sections on the deployed zone: drift, audit, network, guardrails and drills."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from cli.display import UNCHANGED
from cli.night.section import Section, UnreadableError, decided
from inspection.audit import AuditReport
from inspection.aws import Aws, pages
from inspection.comparison.facts import GuardrailFacts, GuardrailPolicy
from inspection.comparison.guardrails import DECIDING, compare_guardrails
from inspection.evidence.report import Evidence
from inspection.guardrails import DEFAULTS
from operations.adoption import ROOT, read_organization
from rehearsal.engine import StackResult

DRILL_METRIC: Final = "DrillAgeDays"
"""Metric that the readiness check publishes (`components.recovery.readiness`)."""
DAYS_READ: Final = 3


def drift(results: Sequence[StackResult], expected: Sequence[str]) -> Section:
    """Resources that differ from the state of their stack.

    Args:
        results: results of `refresh --preview-only`.
        expected: names of the deployed stacks.
    """
    read = {result.name for result in results if result.ok}
    unread = [f"{result.name}: {result.error or 'failed'}" for result in results if not result.ok]
    unread += [f"{stack}: not read" for stack in expected if stack not in {result.name for result in results}]
    changed = [
        f"{result.name}: {step.op} {step.type} {step.urn.rpartition('::')[2]}: "
        f"{', '.join(difference.path for difference in step.diff) or 'gone'}"
        for result in results
        for step in result.steps
        if step.op not in UNCHANGED
    ]
    if unread or not expected:
        summary = f"{len(unread)} stacks could not be read" if expected else "no stack is deployed"
        return Section(name="drift", verdict="incomplete", summary=summary, lines=[*unread, *changed])
    return decided("drift", changed, f"{len(read)} stacks match their state")


def audit(report: AuditReport) -> Section:
    """Differences between the accounts and the configuration."""
    if not report.observations:
        raise UnreadableError("the audit made no observations")
    lines = [
        f"{item.area}: {item.subject}: expected {item.expected}, found {item.found}" for item in report.differences
    ]
    if report.unread:
        unread = [f"not read: {entry.what}: {entry.error}" for entry in report.unread]
        summary = f"{len(unread)} parts could not be read"
        return Section(name="audit", verdict="incomplete", summary=summary, lines=[*unread, *lines])
    return decided("audit", lines, f"{len(report.observations)} observations are as declared")


def reach(vpcs: int, differences: Sequence[str]) -> Section:
    """Differences between the reachable and the declared connections."""
    return decided("reach", differences, f"{vpcs} VPCs reach what is declared, and nothing else")


def evidence(report: Evidence, folder: Path) -> Section:
    """Deployed resources and results of other proofs that fail; what was not evaluated is a notice."""
    failing = [
        f"{control} {verdict.policy}: {verdict.stack}/{verdict.resource}: {verdict.detail}"
        for control, verdict in report.verdicts("fails")
    ]
    failing += [f"{proof.title}: {proof.detail}" for proof in report.proofs if proof.state == "failed"]
    open_verdicts = [
        f"not evaluated: {verdict.policy} on {verdict.stack}/{verdict.resource}: {verdict.detail}"
        for _, verdict in report.verdicts("not evaluated")
    ]
    covered = sum(paragraph.covered for paragraph in report.paragraphs)
    return decided(
        "evidence",
        failing,
        f"{covered} of {len(report.paragraphs)} paragraphs, written to {folder}",
        notices=[*open_verdicts, *(f"not read: {text}" for text in report.not_read)],
    )


def attack(declared: GuardrailFacts, aws: Aws) -> Section:
    """Requests of intruders that the guardrails in AWS allow although the controls deny them; reads only."""
    deployed = live_guardrails(declared, aws)
    comparison = compare_guardrails(declared, deployed)
    lines = [
        f"{change.action} on {change.resource} by {change.principal} is allowed in {', '.join(change.accounts)}; "
        f"declared: {change.before}"
        for change in comparison.weakened
    ]
    lines += [f"{change.action} is denied in {', '.join(change.accounts)}" for change in comparison.tightened]
    missing = [name for name in declared.accounts if name not in deployed.accounts]
    lines += [f"the account {name} is not in the organization" for name in missing]
    if comparison.undecided:
        return Section(
            name="attack",
            verdict="incomplete",
            summary=f"{len(comparison.undecided)} requests could not be decided",
            lines=[*comparison.undecided, *lines],
        )
    return decided(
        "attack", lines, f"{len(declared.requests)} requests are decided by the deployed guardrails as declared"
    )


def live_guardrails(declared: GuardrailFacts, aws: Aws) -> GuardrailFacts:
    """The guardrails and the places of the accounts as AWS Organizations has them.

    Args:
        declared: accounts and requests of the configuration.
        aws: read access to the management account.

    Raises:
        UnreadableError: there is no organization.
    """
    existing = read_organization(aws)
    if existing is None:
        raise UnreadableError("the account is in no organization")
    client = aws.client("organizations")
    units = {"/": next(root["Id"] for root in pages(client, "list_roots", "Roots")), **existing.units}
    policies: dict[str, tuple[str, str, str, list[str]]] = {}
    for path, unit in units.items():
        for kind in DECIDING:
            for policy in pages(client, "list_policies_for_target", "Policies", TargetId=unit, Filter=kind.value):
                if policy["Name"] in DEFAULTS:
                    continue
                if policy["Id"] not in policies:
                    content = client.describe_policy(PolicyId=policy["Id"])["Policy"]["Content"]
                    policies[policy["Id"]] = (policy["Name"], kind.value, content, [])
                policies[policy["Id"]][3].append(path)
    by_id = {number: existing.placement.get(number, ROOT) for number in (entry["Id"] for entry in existing.accounts)}
    by_name = {str(entry["Name"]): entry["Id"] for entry in existing.accounts}
    accounts = {
        name: (number if number in by_id else by_name[name], by_id[number if number in by_id else by_name[name]])
        for name, (number, _) in declared.accounts.items()
        if number in by_id or name in by_name
    }
    return GuardrailFacts(
        policies=[
            GuardrailPolicy(name=name, type=kind, content=content, targets=targets)
            for name, kind, content, targets in policies.values()
        ],
        accounts=accounts,
        management_account=declared.management_account,
        organization=existing.id,
        prefix=declared.prefix,
        regions=declared.regions,
        requests=declared.requests,
    )


def drills(environments: Mapping[str, str], regions: Sequence[str], aws: Aws, now: datetime) -> Section:
    """Environments whose last drill is longer ago than their alarm allows.

    Args:
        environments: environment with a standby -> id of its account.
        regions: regions of the zone.
        aws: read access to the accounts.
        now: the present time.

    Raises:
        UnreadableError: an environment has no alarm, or no figure was published.
    """
    late: list[str] = []
    for environment, account in environments.items():
        alarms = [
            (region, alarm)
            for region in regions
            for alarm in pages(
                aws.client("cloudwatch", account=account, region=region), "describe_alarms", "MetricAlarms"
            )
            if alarm.get("MetricName") == DRILL_METRIC
        ]
        if not alarms:
            raise UnreadableError(f"{environment} has no alarm on {DRILL_METRIC}: deploy recovery-{environment}")
        for region, alarm in alarms:
            age = _latest(aws.client("cloudwatch", account=account, region=region), alarm, now)
            if age is None:
                raise UnreadableError(f"{environment}: no figure of {DRILL_METRIC} in {DAYS_READ} days in {region}")
            if age > alarm["Threshold"]:
                late.append(f"{environment}: the last drill was {age:.0f} days ago; allowed: {alarm['Threshold']:.0f}")
    if not environments:
        return Section(name="drills", verdict="ok", summary="no environment has a standby")
    return decided("drills", late, f"{len(environments)} environments have had a drill in time")


def _latest(client: Any, alarm: Mapping[str, Any], now: datetime) -> float | None:
    answer = client.get_metric_statistics(
        Namespace=alarm["Namespace"],
        MetricName=alarm["MetricName"],
        Dimensions=alarm.get("Dimensions", []),
        StartTime=now - timedelta(days=DAYS_READ),
        EndTime=now + timedelta(minutes=1),
        Period=3600,
        Statistics=["Maximum"],
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"].astimezone(UTC))
    return float(points[-1]["Maximum"]) if points else None
