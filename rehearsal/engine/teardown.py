"""Deletion of resources: no longer registered, replaced, or deleted before their replacement."""

import dataclasses
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from rehearsal.engine import differ, urns
from rehearsal.engine.errors import EngineError, StepError
from rehearsal.engine.providers import Providers
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.values import UNKNOWN


class Teardown:
    """Deletes resources of one run in reverse order of dependency, independent ones in parallel."""

    def __init__(self, run: StackRun, providers: Providers) -> None:
        self._run = run
        self._providers = providers

    def unregistered(self) -> None:
        """Delete unregistered and replaced resources. Raises StepError if one of them is protected."""
        run = self._run
        resources = [
            dataclasses.replace(old, pending_replacement=True) if old.urn in run.deleted_before_replacement else old
            for old in run.old_resources.values()
            if old.urn not in run.new_resources and old.urn not in run.adopted_by
        ]
        protected = [old for old in resources if old.protect and not old.pending_replacement]
        if protected:
            names = ", ".join(f"{old.title}" for old in protected)
            raise StepError(
                f"the program no longer has {names}, which is protected: remove `protect` or restore it"
                if len(protected) == 1
                else f"the program no longer has {names}, all protected: remove `protect` or restore them"
            )
        self.delete([*resources, *run.awaiting_deletion])

    def delete(self, resources: Sequence[Resource]) -> None:
        """Delete resources, dependents first. Raises the first error after the running deletions have ended."""
        urns_gone = {resource.urn for resource in resources if not resource.delete}

        def attempt(resource: Resource) -> EngineError | None:
            return self._attempt(resource, urns_gone)

        with ThreadPoolExecutor(max_workers=self._run.parallel) as pool:
            for wave in waves(resources):
                if self._run.interrupted.is_set() or (self._run.errors and not self._run.dry_run):
                    return
                for error in pool.map(attempt, wave):
                    if error is not None:
                        self._run.fail(error)

    def _attempt(self, resource: Resource, deleted_urns: set[str]) -> EngineError | None:
        try:
            # The second half of a replacement is no step of its own, unless an earlier run left it undone.
            counted = not resource.delete or resource.key in self._run.opened.resources
            with self._run.step(resource, "delete", counted=counted):
                self._delete(resource, deleted_urns)
        except EngineError as error:
            return error
        return None

    def _delete(self, resource: Resource, deleted_urns: set[str]) -> None:
        run = self._run
        spared = (
            resource.external
            or resource.retain_on_delete
            or resource.pending_replacement
            or urns.is_provider(resource.type)
            or not resource.custom
            or resource.deleted_with in deleted_urns
        )
        if spared or run.dry_run:
            run.record("deleting", resource.urn, drop=[resource.key])
            return
        with run.asking("deleting", resource):
            client = self._providers.client(resource.provider, resource.urn)
            try:
                client.delete(
                    resource.urn,
                    id_=resource.id,
                    inputs=resource.inputs,
                    outputs=resource.outputs,
                    timeout=resource.custom_timeouts.get("delete", 0.0),
                )
            except EngineError as error:
                raise type(error)(f"{resource.title} cannot be deleted: {error}") from error
        run.record("deleting", resource.urn, drop=[resource.key])

    def before_replacing(self, old: Resource, urn: str) -> None:
        """Delete a resource and, before it, its dependents, which the program creates again."""
        run = self._run
        resources = [*self._dependents(old), old]
        for resource in resources:
            if resource.protect and resource is not old:
                raise StepError(
                    f"{urn} can only be replaced with {resource.urn}, which is protected: remove `protect` first"
                )
        deleted_urns = {resource.urn for resource in resources}
        for resource in resources:
            with run.lock:
                run.deleted_before_replacement.add(run.adopted_by.get(resource.urn, resource.urn))
                if resource is not old:
                    run.replaced.add(resource.urn)
            if resource.pending_replacement:
                continue
            if not run.dry_run:
                self._delete(resource, deleted_urns - {resource.urn})
                # Away, but not forgotten: until its successor is there the state says so.
                run.record("deleting", resource.urn, put=[dataclasses.replace(resource, pending_replacement=True)])

    def _dependents(self, root: Resource) -> list[Resource]:
        """Return the resources that must be replaced because `root` is deleted first, dependents first."""
        run = self._run
        result: dict[str, Resource] = {}
        moved = {root.urn}
        for old in run.old_resources.values():
            if old.urn in run.new_resources or old.urn == root.urn or not old.custom or old.external:
                continue
            if self._must_follow(old, moved):
                moved.add(old.urn)
                result[old.urn] = old
        return list(reversed(result.values()))

    def _must_follow(self, old: Resource, moved: set[str]) -> bool:
        if urns.split_reference(old.provider)[0] in moved or old.deleted_with in moved or moved & {*old.replace_with}:
            return True
        touched = {
            key
            for key, dependencies in old.property_dependencies.items()
            if moved & {*dependencies} and key in old.inputs
        }
        if not touched or urns.is_provider(old.type):
            return False
        news = {key: UNKNOWN if key in touched else value for key, value in old.inputs.items()}
        client = self._providers.client(old.provider, old.urn)
        if not client.configured:
            return False
        diff = client.diff(
            old.urn,
            id_=old.id,
            old_inputs=old.inputs,
            olds=old.outputs,
            news=news,
            ignore=old.ignore_changes,
        )
        if diff.changes is None:
            diff = differ.inputs_differ(old.inputs, news)
        return bool(differ.with_replace_on(diff, old.replace_on_changes).replaces)


def unneeded(candidates: Sequence[Resource], kept: Iterable[Resource]) -> list[Resource]:
    """Return the candidates that no kept resource is or depends on, including parents and providers."""
    by_urn = {candidate.urn: candidate for candidate in candidates if not candidate.delete}
    needed: set[str] = set()
    waiting = [resource.urn for resource in kept]
    while waiting:
        urn = waiting.pop()
        if urn in needed or urn not in by_urn:
            continue
        needed.add(urn)
        waiting += by_urn[urn].needs()
    return [candidate for candidate in candidates if candidate.delete or candidate.urn not in needed]


def waves(resources: Iterable[Resource]) -> list[list[Resource]]:
    """Group resources into waves: no resource of a later wave depends on one of an earlier wave."""
    remaining = {resource.key: resource for resource in resources}
    by_urn: dict[str, list[str]] = {}
    for key, resource in remaining.items():
        by_urn.setdefault(resource.urn, []).append(key)
    needs = {key: [k for urn in resource.needs() for k in by_urn.get(urn, ())] for key, resource in remaining.items()}
    dependents = dict.fromkeys(remaining, 0)
    for required_keys in needs.values():
        for key in required_keys:
            dependents[key] += 1
    result: list[list[Resource]] = []
    ready = [key for key, count in dependents.items() if not count]
    while ready:
        result.append([remaining[key] for key in ready])
        following: list[str] = []
        for key in ready:
            for need in needs[key]:
                dependents[need] -= 1
                if not dependents[need]:
                    following.append(need)
        ready = following
    return result
