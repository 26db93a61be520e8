"""`zone graph`: the stacks and their dependencies; with --network the network as a picture."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.text import Text
from rich.tree import Tree

from cli.deployed_stacks import read_deployed
from cli.errors import UsageError, console
from cli.network_picture import picture
from cli.networks import Source
from cli.options import Exports, JsonDocument, StatesFromAws
from cli.workspace import Workspace


def graph(
    as_json: JsonDocument = False,
    form: Annotated[
        str | None,
        typer.Option(
            "--format",
            metavar="tree|mermaid|dot, svg|html",
            help="tree, mermaid or dot; with --network svg or html.",
        ),
    ] = None,
    network: Annotated[
        bool, typer.Option("--network", help="Draw accounts, VPCs, segments, endpoints and allowed connections.")
    ] = False,
    file: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="Write the network's picture here.")
    ] = None,
    exports: Exports = None,
    aws: StatesFromAws = False,
) -> None:
    """List the stacks in deployment order, or draw the network.

    Deployed stacks are those of the rehearsal, of the stack exports, or of the zone in AWS. In the picture, what
    differs from the declaration is red.
    """
    if network:
        given = Source(exports=exports or (), aws=aws) if exports or aws else None
        picture(form or "svg", file, given)
        return
    form = form or "tree"
    if form not in ("tree", "mermaid", "dot"):
        raise UsageError(f"--format is {form!r}; allowed: tree, mermaid, dot")
    workspace = Workspace.find()
    needs = workspace.graph()
    deployed = set(read_deployed(workspace, exports=exports or (), aws=aws).stacks)
    if as_json:
        stacks = [{"name": name, "needs": list(upstream), "up": name in deployed} for name, upstream in needs.items()]
        typer.echo(json.dumps({"stacks": stacks}, indent=2))
    elif form == "tree":
        root = Tree(Text("stacks (● up, ○ not)"))
        nodes: dict[str, Tree] = {}
        for name, upstream in needs.items():
            mark = "●" if name in deployed else "○"
            # A stack hangs below the last of the stacks it needs, and names the others.
            others = f"  (needs {', '.join(upstream[:-1])} too)" if len(upstream) > 1 else ""
            parent = nodes[upstream[-1]] if upstream else root
            nodes[name] = parent.add(Text(f"{mark} {name}{others}"))
        console.print(root)
    else:
        typer.echo(_text("mermaid" if form == "mermaid" else "dot", needs))


def _text(form: Literal["mermaid", "dot"], needs: Mapping[str, Sequence[str]]) -> str:
    edges = [(upstream, name) for name, all_upstream in needs.items() for upstream in all_upstream]
    if form == "mermaid":
        return "\n".join(["flowchart LR", *(f"  {source} --> {target}" for source, target in edges)])
    return "\n".join(
        ["digraph stacks {", "  rankdir=LR;", *(f'  "{source}" -> "{target}";' for source, target in edges), "}"]
    )
