"""`zone cost`: the monthly price of network and MLflow servers as configured, and of what is deployed."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, Any, Final

import typer
from rich.table import Table

from cli.deployed_stacks import DeployedStacks, read_deployed
from cli.errors import UsageError, console
from cli.options import Exports, JsonDocument, StatesFromAws
from cli.provenance import account_names
from cli.workspace import Workspace
from inspection.cost import KEYS, Bill, CostItem, NetworkSize, TrackingSize, Traffic, bill, total
from inspection.deployed_cost import DeployedCost, deployed_cost
from zone.plan import make_plan
from zone.settings import Settings
from zone.shared.tracking import CPU_UNITS, MEMORY_MEBIBYTES

MAXIMUM_GIGABYTES: Final = 10_000_000
"""Ten petabytes; more is a mistake, and so are `inf` and `nan`."""
KEY_TYPES: Final = ("aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey")
ASSUMED: Final = (
    "730 hours a month; US dollars, list prices, no discounts.",
    "NAT gateways behind Network Firewall are free, hour for hour and gigabyte for gigabyte.",
    "Gateway endpoints for S3 and DynamoDB cost nothing.",
    "KMS keys: those that are deployed; before anything is, one for each region's firewall.",
    "Not counted: data between zones and regions, logs, DNS queries and firewall domains, IPAM addresses, compute of",
    "models, backups, and the certificate authority of MLflow.",
)


def cost(
    endpoints_gb: Annotated[
        float, typer.Option("--endpoints-gb", min=0, help="Gigabytes per month through endpoints, in each region.")
    ] = 1000,
    egress_gb: Annotated[
        float, typer.Option("--egress-gb", min=0, help="Gigabytes per month through the firewall, in each region.")
    ] = 100,
    exports: Exports = None,
    aws: StatesFromAws = False,
    as_json: JsonDocument = False,
) -> None:
    """Estimate the monthly cost from dated prices: of the configured network, and of what is deployed.

    The first part prices network and MLflow servers as configured, and compares central endpoints with endpoints in
    every VPC. The second part counts deployed resources in the rehearsal's state, in stack exports, or in the zone in
    AWS, by stack and account. Resource types without a price are listed, and not counted as free.
    """
    for option, gigabytes in (("--endpoints-gb", endpoints_gb), ("--egress-gb", egress_gb)):
        if not gigabytes <= MAXIMUM_GIGABYTES:
            raise UsageError(f"{option} is {gigabytes}; allowed: 0 to {MAXIMUM_GIGABYTES:,} gigabytes a month")
    workspace = Workspace.find()
    settings = workspace.settings()
    if not any(account.networks for account in settings.accounts.values()):
        raise UsageError("Pulumi.yaml: accounts: no account has `networks`, so there is no network to price.")
    states = read_deployed(workspace, exports=exports or (), aws=aws)
    deployed = [resource for resources in states.stacks.values() for resource in resources]
    actual = deployed_cost(states.stacks)
    traffic = Traffic(endpoints=endpoints_gb, egress=egress_gb)
    estimate = bill(sizes(settings, deployed), traffic, tracking_sizes(settings))
    if as_json:
        document = {**asdict(estimate), "total": estimate.total, "assumed": ASSUMED}
        typer.echo(json.dumps({**document, "deployed": _document(states, actual)}, indent=2))
        return
    _show(estimate)
    if states.stacks:
        _show_deployed(actual, states, account_names(settings, states))
    else:
        console.print("\nNothing is deployed: there are no resources to count.")


def sizes(settings: Settings, deployed: Iterable[object]) -> Sequence[NetworkSize]:
    """Return the counts of billed network resources per region."""
    configured = settings.network
    regions = make_plan(settings).network.regions
    keys: dict[str, int] = {}
    for stack in deployed:
        if isinstance(stack, dict) and stack.get("type") in KEY_TYPES:
            region = str(stack.get("outputs", {}).get("arn", "::::")).split(":")[3]
            keys[region] = keys.get(region, 0) + 1
    return [
        NetworkSize(
            region=region,
            spokes=len(regions[region].spokes),
            zones=configured.zones,
            services=len(configured.endpoints),
            names=len(regions[region].private_zones),
            inspected=configured.egress == "inspected",
            profile=configured.dns == "profiles",
            peered=len(settings.regions.all) > 1,
            keys=keys.get(region, 0) if keys else int(configured.egress == "inspected"),
        )
        for region in settings.regions.all
    ]


def tracking_sizes(settings: Settings) -> Sequence[TrackingSize]:
    """Return the billed resources of the MLflow servers."""
    tracking = settings.ml.tracking
    if tracking is None:
        return ()
    return [
        TrackingSize(
            region=settings.regions.primary,
            tasks=tracking.tasks if tracking.image_digest is not None else 0,
            processors=CPU_UNITS / 1024,
            gigabytes=MEMORY_MEBIBYTES / 1024,
            instance_class=tracking.instance_class,
            storage=tracking.storage_gigabytes,
        )
        for _ in tracking.environments
    ]


def _show(estimate: Bill) -> None:
    keys = [item for item in estimate.items if item.description == KEYS]
    _table("Network and MLflow servers, a month", [item for item in estimate.items if item not in keys])
    console.print()
    _table("Encryption keys of all deployed stacks, a month", keys)
    console.print(f"[bold]total {estimate.total:,.2f} USD[/bold]\n")
    _table("Endpoints: central, as configured", estimate.central)
    console.print(f"{total(estimate.central):,.2f} USD\n")
    _table("Endpoints: in every VPC instead", estimate.distributed)
    console.print(f"{total(estimate.distributed):,.2f} USD\n")
    more = total(estimate.distributed) - total(estimate.central)
    verdict = f"central endpoints save {more:,.2f}" if more > 0 else f"endpoints in every VPC would save {-more:,.2f}"
    console.print(f"{verdict} USD a month. Prices as of {estimate.as_of} (inspection/prices.csv). Assumed:")
    if estimate.unverified:
        console.print(f"[yellow]Not compared with a published price: {', '.join(estimate.unverified)}.[/yellow]")
    for assumption in ASSUMED:
        console.print(f"  {assumption}", soft_wrap=True)


def _document(states: DeployedStacks, cost: DeployedCost) -> dict[str, Any]:
    return {
        "emulated": states.origin.emulated,
        "source": states.origin.source,
        "items": [asdict(item) for item in cost.items],
        "by_stack": cost.by(lambda item: item.stack),
        "by_account": cost.by(lambda item: item.account),
        "not_priced": cost.not_priced,
        "free": cost.free,
        "total": cost.total,
    }


def _show_deployed(cost: DeployedCost, states: DeployedStacks, names: Mapping[str, str]) -> None:
    origin = f"{states.origin.mark} {states.origin.source}".strip()
    console.print(f"\n[bold]Deployed resources, a month, without usage[/bold] (source: {origin})\n")
    for title, sums in (
        ("By stack", cost.by(lambda item: item.stack)),
        ("By account", cost.by(lambda item: names.get(item.account, item.account))),
        ("By price", cost.by(lambda item: f"{item.item} {item.region}")),
    ):
        table = Table(title=title, title_justify="left", box=None, show_header=False)
        table.add_column()
        table.add_column(justify="right")
        for name, monthly in sums.items():
            table.add_row(name, f"{monthly:,.2f}")
        console.print(table)
        console.print()
    console.print(f"[bold]total {cost.total:,.2f} USD[/bold] of what has a price")
    listed = ", ".join(f"{count} {kind}" for kind, count in cost.not_priced.items())
    console.print(f"[yellow]Not priced: {listed or 'nothing'}.[/yellow]", soft_wrap=True)
    console.print(
        f"Free of charge by themselves: {sum(cost.free.values())} resources of {len(cost.free)} types "
        "(inspection/free_types.csv).",
        soft_wrap=True,
    )


def _table(title: str, items: Sequence[CostItem]) -> None:
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("region", "what", "count", "USD a month"):
        table.add_column(heading, justify="left" if heading in ("region", "what") else "right")
    for item in items:
        table.add_row(item.region, item.description, f"{item.count:,.0f}", f"{item.monthly:,.2f}")
    console.print(table)
