"""`make drill`: deploys the zone, removes a region, fails over and back, and writes a report."""

from pathlib import Path
from typing import Annotated, cast

import typer
from rich.console import Console

from drills import command
from drills.drill import VARIANTS, Drill, Variant, run_drill
from drills.errors import DrillError
from drills.report import write
from drills.zone import ROOT, bring_up

console = Console(highlight=False)
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def drill(
    environment: Annotated[str, typer.Option("--env", help="Environment to drill.")] = "prod",
    variants: Annotated[
        list[str] | None, typer.Option("--variant", help=f"What fails: {', '.join(VARIANTS)}; may be repeated.")
    ] = None,
    up: Annotated[bool, typer.Option("--up/--no-up", help="Bring the zone up first; or take it as it is.")] = True,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the report.")] = ROOT
    / ".rehearsal"
    / "drill",
) -> None:
    """Lose a region in the rehearsal, and measure what that costs. Exit code 1 when a target is not met."""
    chosen = variants or ["region", "backlog"]
    unknown = [variant for variant in chosen if variant not in VARIANTS]
    if unknown:
        raise DrillError(f"--variant is {unknown[0]!r}; allowed: {', '.join(VARIANTS)}")
    zone = bring_up(environment, console.print, up=up)
    drills: list[Drill] = []
    for variant in chosen:
        console.print(f"[bold]drill: {variant}[/]")
        drills.append(run_drill(zone, cast("Variant", variant), console.print))
        _print_verdict(drills[-1])
    page = write(zone, drills, output)
    console.print(f"\nreport: {page}", soft_wrap=True)
    if not all(drill_result.met for drill_result in drills):
        raise typer.Exit(1)


def _print_verdict(drill_result: Drill) -> None:
    verdict = drill_result.verdict
    assert verdict is not None
    colour = "green" if drill_result.met else "red"
    console.print(
        f"[{colour}]RTO {verdict.rto:.1f} s, RPO {verdict.rpo:.1f} s[/]; {verdict.requests} requests, {verdict.failed} "
        f"without answer, {verdict.differing} answered differently, {verdict.availability_after:.2%} answered after "
        f"the failover, longest outage {verdict.longest_outage:.1f} s; {verdict.objects} objects, "
        f"{verdict.missing_at_failover} not copied at the loss, {verdict.lost} lost, {verdict.altered} altered, "
        f"{verdict.duplicated} twice; conflicts: {len(drill_result.conflicts_planted)} planted, "
        f"{len(drill_result.conflicts_found)} found"
    )
    for request in drill_result.requests_to_lost_region or ():
        console.print(f"[red]the runbook sent a request to the lost region: {request}[/]")


def main() -> None:
    """Runs the command line."""
    command.run(app, console)


if __name__ == "__main__":
    main()
