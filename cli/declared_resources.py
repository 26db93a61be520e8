"""The declared resources of the zone: what the program declares for every stack, planned without an AWS."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

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
from rehearsal.preload import Preload
from rehearsal.provider.offline import configured_offline, offline_provider

KEPT: Final = "declared.json"
"""File of the state folder with the declaration, which takes long to compute."""
PROGRAM: Final = (
    *("Pulumi.yaml", "__main__.py", "authorization", "components", "controls", "runbooks", "stacks", "workloads"),
    "zone",
)
"""Files and folders of a checkout that the program consists of."""
_SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
_UNKNOWN: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """The declaration of all stacks."""

    resources: Sequence[DeclaredResource]
    unread: Sequence[Unread]
    """Stacks whose program could not be planned."""


def declared_resources(workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None = None) -> Declared:
    """Runs the program of every stack as a preview, against a copy of the state and without an AWS.

    The result is kept in the state folder, without secrets, until program, configuration or state change.

    Args:
        workspace: the checkout, with the state of its rehearsal.
        exports: stack -> its exported state, instead of the state of the rehearsal.
    """
    file = workspace.state / KEPT
    digest = _digest(workspace, exports)
    kept = _kept(file, digest)
    if kept is not None:
        return kept
    declared = _declared_now(workspace, exports)
    if not declared.unread and file.parent.exists():
        document = {"digest": digest, "resources": [_to_json(resource) for resource in declared.resources]}
        written = file.with_suffix(".new")
        written.touch(mode=0o600)
        written.write_text(json.dumps(document), encoding="utf-8")
        written.replace(file)
    return declared


def _declared_now(workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None) -> Declared:
    planned: dict[str, Sequence[PlannedResource]] = {}
    with tempfile.TemporaryDirectory(prefix="zone-plan-") as name:
        folder = Path(name)
        store = _copied(workspace, exports, folder)
        with offline_provider(folder) as address:
            results = _plan(workspace, store, address, planned)
    failed = [
        Unread(account="", region="", what=f"declaration of the stack {result.name}", error=result.error)
        for result in results
        if result.error
    ]
    done = {result.name for result in results}
    failed += [
        Unread(account="", region="", what=f"declaration of the stack {stack}", error="a stack that it needs failed")
        for stack in workspace.graph()
        if stack not in done
    ]
    resources = [_declared(stack, resource) for stack in workspace.graph() for resource in planned.get(stack, ())]
    return Declared(resources=resources, unread=failed)


def _kept(file: Path, digest: str) -> Declared | None:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if document.get("digest") != digest:
        return None
    return Declared(resources=[_from_json(entry) for entry in document["resources"]], unread=[])


def _from_json(entry: Mapping[str, Any]) -> DeclaredResource:
    values: dict[str, Any] = {**entry, "secret": frozenset(entry["secret"])}
    return DeclaredResource(**values)


def _to_json(resource: DeclaredResource) -> Mapping[str, Any]:
    return {**asdict(resource), "secret": sorted(resource.secret)}


def _digest(workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None) -> str:
    """A digest of what the declaration follows from: program, configuration, state, and this program."""
    digest = hashlib.sha256()
    code = Path(__file__).parents[1]
    own = ("rehearsal/engine", "rehearsal/provider", "cli/declared_resources.py")
    roots = [*(workspace.root / part for part in PROGRAM), *(code / part for part in own)]
    files = [file for root in roots for file in ([root] if root.is_file() else root.rglob("*"))]
    if exports is None:
        folder = workspace.store().directory
        files += [*folder.glob("*.json"), *folder.glob("*.journal")]
    else:
        digest.update(json.dumps(exports, sort_keys=True).encode())
    for file in sorted(set(files)):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _plan(
    workspace: Workspace,
    store: StateStore,
    address: str,
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
            return runners.run(among(list(graph), graph), work)
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
        if _SIGNATURE in value and "ciphertext" in value:
            return _UNKNOWN
        return {key: _without_secrets(item) for key, item in value.items() if key != "secrets_providers"}
    return [_without_secrets(item) for item in value] if isinstance(value, list) else value


def _declared(stack: str, planned: PlannedResource) -> DeclaredResource:
    provider = configured_offline(planned.provider)
    values = planned.declared or planned.recorded_inputs
    region = values.get("region") or planned.recorded_outputs.get("region") or provider.region
    return DeclaredResource(
        urn=planned.urn,
        type=planned.type,
        stack=stack,
        account=provider.account,
        region=str(region),
        declared=None if planned.declared is None else dict(_known(planned)),
        id=planned.id,
        recorded={name: value for name, value in planned.recorded_outputs.items() if name not in planned.secret},
        ignored=planned.ignore_changes,
        secret=planned.secret,
        default_tags=provider.default_tags,
    )


def _known(planned: PlannedResource) -> Iterator[tuple[str, Any]]:
    """The declared properties without secrets; one that is not known yet has the value of the last deployment."""
    for name, value in (planned.declared or {}).items():
        if name.startswith("__") or name in planned.secret:
            continue
        if _has_unknown(value):
            if name in planned.recorded_inputs and not _has_unknown(planned.recorded_inputs[name]):
                yield name, planned.recorded_inputs[name]
        else:
            yield name, value


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(_has_unknown(item) for item in value)
    return value == _UNKNOWN
