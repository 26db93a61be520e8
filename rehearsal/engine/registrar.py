"""Registration of resources: from the program's goal to the step that reaches it."""

import dataclasses

from rehearsal.engine import aliases, differ, urns
from rehearsal.engine.custom import CustomResources, refuse_failures
from rehearsal.engine.errors import StepError, UnsupportedOptionError
from rehearsal.engine.goal import Goal
from rehearsal.engine.policy_run import Policies
from rehearsal.engine.providers import Providers
from rehearsal.engine.registry import Connections
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun, now
from rehearsal.engine.steps import Steps, settle_pending
from rehearsal.engine.values import Values, same

STACK_REFERENCE = "pulumi:pulumi:StackReference"


class Registrar:
    """Serves the registrations of one run; thread-safe."""

    def __init__(self, run: StackRun, connections: Connections, policies: Policies) -> None:
        self.run = run
        self.policies = policies
        self.providers = Providers(run, connections, self.register)
        self.steps = Steps(run, self.providers)
        self._custom = CustomResources(run, self.providers, policies, self.steps)
        self._seen: set[str] = set()

    def register(self, goal: Goal) -> Resource:
        """Register a resource: bring it to the state that the program declares.

        Raises:
            EngineError: A step failed. Completed steps are recorded nevertheless.
        """
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
        return self._custom.register(new, goal, old, client)

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
                old = run.old_resources.get(candidate)
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
            return self.steps.component("create", dataclasses.replace(new, created=now(), modified=now()), None)
        new = dataclasses.replace(new, outputs=old.outputs)
        if same(old.inputs, new.inputs):
            return self.steps.same(new, old)
        diff = differ.inputs_differ(old.inputs, new.inputs)
        shown = differ.described(
            diff, old_inputs=old.inputs, old_outputs=old.outputs, new=new.inputs, hidden=new.hide_diff
        )
        return self.steps.component("update", dataclasses.replace(new, modified=now()), old, shown)

    def _provider(self, new: Resource, goal: Goal, old: Resource | None) -> Resource:
        inputs, failures = self.providers.check(new.urn, goal, old.inputs if old else {})
        refuse_failures(new, failures)
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
