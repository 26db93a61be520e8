"""`zone can`: decides whether a principal may perform an action, and names the deciding statement."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from cli.declared import guarded
from cli.errors import UsageError, console
from cli.workspace import Workspace
from inspection.can import answers

EXPLAINED = (
    "The principal's own policies are taken to allow everything: the answer is whether the zone's guardrails "
    "(SCPs and RCPs) let it happen at all."
)


def can(
    action: Annotated[str | None, typer.Argument(help="service:Action, for example s3:GetObject.")] = None,
    resource: Annotated[str, typer.Argument(help="An ARN, or *.")] = "*",
    account: Annotated[str | None, typer.Option(metavar="NAME", help="The account that owns the resource.")] = None,
    principal: Annotated[
        str | None, typer.Option(metavar="ARN", help="A role, user, root, or a service such as s3.amazonaws.com.")
    ] = None,
    context: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A condition key that the request carries.")
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.csv",
            help="Decide every request of a file with the columns account,principal,action,resource,context,expect.",
        ),
    ] = None,
) -> None:
    """Decide whether the guardrails allow a request. Exit codes: 0 allowed, 1 denied, 2 bad input.

    With --requests, list the rows that are decided otherwise than expected; exit code 1 if there are any.
    """
    workspace = Workspace.find()
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
        raise UsageError("give --account NAME, --principal ARN and an ACTION, or --requests FILE.csv")
    decision = zone.decide(account, principal, action, resource, _pairs(context or [], settings.regions.primary))
    console.print(Text(str(decision), style="green" if decision.allowed else "red"), soft_wrap=True)
    console.print(Text(EXPLAINED, style="dim"), soft_wrap=True)
    raise typer.Exit(0 if decision.allowed else 1)


def _pairs(context: list[str], region: str) -> dict[str, str]:
    pairs = {"aws:RequestedRegion": region}
    for pair in context:
        key, equals, value = pair.partition("=")
        if not equals or ":" not in key:
            raise UsageError(f"--context {pair!r} is not KEY=VALUE, for example aws:RequestedRegion=us-west-2")
        pairs[key] = value
    return pairs
