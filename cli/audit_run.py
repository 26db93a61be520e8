"""The audit of a zone: where it is read from, what is compared, and the report."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.declared import declared_zone
from cli.declared_resources import declared_resources
from cli.errors import UsageError
from cli.exported_stacks import exported_outputs, exported_stacks
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.resource_sources import AwsResources, ExportedResources
from cli.workspace import Workspace
from inspection.audit import AuditReport
from inspection.audit import audit as audited
from inspection.aws import NOT_EMULATED, Aws, pages
from inspection.observation import Observation
from inspection.resources.compare import compare
from inspection.resources.declared import DeclaredResource, ResourceSource, Unread
from inspection.resources.known import Known
from inspection.resources.undeclared import find_undeclared
from rehearsal.provider import Ledger
from zone.settings import Settings

Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class AuditSource:
    """Where the deployed zone is read from: the running emulated AWS unless `aws` or `exports` say otherwise."""

    aws: bool = False
    """AWS, with the credentials of the environment."""
    exports: Sequence[Path] = ()
    """Stack exports. With `aws` they tell the ids of the deployed resources; alone they are what is compared."""
    role: str | None = None
    """Role that is assumed in member accounts, instead of the access role of the settings."""

    def __str__(self) -> str:
        if self.aws:
            return "AWS"
        return f"stack exports: {', '.join(file.name for file in self.exports)}" if self.exports else "the emulated AWS"

    @property
    def emulated(self) -> bool:
        """Whether the emulated AWS is read."""
        return not self.aws and not self.exports


def run_audit(workspace: Workspace, source: AuditSource, tell: Tell) -> AuditReport:
    """Compares the deployed zone with its declaration.

    Args:
        workspace: the checkout.
        source: where the deployed zone is read from.
        tell: is told about the progress.

    Raises:
        UsageError: the emulated AWS is not running, or an export is none.
    """
    if source.aws and not source.exports:
        raise UsageError(
            "--aws needs --export FILE for each stack: the exports tell the ids of the deployed resources. "
            "`pulumi stack export --stack STACK --file FILE` writes one."
        )
    settings = workspace.settings()
    exports = exported_stacks(source.exports, list(workspace.graph())) if source.exports else None
    aws = _clients(workspace, source, settings)
    tell("planning the stacks …")
    declared = declared_resources(workspace, exports)
    resources = _without_absent_stacks(declared.resources)
    compared = compare(
        resources.present, _resources(workspace, source, aws), lambda done, of: _step(tell, "compared", done, of)
    )
    report = AuditReport(
        observations=[*resources.absent, *compared.observations],
        unread=[*declared.unread, *compared.unread, *_unreadable(source, compared.not_compared)],
        not_compared={**compared.not_compared, **compared.not_returned},
        resources=len(resources.present) - sum(compared.not_compared.values()),
        properties=compared.properties,
    )
    if aws is None:
        return report
    report = report.joined(_listed(aws, settings, declared.resources, tell, source))
    tell("checking the organization …")
    outputs = exported_outputs(exports) if exports is not None else _outputs(workspace)
    return report.joined(_checked(settings, outputs, aws))


def _clients(workspace: Workspace, source: AuditSource, settings: Settings) -> Aws | None:
    if source.aws:
        aws = OwnAws(role=source.role or settings.account_access_role)
        try:
            aws.client("sts").get_caller_identity()
        except (BotoCoreError, ClientError) as error:
            raise UsageError(f"AWS could not be read: {error}") from None
        return aws
    return None if source.exports else rehearsed_aws(workspace, settings)


def _resources(workspace: Workspace, source: AuditSource, aws: Aws | None) -> ResourceSource:
    if aws is None:
        return ExportedResources()
    if source.aws:
        return AwsResources(aws)
    recorded = {
        entry.type for entry in Ledger(workspace.state / "recorded.sqlite").entries() if entry.mode == "recorded"
    }
    return AwsResources(aws, without=frozenset(recorded))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Resources:
    present: Sequence[DeclaredResource]
    absent: Sequence[Observation]
    """One observation for each stack of which nothing is deployed."""


def _without_absent_stacks(resources: Sequence[DeclaredResource]) -> _Resources:
    by_stack: dict[str, list[DeclaredResource]] = {}
    for resource in resources:
        by_stack.setdefault(resource.stack, []).append(resource)
    absent = [stack for stack, listed in by_stack.items() if not any(resource.id for resource in listed)]
    return _Resources(
        present=[resource for resource in resources if resource.stack not in absent],
        absent=[
            Observation(
                area="resources",
                subject=f"stack {stack}",
                expected=f"{len(by_stack[stack])} resources",
                found="nothing of the stack is in the state",
                ok=False,
                kind="missing",
                account=next((resource.account for resource in by_stack[stack] if resource.account), ""),
                stack=stack,
            )
            for stack in absent
        ],
    )


def _listed(
    aws: Aws, settings: Settings, resources: Sequence[DeclaredResource], tell: Tell, source: AuditSource
) -> AuditReport:
    try:
        accounts = {
            str(account["Id"]): str(account["Name"])
            for account in pages(aws.client("organizations"), "list_accounts", "Accounts")
            if account.get("Status", "ACTIVE") == "ACTIVE"
        }
    except (BotoCoreError, ClientError) as error:
        return AuditReport(
            observations=[],
            unread=[Unread(account="", region="", what="organizations:ListAccounts", error=str(error))],
        )
    undeclared = find_undeclared(
        Known(resources),
        aws,
        accounts,
        settings.regions.all,
        access_role=settings.account_access_role,
        tell=lambda done, of: _step(tell, "listed", done, of),
    )
    not_emulated = [entry for entry in undeclared.unread if source.emulated and entry.error in NOT_EMULATED]
    return AuditReport(
        observations=undeclared.observations,
        unread=[entry for entry in undeclared.unread if entry not in not_emulated],
        not_compared={f"{entry.what} (not emulated)": 0 for entry in not_emulated},
        listed=undeclared.listed,
    )


def _checked(settings: Settings, outputs: Mapping[str, Mapping[str, Any]], aws: Aws) -> AuditReport:
    return audited(declared_zone(settings, outputs), aws)


def _outputs(workspace: Workspace) -> Mapping[str, Mapping[str, Any]]:
    store = workspace.store()
    return {stack: store.outputs(stack) for stack in store.stacks()}


def _unreadable(source: AuditSource, types: Mapping[str, int]) -> Sequence[Unread]:
    """Types without a reading operation: of AWS's own resources they leave the result incomplete."""
    if not source.aws:
        return []
    return [
        Unread(account="", region="", what=f"{count} resources of the type {type_}", error="no reading operation")
        for type_, count in types.items()
    ]


def _step(tell: Tell, done_text: str, done: int, of: int) -> None:
    if done == of or done % max(1, of // 10) == 0:
        tell(f"{done_text} {done} of {of}")
