"""`zone can`: decides whether a principal may perform an action, and names the deciding statement."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli.declared import guarded
from cli.errors import UsageError, console
from cli.why import explain_denial
from cli.workspace import Workspace
from inspection.can import Consideration, GuardedOrganization, answers
from inspection.vocabulary import keys_not_carried, unknown_action

EXPLAINED = (
    "Only the guardrails (SCPs and RCPs) are evaluated. The principal's identity policies and the resource's "
    "policy are assumed to allow the request."
)


def can(
    action: Annotated[str | None, typer.Argument(help="service:Action, for example s3:GetObject.")] = None,
    resource: Annotated[str, typer.Argument(help="An ARN, or *.")] = "*",
    account: Annotated[str | None, typer.Option(metavar="NAME", help="The account that owns the resource.")] = None,
    principal: Annotated[
        str | None, typer.Option(metavar="ARN", help="A role, user, root, or a service such as s3.amazonaws.com.")
    ] = None,
    context: Annotated[
        list[str] | None,
        typer.Option(metavar="KEY=VALUE", help="A condition key of the request. Repeat it for several values."),
    ] = None,
    explain: Annotated[bool, typer.Option("--explain", help="List every statement that was considered.")] = False,
    outsider: Annotated[
        bool, typer.Option("--outsider", help="The principal is of an account outside of the organisation.")
    ] = False,
    new_action: Annotated[
        bool, typer.Option("--new-action", help="Decide an action or key that the authorization tables do not have.")
    ] = False,
    why: Annotated[
        str | None,
        typer.Option(
            metavar="REQUEST_ID", help="Explain a request that the emulated AWS denied: the request id of its error."
        ),
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Decide every request of a file with the columns account,principal,action,resource,context,expect.",
        ),
    ] = None,
) -> None:
    """Decide whether the guardrails allow a request. Exit codes: 0 allowed, 1 denied, 2 wrong input.

    With --requests, list the rows that are decided otherwise than expected; exit code 1 if there are any. With --why,
    print action, resource and principal of a denied request, the statement that denied it, its control and the remedy;
    exit code 0.
    """
    workspace = Workspace.find()
    if why is not None:
        if action is not None or requests is not None:
            raise UsageError("Give either --why REQUEST_ID, or an ACTION, or --requests FILE.csv.")
        explain_denial(workspace, why)
        return
    settings = workspace.settings()
    store = workspace.store()
    zone = guarded(settings, store.outputs("organization") if "organization" in store.stacks() else {})
    if requests is not None:
        decided = list(answers(zone, requests))
        wrong = [answer for answer in decided if not answer.as_expected]
        for answer in wrong:
            message = f"line {answer.line}: expected {answer.request['expect']}, is {answer.decision}"
            console.print(Text(message, style="red"), soft_wrap=True)
        console.print(f"{len(decided)} requests, {len(wrong)} decided otherwise than expected")
        raise typer.Exit(1 if wrong else 0)
    if action is None or account is None or principal is None:
        raise UsageError(
            "Give --account NAME, --principal ARN and an ACTION, --requests FILE.csv, or --why REQUEST_ID."
        )
    values = _values(context or [], settings.regions.primary)
    if zone.is_outsider(principal) is not outsider:
        raise UsageError(_outsider(zone, principal))
    if not new_action:
        _refuse_unknown_words(action, values)
    decision = zone.decide(account, principal, action, resource, values)
    if explain:
        _show(zone.considerations(account, principal, action, resource, values))
    console.print(Text(str(decision), style="green" if decision.allowed else "red"), soft_wrap=True)
    console.print(Text(EXPLAINED, style="dim"), soft_wrap=True)
    raise typer.Exit(0 if decision.allowed else 1)


def _outsider(zone: GuardedOrganization, principal: str) -> str:
    if not zone.is_outsider(principal):
        return f"{principal} belongs to an account of the organisation: leave --outsider out"
    accounts = ", ".join(f"{name} {place.account}" for name, place in sorted(zone.places.items()))
    return (
        f"The account of {principal} is not in the organisation. Accounts: {accounts}. "
        "For a principal of another organisation, add --outsider"
    )


def _refuse_unknown_words(action: str, values: Mapping[str, Sequence[str]]) -> None:
    problem = unknown_action(action) if ":" in action else None  # `decide` refuses what is no action at all
    if problem is not None:
        raise UsageError(f"{problem}. For an action that is newer than the tables, add --new-action")
    keys = keys_not_carried(action, values)
    if keys:
        raise UsageError(
            f"{action} never carries the condition key {', '.join(keys)}. "
            "For a key that is newer than the tables, add --new-action"
        )


def _show(considerations: Iterable[Consideration]) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("applies", "effect", "statement", "policy", "attached to"):
        table.add_column(heading, overflow="fold")
    for consideration in considerations:
        style = ("red" if consideration.effect == "Deny" else "green") if consideration.applies else "dim"
        cells = (
            "yes" if consideration.applies else "no",
            consideration.effect,
            consideration.sid,
            consideration.policy,
            consideration.layer,
        )
        table.add_row(*(Text(cell, style=style) for cell in cells))
    console.print(table)


def _values(context: Sequence[str], region: str) -> dict[str, list[str]]:
    """The condition keys of the command line; a key that is given several times has several values."""
    values: dict[str, list[str]] = {}
    for pair in context:
        key, equals, value = pair.partition("=")
        if not equals or ":" not in key:
            raise UsageError(f"--context {pair!r} is not KEY=VALUE, for example aws:RequestedRegion=us-west-2")
        values.setdefault(key, []).append(value)
    return {"aws:RequestedRegion": [region], **values}
