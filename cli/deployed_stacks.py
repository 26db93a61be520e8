"""The states of deployed stacks: of the rehearsal, of stack exports, or of the zone in AWS from its Pulumi backend."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import boto3

from cli.aws_runs import open_project
from cli.errors import UsageError
from cli.exported_stacks import read_export, stack_outputs
from cli.own_aws import OwnAws
from cli.workspace import STATE, Workspace
from inspection.evidence.origin import REHEARSED, Origin, Stacks, is_aws, signs_of_emulation
from operations.pulumi_cli import backend_url, deployed_stacks, exported_resources

UNSIGNED: Final = (
    "no export was written by the rehearsal",
    "no provider has an endpoint outside AWS",
    "no resource is in the emulator's management account",
    "an export proves no more than that about the cloud that it was deployed to",
)
"""What was examined in exports that show no sign of an emulator."""


@dataclass(frozen=True, kw_only=True, slots=True)
class DeployedStacks:
    """The states of the deployed stacks, and where they were read."""

    stacks: Stacks
    origin: Origin
    caller: str = ""
    """ARN of the principal that read AWS."""

    def outputs(self, stack: str) -> dict[str, Any]:
        """Outputs of a stack; none if it is not deployed."""
        return dict(stack_outputs(self.stacks.get(stack, ())))


def read_deployed(
    workspace: Workspace, *, exports: Sequence[Path] = (), aws: bool = False, role: str | None = None
) -> DeployedStacks:
    """The states of the deployed stacks.

    Args:
        workspace: the checkout.
        exports: stack exports; the rehearsal's own state if none.
        aws: read the Pulumi backend of the zone in AWS.
        role: role to enter member accounts with, for `aws`.

    Raises:
        UsageError: two sources, or a file that is no stack export.
        OperationError: the Pulumi CLI, its backend or the credentials cannot be used.
    """
    if exports and aws:
        raise UsageError("Give one of --export and --aws.")
    if aws:
        return _of_aws(workspace, role)
    return _of_exports(exports) if exports else _of_rehearsal(workspace)


def _of_rehearsal(workspace: Workspace) -> DeployedStacks:
    store = workspace.store()
    origin = Origin(
        source="rehearsal",
        detail=f"state of the rehearsal in {STATE}/",
        emulated=True,
        basis=["the rehearsal deploys to the emulated AWS"],
    )
    return DeployedStacks(stacks={stack: store.resources(stack) for stack in store.stacks()}, origin=origin)


def _of_exports(files: Sequence[Path]) -> DeployedStacks:
    stacks: dict[str, list[dict[str, Any]]] = {}
    sources: dict[str, Path] = {}
    signs: list[str] = []
    for file in files:
        document = read_export(file)
        resources = document["deployment"].get("resources") or []
        if document.get(REHEARSED):
            signs.append(f"{file.name} was written by the rehearsal")
        for name in dict.fromkeys(str(entry["urn"]).split("::")[0].removeprefix("urn:pulumi:") for entry in resources):
            if sources.setdefault(name, file) is not file:
                raise UsageError(
                    f"{file} and {sources[name]} are both exports of the stack {name!r}: give one of them."
                )
            stacks[name] = resources
    signs += signs_of_emulation(stacks)
    origin = Origin(
        source="export",
        detail=f"stack exports {', '.join(file.name for file in files)}",
        emulated=bool(signs),
        basis=signs or UNSIGNED,
    )
    return DeployedStacks(stacks=stacks, origin=origin)


def _of_aws(workspace: Workspace, role: str | None) -> DeployedStacks:
    settings = workspace.settings()
    project = open_project(workspace, [], None)
    deployed = deployed_stacks(project)
    stacks = {stack: exported_resources(project, stack) for stack in workspace.graph() if stack in deployed}
    sts = OwnAws(role=role or settings.account_access_role).client("sts", region=settings.regions.primary)
    endpoint = str(sts.meta.endpoint_url)
    signs = [] if is_aws(endpoint) else [f"the credentials' session sends its requests to {endpoint}"]
    signs += signs_of_emulation(stacks)
    origin = Origin(
        source="aws",
        detail=f"states in {backend_url(project)}, and AWS through {endpoint}",
        emulated=bool(signs),
        basis=signs
        or [f"AWS confirmed the caller's identity through {endpoint}, and no provider has another endpoint"],
    )
    return DeployedStacks(stacks=stacks, origin=origin, caller=str(sts.get_caller_identity()["Arn"]))


def own_session_emulated() -> bool:
    """Whether the credentials of the environment belong to an emulator: their endpoint is none of AWS."""
    return not is_aws(str(boto3.Session().client("sts", region_name="us-east-1").meta.endpoint_url))
