"""What is said of a resource before anything is done: inputs checked and completed, what changes, what is known."""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.provider import check, forces, naming, validate
from rehearsal.provider.asked import Asked
from rehearsal.provider.diff import Difference, difference
from rehearsal.provider.ledger import Ledger
from rehearsal.provider.schema import Schema
from rehearsal.provider.spec import Emulated
from rehearsal.provider.values import UNKNOWN, Values, same, unknown


class Planner:
    """Checks and compares; remembers what is about to be replaced, so that the replacement gets another name."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._replacing: dict[str, str] = {}
        self._replaced: dict[str, str] = {}
        """URN -> id of the existing resource that the next creation replaces."""
        self._lock = threading.Lock()

    def check(self, asked: Asked, olds: Values, news: Values) -> tuple[Values, check.Failures]:
        """Inputs completed with name and default tags, and what is wrong with them."""
        type_ = asked.schema
        self._note_replacement(asked, olds)
        inputs = {name: value for name, value in news.items() if not name.startswith("__")}
        named = {**inputs, **self._name(asked, type_, olds, inputs)}
        failures = [*check.problems(type_, named), *validate.problems(asked.token, named)]
        if type_.has_tags and "tagsAll" not in inputs:
            every = _merged(asked.configured.default_tags, inputs.get("tags"))
            if every:
                named["tagsAll"] = every
        return named, failures

    def diff(
        self,
        asked: Asked,
        spec: Emulated | None,
        *,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: frozenset[str] = frozenset(),
    ) -> tuple[Difference, bool]:
        """What changes, and whether the old one must be deleted before its replacement is created."""
        type_ = asked.schema
        forcing = forces.emulated(spec) if spec is not None else forces.recorded(asked.token)
        before, after = dict(old_inputs or olds), dict(news)
        if not old_inputs:
            before = {name: value for name, value in before.items() if name in type_.inputs or name == "tagsAll"}
        if "region" in type_.inputs:
            # The provider's region is every resource's own, unless it says otherwise.
            before["region"] = olds.get("region") or before.get("region") or asked.configured.region
            after.setdefault("region", asked.configured.region)
        if "tagsAll" in before and not before["tagsAll"]:
            del before["tagsAll"]
        found = difference(before, after, forces=forcing, ignore=ignore)
        with self._lock:
            if found.replaces:
                how = naming.naming(type_)
                self._replacing[asked.urn] = str(before.get(how.property, "")) if how is not None else ""
            else:
                self._replacing.pop(asked.urn, None)
        return found, bool(found.replaces) and self._first_delete(asked, type_, spec, before=before, after=after)

    def preview(self, asked: Asked, inputs: Values) -> Values:
        """What is known of a resource's outputs before it is created."""
        type_ = asked.schema
        found = {name: value for name, value in inputs.items() if name in type_.outputs or name in type_.inputs}
        for name, one in type_.outputs.items():
            if name not in found and one.required:
                found[name] = UNKNOWN
        if "region" in type_.outputs:
            found["region"] = inputs.get("region") or asked.configured.region
        return found

    def replaced(self, asked: Asked) -> str:
        """The id of the resource that a creation replaces; empty when it replaces none."""
        with self._lock:
            return asked.replaced or self._replaced.get(asked.urn, "")

    def _note_replacement(self, asked: Asked, olds: Values) -> None:
        """Find out whether the checked resource replaces an existing one.

        An engine checks a replacement without old inputs. The Pulumi CLI does not say which resource it replaces: it
        is the one that was created last under the URN.
        """
        existing = None if olds or asked.replaced else self._ledger.created(asked.urn)
        replaced = asked.replaced or (existing.id if existing is not None else "")
        with self._lock:
            self._replaced.pop(asked.urn, None)
            if replaced:
                self._replaced[asked.urn] = replaced

    def _name(self, asked: Asked, type_: Schema, olds: Values, inputs: Values) -> Values:
        how = naming.naming(type_)
        if how is None or inputs.get(how.property) is not None:
            return {}
        if any(inputs.get(name) is not None for name in ("namePrefix", "bucketPrefix", f"{how.property}Prefix")):
            return {}
        old = olds.get(how.property)
        if naming.automatic(how, asked.logical, old):
            return {how.property: old}
        with self._lock:
            replaced = self._replacing.get(asked.urn) or self._replaced.get(asked.urn, "")
        return {
            how.property: naming.name(
                how,
                asked.logical,
                urn=asked.urn,
                generation=self._ledger.generation(asked.urn),
                replaced=replaced,
                fifo=inputs.get("fifoQueue") is True or inputs.get("fifoTopic") is True,
            )
        }

    def _first_delete(
        self, asked: Asked, type_: Schema, spec: Emulated | None, *, before: Values, after: Values
    ) -> bool:
        """Whether old and new would have the same name, which only one can have."""
        if spec is not None and spec.exclusive:
            return True
        how = naming.naming(type_)
        if how is None:
            return False
        name = after.get(how.property)
        return same(before.get(how.property), name) and not naming.automatic(how, asked.logical, name)


def _merged(defaults: Mapping[str, str], tags: Any) -> Any:
    return UNKNOWN if unknown(tags) else {**defaults, **(tags if isinstance(tags, dict) else {})}
