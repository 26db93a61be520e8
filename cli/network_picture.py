"""`rehearse graph --network`: the network as a picture, and in red what is deployed and was not declared."""

from pathlib import Path

import typer

from cli.declared_network import declaration
from cli.errors import UsageError, console
from cli.networks import Source, network
from cli.workspace import Workspace
from inspection.network.differences import differences
from inspection.network.picture import draw
from inspection.network.reach import Reach
from inspection.network.scene import Card, Scene, inside, leaks
from inspection.network.svg import html, svg
from zone.plan import make_plan
from zone.settings import Settings

FORMS = {"svg": svg, "html": html}


def picture(form: str, file: Path | None) -> None:
    """Writes the picture, or prints it.

    Raises:
        UsageError: another format, or a zone without networks.
    """
    if form not in FORMS:
        raise UsageError(f"--format is {form!r}; allowed with --network: {', '.join(FORMS)}")
    settings = Workspace.find().settings()
    if not any(one.networks for one in settings.accounts.values()):
        raise UsageError("no account has `networks`: there is no network to draw")
    document = FORMS[form](draw(scene(settings, _leaks(settings))))
    if file is None:
        typer.echo(document)
    else:
        file.write_text(document, encoding="utf-8")
        console.print(f"written: {file}", soft_wrap=True)


def scene(settings: Settings, undeclared: list[tuple[str, str, str]]) -> Scene:
    """What is drawn for a configuration."""
    declared = declaration(settings)
    regions = make_plan(settings).network.regions
    segments = settings.network.segments
    inspected = settings.network.egress == "inspected"
    return Scene(
        title=f"Network of {settings.name_prefix}",
        regions=settings.regions.all,
        segments=[name for name, one in segments.items() if one.accounts],
        cards=[
            Card(
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
        egress=frozenset(name for name, one in segments.items() if one.accounts and inspected),
        domains=settings.network.allowed_domains,
        leaks=undeclared,
    )


def _leaks(settings: Settings) -> list[tuple[str, str, str]]:
    """Undeclared paths of what is deployed; none where nothing is."""
    try:
        deployed = network(Source(), settings)
    except UsageError:
        return []
    return list(leaks(differences(Reach(deployed, settings.regions.primary), declaration(settings))))
