"""Imports flow one way: the entry point knows everything, `controls` and the rehearsal's parts know nobody."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import networkx as nx
import pytest

ROOT = Path(__file__).parents[1]
ALLOWED: Mapping[str, frozenset[str]] = {
    "__main__": frozenset({"stacks"}),
    "stacks": frozenset({"components", "controls", "runbooks", "zone"}),
    "components": frozenset({"controls", "runbooks", "workloads", "zone"}),
    "zone": frozenset({"controls", "workloads"}),
    "authorization": frozenset(),
    "controls": frozenset({"authorization"}),
    "policies": frozenset({"controls"}),
    "inspection": frozenset({"authorization", "controls", "zone"}),
    "operations": frozenset({"inspection", "zone"}),
    "rehearsal": frozenset({"authorization"}),
    "runbooks": frozenset(),
    "workloads": frozenset(),
    "cli": frozenset({"authorization", "controls", "inspection", "operations", "policies", "rehearsal", "zone"}),
    "drills": frozenset({"rehearsal", "runbooks", "workloads"}),
}
"""Top-level package -> the packages of the project it may import."""
PARTS = ("cloud", "engine", "provider")
"""The rehearsal's parts: each can be swapped for the real one, so none knows another."""


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """Dotted name and file of every module of a package, or of a single module at the top."""
    single = ROOT / f"{package}.py"
    files = [single] if single.exists() else sorted((ROOT / package).rglob("*.py"))
    for file in files:
        parts = file.relative_to(ROOT).with_suffix("").parts
        yield ".".join(part for part in parts if part != "__init__"), file


def imported(file: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands in it."""
    for name, _ in statements(file):
        yield name


@cache
def statements(file: Path) -> Sequence[tuple[str, str]]:
    """Module and name of every import: at the top, inside functions, and under `TYPE_CHECKING`."""
    return list(_statements(file))


def _statements(file: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from ((node.module, alias.name) for alias in node.names)


def drawn() -> nx.DiGraph:
    """The import graph of the project's own modules; `from package import module` is an import of the module alone."""
    graph: nx.DiGraph = nx.DiGraph()
    known_modules = {name for package in ALLOWED for name, _ in modules(package)}
    for package in ALLOWED:
        for name, file in modules(package):
            graph.add_node(name)
            for module, imported_name in statements(file):
                full = f"{module}.{imported_name}"
                target = full if full in known_modules else module
                if target in known_modules and target != name:
                    graph.add_edge(name, target)
    return graph


GRAPH = drawn()


def loaded_by(*names: str) -> set[str]:
    """Every module that a new interpreter has loaded after it imported the given ones."""
    program = f"import sys, {', '.join(names)}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, cwd=ROOT)
    return set(done.stdout.split())


def top(module: str) -> str:
    return module.partition(".")[0]


@pytest.mark.parametrize("package", ALLOWED)
def test_a_package_imports_only_what_lies_below_it(package: str) -> None:
    wrong = sorted(
        f"{source} imports {target}"
        for source, target in GRAPH.edges
        if top(source) == package and top(target) not in ALLOWED[package] | {package}
    )
    assert not wrong


def test_no_package_can_reach_itself_through_another() -> None:
    packages: nx.DiGraph = nx.DiGraph()
    packages.add_edges_from((top(a), top(b)) for a, b in GRAPH.edges if top(a) != top(b))
    assert nx.is_directed_acyclic_graph(packages), nx.find_cycle(packages)


def test_modules_have_no_import_cycles() -> None:
    cycles = [frozenset(component) for component in nx.strongly_connected_components(GRAPH) if len(component) > 1]
    assert not [sorted(cycle) for cycle in cycles]


LAYERS = ("audit", "baseline", "data", "ml", "network", "organization", "packages", "recovery", "sandbox", "security")
"""Modules of `stacks` that deploy one kind of stack each."""


def test_layers_do_not_import_other_layers() -> None:
    layers = {f"stacks.{name}" for name in LAYERS}
    assert not [f"{source} imports {target}" for source, target in GRAPH.edges if {source, target} <= layers]


SHARED_BY_RUNBOOKS = ("runbooks.documents", "runbooks.rights", "runbooks.role")
"""Modules of `runbooks` for the stacks: the documents' schema, and the rights that the steps declare."""


def test_stacks_import_only_documents_and_rights_of_runbooks() -> None:
    assert not [
        f"{source} imports {target}"
        for source, target in GRAPH.edges
        if top(source) in {"stacks", "components"} and top(target) == "runbooks" and target not in SHARED_BY_RUNBOOKS
    ]


@pytest.mark.parametrize("module", [*SHARED_BY_RUNBOOKS, "components.recovery.operators"])
def test_declarations_of_runbook_steps_import_without_boto3(module: str) -> None:
    assert not loaded_by(module) & {"boto3", "botocore", "s3transfer"}


def test_declarations_of_runbook_steps_import_without_pulumi() -> None:
    assert not loaded_by("runbooks.role") & {"pulumi", "pulumi_aws", "grpc"}


def test_components_import_neither_settings_nor_plan() -> None:
    allowed = ("zone.shared", *SHARED_BY_RUNBOOKS)
    assert not [
        f"{source} imports {target}"
        for source, target in GRAPH.edges
        if top(source) == "components" and top(target) in {"zone", "runbooks"} and not target.startswith(allowed)
    ]


def test_zone_imports_neither_pulumi_nor_aws_packages() -> None:
    assert not loaded_by("zone.settings", "zone.plan") & {"pulumi", "boto3", "botocore", "grpc"}


@pytest.mark.parametrize("part", PARTS)
def test_the_rehearsals_parts_do_not_know_one_another(part: str) -> None:
    others = tuple(f"rehearsal.{part_name}" for part_name in PARTS if part_name != part)
    wrong = {
        f"{source} imports {target}"
        for source, target in GRAPH.edges
        if source.startswith(f"rehearsal.{part}")
        and target.startswith(others)
        # The provider has to find the cloud; it asks the package, whose insides are none of its business.
        and (part, target) != ("provider", "rehearsal.cloud")
    }
    assert not wrong


def test_the_engine_knows_nothing_of_aws() -> None:
    for name, file in modules("rehearsal"):
        if name.startswith("rehearsal.engine"):
            foreign = {top(module_name) for module_name in imported(file)} & {"boto3", "botocore", "moto", "pulumi_aws"}
            assert not foreign, name


def test_components_ask_neither_configuration_nor_environment_nor_clock() -> None:
    forbidden = {"os", "time", "datetime", "boto3", "pulumi.Config", "pulumi.runtime"}
    for name, file in modules("components"):
        assert not set(imported(file)) & forbidden, name
        text = file.read_text(encoding="utf-8")
        assert "pulumi.Config(" not in text, name
        assert "get_stack()" not in text, name
        assert "StackReference" not in text, name


def test_controls_are_data_and_functions_without_any_service() -> None:
    for name, file in modules("controls"):
        foreign = {top(module_name) for module_name in imported(file)} & {"pulumi", "pulumi_aws", "boto3", "os"}
        assert not foreign, name


def test_only_one_module_makes_providers() -> None:
    makers = [
        name
        for package in ("__main__", "stacks", "components")
        for name, file in modules(package)
        if "Provider(" in file.read_text(encoding="utf-8").replace("OpenIdConnectProvider(", "")
    ]
    assert makers == ["stacks.providers"]
