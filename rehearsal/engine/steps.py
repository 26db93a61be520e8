"""The steps on custom resources: create, update, replace, import, read, same."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

from rehearsal.engine import differ
from rehearsal.engine.errors import EngineError, ProviderError, StepError
from rehearsal.engine.events import Op, PropertyDiff
from rehearsal.engine.provider_answers import ResourceResult
from rehearsal.engine.provider_client import ProviderClient
from rehearsal.engine.providers import Providers
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun, now
from rehearsal.engine.teardown import Teardown
from rehearsal.engine.values import Values, is_unknown

_T = TypeVar("_T")


class Steps:
    """Takes the steps of one run: calls the provider and records the result. In a dry run it predicts the result."""

    def __init__(self, run: StackRun, providers: Providers) -> None:
        self._run = run
        self._providers = providers
        self._teardown = Teardown(run, providers)

    def component(self, op: Op, new: Resource, old: Resource | None, diff: Sequence[PropertyDiff] = ()) -> Resource:
        """Take a step on a component, which needs no provider."""
        with self._run.step(new, op, diff or (differ.added(new.inputs) if op == "create" else ())):
            new = self._run.settle(new)
            self._run.record(op, new.urn, put=[new], drop=_former(new, old))
        return new

    def provider(self, op: Op, new: Resource, old: Resource | None, diff: Sequence[PropertyDiff] = ()) -> Resource:
        """Take a step on a provider: it must accept its configuration."""
        with self._run.step(new, op, diff or (differ.added(new.inputs) if op == "create" else ())):
            self._providers.configured(new)
            new = self._run.settle(new)
            put = [new]
            if op == "replace" and old is not None:
                put.append(self._schedule_deletion(old))
            if op != "same" or _must_be_recorded(new, old):
                self._run.record(op, new.urn, put=put, drop=_former(new, old))
        return new

    def same(self, new: Resource, old: Resource, *, counted: bool = True) -> Resource:
        """Keep a resource; recorded only if its options or dependencies changed. Not counted after an import."""
        with self._run.step(new, "same", counted=counted):
            new = self._run.settle(new)
            if not counted or _must_be_recorded(new, old):
                self._run.record("same", new.urn, put=[new], drop=_former(new, old))
        return new

    def create(self, new: Resource, client: ProviderClient) -> Resource:
        """Create a resource."""
        with self._run.step(new, "create", differ.added(new.inputs)):
            return self._created(new, client, also=[])

    def replace(
        self, new: Resource, old: Resource, client: ProviderClient, diff: Sequence[PropertyDiff], *, before: bool
    ) -> Resource:
        """Replace a resource: create its successor and let the old one await deletion; or delete first."""
        run = self._run
        with run.lock:
            run.replaced.add(new.urn)
        with run.step(new, "replace", diff):
            if not before:
                return self._created(new, client, also=[old], replaced=replaced_id(old))
            if not old.pending_replacement and new.urn not in run.deleted_before_replacement:
                self._teardown.before_replacing(old, new.urn)
            return self._created(new, client, also=[], replaced=replaced_id(old))

    def update(self, new: Resource, old: Resource, client: ProviderClient, diff: Sequence[PropertyDiff]) -> Resource:
        """Update a resource in place."""
        run = self._run
        with run.step(new, "update", diff):
            new = dataclasses.replace(new, id=old.id, modified=now())
            with run.asking("updating", dataclasses.replace(new, outputs=old.outputs)):
                outcome = self._with_title(
                    new,
                    lambda: client.update(
                        new.urn,
                        id_=old.id,
                        old_inputs=old.inputs,
                        olds=old.outputs,
                        news=new.inputs,
                        ignore=new.ignore_changes,
                        timeout=new.custom_timeouts.get("update", 0.0),
                        preview=run.dry_run,
                    ),
                )
            new = run.settle(dataclasses.replace(new, outputs=outcome.outputs, init_errors=outcome.failures))
            run.record("updating", new.urn, put=[new], drop=_former(new, old))
            return _require_healthy(new, outcome)

    def imported(self, new: Resource, client: ProviderClient) -> Resource:
        """Import an existing resource: read it by the id of the program."""
        run = self._run
        with run.step(new, "import"):
            result = self._with_title(
                new,
                lambda: client.read(
                    new.urn,
                    id_=new.import_id,
                    inputs={},
                    state={},
                    timeout=new.custom_timeouts.get("read", 0.0),
                ),
            )
            if result is None:
                raise StepError(f"{new.title} cannot be imported: no resource has the id {new.import_id!r}")
            if result.inputs is None:
                raise ProviderError(f"the provider cannot import {new.type}: it returned no inputs")
            return dataclasses.replace(
                new, id=result.id, inputs=result.inputs, outputs=result.outputs, created=now(), modified=now()
            )

    def read(
        self, new: Resource, old: Resource | None, client: ProviderClient | None, known: Values | None
    ) -> Resource:
        """Read a resource that the program does not manage. `outputs`: its outputs, if the engine itself has them."""
        run = self._run
        with run.step(new, "read"):
            outputs: Values = known or {}
            if client is not None and known is None and not is_unknown(new.id) and client.configured:
                result = self._with_title(
                    new,
                    lambda: client.read(
                        new.urn,
                        id_=new.id,
                        inputs=new.inputs,
                        state=new.inputs,
                        timeout=0.0,
                    ),
                )
                if result is None:
                    raise StepError(f"{new.title} cannot be read: no resource has the id {new.id!r}")
                new, outputs = dataclasses.replace(new, id=result.id), result.outputs
            new = run.settle(dataclasses.replace(new, outputs=outputs))
            put = [new]
            if old is not None and not old.external and old.id != new.id:
                put.append(self._schedule_deletion(old))
            if old is None or len(put) > 1 or _must_be_recorded(new, old):
                run.record("reading", new.urn, put=put)
        return new

    def _created(
        self, new: Resource, client: ProviderClient, *, also: Sequence[Resource], replaced: str = ""
    ) -> Resource:
        run = self._run
        new = dataclasses.replace(new, created=now(), modified=now())
        with run.asking("creating", new):
            outcome = self._with_title(
                new,
                lambda: client.create(
                    new.urn,
                    new.inputs,
                    timeout=new.custom_timeouts.get("create", 0.0),
                    preview=run.dry_run,
                    replaced=replaced,
                ),
            )
            if not outcome.id and not run.dry_run:
                raise ProviderError(f"{new.title}: the provider returned no id")
        new = dataclasses.replace(new, id=outcome.id, outputs=outcome.outputs, init_errors=outcome.failures)
        new = run.settle(new)
        put, drop = [new], list(new.aliases)
        for old in also:
            put.append(self._schedule_deletion(old))
            drop.append(old.urn) if old.urn != new.urn else None
        run.record("creating", new.urn, put=put, drop=drop)
        return _require_healthy(new, outcome)

    def _schedule_deletion(self, old: Resource) -> Resource:
        old_resource = dataclasses.replace(old, delete=True)
        with self._run.lock:
            self._run.awaiting_deletion.append(old_resource)
        return old_resource

    def _with_title(self, new: Resource, ask: Callable[[], _T]) -> _T:
        try:
            return ask()
        except EngineError as error:
            raise type(error)(f"{new.title}: {error}") from error


def settle_pending(run: StackRun, client: ProviderClient, urn: str, old: Resource | None) -> Resource | None:
    """Finish a creation that a killed run had begun, with the same inputs.

    Nobody knows whether it happened. The provider answers a create it has seen with the resource it made then; so
    asking again loses nothing and makes nothing twice. What comes back is the resource's old state in this run.
    """
    begun = run.opened.pending.get((urn, "creating"))
    if begun is None or run.dry_run:
        return old
    with run.asking("creating", begun):
        outcome = client.create(
            begun.urn,
            begun.inputs,
            timeout=begun.custom_timeouts.get("create", 0.0),
            preview=False,
            replaced=replaced_id(old),
        )
    created = dataclasses.replace(begun, id=outcome.id, outputs=outcome.outputs, init_errors=outcome.failures)
    put = [created]
    if old is not None and not old.pending_replacement and old.id != created.id:
        old_resource = dataclasses.replace(old, delete=True)
        with run.lock:
            run.awaiting_deletion.append(old_resource)
        put.append(old_resource)
    run.record("creating", urn, put=put, drop=[] if old is None or old.urn == urn else [old.urn])
    run.log("info", "finished what an interrupted run had begun", urn=urn)
    with run.lock:
        run.old_resources[urn] = created
    return created


def replaced_id(old: Resource | None) -> str:
    """The id of the resource that a creation replaces; empty when it replaces none that the program owns."""
    return "" if old is None or old.external else old.id


def settle_leftovers(run: StackRun, providers: Providers) -> None:
    """Finish the begun creations of resources that the program no longer registers, so that they can be deleted."""
    for (urn, op), begun in list(run.opened.pending.items()):
        if op == "creating" and urn not in run.new_resources and not run.dry_run:
            settle_pending(run, providers.client(begun.provider, urn), urn, run.old_resources.get(urn))


def _former(new: Resource, old: Resource | None) -> list[str]:
    return [old.urn] if old is not None and old.urn != new.urn else []


def _must_be_recorded(new: Resource, old: Resource | None) -> bool:
    if old is None:
        return True
    # Aliases are kept only until they are recorded; timestamps alone are no change.
    return dataclasses.replace(new, created=old.created, modified=old.modified, extra=old.extra) != old


def _require_healthy(new: Resource, outcome: ResourceResult) -> Resource:
    if outcome.failures:
        output = "; ".join(outcome.failures)
        raise ProviderError(f"{new.title} was created, but is not healthy: {output}")
    return new
