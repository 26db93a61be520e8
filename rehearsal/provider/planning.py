"""Check, difference and preview of a resource, before any operation is called."""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.provider import check, defaults, forces, naming, validate
from rehearsal.provider.diff import Difference, difference
from rehearsal.provider.ledger import Ledger
from rehearsal.provider.resource_request import ResourceRequest
from rehearsal.provider.schema import Schema
from rehearsal.provider.spec import Emulated
from rehearsal.provider.values import UNKNOWN, Values, same, unknown


class Planner:
    """Checks and compares inputs, and records replacements, so that a replacement gets another name."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._replacing: dict[str, str] = {}
        self._replaced: dict[str, str] = {}
        """URN -> id of the existing resource that the next creation replaces."""
        self._in_state: set[str] = set()
        """URNs that this run's engine has in its state: it checked or compared them with old inputs."""
        self._lock = threading.Lock()

    def check(self, request: ResourceRequest, olds: Values, news: Values) -> tuple[Values, check.Failures]:
        """Return the inputs with name, default tags and the provider's defaults, and their failures."""
        type_ = request.schema
        self._note_replacement(request, olds)
        inputs = {name: value for name, value in news.items() if not name.startswith("__")}
        named = {**inputs, **self._name(request, type_, olds, inputs)}
        unset = defaults.unset(request.token, named)
        failures = [*check.problems(type_, named), *validate.problems(request.token, named)]
        if type_.has_tags and "tagsAll" not in inputs:
            all_tags = _merged(request.configured.default_tags, inputs.get("tags"))
            if all_tags:
                named["tagsAll"] = all_tags
        if unset:
            named |= {**unset, defaults.NAMES: sorted(unset)}
        return named, failures

    def diff(
        self,
        request: ResourceRequest,
        spec: Emulated | None,
        *,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: frozenset[str] = frozenset(),
    ) -> tuple[Difference, bool]:
        """Return the difference, and whether a replacement deletes the old resource first."""
        type_ = request.schema
        forcing = forces.emulated(spec) if spec is not None else forces.recorded(request.token)
        before, after = dict(old_inputs or olds), dict(news)
        with self._lock:
            self._in_state.add(request.urn)
        if not old_inputs:
            before = {name: value for name, value in before.items() if name in type_.inputs or name == "tagsAll"}
        if "region" in type_.inputs:
            # The provider's region is every resource's own, unless it says otherwise.
            before["region"] = olds.get("region") or before.get("region") or request.configured.region
            after.setdefault("region", request.configured.region)
        for name in news.get(defaults.NAMES) or ():
            # State that was written before the provider set this default: AWS's value decides.
            before.setdefault(name, olds.get(name, news.get(name)))
        if "tagsAll" in before and not before["tagsAll"]:
            del before["tagsAll"]
        result = difference(before, after, forces=forcing, ignore=ignore)
        with self._lock:
            if result.replaces:
                rule = naming.naming(type_)
                self._replacing[request.urn] = str(before.get(rule.property, "")) if rule is not None else ""
            else:
                self._replacing.pop(request.urn, None)
        return result, bool(result.replaces) and self._first_delete(request, type_, spec, before=before, after=after)

    def preview(self, request: ResourceRequest, inputs: Values) -> Values:
        """Return the outputs that are known before a resource is created."""
        type_ = request.schema
        outputs = {name: value for name, value in inputs.items() if name in type_.outputs or name in type_.inputs}
        for name, output in type_.outputs.items():
            if name not in outputs and output.required:
                outputs[name] = UNKNOWN
        if "region" in type_.outputs:
            outputs["region"] = inputs.get("region") or request.configured.region
        return outputs

    def replaced(self, request: ResourceRequest) -> str:
        """Return the id of the resource that a creation replaces; empty if it replaces none."""
        with self._lock:
            return request.replaced or self._replaced.get(request.urn, "")

    def _note_replacement(self, request: ResourceRequest, olds: Values) -> None:
        """Find out whether the checked resource replaces an existing one.

        An engine checks a replacement without old inputs. The Pulumi CLI does not say which resource it replaces: it
        is the one that was created last under the URN. A resource that the engine does not have in its state was
        created by a run that was killed: creating it again returns it and replaces nothing.
        """
        with self._lock:
            if olds:
                self._in_state.add(request.urn)
            in_state = request.urn in self._in_state
        existing = self._ledger.created(request.urn) if in_state and not olds and not request.replaced else None
        replaced = request.replaced or (existing.id if existing is not None else "")
        with self._lock:
            self._replaced.pop(request.urn, None)
            if replaced:
                self._replaced[request.urn] = replaced

    def _name(self, request: ResourceRequest, type_: Schema, olds: Values, inputs: Values) -> Values:
        rule = naming.naming(type_)
        if rule is None or inputs.get(rule.property) is not None:
            return {}
        if any(inputs.get(name) is not None for name in ("namePrefix", "bucketPrefix", f"{rule.property}Prefix")):
            return {}
        old = olds.get(rule.property)
        if naming.automatic(rule, request.logical, old):
            return {rule.property: old}
        with self._lock:
            replaced = self._replacing.get(request.urn) or self._replaced.get(request.urn, "")
        return {
            rule.property: naming.name(
                rule,
                request.logical,
                urn=request.urn,
                generation=self._ledger.generation(request.urn),
                replaced=replaced,
                fifo=inputs.get("fifoQueue") is True or inputs.get("fifoTopic") is True,
            )
        }

    def _first_delete(
        self, request: ResourceRequest, type_: Schema, spec: Emulated | None, *, before: Values, after: Values
    ) -> bool:
        """Return whether the old resource and its replacement have the same name, which must be unique."""
        if spec is not None and spec.exclusive:
            return True
        rule = naming.naming(type_)
        if rule is None:
            return False
        name = after.get(rule.property)
        return same(before.get(rule.property), name) and not naming.automatic(rule, request.logical, name)


def _merged(defaults: Mapping[str, str], tags: Any) -> Any:
    return UNKNOWN if unknown(tags) else {**defaults, **(tags if isinstance(tags, dict) else {})}
