"""The declared resources of the zone: what the program declares for every stack, planned without an AWS."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli.declarations import KeptDeclarations, declared_of
from cli.session import AT_ONCE, PRELOADED
from cli.workspace import Workspace
from inspection.resources.declared import DeclaredResource, Unread
from rehearsal.engine import (
    PARALLEL,
    Engine,
    Event,
    PlannedResource,
    Project,
    SideBySide,
    StackResult,
    StateStore,
    among,
    child,
)
from rehearsal.engine.values import SIGNATURE, UNKNOWN
from rehearsal.preload import Preload
from rehearsal.provider.offline import offline_provider


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """The declaration of all stacks."""

    resources: Sequence[DeclaredResource]
    unread: Sequence[Unread]
    """Stacks whose program could not be planned."""


def declared_resources(workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None = None) -> Declared:
    """The declaration of every stack: the kept one, or what its program declares in a preview without an AWS.

    Args:
        workspace: the checkout, with the state of its rehearsal.
        exports: stack -> its exported state, instead of the state of the rehearsal.
    """
    graph, kept = workspace.graph(), KeptDeclarations(workspace, exports)
    declared = {stack: resources for stack in graph if (resources := kept.read(stack)) is not None}
    stacks = [stack for stack in graph if stack not in declared]
    if not stacks:
        return Declared(resources=[resource for stack in graph for resource in declared[stack]], unread=[])
    planned: dict[str, Sequence[PlannedResource]] = {}
    with tempfile.TemporaryDirectory(prefix="zone-plan-") as name:
        folder = Path(name)
        store = _copied(workspace, exports, folder)
        with offline_provider(folder) as address:
            results = _plan(workspace, store, address, stacks, planned)
    failed = {result.name: result.error for result in results if result.error}
    done = {result.name for result in results}
    failed |= {stack: "a stack that it needs failed" for stack in stacks if stack not in done}
    for stack, resources in planned.items():
        declared[stack] = declared_of(stack, resources)
        if stack not in failed and workspace.state.exists():
            kept.write(stack, declared[stack])
    return Declared(
        resources=[resource for stack in graph for resource in declared.get(stack, ())],
        unread=[
            Unread(account="", region="", what=f"declaration of the stack {stack}", error=error)
            for stack, error in failed.items()
        ],
    )


def _plan(
    workspace: Workspace,
    store: StateStore,
    address: str,
    stacks: Sequence[str],
    planned: dict[str, Sequence[PlannedResource]],
) -> Sequence[StackResult]:
    project, graph = Project.load(workspace.root), workspace.graph()
    preload = Preload(PRELOADED[:1], folder=project.root, environment=child.environment())
    engines: list[Engine] = []

    def engine(sink: Callable[[Event], None]) -> Engine:
        made = Engine(project, store, provider=address, parallel=PARALLEL, sink=sink, graph=graph, preload=preload)
        engines.append(made)
        made.references = engines[0].references
        return made

    def work(runner: Engine, stack: str) -> StackResult:
        return runner.plan(stack, lambda resources: planned.__setitem__(stack, resources))

    try:
        with SideBySide(AT_ONCE, engine, lambda _event: None, keep_going=True) as runners:
            return runners.run(among(stacks, graph), work)
    finally:
        preload.close()


def _copied(workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None, folder: Path) -> StateStore:
    target = folder / "stacks"
    target.mkdir()
    original = workspace.store()
    if exports is None:
        for file in (*original.directory.glob("*.json"), *original.directory.glob("*.journal")):
            shutil.copy(file, target / file.name)
    else:
        for stack, document in exports.items():
            text = json.dumps(_without_secrets(document))
            (target / f"{stack}.json").write_text(text, encoding="utf-8")
    return StateStore(target, original.passphrase)


def _without_secrets(value: Any) -> Any:
    """An exported state whose encrypted secrets are unknown values: their keys are not here."""
    if isinstance(value, dict):
        if SIGNATURE in value and "ciphertext" in value:
            return UNKNOWN
        return {key: _without_secrets(item) for key, item in value.items() if key != "secrets_providers"}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value
