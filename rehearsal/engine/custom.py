"""Registration of custom resources: check, policies, difference, step."""

import dataclasses
import hashlib
from collections.abc import Sequence

from rehearsal.engine import differ, paths
from rehearsal.engine.errors import EngineError, StepError
from rehearsal.engine.events import PropertyDiff
from rehearsal.engine.goal import Goal
from rehearsal.engine.policy_run import Policies
from rehearsal.engine.provider_answers import Diff
from rehearsal.engine.provider_client import Failures, ProviderClient
from rehearsal.engine.providers import Providers
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.steps import Steps, replaced_id
from rehearsal.engine.values import Values, is_unknown, same


class CustomResources:
    """Decides, for one run of the program, which step each provider-managed resource needs."""

    def __init__(self, run: StackRun, providers: Providers, policies: Policies, steps: Steps) -> None:
        self._run = run
        self._providers = providers
        self._policies = policies
        self._steps = steps

    def register(self, new: Resource, goal: Goal, old: Resource | None, client: ProviderClient) -> Resource:
        """Bring a resource to the state that the program declares (see `Registrar.register`)."""
        imported: Resource | None = None
        if goal.import_id and (old is None or old.external or (old.import_id or old.id) != goal.import_id):
            if old is not None and not old.external:
                raise StepError(
                    f"{new.urn} is in the state with the id {old.id!r} and cannot be imported as {goal.import_id!r} too"
                )
            imported = self._steps.imported(new, client)
            old = imported
        recreating = new.urn in self._run.deleted_before_replacement
        fresh = old is None or recreating or (old.external and imported is None)
        inputs = goal.inputs if old is None else self._ignoring(goal.inputs, old, new)
        olds = {} if fresh or old is None else old.inputs
        checked, failures = self._check(
            client, new, olds, goal.inputs if fresh else inputs, replaced=replaced_id(old) if recreating else ""
        )
        refuse_failures(new, failures)
        new = self._policies.resource(dataclasses.replace(new, inputs=checked), goal)
        if old is None:
            return self._steps.create(new, client)
        if recreating or (old.external and imported is None):
            return self._steps.replace(new, old, client, (), before=recreating)
        diff = self._diff(new, old, client)
        if imported is not None and not diff.changes:
            return self._steps.same(dataclasses.replace(new, id=old.id, outputs=old.outputs), old, counted=False)
        if not diff.changes and not old.pending_replacement and not old.init_errors:
            return self._steps.same(dataclasses.replace(new, id=old.id, outputs=old.outputs), old)
        shown = differ.described(
            diff, old_inputs=old.inputs, old_outputs=old.outputs, new=new.inputs, hidden=new.hide_diff
        )
        if not (diff.replaces or old.pending_replacement):
            return self._steps.update(new, old, client, shown)
        self._may_replace(new, old, goal, diff, shown)
        replacement_inputs, failures = self._check(client, new, {}, goal.inputs, replaced=replaced_id(old))
        refuse_failures(new, failures)
        before = goal.delete_before_replace if goal.delete_before_replace is not None else diff.delete_before_replace
        return self._steps.replace(
            dataclasses.replace(new, inputs=replacement_inputs), old, client, shown, before=before
        )

    def _check(
        self, client: ProviderClient, new: Resource, olds: Values, news: Values, *, replaced: str
    ) -> tuple[Values, list[tuple[str, str]]]:
        # The seed is the URN's: a create that is asked for again after a crash gets the same generated names.
        seed = hashlib.sha256(new.urn.encode()).digest()
        try:
            return client.check(new.urn, olds=olds, news=news, seed=seed, replaced=replaced)
        except EngineError as error:
            raise type(error)(f"{new.title}: {error}") from error

    def _ignoring(self, inputs: Values, old: Resource, new: Resource) -> Values:
        for text in new.ignore_changes:
            done, inputs = paths.reset(inputs, old.inputs, paths.parse(text))
            if not done:
                self._run.log("info", f"cannot ignore changes in elements added or removed at {text!r}", urn=new.urn)
        return inputs

    def _diff(self, new: Resource, old: Resource, client: ProviderClient) -> Diff:
        run = self._run
        forced = [urn for urn in new.replace_with if urn in run.replaced]
        if forced or (new.deleted_with and new.deleted_with in run.replaced):
            return Diff(changes=True, replaces=("replaceWith" if forced else "deletedWith",))
        if self._providers.changed(old, new):
            return Diff(changes=True, replaces=("provider",))
        if old.extra.get("taint"):
            return Diff(changes=True, replaces=("taint",))
        if _triggered(new, old):
            return Diff(changes=True, replaces=("replacementTrigger",))
        if not client.configured:
            run.log(
                "warning",
                "its provider's configuration is not known yet: the preview may differ from the update",
                urn=new.urn,
            )
            return Diff(changes=True)
        try:
            diff = client.diff(
                new.urn,
                id_=old.id,
                old_inputs=old.inputs,
                olds=old.outputs,
                news=new.inputs,
                ignore=new.ignore_changes,
            )
        except EngineError as error:
            raise type(error)(f"{new.title}: {error}") from error
        if diff.changes is None:
            diff = differ.inputs_differ(old.inputs, new.inputs)
        return differ.with_replace_on(diff, new.replace_on_changes)

    def _may_replace(self, new: Resource, old: Resource, goal: Goal, diff: Diff, shown: Sequence[PropertyDiff]) -> None:
        properties = ", ".join(diff.replaces)
        if goal.import_id:
            lines = "".join(f"\n  {item.path}: {item.old!r} there, {item.new!r} in the program" for item in shown)
            raise StepError(
                f"{new.title} is imported as {goal.import_id!r}, but {properties} can only change by replacing it: "
                f"change the program to the values of the existing resource, or remove `import`{lines}"
            )
        if old.protect and new.protect:
            error = StepError(
                f"{new.title} is protected, but {properties} can only change by replacing it: remove `protect` first"
            )
            if not self._run.dry_run:
                raise error
            self._run.fail(error)


def refuse_failures(new: Resource, failures: Failures) -> None:
    """Raise StepError for the failures of a provider's check."""
    if failures:
        output = "; ".join(f"{prop}: {reason}" if prop else reason for prop, reason in failures)
        raise StepError(f"{new.title} is not valid: {output}")


def _triggered(new: Resource, old: Resource) -> bool:
    trigger = new.replacement_trigger
    if trigger is None or old.replacement_trigger is None:
        return False
    return is_unknown(trigger) or not same(trigger, old.replacement_trigger)
