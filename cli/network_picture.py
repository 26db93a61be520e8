"""`zone graph --network`: the network as a picture, with undeclared paths in red."""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from cli.declared_network import declaration
from cli.errors import UsageError, console
from cli.networks import Source, deployed_reach
from cli.workspace import Workspace
from inspection.network.difference import Difference
from inspection.network.differences import differences
from inspection.network.picture import draw
from inspection.network.scene import Scene, SpokeCard, differing, inside, leaks
from inspection.network.svg import html, svg
from zone.plan import make_plan
from zone.settings import Settings

FORMS = {"svg": svg, "html": html}


def picture(form: str, file: Path | None, source: Source | None = None) -> None:
    """Writes the picture, or prints it.

    Args:
        form: `svg` or `html`.
        file: file to write; standard output if None.
        source: source of the deployed network; the running rehearsal or its state, if there is one, if None.

    Raises:
        UsageError: another format, a zone without networks, or a source that cannot be read.
    """
    if form not in FORMS:
        raise UsageError(f"--format is {form!r}; allowed with --network: {', '.join(FORMS)}")
    settings = Workspace.find().settings()
    if not any(account.networks for account in settings.accounts.values()):
        raise UsageError("Pulumi.yaml: accounts: no account has `networks`, so there is no network to draw.")
    document = FORMS[form](draw(scene(settings, _differences(settings, source))))
    if file is None:
        typer.echo(document)
    else:
        file.write_text(document, encoding="utf-8")
        console.print(f"written: {file}", soft_wrap=True)


def scene(settings: Settings, network_differences: Sequence[Difference]) -> Scene:
    """The elements of the picture for a configuration."""
    declared = declaration(settings)
    regions = make_plan(settings).network.regions
    segments = settings.network.segments
    return Scene(
        title=f"Network of {settings.name_prefix}",
        regions=settings.regions.all,
        segments=[name for name, segment in segments.items() if segment.accounts],
        cards=[
            SpokeCard(
                name=spoke.name,
                account=spoke.name.partition("@")[0],
                cidr=regions[spoke.region].spokes[spoke.name.partition("@")[0]],
                segment=spoke.segment,
                region=spoke.region,
            )
            for spoke in declared.spokes
        ],
        tiers=declared.tiers,
        hubs={name: (region.endpoint_cidr, region.inspection_cidr) for name, region in regions.items()},
        services=settings.network.endpoints,
        inside=inside(declared),
        reaches=declared.reaches,
        egress=frozenset(name for name, segment in segments.items() if segment.egress == "inspected"),
        domains=settings.network.allowed_domains,
        leaks=leaks(network_differences),
        differing=differing(network_differences),
    )


def _differences(settings: Settings, given: Source | None) -> Sequence[Difference]:
    """Differences of the deployed network of a source; without one, of the emulated AWS or the state, if deployed."""
    declared = declaration(settings)
    if given is not None:
        return differences(deployed_reach(given, settings, declared), declared)
    for source in (Source(live=True), Source()):
        with suppress(UsageError):
            return differences(deployed_reach(source, settings, declared), declared)
    return []
