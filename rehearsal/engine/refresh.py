"""Refresh and destroy of one stack: runs without the program, from the state alone."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor

from rehearsal.engine import differ, update, urns
from rehearsal.engine.context import EngineContext
from rehearsal.engine.errors import CancelledError, EngineError, StepError
from rehearsal.engine.events import PropertyDiff, StackResult
from rehearsal.engine.goal import Goal
from rehearsal.engine.providers import Providers
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import Pass, now
from rehearsal.engine.steps import settle_leftovers
from rehearsal.engine.teardown import Teardown
from rehearsal.engine.values import same


def refresh(engine: EngineContext, stack: str, *, preview_only: bool) -> StackResult:
    """Compare the state with what is there, and take over what differs."""
    clock = update.Clock()
    _must_be_up(engine, stack)
    run = update.start(engine, stack, dry_run=preview_only)
    providers = Providers(run, engine.connections, _no_default)
    run.news = dict(run.olds)
    journal = None if preview_only else run.opened.start("refresh")
    try:
        with ThreadPoolExecutor(max_workers=run.parallel) as pool:
            list(pool.map(lambda old: _refreshed(run, providers, old), list(run.olds.values())))
        if run.interrupted.is_set():
            run.fail(CancelledError("the run was interrupted: what had begun was finished and saved"))
    finally:
        if journal is not None:
            clock.waited += journal.waited_seconds
            run.opened.finish()
    if run.lost:
        engine.connections.forget()
    return update.result(engine, run, "refresh", clock)


def _refreshed(run: Pass, providers: Providers, old: Resource) -> None:
    if not old.custom or urns.package_of(old.type) == "pulumi" or urns.is_provider(old.type) or old.pending_replacement:
        return
    if run.stopped:
        return
    try:
        client = providers.client(old.provider, old.urn)
        found = client.read(
            old.urn,
            id_=old.id,
            inputs=old.inputs,
            state=old.outputs,
            timeout=old.custom_timeouts.get("read", 0.0),
        )
        if found is None:
            with run.step(old, "delete"):
                run.record("reading", old.urn, drop=[old.key])
                run.news.pop(old.urn, None)
            return
        inputs = old.inputs if found.inputs is None else found.inputs
        new = dataclasses.replace(old, id=found.id, inputs=inputs, outputs=found.outputs, init_errors=found.failures)
        settled = run.settle(new)
        if same(old.inputs, settled.inputs) and same(old.outputs, settled.outputs) and old.id == settled.id:
            run.settle(old)
            with run.step(old, "same"):
                return
        with run.step(settled, "update", _drift(old, settled)):
            run.record("reading", old.urn, put=[dataclasses.replace(settled, modified=now())])
    except EngineError as error:
        run.fail(type(error)(f"{old.title} cannot be read: {error}"))


def _drift(old: Resource, new: Resource) -> list[PropertyDiff]:
    by_inputs = differ.inputs_differ(old.inputs, new.inputs)
    left, right = (old.inputs, new.inputs) if by_inputs.changes else (old.outputs, new.outputs)
    diff = by_inputs if by_inputs.changes else differ.inputs_differ(left, right)
    return differ.described(diff, old_inputs=left, old_outputs=left, new=right, hidden=old.hide_diff)


def destroy(engine: EngineContext, stack: str, *, unprotect: bool) -> StackResult:
    """Delete everything in the state."""
    clock = update.Clock()
    _must_be_up(engine, stack)
    run = update.start(engine, stack, dry_run=False)
    providers = Providers(run, engine.connections, _no_default)
    protected = [old.title for old in run.olds.values() if old.protect]
    if protected and not unprotect:
        raise StepError(
            f"nothing was deleted, for stack {stack!r} has {len(protected)} protected resource"
            f"{'s' if len(protected) > 1 else ''}: {', '.join(protected)}"
        )
    journal = run.opened.start("destroy")
    try:
        settle_leftovers(run, providers)
        Teardown(run, providers).delete([*run.olds.values(), *run.doomed])
        if run.interrupted.is_set():
            run.fail(CancelledError("the run was interrupted: what had begun was finished and saved"))
        if not run.errors:
            run.settled()
            engine.references.forget(stack)
    finally:
        clock.waited += journal.waited_seconds
        run.opened.finish()
    if run.lost:
        engine.connections.forget()
    outcome = update.result(engine, run, "destroy", clock)
    engine.references.forget(stack)
    return dataclasses.replace(outcome, outputs={}, resources=(), types={})


def _must_be_up(engine: EngineContext, stack: str) -> None:
    if not engine.store.exists(stack):
        raise StepError(f"stack {stack!r} is not up: there is nothing to look at")


def _no_default(goal: Goal) -> Resource:
    raise StepError(f"{goal.name} is not in the state")
