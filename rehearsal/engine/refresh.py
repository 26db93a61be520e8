"""Refresh and destroy of one stack: runs without the program, from the state alone."""

import dataclasses
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from rehearsal.engine import differ, paths, update, urns
from rehearsal.engine.context import EngineContext
from rehearsal.engine.errors import CancelledError, EngineError, StepError
from rehearsal.engine.events import PropertyDiff, StackResult
from rehearsal.engine.goal import Goal
from rehearsal.engine.provider_client import ProviderClient
from rehearsal.engine.providers import Providers
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun, now
from rehearsal.engine.steps import settle_leftovers
from rehearsal.engine.teardown import Teardown, unneeded
from rehearsal.engine.values import same


def refresh(engine: EngineContext, stack: str, *, preview_only: bool) -> StackResult:
    """Read all resources and write differences to the state."""
    clock = update.Clock()
    _must_be_up(engine, stack)
    run = update.start(engine, stack, dry_run=preview_only)
    providers = Providers(run, engine.connections, _no_default)
    run.new_resources = dict(run.old_resources)
    journal = None if preview_only else run.opened.start("refresh")
    try:
        with ThreadPoolExecutor(max_workers=run.parallel) as pool:
            list(pool.map(lambda old: _refreshed(run, providers, old), list(run.old_resources.values())))
        if run.interrupted.is_set():
            run.fail(CancelledError("the run was interrupted: what had begun was finished and saved"))
    finally:
        if journal is not None:
            clock.waited += journal.waited_seconds
            run.opened.finish()
    if run.connection_lost:
        engine.connections.forget()
    return update.result(engine, run, "refresh", clock)


def _refreshed(run: StackRun, providers: Providers, old: Resource) -> None:
    if not old.custom or urns.package_of(old.type) == "pulumi" or urns.is_provider(old.type) or old.pending_replacement:
        return
    if run.stopped:
        return
    try:
        client = providers.client(old.provider, old.urn)
        result = client.read(
            old.urn,
            id_=old.id,
            inputs=old.inputs,
            state=old.outputs,
            timeout=old.custom_timeouts.get("read", 0.0),
        )
        if result is None:
            with run.step(old, "delete"):
                run.record("reading", old.urn, drop=[old.key])
                run.new_resources.pop(old.urn, None)
            return
        inputs = old.inputs if result.inputs is None else result.inputs
        new = dataclasses.replace(old, id=result.id, inputs=inputs, outputs=result.outputs, init_errors=result.failures)
        settled = run.settle(_ignoring(old, new))
        if same(old.inputs, settled.inputs) and same(old.outputs, settled.outputs) and old.id == settled.id:
            run.settle(old)
            with run.step(old, "same"):
                return
        diff = _drift(client, old, settled)
        if diff is None:
            # Outputs that no input decides are taken over; they are not drift.
            with run.step(settled, "same"):
                run.record("reading", old.urn, put=[settled])
            return
        with run.step(settled, "update", diff):
            run.record("reading", old.urn, put=[dataclasses.replace(settled, modified=now())])
    except EngineError as error:
        run.fail(type(error)(f"{old.title} cannot be read: {error}"))


def _ignoring(old: Resource, new: Resource) -> Resource:
    """Return the read resource with the inputs of the state for the properties that `ignoreChanges` covers."""
    inputs = new.inputs
    for text in old.ignore_changes:
        _, inputs = paths.reset(inputs, old.inputs, paths.parse(text))
    return dataclasses.replace(new, inputs=inputs)


def _drift(client: ProviderClient, old: Resource, new: Resource) -> list[PropertyDiff] | None:
    """Return the drift of a resource; None if the provider reports no difference from the inputs of the state.

    The provider's Diff decides, as in the Pulumi CLI: from what was read (as old state) to the inputs of the state.
    """
    diff = client.diff(
        old.urn,
        id_=new.id,
        old_inputs=new.inputs,
        olds=new.outputs,
        news=old.inputs,
        ignore=old.ignore_changes,
    )
    if old.id == new.id and not new.init_errors and diff.changes is False:
        return None
    by_inputs = differ.inputs_differ(old.inputs, new.inputs)
    remaining, right = (old.inputs, new.inputs) if by_inputs.changes else (old.outputs, new.outputs)
    result = by_inputs if by_inputs.changes else differ.inputs_differ(remaining, right)
    return differ.described(result, old_inputs=remaining, old_outputs=remaining, new=right, hidden=old.hide_diff)


def destroy(engine: EngineContext, stack: str, *, unprotect: bool) -> StackResult:
    """Delete all resources of the state."""
    clock = update.Clock()
    _must_be_up(engine, stack)
    run = update.start(engine, stack, dry_run=False)
    providers = Providers(run, engine.connections, _no_default)
    protected = [] if unprotect else [old for old in run.old_resources.values() if old.protect]
    resources = [*run.old_resources.values(), *run.awaiting_deletion]
    if protected:
        resources = unneeded(resources, protected)
    journal = run.opened.start("destroy")
    try:
        settle_leftovers(run, providers)
        Teardown(run, providers).delete(resources)
        if protected and not run.errors:
            run.fail(StepError(_protected(stack, protected)))
        if run.interrupted.is_set():
            run.fail(CancelledError("the run was interrupted: what had begun was finished and saved"))
        if not run.errors:
            run.settled()
            engine.references.forget(stack)
    finally:
        clock.waited += journal.waited_seconds
        run.opened.finish()
    if run.connection_lost:
        engine.connections.forget()
    outcome = update.result(engine, run, "destroy", clock)
    engine.references.forget(stack)
    return dataclasses.replace(outcome, outputs={}, resources=(), types={})


def _protected(stack: str, protected: Sequence[Resource]) -> str:
    names = ", ".join(resource.title for resource in protected)
    return (
        f"stack {stack!r} keeps {names}, and the resources that they depend on: they are protected. "
        "All other resources were deleted. Remove `protect` in the program and run `up`, then run `destroy` again; "
        "in a rehearsal, `destroy --unprotect` deletes protected resources too"
    )


def _must_be_up(engine: EngineContext, stack: str) -> None:
    if not engine.store.exists(stack):
        raise StepError(f"Stack {stack} has not been deployed. Run `zone up {stack}` first.")


def _no_default(goal: Goal) -> Resource:
    raise StepError(f"{goal.name} is not in the state")
