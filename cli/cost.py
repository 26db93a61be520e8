"""`zone cost`: the monthly price of network and MLflow servers, central endpoints beside endpoints in every VPC."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.table import Table

from cli.errors import UsageError, console
from cli.options import JsonDocument
from cli.workspace import Workspace
from inspection.cost import KEYS, Bill, CostItem, NetworkSize, TrackingSize, Traffic, bill, total
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
    as_json: JsonDocument = False,
) -> None:
    """Estimate the monthly cost of network and MLflow servers from dated prices, and list the assumptions."""
    for option, gigabytes in (("--endpoints-gb", endpoints_gb), ("--egress-gb", egress_gb)):
        if not gigabytes <= MAXIMUM_GIGABYTES:
            raise UsageError(f"{option} is {gigabytes}; allowed: 0 to {MAXIMUM_GIGABYTES:,} gigabytes a month")
    workspace = Workspace.find()
    settings = workspace.settings()
    if not any(account.networks for account in settings.accounts.values()):
        raise UsageError("Pulumi.yaml: accounts: no account has `networks`, so there is no network to price.")
    store = workspace.store()
    deployed = [resource for stack in store.stacks() for resource in store.resources(stack)]
    traffic = Traffic(endpoints=endpoints_gb, egress=egress_gb)
    estimate = bill(sizes(settings, deployed), traffic, tracking_sizes(settings))
    if as_json:
        typer.echo(json.dumps({**asdict(estimate), "total": estimate.total, "assumed": ASSUMED}, indent=2))
        return
    _show(estimate)


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


def _table(title: str, items: Sequence[CostItem]) -> None:
    table = Table(title=title, title_justify="left", box=None)
    for heading in ("region", "what", "count", "USD a month"):
        table.add_column(heading, justify="left" if heading in ("region", "what") else "right")
    for item in items:
        table.add_row(item.region, item.description, f"{item.count:,.0f}", f"{item.monthly:,.2f}")
    console.print(table)
