"""`zone up`, `preview`, `refresh` and `destroy` with `--target aws`: the Pulumi CLI runs the stacks against AWS."""

import shlex
import sys
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import typer
from pulumi.automation import LocalWorkspace

from cli.display import ProgressDisplay
from cli.errors import UsageError, console, messages
from cli.own_aws import OwnAws
from cli.preflight import require_open_accounts
from cli.pulumi_runner import PulumiRunner, RunOptions
from cli.role_files import role_files
from cli.run_output import not_started, show_run, succeeded
from cli.session import require_needed_stacks
from cli.workspace import Workspace
from operations.identity import aws_errors, require_account
from operations.pulumi_cli import backend_url, deployed_stacks, find_cli, open_workspace
from operations.state_bucket import secrets_provider_url
from rehearsal.engine import Event, SideBySide, StackResult, among
from zone.settings import Settings

Operation = Literal["up", "preview", "refresh", "destroy"]
QUESTIONS: Final[Mapping[str, str]] = {
    "up": "Deploy these stacks to AWS?",
    "destroy": "Delete the resources of these stacks from AWS?",
    "refresh": "Write what AWS has into the state of these stacks?",
}
"""Operation that changes something -> question before it starts."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AwsRun:
    """A run of stacks on AWS, as the command line asks for it."""

    operation: Operation
    packs: Sequence[Path] | None
    """Policy packs; the zone's own if None."""
    pack_configs: Sequence[Path] = ()
    parallel: int
    at_once: int
    plans: Path | None = None
    secrets_provider: str | None = None
    role: str | None = None
    """Role that the stacks assume in member accounts, instead of that of the settings; for previews only."""
    preview_only: bool = False
    yes: bool = False
    as_json: bool = False
    details: bool = False
    workspace: Workspace = field(default_factory=Workspace.find)

    def run(self, names: Sequence[str], *, everything: bool) -> None:
        """Runs the stacks in dependency order; exit code 1 if one failed or was not started.

        Raises:
            UsageError: the command line is wrong, or a stack that is needed is not deployed.
            OperationError: the Pulumi CLI, its backend or the credentials cannot be used.
        """
        started = time.monotonic()
        selected = self.workspace.selected(names, everything=everything)
        self._check_plans(selected)
        project = open_project(self.workspace, selected, self.secrets_provider)
        graph = self.workspace.graph()
        blocked = self._check_needed(selected, graph, project)
        if self.operation == "up":
            settings = self.workspace.settings()
            with aws_errors():
                require_open_accounts(settings, OwnAws(role=settings.account_access_role), selected)
        self._confirm()
        results = self._run_stacks([stack for stack in selected if stack not in blocked], graph, project)
        show_run(
            results, {}, None, started, as_json=self.as_json, details=self.details, verbose=False, selected=selected
        )
        if blocked:
            messages.print(_blocked_text(blocked), markup=False, soft_wrap=True)
        self._conclude(results, selected)

    def _run_stacks(
        self, stacks: Sequence[str], graph: Mapping[str, Sequence[str]], project: LocalWorkspace
    ) -> list[StackResult]:
        """Runs stacks, independent ones at the same time."""
        packs = self.packs if self.packs is not None else [self.workspace.root / "policies"]
        if self.plans is not None and self.operation == "preview":
            self.plans.mkdir(parents=True, exist_ok=True, mode=0o700)
        with role_files(self.workspace.root, stacks, self.role) as config_files:
            return self._run(stacks, graph, project, packs, config_files)

    def _run(
        self,
        stacks: Sequence[str],
        graph: Mapping[str, Sequence[str]],
        project: LocalWorkspace,
        packs: Sequence[Path],
        config_files: Mapping[str, Path],
    ) -> list[StackResult]:
        options = RunOptions(
            config_files=config_files,
            packs=packs,
            pack_configs=dict(zip(packs, self.pack_configs, strict=False)),
            parallel=self.parallel,
            plans=self.plans.resolve() if self.plans is not None else None,
            preview_only=self.preview_only,
        )

        def runner(tell: Callable[[Event], None]) -> PulumiRunner:
            return PulumiRunner(project, options, tell)

        before = among(stacks, graph, reverse=self.operation == "destroy")
        with (
            ProgressDisplay(messages if self.as_json else console, len(stacks)) as progress,
            SideBySide(
                min(self.at_once, len(stacks)), runner, progress, keep_going=self.operation == "preview"
            ) as runners,
        ):
            return runners.run(before, lambda each, stack: each.run(self.operation, stack))

    def _check_plans(self, selected: Sequence[str]) -> None:
        if self.operation != "up" or self.plans is None:
            return
        missing = [stack for stack in selected if not (self.plans / f"{stack}.json").is_file()]
        if missing:
            raise UsageError(
                f"{self.plans} has no plan for {', '.join(missing)}. Save one with `zone preview {' '.join(missing)} "
                f"--target aws --save-plan {shlex.quote(str(self.plans))}`. No changes were made."
            )

    def _check_needed(
        self, selected: Sequence[str], graph: Mapping[str, Sequence[str]], project: LocalWorkspace
    ) -> Mapping[str, Sequence[str]]:
        """Returns the stacks that cannot be previewed, with the stacks whose outputs they read and that are missing.

        A stack that is deployed needs its upstream stacks; so does a preview, which reads their outputs.
        """
        if self.operation not in ("up", "preview"):
            return {}
        deployed = deployed_stacks(project)
        if self.operation == "up":
            require_needed_stacks(selected, graph, [*deployed], options="--target aws")
            return {}
        blocked = blocked_stacks(selected, graph, deployed)
        if len(blocked) == len(selected):
            raise UsageError(_blocked_text(blocked))
        return blocked

    def _confirm(self) -> None:
        question = QUESTIONS.get(self.operation)
        if question is None or self.yes or (self.operation == "refresh" and self.preview_only):
            return
        if not sys.stdin.isatty():
            raise UsageError("There is no terminal to confirm on. Give --yes. No changes were made.")
        messages.print(question, end=" ")
        if not typer.confirm("", prompt_suffix="", err=True):
            messages.print("No changes were made.")
            raise typer.Exit(1)

    def _conclude(self, results: Sequence[StackResult], selected: Sequence[str]) -> None:
        """After a failure says which stacks are done and which are not, and how to go on."""
        if succeeded(results, selected):
            return
        failed = [result.name for result in results if not result.ok]
        skipped = not_started(results, selected)
        done = [result.name for result in results if result.ok]
        left = [stack for stack in selected if stack not in done]
        lines = [f"{title}: {', '.join(stacks)}" for title, stacks in (("Done", done), ("Failed", failed)) if stacks]
        lines += [f"Not started: {', '.join(skipped)}"] if skipped else []
        lines.append(f"Go on with: {self.continuation(left)}")
        messages.print("\n".join(lines), markup=False, soft_wrap=True)
        raise typer.Exit(1)

    def continuation(self, stacks: Sequence[str]) -> str:
        """The command that goes on with the stacks that are left."""
        words = f"{' '.join(stacks)} --target aws"
        secrets = f" --secrets-provider {shlex.quote(self.secrets_provider)}" if self.secrets_provider else ""
        if self.plans is None:
            return f"zone {self.operation} {words}{secrets}"
        plans = shlex.quote(str(self.plans))
        preview = f"zone preview {words} --save-plan {plans}{secrets}"
        # A plan that was applied in part no longer matches what is deployed.
        return preview if self.operation == "preview" else f"{preview} && zone up {words} --plan {plans}{secrets}"


def open_project(workspace: Workspace, selected: Sequence[str], secrets_provider: str | None) -> LocalWorkspace:
    """The project as the CLI sees it, after account, principal and backend were checked and shown.

    Args:
        workspace: the checkout.
        selected: stacks of the command, which are shown.
        secrets_provider: of new stacks; default: the key of `zone bootstrap` if the state is in S3, else the backend's.

    Raises:
        OperationError: the Pulumi CLI, its backend or the credentials cannot be used.
    """
    settings = workspace.settings()
    with aws_errors():
        aws = OwnAws(role=settings.account_access_role)
    caller = require_account(aws, settings.management_account_id, settings.regions.primary)
    command = find_cli()
    url = backend_url(open_workspace(workspace.root, command, None))
    messages.print(
        f"Account: {caller.account} as {caller.arn}\nState: {url}\nStacks: {', '.join(selected)}",
        markup=False,
        soft_wrap=True,
    )
    return open_workspace(workspace.root, command, secrets_provider or _secrets_provider(settings, url))


def _secrets_provider(settings: Settings, url: str) -> str | None:
    return secrets_provider_url(settings) if url.startswith("s3://") else None


def blocked_stacks(
    selected: Sequence[str], graph: Mapping[str, Sequence[str]], deployed: Collection[str]
) -> Mapping[str, Sequence[str]]:
    """The stacks that cannot be previewed -> the stacks whose outputs they read and that are not deployed."""
    missing = {stack: [needed for needed in graph[stack] if needed not in deployed] for stack in selected}
    return {stack: needed for stack, needed in missing.items() if needed}


def _blocked_text(blocked: Mapping[str, Sequence[str]]) -> str:
    """Why stacks are not previewed."""
    lines = [
        f"{stack} cannot be previewed: it reads the outputs of {', '.join(missing)}, which "
        f"{'is' if len(missing) == 1 else 'are'} not deployed."
        for stack, missing in blocked.items()
    ]
    return "\n".join([*lines, "Rehearse the whole zone with `zone preview --all`."])
