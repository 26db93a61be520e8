"""Policies of one run: each resource before the provider gets it, and the stack after all registrations."""

import dataclasses
from collections.abc import Sequence
from typing import Any

from pulumi.runtime.proto import analyzer_pb2

from rehearsal.engine import urns
from rehearsal.engine.errors import StepError
from rehearsal.engine.events import Remediated, Violation
from rehearsal.engine.goal import Goal
from rehearsal.engine.packs import LEVELS, PolicyPack
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.values import Values, read_struct, write_struct


class Policies:
    """Analyzes the resources of one run with its policy packs."""

    def __init__(self, run: StackRun, packs: Sequence[PolicyPack]) -> None:
        self._run = run
        self._packs = packs

    @property
    def enabled(self) -> int:
        """The number of policies that run."""
        return sum(pack.enabled for pack in self._packs)

    def resource(self, new: Resource, goal: Goal) -> Resource:
        """Analyze a resource; returns it with the changes of remediating policies.

        In an update a mandatory violation raises StepError; in a preview it is only kept, so that all are seen.
        """
        if not self._packs:
            return new
        for pack in self._packs:
            if pack.remediates:
                new = self._remediated(pack, new, goal)
        blocked: list[str] = []
        for pack in self._packs:
            if pack.enabled:
                request = analyzer_pb2.AnalyzeRequest(**self._described(new, goal, new.inputs))
                for item in pack.analyze(request):
                    level = (
                        "mandatory"
                        if item.enforcementLevel == analyzer_pb2.REMEDIATE
                        else LEVELS[item.enforcementLevel]
                    )
                    self._violation(pack, item, new.urn, level)
                    if level == "mandatory":
                        blocked.append(item.policyName)
        if blocked and not self._run.dry_run:
            raise StepError(f"{new.title} violates the policy {blocked[0]!r}")
        return new

    def stack(self) -> None:
        """Analyze the stack as a whole."""
        if not any(pack.enabled for pack in self._packs):
            return
        run = self._run
        resources: list[analyzer_pb2.AnalyzerResource] = []
        for new in run.new_resources.values():
            goal = run.goals.get(new.urn) or Goal(type=new.type, name=urns.name_of(new.urn), custom=new.custom)
            item = analyzer_pb2.AnalyzerResource(
                **self._described(new, goal, new.outputs), parent=new.parent, dependencies=new.dependencies
            )
            for key, value in new.property_dependencies.items():
                item.propertyDependencies[key].urns.extend(value)
            resources.append(item)
        for pack in self._packs:
            for item in pack.analyze_stack(analyzer_pb2.AnalyzeStackRequest(resources=resources)):
                level = (
                    "mandatory" if item.enforcementLevel == analyzer_pb2.REMEDIATE else LEVELS[item.enforcementLevel]
                )
                self._violation(pack, item, item.urn if item.urn in run.new_resources else run.root_urn, level)

    def _remediated(self, pack: PolicyPack, new: Resource, goal: Goal) -> Resource:
        request = analyzer_pb2.AnalyzeRequest(**self._described(new, goal, new.inputs))
        for item in pack.remediate(request):
            if item.diagnostic:
                advice = analyzer_pb2.AnalyzeDiagnostic(
                    policyName=item.policyName, description=item.description, message=item.diagnostic
                )
                self._violation(pack, advice, new.urn, "advisory")
                continue
            new = dataclasses.replace(new, inputs=read_struct(item.properties))
            remediation = Remediated(
                stack=self._run.stack, policy=item.policyName, pack=pack.name, urn=new.urn, description=item.description
            )
            self._run.remediations.append(remediation)
            self._run.emit(remediation)
        return new

    def _violation(self, pack: PolicyPack, item: analyzer_pb2.AnalyzeDiagnostic, urn: str, level: str) -> None:
        # The SDK puts the description in front of each message; here both have a place of their own.
        message = item.message.removeprefix(item.description).strip() or item.message
        result = Violation(
            stack=self._run.stack,
            policy=item.policyName,
            pack=item.policyPackName or pack.name,
            urn=urn,
            level=level,  # pyright: ignore[reportArgumentType] - one of LEVELS
            message=message,
            description=item.description,
        )
        with self._run.lock:
            self._run.violations.append(result)
        self._run.emit(result)

    def _described(self, new: Resource, goal: Goal, properties: Values) -> dict[str, Any]:
        run = self._run
        options = analyzer_pb2.AnalyzerResourceOptions(
            protect=new.protect,
            ignoreChanges=new.ignore_changes,
            deleteBeforeReplace=bool(goal.delete_before_replace),
            deleteBeforeReplaceDefined=goal.delete_before_replace is not None,
            additionalSecretOutputs=new.additional_secret_outputs,
            aliases=new.aliases,
            customTimeouts=analyzer_pb2.AnalyzerResourceOptions.CustomTimeouts(**new.custom_timeouts),
            parent=new.parent,
        )
        described: dict[str, Any] = {
            "type": new.type,
            "urn": new.urn,
            "name": urns.name_of(new.urn),
            "properties": write_struct({key: value for key, value in properties.items() if not key.startswith("__")}),
            "options": options,
        }
        provider_urn, provider_id = urns.split_reference(new.provider)
        provider = run.new_resources.get(provider_urn) or run.old_resources.get(provider_urn)
        if provider is not None and provider_id:
            described["provider"] = analyzer_pb2.AnalyzerProviderResource(
                type=provider.type,
                urn=provider.urn,
                name=urns.name_of(provider.urn),
                properties=write_struct(provider.inputs),
            )
        return described
