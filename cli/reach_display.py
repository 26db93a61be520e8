"""Output of `zone reach`: the matrix, its differences and single pairs, as text and as JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from cli.errors import console
from inspection.network.declared import Declaration
from inspection.network.difference import Difference
from inspection.network.differences import Matrix
from inspection.network.explain import Explanation
from inspection.network.nodes import Kind, listed
from inspection.network.ranges import NOTHING, Ranges, difference, spoken
from inspection.network.reach import Reach

MOST = 40
"""Differences that are shown in full."""


def show_matrix(reach: Reach, declaration: Declaration, matrix: Matrix, differences: Sequence[Difference]) -> None:
    """Prints the destinations of every source: services in one line, undeclared connections in red."""
    declared = declaration.matrix()
    table = Table(title="Who reaches whom", title_justify="left", box=None)
    for heading in ("from", "to", "ports"):
        table.add_column(heading)
    services: dict[str, list[str]] = {}
    last = ""
    for (source, destination), answer in sorted(matrix.items(), key=lambda item: (item[0][0].name, item[0][1].name)):
        if destination.kind is Kind.SERVICE:
            services.setdefault(source.name, []).append(destination.name)
            continue
        expected = declared.get((source.name, destination.name), NOTHING)
        first = source.name if source.name != last else ""
        last = source.name
        table.add_row(first, destination.name, _ports(answer.ports, expected))
    console.print(table)
    _services(services, declaration)
    for deviation in differences[:MOST]:
        console.print(Text(f"\n✗ {deviation}", style="red"), soft_wrap=True)
        for hop in deviation.because:
            console.print(Text(f"    {hop}", style="dim"), soft_wrap=True)
    if len(differences) > MOST:
        console.print(f"\nand {len(differences) - MOST} more differences; --json has them all")
    tiers, vpcs = len(reach.places.tiers), len(reach.network.vpcs)
    verdict = "the deployed network is the declared one" if not differences else f"{len(differences)} differences"
    console.print(f"\n{vpcs} VPCs, {tiers} tiers, {len(matrix)} pairs reach each other: {verdict}")


def _ports(ports: Ranges, expected: Ranges) -> Text:
    text = Text(spoken(ports))
    more = difference(ports, expected)
    return text.append(f"   not declared: {spoken(more)}", style="red") if more else text


def _services(services: Mapping[str, Sequence[str]], declaration: Declaration) -> None:
    """Prints sources that reach the same services in one line."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for source, names in services.items():
        alike.setdefault(tuple(sorted(names)), []).append(source)
    for names, sources in alike.items():
        total = len({*declaration.services, *names})
        console.print(
            f"\n{listed(sources)}\n  reach {len(names)} of {total} services: {', '.join(names)}", soft_wrap=True
        )


def show_pairs(explained: Sequence[Explanation], *, detailed: bool) -> None:
    """Prints one pair with every hop, or the open ports of several pairs."""
    for explanation in explained:
        style = "green" if explanation.ports else "red"
        verb = (
            f"reaches {explanation.destination} at {spoken(explanation.ports)}"
            if explanation.ports
            else f"does not reach {explanation.destination}"
        )
        if detailed or explanation.ports:
            console.print(Text(f"{explanation.source} {verb}", style=style), soft_wrap=True)
        if detailed:
            for number, hop in enumerate(explanation.hops, start=1):
                console.print(Text(f"  {number:2}. {hop}"), soft_wrap=True)
    if not any(explanation.ports for explanation in explained) and not detailed:
        console.print(Text(f"none of {len(explained)} pairs reaches", style="red"))


def explained(explanation: Explanation) -> dict[str, Any]:
    """A pair as JSON."""
    return {
        "from": explanation.source,
        "to": explanation.destination,
        "reachable": bool(explanation.ports),
        "ports": spoken(explanation.ports),
        "hops": [str(hop) for hop in explanation.hops],
    }


def document(
    reach: Reach, declaration: Declaration, matrix: Matrix, differences: Sequence[Difference]
) -> dict[str, Any]:
    """The matrix as JSON."""
    declared = declaration.matrix()
    pairs = [
        {
            "from": source.name,
            "to": destination.name,
            "ports": spoken(answer.ports),
            "declared": spoken(declared.get((source.name, destination.name), NOTHING)),
        }
        for (source, destination), answer in matrix.items()
    ]
    return {
        "ok": not differences,
        "places": [node.name for node in (*reach.places.tiers, *reach.places.services)],
        "pairs": pairs,
        "differences": [
            {
                "sort": difference.sort.value,
                "from": difference.source,
                "to": difference.destination,
                "message": difference.message,
                "because": [str(hop) for hop in difference.because],
            }
            for difference in differences
        ],
    }
