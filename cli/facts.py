"""`zone facts`: guardrails, reachable connections and cost of the checked-out commit, for `zone comment`."""

import csv
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from cli.cost import sizes, tracking_sizes
from cli.declared import guarded
from cli.declared_network import declaration
from cli.errors import UsageError, is_known
from cli.networks import Source, deployed_reach
from cli.workspace import Workspace
from controls.registry import folders
from inspection.comparison.facts import (
    CostFacts,
    Facts,
    GuardrailFacts,
    GuardrailPolicy,
    NetworkFacts,
    to_document,
)
from inspection.cost import Traffic, bill
from inspection.network.differences import differences
from zone.settings import Settings
from zone.settings.names import MANAGEMENT

Part = TypeVar("Part")


def facts(
    declared: Annotated[
        bool, typer.Option("--declared", help="Compute the network from the configuration, not from what is deployed.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the document here instead of printing it.")
    ] = None,
) -> None:
    """Print guardrails, reachable connections and monthly cost of this commit as one JSON document.

    `zone comment --before FILE --after FILE` compares the documents of two commits. A part that cannot be computed is
    named under `problems`; the exit code stays 0, and the comparison says that it is incomplete.
    """
    workspace = Workspace.find()
    text = json.dumps(to_document(collect(workspace, declared=declared)), indent=1)
    if file is None:
        typer.echo(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")


def collect(workspace: Workspace, *, declared: bool) -> Facts:
    """The facts of a checkout.

    Args:
        workspace: the checkout, with the state of its rehearsal.
        declared: compute the network from the configuration alone.
    """
    settings = workspace.settings()
    problems: list[str] = []

    def part(name: str, compute: Callable[[], Part]) -> Part | None:
        try:
            return compute()
        except Exception as error:
            if not is_known(error):
                raise
            problems.append(f"{name}: {error}")
            return None

    return Facts(
        guardrails=part("guardrails", lambda: guardrail_facts(settings)),
        network=part("network", lambda: _declared_network(settings) if declared else _deployed_network(settings)),
        cost=part("cost", lambda: _cost(workspace, settings, declared=declared)),
        problems=problems,
    )


def guardrail_facts(settings: Settings) -> GuardrailFacts:
    """The guardrails of a configuration, with the requests of the controls."""
    organization = guarded(settings, {})
    return GuardrailFacts(
        policies=[
            GuardrailPolicy(
                name=policy.name,
                type=policy.policy_type.value,
                content=policy.content,
                targets=list(policy.targets),
            )
            for policy in organization.compiled.policies
        ],
        accounts={name: (place.account, place.ou) for name, place in organization.places.items() if name != MANAGEMENT},
        management_account=settings.management_account_id,
        organization=organization.organization_id,
        prefix=settings.name_prefix,
        regions=list(settings.regions.all),
        requests=list(_requests()),
    )


def _requests() -> list[Mapping[str, str]]:
    rows: list[Mapping[str, str]] = []
    for folder in folders().values():
        table = folder / "requests.csv"
        if table.exists():
            with table.open(encoding="utf-8", newline="") as text:
                rows += [
                    {key: row[key] for key in ("account", "principal", "action", "resource", "context")}
                    for row in csv.DictReader(text)
                ]
    return rows


def _deployed_network(settings: Settings) -> NetworkFacts:
    expected = declaration(settings)
    reachability = deployed_reach(Source(), settings, expected)
    matrix = reachability.matrix()
    return NetworkFacts(
        source="deployed",
        pairs={(source.name, target.name): answer.ports for (source, target), answer in matrix.items()},
        differences=[str(difference) for difference in differences(reachability, expected, matrix)],
    )


def _declared_network(settings: Settings) -> NetworkFacts:
    if not any(account.networks for account in settings.accounts.values()):
        raise UsageError("no account has `networks`")
    return NetworkFacts(source="declared", pairs=dict(declaration(settings).matrix()))


def _cost(workspace: Workspace, settings: Settings, *, declared: bool) -> CostFacts:
    store = workspace.store()
    deployed: list[Any] = (
        [] if declared else [resource for stack in store.stacks() for resource in store.resources(stack)]
    )
    estimate = bill(sizes(settings, deployed), Traffic(endpoints=1000, egress=100), tracking_sizes(settings))
    items: dict[str, float] = {}
    for item in estimate.items:
        name = f"{item.region}: {item.description}"
        items[name] = items.get(name, 0) + item.monthly
    return CostFacts(source="declared" if declared else "deployed", items=items, as_of=estimate.as_of)
