"""Writes docs/coverage.md: `python -m rehearsal.provider.coverage` prints the page."""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rehearsal.provider.explain import operation_names
from rehearsal.provider.schema import tokens
from rehearsal.provider.services import SPECS

ROOT: Final = Path(__file__).parents[2]
PROGRAM: Final = ("components", "stacks")
"""Packages that declare resources."""
HEAD: Final = """# Coverage of the rehearsal

<!-- Written by `python -m rehearsal.provider.coverage`; `make docs` writes it anew. -->

An **emulated** type calls the operations below in the emulated AWS organisation. A **recorded** type is checked
against the schema of pulumi-aws and kept by the provider; no AWS operation is called. Every other type of pulumi-aws
is recorded too. `zone provider explain TYPE` prints the parameters of each operation, what forces a replacement,
and where outputs come from.
"""


def used_types() -> Sequence[str]:
    """The tokens of the resource types that the program's sources create, sorted."""
    by_class = {(module, name): token for token, (module, name) in tokens().items()}
    types: set[str] = set()
    for package in PROGRAM:
        for file in sorted((ROOT / package).rglob("*.py")):
            for module, name in _attributes(ast.parse(file.read_text(encoding="utf-8"))):
                if (module, name) in by_class:
                    types.add(by_class[module, name])
    return sorted(types)


def page() -> str:
    """The whole page as Markdown."""
    used = set(used_types())
    lines = [HEAD, "| type | program | mode | operations |", "|---|---|---|---|"]
    for token in sorted(used | set(SPECS)):
        spec = SPECS.get(token)
        mode = "recorded" if spec is None else "emulated"
        lines.append(f"| `{token}` | {'used' if token in used else ''} | {mode} | {_operations(token)} |")
    emulated = len(used & set(SPECS))
    lines += [
        "",
        f"The program uses {len(used)} types: {emulated} are emulated, {len(used) - emulated} are recorded.",
        f"The rehearsal emulates {len(SPECS)} types.",
    ]
    return "\n".join(lines) + "\n"


def _operations(token: str) -> str:
    spec = SPECS.get(token)
    if spec is None:
        return ""
    return ", ".join(f"`{name}`" for name in operation_names(spec))


def _attributes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Module and class of everything that a source takes from pulumi_aws."""
    modules: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "pulumi_aws":
            for alias in node.names:
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                yield node.module or "", alias.name
        elif isinstance(node, ast.Import):
            modules |= {alias.asname or alias.name: alias.name for alias in node.names if "pulumi_aws" in alias.name}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            parts = ast.unparse(node.value).split(".")
            if parts[0] in modules:
                yield ".".join([modules[parts[0]], *parts[1:]]), node.attr


if __name__ == "__main__":
    sys.stdout.write(page())
