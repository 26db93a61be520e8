"""`zone reach`: computes which sources can reach which destinations, and compares the result with the declaration."""

import json
from collections.abc import Sequence
from typing import Annotated

import typer

from cli import reach_display
from cli.declared_network import declaration
from cli.errors import UsageError
from cli.networks import Source, deployed_reach
from cli.options import Endpoint, Exports, FromAws, JsonDocument
from cli.workspace import Workspace
from inspection.network import ranges
from inspection.network.differences import differences
from inspection.network.explain import Explanation, explain
from inspection.network.nodes import Node
from inspection.network.ranges import EVERYTHING, Ranges
from inspection.network.reach import Reach

NodeName = Annotated[
    str | None,
    typer.Argument(
        help="A tier (ml-dev/training, ml-prod@us-west-2/data), an account, a service (sagemaker.api), an address, "
        "or internet."
    ),
]


def reach(
    source: NodeName = None,
    destination: NodeName = None,
    port: Annotated[
        str | None, typer.Option(metavar="P", help="443 or udp/53; TCP by default. Default: any port.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Compute the whole matrix and compare it with the declaration.")
    ] = False,
    live: Annotated[
        bool, typer.Option("--live", help="Read the emulated AWS with boto3 instead of the state.")
    ] = False,
    aws: FromAws = False,
    exports: Exports = None,
    as_json: JsonDocument = False,
    endpoint: Endpoint = None,
) -> None:
    """Compute which sources can reach which destinations in the deployed network.

    The computation follows route tables, Transit Gateways, firewalls, security groups, ACLs, endpoints and names.

    With --all: exit code 0 when the deployed matrix is the declared one, 1 when they differ. For a pair, explained hop
    by hop: 0 reachable, 1 not. 2 for bad input. VPN, Direct Connect, Gateway Load Balancers and other accounts'
    networks are not followed but reported as unknown. Not modelled: Network Firewall's own rules, prefix lists of
    AWS's own, and what listens where (docs/reach.md).
    """
    if everything == (source is not None or destination is not None):
        raise UsageError("Give a source and a destination, or --all for the whole matrix.")
    settings = Workspace.find(endpoint).settings()
    where = Source(endpoint=endpoint, live=live, aws=aws, exports=exports or ())
    declared = declaration(settings)
    reachability = deployed_reach(where, settings, declared)
    if everything:
        matrix = reachability.matrix()
        report = differences(reachability, declared, matrix)
        if as_json:
            typer.echo(json.dumps(reach_display.document(reachability, declared, matrix, report), indent=2))
        else:
            reach_display.show_matrix(reachability, declared, matrix, report)
        raise typer.Exit(1 if report else 0)
    if source is None or destination is None:
        raise UsageError("Give both a source and a destination; `zone reach --all` shows every pair.")
    explained = _explained(
        reachability, reachability.places.named(source), reachability.places.named(destination), _wanted(port)
    )
    if as_json:
        typer.echo(json.dumps([reach_display.explained(explanation) for explanation in explained], indent=2))
    else:
        reach_display.show_pairs(explained, detailed=len(explained) == 1)
    raise typer.Exit(0 if any(explanation.ports for explanation in explained) else 1)


def _explained(
    reachability: Reach, sources: Sequence[Node], destinations: Sequence[Node], requested: Ranges
) -> Sequence[Explanation]:
    return [
        explain(reachability, source, destination, requested)
        for source in sources
        for destination in destinations
        if source is not destination
    ]


def _wanted(port: str | None) -> Ranges:
    if port is None:
        return EVERYTHING
    protocol, slash, number = port.rpartition("/")
    if not number.isdecimal() or not int(number) < ranges.UDP or (slash and protocol not in ("tcp", "udp")):
        raise UsageError(f"--port is {port!r}; allowed: 0 to 65535, or tcp/443, udp/53")
    return ranges.ports(protocol or "tcp", int(number), int(number))
