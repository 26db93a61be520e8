"""Registering resources: from what the program asks for to the step that makes it so."""

import dataclasses
import hashlib

from rehearsal.engine import aliases, differ, paths, urns
from rehearsal.engine.errors import EngineError, StepError, UnsupportedOptionError
from rehearsal.engine.goal import Goal
from rehearsal.engine.policy_run import Policies
from rehearsal.engine.provider_client import Diff, ProviderClient
from rehearsal.engine.providers import Providers
from rehearsal.engine.registry import Connections
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import Pass, now
from rehearsal.engine.steps import Steps, settle_pending
from rehearsal.engine.values import Values, is_unknown, same

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class Registrar:
    """Serves the registrations of one pass; any number of threads may call it."""

    def __init__(self, run: Pass, connections: Connections, policies: Policies) -> None:
        self.run = run
        self.policies = policies
        self.providers = Providers(run, connections, self.register)
        self.steps = Steps(run, self.providers)
        self._seen: set[str] = set()

    def register(self, goal: Goal) -> Resource:
        """Make a resource what the program says. Raises EngineError; what was done is recorded all the same."""
        run = self.run
        run.admit()
        goal = self._inherited(goal)
        urn, old = self._identify(goal)
        if urns.package_of(goal.type) == "pulumi" and goal.custom and not urns.is_provider(goal.type):
            raise UnsupportedOptionError(
                f"{goal.type} {goal.name!r} cannot be created here: this engine only reads StackReferences"
            )
        new = self._blank(urn, goal, old)
        if not goal.custom:
            self.providers.component(urn, goal)
            return self._component(new, goal, old)
        if urns.is_provider(goal.type):
            return self._provider(new, goal, old)
        new = dataclasses.replace(new, provider=self.providers.reference(goal))
        client = self.providers.client(new.provider, urn)
        old = settle_pending(run, client, urn, old)
        return self._custom(new, goal, old, client)

    def _inherited(self, goal: Goal) -> Goal:
        parent = self.run.goals.get(goal.parent)
        if parent is None:
            return goal
        package = urns.package_of(goal.type)
        serves = parent.provider and urns.package_of(urns.type_of(urns.split_reference(parent.provider)[0])) == package
        return dataclasses.replace(
            goal,
            protect=parent.protect if goal.protect is None else goal.protect,
            retain_on_delete=parent.retain_on_delete if goal.retain_on_delete is None else goal.retain_on_delete,
            deleted_with=goal.deleted_with or parent.deleted_with,
            provider=goal.provider or (parent.provider if serves or not goal.custom else ""),
        )

    def _identify(self, goal: Goal) -> tuple[str, Resource | None]:
        run = self.run
        urn = urns.make(stack=run.stack, project=run.project, parent=goal.parent, type_=goal.type, name=goal.name)
        former = aliases.candidates(goal, stack=run.stack, project=run.project, adopted=run.adopted)
        with run.lock:
            if urn in self._seen:
                raise StepError(f"{goal.type} {goal.name!r} is registered twice ({urn}): give one of them another name")
            if urn in run.adopted_by:
                raise StepError(f"{urn} is registered, but {run.adopted_by[urn]} claims it as its former name")
            self._seen.add(urn)
            run.goals[urn] = goal
            for candidate in (urn, *former):
                old = run.olds.get(candidate)
                if old is None:
                    continue
                if candidate != urn:
                    if candidate in self._seen or candidate in run.adopted_by:
                        raise StepError(f"{urn} claims {candidate} as its former name, but that is registered too")
                    run.adopted[urn] = candidate
                    run.adopted_by[candidate] = urn
                return urn, old
        return urn, None

    def _blank(self, urn: str, goal: Goal, old: Resource | None) -> Resource:
        return Resource(
            urn=urn,
            type=goal.type,
            custom=goal.custom,
            inputs=goal.inputs,
            parent=goal.parent,
            dependencies=goal.dependencies,
            property_dependencies=goal.property_dependencies,
            protect=bool(goal.protect),
            retain_on_delete=bool(goal.retain_on_delete),
            deleted_with=goal.deleted_with,
            replace_with=goal.replace_with,
            import_id=goal.import_id,
            additional_secret_outputs=goal.additional_secret_outputs,
            aliases=(old.urn,) if old and old.urn != urn else (),
            custom_timeouts=goal.custom_timeouts,
            ignore_changes=goal.ignore_changes,
            replace_on_changes=goal.replace_on_changes,
            hide_diff=goal.hide_diff,
            replacement_trigger=goal.replacement_trigger,
            created=old.created if old else "",
            modified=old.modified if old else "",
        )

    def _component(self, new: Resource, goal: Goal, old: Resource | None) -> Resource:
        new = self.policies.resource(new, goal)
        if old is None:
            return self.steps.noted("create", dataclasses.replace(new, created=now(), modified=now()), None)
        new = dataclasses.replace(new, outputs=old.outputs)
        if same(old.inputs, new.inputs):
            return self.steps.same(new, old)
        diff = differ.inputs_differ(old.inputs, new.inputs)
        shown = differ.described(
            diff, old_inputs=old.inputs, old_outputs=old.outputs, new=new.inputs, hidden=new.hide_diff
        )
        return self.steps.noted("update", dataclasses.replace(new, modified=now()), old, shown)

    def _provider(self, new: Resource, goal: Goal, old: Resource | None) -> Resource:
        inputs, failures = self.providers.check(new.urn, goal, old.inputs if old else {})
        _refuse_failures(new, failures)
        new = self.policies.resource(dataclasses.replace(new, inputs=inputs), goal)
        outputs: Values = {key: value for key, value in new.inputs.items() if key != "__internal"}
        if old is None:
            new = dataclasses.replace(new, outputs=outputs, created=now(), modified=now())
            return self.steps.provider("create", dataclasses.replace(new, id=self.providers.new_id()), None)
        diff = self.providers.diff(old, new.inputs)
        if not diff.changes:
            return self.steps.provider("same", dataclasses.replace(new, id=old.id, outputs=old.outputs), old)
        new = dataclasses.replace(new, outputs=outputs, modified=now())
        diff = differ.with_replace_on(diff, new.replace_on_changes)
        shown = differ.described(
            diff, old_inputs=old.inputs, old_outputs=old.outputs, new=new.inputs, hidden=new.hide_diff
        )
        if diff.replaces:
            return self.steps.provider("replace", dataclasses.replace(new, id=self.providers.new_id()), old, shown)
        return self.steps.provider("update", dataclasses.replace(new, id=old.id), old, shown)

    def _custom(self, new: Resource, goal: Goal, old: Resource | None, client: ProviderClient) -> Resource:
        imported: Resource | None = None
        if goal.import_id and (old is None or old.external or (old.import_id or old.id) != goal.import_id):
            if old is not None and not old.external:
                raise StepError(
                    f"{new.urn} is in the state with the id {old.id!r} and cannot be imported as {goal.import_id!r} too"
                )
            imported = self.steps.imported(new, client)
            old = imported
        recreating = new.urn in self.run.torn_down
        fresh = old is None or recreating or (old.external and imported is None)
        inputs = goal.inputs if old is None else self._ignoring(goal.inputs, old, new)
        olds = {} if fresh or old is None else old.inputs
        checked, failures = self._check(client, new, olds, goal.inputs if fresh else inputs)
        _refuse_failures(new, failures)
        new = self.policies.resource(dataclasses.replace(new, inputs=checked), goal)
        if old is None:
            return self.steps.create(new, client)
        if recreating or (old.external and imported is None):
            return self.steps.replace(new, old, client, (), before=recreating)
        diff = self._diff(new, old, client)
        if imported is not None:
            return self._after_import(new, imported, client, diff)
        if not diff.changes and not old.pending_replacement and not old.init_errors:
            return self.steps.same(dataclasses.replace(new, id=old.id, outputs=old.outputs), old)
        shown = differ.described(
            diff, old_inputs=old.inputs, old_outputs=old.outputs, new=new.inputs, hidden=new.hide_diff
        )
        if not (diff.replaces or old.pending_replacement):
            return self.steps.update(new, old, client, shown)
        self._may_replace(new, old, goal, diff)
        again, failures = self._check(client, new, {}, goal.inputs)
        _refuse_failures(new, failures)
        before = goal.delete_before_replace if goal.delete_before_replace is not None else diff.delete_before_replace
        return self.steps.replace(dataclasses.replace(new, inputs=again), old, client, shown, before=before)

    def _check(
        self, client: ProviderClient, new: Resource, olds: Values, news: Values
    ) -> tuple[Values, list[tuple[str, str]]]:
        # The seed is the URN's: a create that is asked for again after a crash gets the same generated names.
        seed = hashlib.sha256(new.urn.encode()).digest()
        try:
            return client.check(new.urn, new.type, urns.name_of(new.urn), olds=olds, news=news, seed=seed)
        except EngineError as error:
            raise type(error)(f"{new.type} {urns.name_of(new.urn)!r}: {error}") from error

    def _ignoring(self, inputs: Values, old: Resource, new: Resource) -> Values:
        for text in new.ignore_changes:
            done, inputs = paths.reset(inputs, old.inputs, paths.parse(text))
            if not done:
                self.run.log("info", f"cannot ignore changes in elements added or removed at {text!r}", urn=new.urn)
        return inputs

    def _diff(self, new: Resource, old: Resource, client: ProviderClient) -> Diff:
        run = self.run
        forced = [urn for urn in new.replace_with if urn in run.replaced]
        if forced or (new.deleted_with and new.deleted_with in run.replaced):
            return Diff(changes=True, replaces=("replaceWith" if forced else "deletedWith",))
        if self.providers.changed(old, new):
            return Diff(changes=True, replaces=("provider",))
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
                new.type,
                urns.name_of(new.urn),
                id_=old.id,
                old_inputs=old.inputs,
                olds=old.outputs,
                news=new.inputs,
                ignore=new.ignore_changes,
            )
        except EngineError as error:
            raise type(error)(f"{new.type} {urns.name_of(new.urn)!r}: {error}") from error
        if diff.changes is None:
            diff = differ.inputs_differ(old.inputs, new.inputs)
        return differ.with_replace_on(diff, new.replace_on_changes)

    def _after_import(self, new: Resource, imported: Resource, client: ProviderClient, diff: Diff) -> Resource:
        shown = differ.described(
            diff, old_inputs=imported.inputs, old_outputs=imported.outputs, new=new.inputs, hidden=new.hide_diff
        )
        if not diff.changes:
            return self.steps.same(
                dataclasses.replace(new, id=imported.id, outputs=imported.outputs), imported, quiet=True
            )
        lines = "\n".join(f"  {item.path}: {item.old!r} there, {item.new!r} in the program" for item in shown)
        raise StepError(
            f"{new.type} {urns.name_of(new.urn)!r} cannot be imported as {new.import_id!r}: the program differs from what is there\n{lines}"
        )

    def _may_replace(self, new: Resource, old: Resource, goal: Goal, diff: Diff) -> None:
        name = f"{new.type} {urns.name_of(new.urn)!r}"
        why = ", ".join(diff.replaces)
        if old.protect and new.protect:
            error = StepError(
                f"{name} is protected, but {why} can only change by replacing it: take `protect` off first"
            )
            if not self.run.dry_run:
                raise error
            self.run.fail(error)
        if goal.import_id:
            raise StepError(
                f"{name} was imported and still says so, but {why} can only change by replacing it: remove `import` first"
            )


def _refuse_failures(new: Resource, failures: list[tuple[str, str]]) -> None:
    if failures:
        said = "; ".join(f"{prop}: {reason}" if prop else reason for prop, reason in failures)
        raise StepError(f"{new.type} {urns.name_of(new.urn)!r} is not valid: {said}")


def _triggered(new: Resource, old: Resource) -> bool:
    trigger = new.replacement_trigger
    if trigger is None or old.replacement_trigger is None:
        return False
    return is_unknown(trigger) or not same(trigger, old.replacement_trigger)
