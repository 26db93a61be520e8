"""Deploys stacks of a plan with the Pulumi CLI on AWS."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pulumi.automation import LocalWorkspace

from cli.deployment.canary import canary_problems
from cli.display import ProgressDisplay
from cli.errors import messages
from cli.own_aws import OwnAws
from cli.pulumi_runner import PulumiRunner, RunOptions
from cli.report import ChangeDocument
from cli.role_files import role_files
from cli.run_output import change_documents
from cli.workspace import Workspace
from operations.identity import aws_errors
from operations.pulumi_cli import exported_resources
from rehearsal.engine import Event, SideBySide, StackResult, among
from rehearsal.engine.events import Operation


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsDeployer:
    """The `Deployer` of AWS."""

    workspace: Workspace
    project: LocalWorkspace
    plans: Path
    """Folder of the Pulumi CLI's plan files."""
    parallel: int
    at_once: int
    role: str | None = None
    """Role that the stacks assume in member accounts instead of the deploy role; to plan only."""

    def preview(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        """Plans stacks."""
        self.plans.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self._run("preview", stacks, targets)

    def up(self, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        """Applies the plans of the last preview."""
        return self._run("up", stacks, targets)

    def drift(self, stacks: Sequence[str]) -> Mapping[str, StackResult]:
        """Compares AWS with the state."""
        return self._run("refresh", stacks, ())

    def state(self, stack: str) -> str:
        """SHA-256 of the resources in a stack's state.

        Raises:
            OperationError: the state cannot be read.
        """
        resources = exported_resources(self.project, stack)
        return hashlib.sha256(json.dumps(resources, sort_keys=True).encode()).hexdigest()

    def changes(self, result: StackResult) -> Sequence[ChangeDocument]:
        """The changes of a result."""
        return change_documents(result)

    def canary_problems(self) -> Sequence[str]:
        """Compares the guardrails of the canary OU with the compiled ones."""
        settings = self.workspace.settings()
        with aws_errors():
            return canary_problems(settings, OwnAws(role=settings.account_access_role))

    def _run(self, operation: Operation, stacks: Sequence[str], targets: Sequence[str]) -> Mapping[str, StackResult]:
        with role_files(self.workspace.root, stacks, self.role) as config_files:
            options = RunOptions(
                packs=[self.workspace.root / "policies"],
                pack_configs={},
                parallel=self.parallel,
                plans=self.plans if operation != "refresh" else None,
                targets=targets,
                preview_only=True,
                config_files=config_files,
            )

            def runner(tell: Callable[[Event], None]) -> PulumiRunner:
                return PulumiRunner(self.project, options, tell)

            with (
                ProgressDisplay(messages, len(stacks)) as progress,
                SideBySide(
                    max(1, min(self.at_once, len(stacks))), runner, progress, keep_going=operation != "up"
                ) as runners,
            ):
                results = runners.run(
                    among(stacks, self.workspace.graph()), lambda each, stack: each.run(operation, stack)
                )
        return {result.name: result for result in results}
