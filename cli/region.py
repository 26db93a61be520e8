"""`zone region`: lose a region of the emulated AWS, in whole or in part, and restore it, to practise a failover."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Final

import botocore.session
import typer

from cli.errors import UsageError, console
from cli.options import JsonDocument
from cli.workspace import Workspace
from rehearsal.cloud import GLOBAL, GLOBAL_REGION, Cloud

app = typer.Typer(
    rich_markup_mode=None,
    help="Lose a region of the emulated AWS, in whole or in part, and restore it.",
    no_args_is_help=True,
)

THROTTLED: Final = ("ThrottlingException", 429)
FAILED: Final = ("InternalFailure", 500)
RUNTIMES: Final = {"sagemaker": "sagemaker-runtime"}
"""Service -> the service of its data plane, which fails with it."""

Region = Annotated[str, typer.Argument(help="Name of the region, for example us-east-1.")]


@app.command()
def lose(
    region: Region,
    services: Annotated[
        list[str] | None, typer.Option("--service", help="Only this service fails; may be repeated.")
    ] = None,
    delay: Annotated[
        float, typer.Option("--delay", min=0.0, help="Answers take this many seconds longer, instead of failing.")
    ] = 0.0,
    throttle: Annotated[bool, typer.Option("--throttle", help="Requests are throttled, instead of failing.")] = False,
    stale_dns: Annotated[
        float, typer.Option("--stale-dns", min=0.0, help="Names keep their present answers for this many seconds.")
    ] = 0.0,
) -> None:
    """Lose a region until `restore`. Without --service, --delay or --throttle, every connection to it is refused.

    The control planes of the global services (IAM, Route 53, Organizations) are lost with us-east-1.
    """
    cloud = _cloud(region)
    known = _known_services(services or [])
    if delay and throttle:
        raise UsageError("--delay and --throttle exclude each other")
    if stale_dns:
        cloud.hold_names(stale_dns)
    if not (known or delay or throttle):
        for name in _listeners(region):
            cloud.stop_region(name)
        console.print(f"{' and '.join(_listeners(region))} refuse every connection. `zone region restore {region}`")
        return
    error, status = (None, None) if delay else THROTTLED if throttle else FAILED
    for service in known or ["*"]:
        cloud.inject(f"{service}:*", error=error, status=status, delay=delay, region=region)
    kind = f"answers {delay:g} s later" if delay else "throttles every request" if throttle else "fails"
    console.print(f"{', '.join(known) or 'every service'} in {region} {kind}. `zone region restore {region}`")


@app.command()
def restore(region: Region) -> None:
    """Restore a region: its connections, its services and the names."""
    cloud = _cloud(region)
    cloud.clear_faults(region)
    cloud.hold_names(0.0)
    for name in _listeners(region):
        cloud.start_region(name)
    console.print(f"{region} answers as usual.")


@app.command()
def status(as_json: JsonDocument = False) -> None:
    """Show which regions are lost, and what fails in the others."""
    cloud = Workspace.find().running_cloud()
    lost, faults = list(cloud.status().lost), list(cloud.faults())
    if as_json:
        typer.echo(json.dumps({"lost": lost, "faults": faults}, indent=2))
        return
    for name in lost:
        console.print(f"{'the global control planes' if name == GLOBAL else name}: lost")
    for fault in faults:
        effect: Any = fault["error"] or f"{fault['delay']:g} s later"
        console.print(f"{fault['region']}: {fault['operation']}: {effect}")
    if not lost and not faults:
        console.print("Every region answers as usual.")


def _cloud(region: str) -> Cloud:
    cloud = Workspace.find().running_cloud()
    regions = [name for name in cloud.status().endpoints if name != GLOBAL]
    if region not in regions:
        raise UsageError(f"no region {region!r} is emulated; regions: {', '.join(regions)}")
    return cloud


def _listeners(region: str) -> Sequence[str]:
    return [region, GLOBAL] if region == GLOBAL_REGION else [region]


def _known_services(services: Sequence[str]) -> list[str]:
    known = botocore.session.get_session().get_available_services()
    unknown = [service for service in services if service not in known]
    if unknown:
        alike = [name for name in known if unknown[0].lower().replace(" ", "") in name]
        hint = f"; did you mean {', '.join(alike[:5])}?" if alike else ""
        raise UsageError(f"--service is {unknown[0]!r}; allowed: the name of a boto3 client, such as sagemaker{hint}")
    return [*services, *(RUNTIMES[service] for service in services if service in RUNTIMES)]
