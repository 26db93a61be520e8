"""Declarations of stacks: made from the resources that a program registers, and kept until something changes."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from cli.workspace import Workspace
from inspection.resources.declared import DeclaredResource
from rehearsal.engine import PlannedResource
from rehearsal.engine.values import has_unknowns
from rehearsal.provider.offline import configured_offline

PROGRAM: Final = (
    *("Pulumi.yaml", "__main__.py", "authorization", "components", "controls", "runbooks", "stacks", "workloads"),
    "zone",
)
"""Files and folders of a checkout that the program consists of."""
OWN: Final = ("rehearsal/engine", "rehearsal/provider", "cli/declared_resources.py", "cli/declarations.py")
"""Files and folders of this program that compute a declaration."""


def declared_of(stack: str, planned: Sequence[PlannedResource]) -> Sequence[DeclaredResource]:
    """The declaration of a stack, with account and region of each resource, sorted by URN.

    Args:
        stack: name of the stack.
        planned: the resources of its preview or of its update.
    """
    return sorted((_declared(stack, resource) for resource in planned), key=lambda resource: resource.urn)


class KeptDeclarations:
    """The kept declarations of a checkout, one file per stack, without secrets.

    Program and configuration are read once, when the object is made: a declaration of a program that was edited
    meanwhile is not taken for one of the edited program.

    Args:
        workspace: the checkout, with the state of its rehearsal.
        exports: stack -> its exported state, instead of the state of the rehearsal.
    """

    def __init__(self, workspace: Workspace, exports: Mapping[str, Mapping[str, Any]] | None = None) -> None:
        self._states = workspace.store().directory
        self._exports = exports
        self._graph = workspace.graph()
        self._folder = workspace.state / ("declared" if exports is None else "declared-exports")
        self._program = _program_digest(workspace.root)

    def read(self, stack: str) -> Sequence[DeclaredResource] | None:
        """The kept declaration of a stack; None if there is none that is still true."""
        try:
            document = json.loads(self._file(stack).read_text(encoding="utf-8"))
            if document["digest"] != self._digest(stack):
                return None
            return [_from_json(entry) for entry in document["resources"]]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, stack: str, resources: Sequence[DeclaredResource]) -> None:
        """Keep the declaration of a stack that belongs to the present state.

        Args:
            stack: name of the stack.
            resources: its declared resources.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        document = {"digest": self._digest(stack), "resources": [_to_json(resource) for resource in resources]}
        written = self._file(stack).with_suffix(".new")
        written.touch(mode=0o600)
        written.write_text(json.dumps(document), encoding="utf-8")
        written.replace(self._file(stack))

    def _file(self, stack: str) -> Path:
        return self._folder / f"{stack}.json"

    def _digest(self, stack: str) -> str:
        """Digest of what a declaration follows from: program, configuration, and the states that the stack reads."""
        digest = hashlib.sha256(self._program)
        for name in (stack, *sorted(self._needed(stack))):
            digest.update(f"\0{name}\0".encode())
            for content in self._state(name):
                digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()

    def _needed(self, stack: str) -> set[str]:
        needed: set[str] = set()
        waiting = list(self._graph[stack])
        while waiting:
            name = waiting.pop()
            if name not in needed:
                needed.add(name)
                waiting += self._graph[name]
        return needed

    def _state(self, stack: str) -> Iterator[bytes]:
        if self._exports is not None:
            yield json.dumps(self._exports.get(stack), sort_keys=True).encode()
            return
        for file in (self._states / f"{stack}.json", self._states / f"{stack}.journal"):
            yield file.read_bytes() if file.exists() else b""


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
        ignored=tuple(planned.ignore_changes),
        secret=planned.secret,
        default_tags=provider.default_tags,
    )


def _known(planned: PlannedResource) -> Iterator[tuple[str, Any]]:
    """The declared properties without secrets; one that is not known yet has the value of the last deployment."""
    for name, value in (planned.declared or {}).items():
        if name.startswith("__") or name in planned.secret:
            continue
        if has_unknowns(value):
            if name in planned.recorded_inputs and not has_unknowns(planned.recorded_inputs[name]):
                yield name, planned.recorded_inputs[name]
        else:
            yield name, value


def _program_digest(root: Path) -> bytes:
    code = Path(__file__).parents[1]
    roots = [*(root / part for part in PROGRAM), *sorted(root.glob("Pulumi.*.yaml")), *(code / part for part in OWN)]
    digest = hashlib.sha256()
    for file in sorted({file for path in roots for file in ([path] if path.is_file() else path.rglob("*"))}):
        if file.is_file() and file.suffix != ".pyc":
            digest.update(str(file).encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.digest()


def _from_json(entry: Mapping[str, Any]) -> DeclaredResource:
    values: dict[str, Any] = {**entry, "ignored": tuple(entry["ignored"]), "secret": frozenset(entry["secret"])}
    return DeclaredResource(**values)


def _to_json(resource: DeclaredResource) -> Mapping[str, Any]:
    return {**asdict(resource), "secret": sorted(resource.secret)}
