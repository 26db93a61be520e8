"""`zone release`: plans a deployment to AWS once, and applies the reviewed plan wave by wave."""

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from cli.aws_runs import blocked_stacks, open_project
from cli.deployment.apply import Applied, apply, refusal
from cli.deployment.canary import at_once_everywhere, concerns_canary
from cli.deployment.on_aws import AwsDeployer
from cli.deployment.release_plan import FILE, PlannedStack, ReleasePlan, read_plan, significant, to_json, waves
from cli.errors import UsageError, messages
from cli.options import JsonDocument
from cli.run_output import run_document
from cli.runs import AtOnce, Stacks
from cli.session import AT_ONCE
from cli.workspace import Workspace
from operations.pulumi_cli import deployed_stacks
from rehearsal.engine import PARALLEL
from zone.plan.guardrails import guardrail_policies

app = typer.Typer(
    help="Plan a deployment to AWS, and apply the plan that was reviewed.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
PREVIEW: Final = "preview.json"
"""Document of the preview, for `zone comment`."""


@app.command("plan")
def plan(
    stacks: Stacks = None,
    everything: Annotated[bool, typer.Option("--all", help="Every stack of the zone.")] = False,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder of the plan.")] = Path(
        "build/release"
    ),
    role: Annotated[
        str | None, typer.Option("--role", metavar="NAME", help="Role that the stacks assume in member accounts.")
    ] = None,
    at_once: AtOnce = AT_ONCE,
    as_json: JsonDocument = False,
) -> None:
    """Preview stacks on AWS, read their drift, and write the plan for its review.

    Writes release.json, the plan, and preview.json, which `zone comment` shows. Exit code 1 when a stack cannot be
    planned; then there is no plan.
    """
    workspace = Workspace.find()
    selected = workspace.selected(stacks or [], everything=everything)
    project = open_project(workspace, selected, None)
    later = blocked_stacks(selected, workspace.graph(), deployed_stacks(project))
    planned = [stack for stack in selected if stack not in later]
    if not planned:
        raise UsageError(f"No stack can be planned yet. Deploy first: {', '.join(next(iter(later.values())))}")
    out.mkdir(parents=True, exist_ok=True)
    (out / FILE).unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix="zone-plan-") as plans:
        deployer = AwsDeployer(
            workspace=workspace,
            project=project,
            plans=Path(plans),
            parallel=PARALLEL,
            at_once=at_once,
            role=role,
        )
        results = deployer.preview(planned, ())
        document = run_document(list(results.values()), {}, selected)
        (out / PREVIEW).write_text(json.dumps(document, indent=1, default=str), encoding="utf-8")
        failed = [stack for stack in planned if stack not in results or not results[stack].ok]
        if failed:
            reasons = [
                f"{stack}: {results[stack].error or 'a policy is violated'}" for stack in failed if stack in results
            ]
            raise UsageError(
                f"No plan was written: {', '.join(failed)} cannot be deployed. {'; '.join(reasons)}. "
                f"`zone comment {out / PREVIEW}` shows everything."
            )
        changes = {stack: deployer.changes(result) for stack, result in results.items()}
        changed = [stack for stack in planned if significant(changes[stack])]
        drift = deployer.drift(changed) if changed else {}
        unread = [f"{stack}: {result.error}" for stack, result in drift.items() if not result.ok]
        if unread:
            raise UsageError(f"No plan was written: drift could not be read of {'; '.join(unread)}")
        written = ReleasePlan(
            commit=commit(workspace.root),
            created=datetime.now(UTC),
            stacks={
                stack: PlannedStack(
                    name=stack,
                    changes=changes[stack],
                    state=deployer.state(stack),
                    drift=deployer.changes(drift[stack]),
                )
                for stack in changed
            },
            later=list(later),
        )
    (out / FILE).write_text(to_json(written), encoding="utf-8")
    _show_plan(workspace, written, out, as_json=as_json)


@app.command("apply")
def apply_plan(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the plan.")] = Path("build/release"),
    digest: Annotated[
        str | None, typer.Option("--digest", metavar="SHA256", help="SHA-256 of the reviewed release.json.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before something is changed.")] = False,
    at_once: AtOnce = AT_ONCE,
    as_json: JsonDocument = False,
) -> None:
    """Apply a reviewed plan in waves; stop at the first failure and at anything that was not reviewed.

    Refused before anything is changed: another commit, a plan older than 24 hours, a changed file, a stack that
    another run changed, and drift since the plan was made. Guardrails change in the canary OU first. Exit code 1 when a
    stack was not deployed.
    """
    workspace = Workspace.find()
    reviewed = read_plan(folder, sha256(folder / FILE))
    refused = refusal(reviewed, commit(workspace.root), datetime.now(UTC), digest)
    if refused is not None:
        raise UsageError(f"{refused} No changes were made. Make a new plan with `zone release plan`.")
    if not reviewed.stacks:
        messages.print("The plan changes nothing.")
        return
    project = open_project(workspace, list(reviewed.stacks), None)
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError("There is no terminal to confirm on. Give --yes. No changes were made.")
        typer.confirm("Apply this plan to AWS?", abort=True, err=True)
    compiled = guardrail_policies(workspace.settings())
    with tempfile.TemporaryDirectory(prefix="zone-plan-") as plans:
        deployer = AwsDeployer(
            workspace=workspace, project=project, plans=Path(plans), parallel=PARALLEL, at_once=at_once
        )
        applied = apply(reviewed, workspace.graph(), deployer, concerns_canary(compiled), _tell)
    document = applied_document(applied, reviewed)
    if as_json:
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(applied_text(applied, reviewed))
    if not applied.ok:
        raise typer.Exit(1)


def applied_document(applied: Applied, reviewed: ReleasePlan) -> dict[str, Any]:
    """What was done, as JSON."""
    return {
        "ok": applied.ok,
        "done": applied.done,
        "failed": applied.failed,
        "not_started": applied.not_started,
        "later": list(reviewed.later),
        "canary": applied.canary,
    }


def applied_text(applied: Applied, reviewed: ReleasePlan) -> str:
    """What was done, what was not, and how to go on."""
    lines = [f"Canary: {applied.canary}."] if applied.canary else []
    lines += [f"Done: {', '.join(applied.done)}"] if applied.done else []
    lines += [f"Failed: {stack}: {reason}" for stack, reason in applied.failed.items()]
    lines += [f"Not started: {', '.join(applied.not_started)}"] if applied.not_started else []
    left = [stack for stack in reviewed.stacks if stack not in applied.done]
    left += reviewed.later if applied.ok else []
    if left:
        what = "Correct the cause, and go on" if not applied.ok else "Go on"
        lines.append(f"{what} with a new plan: zone release plan {' '.join(left)}")
    return "\n".join(lines)


def commit(root: Path) -> str:
    """The commit that is checked out.

    Raises:
        UsageError: the folder is not in a git repository.
    """
    try:
        done = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607 - git of the PATH
            cwd=root,
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        raise UsageError(f"{root} is not a git checkout: a plan belongs to a commit.") from None
    return done.stdout.strip()


def sha256(file: Path) -> str:
    """SHA-256 of a file; empty if it cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _show_plan(workspace: Workspace, written: ReleasePlan, out: Path, *, as_json: bool) -> None:
    groups = waves(list(written.stacks), workspace.graph())
    digest = sha256(out / FILE)
    organization = written.stacks.get("organization")
    shared: Sequence[str] = ()
    if organization is not None:
        shared = at_once_everywhere(guardrail_policies(workspace.settings()), organization.changes)
    if as_json:
        document: Mapping[str, Any] = {
            "changes": bool(written.stacks),
            "digest": digest,
            "waves": groups,
            "later": list(written.later),
            "not_tried_first": list(shared),
        }
        typer.echo(json.dumps(document, indent=2))
        return
    for number, wave in enumerate(groups, start=1):
        typer.echo(f"Wave {number}: {', '.join(wave)}")
    if not groups:
        typer.echo("Nothing changes.")
    if shared:
        typer.echo(f"Not tried in the canary OU first, since other OUs have the same policy: {', '.join(shared)}")
    if written.later:
        typer.echo(f"Planned after these: {', '.join(written.later)}")
    typer.echo(f"Plan: {out / FILE}\nSHA-256: {digest}")


def _tell(line: str) -> None:
    messages.print(line, markup=False, highlight=False, soft_wrap=True)
