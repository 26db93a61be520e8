"""The providers of one run: explicit ones as registered, default ones on demand."""

import json
import threading
import uuid
from collections.abc import Callable

from rehearsal.engine import urns
from rehearsal.engine.errors import ProjectError, StepError
from rehearsal.engine.goal import Goal
from rehearsal.engine.provider_answers import Diff
from rehearsal.engine.provider_client import ProviderClient
from rehearsal.engine.registry import Connections
from rehearsal.engine.resource import Resource
from rehearsal.engine.run_state import StackRun
from rehearsal.engine.values import UNKNOWN, Values, same

BUILTIN = "pulumi"


class Providers:
    """Resolves the provider references of a run to configured connections."""

    def __init__(self, run: StackRun, connections: Connections, register: Callable[[Goal], Resource]) -> None:
        self._run = run
        self._connections = connections
        self._register = register
        self._component_providers: dict[str, dict[str, str]] = {}
        self._defaults: dict[str, str] = {}
        self._default_lock = threading.Lock()
        self._disabled = _disabled(run)

    def reference(self, goal: Goal) -> str:
        """Return the reference of a resource's provider: its own, an ancestor's, or the package's default."""
        package = urns.package_of(goal.type)
        if package == BUILTIN:
            return self._default(package, "", goal)
        inherited = self._component_providers.get(goal.parent, {}).get(package, "")
        return (
            goal.provider or goal.providers.get(package, "") or inherited or self._default(package, goal.version, goal)
        )

    def component(self, urn: str, goal: Goal) -> None:
        """Record the providers that a component passes to its children."""
        inherited = self._component_providers.get(goal.parent, {})
        self._component_providers[urn] = {**inherited, **goal.providers}

    def client(self, reference: str, for_urn: str) -> ProviderClient:
        """Return the connection for a reference of this run or, for deletions, of the last run."""
        urn, id_ = urns.split_reference(reference)
        provider = self._run.new_resources.get(urn)
        if provider is None or provider.id != id_:
            # By id alone where the provider was renamed since; ids of providers are unique.
            existing = [
                item for item in self._run.opened.resources.values() if item.id == id_ and urns.is_provider(item.type)
            ]
            provider = next((item for item in existing if item.urn == urn), existing[0] if existing else provider)
        if provider is None:
            raise StepError(f"{for_urn} names the provider {reference}, which neither the program nor the state has")
        return self._connections.configured(provider.urn, provider.id, provider.inputs)

    def check(self, urn: str, goal: Goal, olds: Values) -> tuple[Values, list[tuple[str, str]]]:
        """Check a provider's own inputs."""
        news = {**goal.inputs, "version": goal.version} if goal.version else dict(goal.inputs)
        package = urns.package_of(goal.type)
        if package == BUILTIN:
            return news, []
        checked, failures = self._connections.unconfigured(package).check_config(urn, olds, news)
        if "version" in news:
            checked = {**checked, "version": news["version"]}
        return checked, failures

    def diff(self, old: Resource, inputs: Values) -> Diff:
        """Return the difference of a provider's own inputs from those of the last run."""
        package = urns.package_of(old.type)
        if package == BUILTIN:
            return Diff(changes=False)
        diff = self._connections.unconfigured(package).diff_config(
            old.urn, old_inputs=old.inputs, olds=old.outputs, news=inputs
        )
        if diff.changes is None:
            return Diff(changes=not same(old.inputs, inputs))
        return diff

    def configured(self, resource: Resource) -> None:
        """Configure a provider that was registered, so that a wrong configuration fails here."""
        if urns.package_of(resource.type) != BUILTIN:
            self._connections.configured(resource.urn, resource.id, resource.inputs)

    def new_id(self) -> str:
        """Return the id of a new provider, which is unknown in a preview."""
        return UNKNOWN if self._run.dry_run else str(uuid.uuid4())

    def changed(self, old: Resource, new: Resource) -> bool:
        """Return whether a resource moved to another provider; a renamed or reconfigured provider is the same one."""
        if old.provider == new.provider:
            return False
        old_urn, old_id = urns.split_reference(old.provider)
        new_urn, _ = urns.split_reference(new.provider)
        if not old_urn or not new_urn:
            return True
        before = next(
            (item for item in self._run.opened.resources.values() if item.urn == old_urn and item.id == old_id), None
        )
        after = self._run.new_resources.get(new_urn)
        if before is None or after is None or self._run.adopted.get(new_urn) == old_urn:
            return False
        return bool(self.diff(before, after.inputs).replaces)

    def _default(self, package: str, version: str, goal: Goal) -> str:
        if package != BUILTIN and ("*" in self._disabled or package in self._disabled):
            raise StepError(
                f"{goal.type} {goal.name!r} names no provider, and the default provider of {package!r} is disabled "
                "(pulumi:disable-default-providers): set `provider` in its options or on its parent"
            )
        key = f"{package}@{version}"
        with self._default_lock:
            if key not in self._defaults:
                name = "default" + (
                    f"_{version.replace('.', '_').replace('-', '_').replace('+', '_')}" if version else ""
                )
                prefix = f"{package}:"
                inputs = {k.removeprefix(prefix): v for k, v in self._run.config.values.items() if k.startswith(prefix)}
                created = self._register(
                    Goal(
                        type=urns.PROVIDER_PREFIX + package,
                        name=name,
                        custom=True,
                        inputs={} if package == BUILTIN else inputs,
                        version=version,
                    )
                )
                self._defaults[key] = urns.reference(created.urn, created.id)
            return self._defaults[key]


def _disabled(run: StackRun) -> list[str]:
    text = run.config.values.get("pulumi:disable-default-providers", "")
    if not text:
        return []
    try:
        result = json.loads(text)
    except ValueError:
        result = None
    if not isinstance(result, list):
        raise ProjectError(
            f"stack {run.stack!r}: pulumi:disable-default-providers: expected a list of packages, found {text!r}"
        )
    return [str(item) for item in result]
