"""`zone up`, `preview`, `refresh` and `destroy`: stacks in dependency order, live, with a summary."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.aws_runs import AwsRun
from cli.display import ProgressDisplay
from cli.errors import UsageError, console, messages
from cli.options import Endpoint, Target, refuse_endpoint
from cli.run_output import not_started, show_run, succeeded
from cli.session import AT_ONCE, Session
from cli.workspace import Workspace
from rehearsal.engine import PARALLEL
from rehearsal.provider import emulated_types

Operation = Literal["up", "preview", "refresh", "destroy"]

Stacks = Annotated[list[str] | None, typer.Argument(metavar="STACK", help="Stack names; see `zone graph`.")]
All = Annotated[bool, typer.Option("--all", help="Every stack of the zone, in dependency order.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, and nothing else.")]
Packs = Annotated[
    list[Path] | None, typer.Option("--policy-pack", metavar="DIR", help="Policy pack; default: the zone's own.")
]
PackConfigs = Annotated[
    list[Path] | None,
    typer.Option(
        "--policy-pack-config",
        metavar="FILE",
        help="JSON configuration of a policy pack; repeat it in the order of the packs.",
    ),
]
NoPack = Annotated[bool, typer.Option("--no-policy-pack", help="Run without any policy pack.")]
Parallel = Annotated[int, typer.Option(min=1, max=256, metavar="N", help="Resources processed at the same time.")]
AtOnce = Annotated[int, typer.Option(min=1, max=16, metavar="N", help="Independent stacks processed at the same time.")]
Wait = Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Time to wait for another run of the stack.")]
Details = Annotated[bool, typer.Option("--diff", help="Show the properties of created resources as well.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List every resource type, emulated and recorded.")]
SavePlan = Annotated[
    Path | None,
    typer.Option("--save-plan", metavar="DIR", help="With --target aws: save the plans of the stacks here."),
]
Plan = Annotated[
    Path | None,
    typer.Option(
        "--plan", metavar="DIR", help="With --target aws: do what the plans saved here say, and nothing else."
    ),
]
SecretsProvider = Annotated[
    str | None,
    typer.Option("--secrets-provider", metavar="URL", help="With --target aws: key that encrypts new stacks' secrets."),
]
Role = Annotated[
    str | None,
    typer.Option(
        "--role",
        metavar="NAME",
        help="With --target aws: role that the stacks assume in member accounts.",
    ),
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="With --target aws: do not ask before something is changed.")]
Keep = Annotated[bool, typer.Option("--keep/--no-keep", help="Leave the emulated cloud running afterwards.")]


def up(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    target: Target = "emulator",
    plan: Plan = None,
    yes: Yes = False,
    secrets_provider: SecretsProvider = None,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    policy_pack_config: PackConfigs = None,
    no_policy_pack: NoPack = False,
    parallel: Parallel = PARALLEL,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
    verbose: Verbose = False,
    keep: Keep = True,
) -> None:
    """Deploy stacks: preview with the policy pack, then create, update and delete resources.

    With --target aws the Pulumi CLI deploys to AWS, after the account and the role are shown.
    """
    _check_packs(policy_pack, policy_pack_config, none=no_policy_pack)
    packs = [] if no_policy_pack else policy_pack
    _check_target(target, endpoint, {"--plan": plan, "--secrets-provider": secrets_provider}, wait=wait)
    if target == "aws":
        AwsRun(
            operation="up",
            packs=packs,
            pack_configs=policy_pack_config or (),
            parallel=parallel,
            at_once=at_once,
            plans=plan,
            secrets_provider=secrets_provider,
            yes=yes,
            as_json=as_json,
            details=details,
        ).run(stacks or [], everything=everything)
        return
    session = _session(endpoint, packs, policy_pack_config, parallel=parallel, wait=wait, keep=keep, at_once=at_once)
    _run("up", stacks or [], session, everything=everything, as_json=as_json, details=details, verbose=verbose)


def preview(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    target: Target = "emulator",
    save_plan: SavePlan = None,
    secrets_provider: SecretsProvider = None,
    role: Role = None,
    endpoint: Endpoint = None,
    policy_pack: Packs = None,
    policy_pack_config: PackConfigs = None,
    no_policy_pack: NoPack = False,
    parallel: Parallel = PARALLEL,
    at_once: AtOnce = AT_ONCE,
    wait: Wait = 0.0,
    details: Details = False,
    verbose: Verbose = False,
) -> None:
    """Show the changes `up` would make and the policies it would violate. Changes nothing."""
    _check_packs(policy_pack, policy_pack_config, none=no_policy_pack)
    packs = [] if no_policy_pack else policy_pack
    _check_target(
        target, endpoint, {"--save-plan": save_plan, "--secrets-provider": secrets_provider, "--role": role}, wait=wait
    )
    if target == "aws":
        AwsRun(
            operation="preview",
            packs=packs,
            pack_configs=policy_pack_config or (),
            parallel=parallel,
            at_once=at_once,
            plans=save_plan,
            secrets_provider=secrets_provider,
            role=role,
            as_json=as_json,
            details=details,
        ).run(stacks or [], everything=everything)
        return
    session = _session(endpoint, packs, policy_pack_config, parallel=parallel, wait=wait, keep=False, at_once=at_once)
    _run("preview", stacks or [], session, everything=everything, as_json=as_json, details=details, verbose=verbose)


def refresh(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    target: Target = "emulator",
    yes: Yes = False,
    role: Role = None,
    endpoint: Endpoint = None,
    preview_only: Annotated[
        bool, typer.Option("--preview-only", help="Show the drift and leave the state as it is.")
    ] = False,
    wait: Wait = 0.0,
) -> None:
    """Read every resource and record changes that were made outside the program (drift)."""
    _check_target(target, endpoint, {"--role": role}, wait=wait)
    if role is not None and not preview_only:
        raise UsageError("--role needs --preview-only: another role than the deploy role only reads.")
    if target == "aws":
        AwsRun(
            operation="refresh",
            packs=[],
            parallel=PARALLEL,
            at_once=AT_ONCE,
            preview_only=preview_only,
            role=role,
            yes=yes,
            as_json=as_json,
            details=True,
        ).run(stacks or [], everything=everything)
        return
    session = _session(endpoint, [], wait=wait, preview_only=preview_only)
    _run("refresh", stacks or [], session, everything=everything, as_json=as_json, details=True)


def destroy(
    stacks: Stacks = None,
    everything: All = False,
    as_json: Json = False,
    target: Target = "emulator",
    yes: Yes = False,
    endpoint: Endpoint = None,
    unprotect: Annotated[
        bool, typer.Option("--unprotect", help="Delete protected resources too; meant for rehearsals only.")
    ] = False,
    wait: Wait = 0.0,
) -> None:
    """Delete stacks in reverse dependency order. Protected resources are named and never deleted."""
    _check_target(target, endpoint, {}, wait=wait)
    if target == "aws" and unprotect:
        raise UsageError("--unprotect is for rehearsals only: on AWS, protected resources hold data.")
    if target == "aws":
        AwsRun(
            operation="destroy",
            packs=[],
            parallel=PARALLEL,
            at_once=AT_ONCE,
            yes=yes,
            as_json=as_json,
            details=False,
        ).run(stacks or [], everything=everything)
        return
    session = _session(endpoint, [], wait=wait, unprotect=unprotect)
    _run("destroy", stacks or [], session, everything=everything, as_json=as_json, details=False)


def _session(
    endpoint: str | None,
    packs: Sequence[Path] | None,
    configs: Sequence[Path] | None = None,
    *,
    wait: float,
    parallel: int = PARALLEL,
    keep: bool = True,
    at_once: int = AT_ONCE,
    unprotect: bool = False,
    preview_only: bool = False,
) -> Session:
    return Session(
        Workspace.find(endpoint),
        packs=packs,
        pack_configs=configs or (),
        parallel=parallel,
        wait=wait,
        keep=keep,
        at_once=at_once,
        unprotect=unprotect,
        preview_only=preview_only,
    )


def _check_target(target: str, endpoint: str | None, only_aws: Mapping[str, object], *, wait: float) -> None:
    """Checks that no option is given that the target does not have."""
    refuse_endpoint(target, endpoint)
    for option, value in only_aws.items():
        if value is not None and target != "aws":
            raise UsageError(f"{option} needs --target aws: the rehearsal has none.")
    if target == "aws" and wait:
        raise UsageError("--wait is for rehearsals: the Pulumi CLI does not wait for the lock of a stack.")


def _check_packs(packs: Sequence[Path] | None, configs: Sequence[Path] | None, *, none: bool) -> None:
    if packs and none:
        raise UsageError("Give either --policy-pack or --no-policy-pack, not both.")
    count = 0 if none else len(packs or ["the zone's own"])
    if len(configs or ()) > count:
        raise UsageError(f"--policy-pack-config is given {len(configs or ())} times for {count} policy packs.")


def _run(
    operation: Operation,
    names: Sequence[str],
    session: Session,
    *,
    everything: bool,
    as_json: bool,
    details: bool,
    verbose: bool = False,
) -> None:
    started = time.monotonic()
    selected = session.workspace.selected(names, everything=everything)
    if operation == "destroy":
        selected.reverse()
    out = messages if as_json else console
    with session, ProgressDisplay(out, len(selected)) as progress:
        results = session.run(operation, selected, progress)
        accounts, emulated = session.accounts(), emulated_types()
        modes = session.modes(results, emulated)
    show_run(results, modes, accounts, started, as_json=as_json, details=details, verbose=verbose, selected=selected)
    if succeeded(results, selected):
        if not as_json:
            session.hint(operation)
        return
    skipped = not_started(results, selected)
    if skipped:
        messages.print(f"Not started: {', '.join(skipped)}", markup=False, soft_wrap=True)
    raise typer.Exit(1)
