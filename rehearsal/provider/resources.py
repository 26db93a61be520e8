"""What the provider does with one resource, in plain values, whether it is emulated or only recorded."""

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.cloud import Endpoints
from rehearsal.provider import check, computed, driver, forces, naming, validate
from rehearsal.provider.config import Configured
from rehearsal.provider.diff import Difference, difference
from rehearsal.provider.errors import HalfDoneError, NotEmulatedError, RefusedError
from rehearsal.provider.ledger import Entry, Ledger, Mode
from rehearsal.provider.schema import Schema, schema
from rehearsal.provider.services import SPECS
from rehearsal.provider.spec import Emulated
from rehearsal.provider.values import UNKNOWN, Values, any_unknown, same, unknown
from rehearsal.provider.work import Work

Show = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request: about which resource, by which configuration, and where to say what is going on."""

    urn: str
    configured: Configured
    show: Show = field(default=lambda _: None)
    id: str = ""

    @property
    def token(self) -> str:
        """The resource's type."""
        return self.urn.split("::")[2].rpartition("$")[2]

    @property
    def logical(self) -> str:
        """The resource's name in the program."""
        return self.urn.rpartition("::")[2]


class Resources:
    """The resources of every configuration of one provider process."""

    def __init__(self, endpoints: Endpoints, ledger: Ledger) -> None:
        self._endpoints = endpoints
        self._ledger = ledger
        self._replacing: dict[str, str] = {}
        self._not_emulated: set[str] = set()
        self._serial: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def check(self, asked: Asked, olds: Values, news: Values) -> tuple[Values, check.Failures]:
        """Inputs completed with name and default tags, and what is wrong with them."""
        type_ = self._schema(asked)
        inputs = {name: value for name, value in news.items() if not name.startswith("__")}
        named = {**inputs, **self._name(asked, type_, olds, inputs)}
        failures = [*check.problems(type_, named), *validate.problems(asked.token, named)]
        if type_.has_tags and "tagsAll" not in inputs:
            every = _merged(asked.configured.default_tags, inputs.get("tags"))
            if every:
                named["tagsAll"] = every
        return named, failures

    def diff(
        self, asked: Asked, *, old_inputs: Values, olds: Values, news: Values, ignore: frozenset[str] = frozenset()
    ) -> tuple[Difference, bool]:
        """What changes, and whether the old one must be deleted before its replacement is created."""
        type_ = self._schema(asked)
        spec = self._spec(asked, self._entry(asked))
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
        return found, bool(found.replaces) and self._first_delete(asked, type_, spec, before, after)

    def preview(self, asked: Asked, inputs: Values) -> Values:
        """What is known of a resource's outputs before it is created."""
        type_ = self._schema(asked)
        found = {name: value for name, value in inputs.items() if name in type_.outputs or name in type_.inputs}
        for name, one in type_.outputs.items():
            if name not in found and one.required:
                found[name] = UNKNOWN
        if "region" in type_.outputs:
            found["region"] = inputs.get("region") or asked.configured.region
        return found

    def create(self, asked: Asked, inputs: Values) -> tuple[str, Values]:
        """Create a resource, once: asked again with the same inputs after a crash, it gives the same one."""
        type_ = self._schema(asked)
        token = _token(asked.urn, self._ledger.generation(asked.urn), inputs)
        existing = self._ledger.by_token(asked.urn, token)
        if existing is not None:
            found = self.read(_with(asked, existing.id), inputs, inputs)
            if found is not None:
                return existing.id, found[1]
            token = _token(asked.urn, self._ledger.generation(asked.urn), inputs)
        earlier = self._ledger.intend(asked.urn, token)
        spec = self._spec(asked, None)
        if spec is not None:
            work = self._work(asked, type_, spec, inputs)
            work.creation = token
            try:
                with self._serially(asked, spec):
                    state = driver.create(work, ours=earlier)
            except NotEmulatedError as error:
                self._give_up(asked, error)
            except HalfDoneError as error:
                self._put(asked, error.id, "emulated", token=token, inputs=inputs)
                raise
            else:
                self._put(asked, state.id, "emulated", token=token, inputs=inputs, unread=state.unread)
                return state.id, self._complete(asked, type_, state.outputs, state.id)
        id_ = computed.new_id(type_, inputs, token)
        self._put(asked, id_, "recorded", token=token, inputs=inputs)
        return id_, self._complete(asked, type_, inputs, id_)

    def read(self, asked: Asked, inputs: Values, state: Values) -> tuple[str, Values, Values] | None:
        """Id, outputs and inputs of a resource as it is; None when it is gone."""
        type_ = self._schema(asked)
        entry = self._entry(asked)
        spec = self._spec(asked, entry)
        if spec is None:
            if entry is None:
                return None
            return (
                asked.id,
                self._complete(asked, type_, {**state, **inputs}, asked.id),
                inputs or _inputs(type_, state),
            )
        work = self._work(asked, type_, spec, inputs, state)
        try:
            found = driver.read(work, frozenset(entry.unread if entry is not None else ()))
        except NotEmulatedError as error:
            self._give_up(asked, error)
            return asked.id, self._complete(asked, type_, {**state, **inputs}, asked.id), inputs
        if found is None:
            self._ledger.remove(asked.urn, asked.id)
            return None
        if entry is None:
            self._put(asked, found.id, "emulated", token="", inputs=found.inputs)
        return found.id, self._complete(asked, type_, found.outputs, found.id), found.inputs

    def update(self, asked: Asked, *, old_inputs: Values, olds: Values, news: Values, preview: bool) -> Values:
        """Bring a resource to its new inputs; gives its outputs."""
        type_ = self._schema(asked)
        entry = self._entry(asked)
        spec = self._spec(asked, entry)
        before = old_inputs or olds
        gone = {name for name in before if (name in type_.inputs or name == "tagsAll") and name not in news}
        kept = {name: value for name, value in olds.items() if name not in gone}
        if preview:
            return {**kept, **news}
        if spec is not None:
            work = self._work(asked, type_, spec, news, kept)
            work.old["tagsAll"] = olds.get("tagsAll") or {}
            work.changed = frozenset(
                name
                for name in before.keys() | news.keys()
                if not name.startswith("__") and not same(before.get(name), news.get(name))
            )
            try:
                with self._serially(asked, spec):
                    state = driver.update(work)
            except NotEmulatedError as error:
                self._give_up(asked, error)
            else:
                self._put(
                    asked, asked.id, "emulated", token=entry.token if entry else "", inputs=news, unread=state.unread
                )
                return self._complete(asked, type_, state.outputs, asked.id)
        self._put(asked, asked.id, "recorded", token=entry.token if entry is not None else "", inputs=news)
        return self._complete(asked, type_, {**kept, **news}, asked.id)

    def delete(self, asked: Asked, inputs: Values, state: Values) -> None:
        """Delete a resource; one that is gone already is fine."""
        type_ = self._schema(asked)
        entry = self._entry(asked)
        spec = self._spec(asked, entry)
        if spec is not None and spec.delete:
            work = self._work(asked, type_, spec, inputs, state)
            try:
                with self._serially(asked, spec):
                    driver.delete(work)
            except NotEmulatedError as error:
                self._give_up(asked, error)
        self._ledger.remove(asked.urn, asked.id)

    def _schema(self, asked: Asked) -> Schema:
        found = schema(asked.token)
        if found is None:
            raise RefusedError(f"the AWS provider has no resource type {asked.token}")
        return found

    def _spec(self, asked: Asked, entry: Entry | None) -> Emulated | None:
        if entry is not None:
            return SPECS.get(asked.token) if entry.mode == "emulated" else None
        return None if asked.token in self._not_emulated else SPECS.get(asked.token)

    def _entry(self, asked: Asked) -> Entry | None:
        if not asked.id:
            return None
        found = self._ledger.get(asked.urn, asked.id)
        # A resource that was renamed or moved in the program is still the same one.
        return found or self._ledger.moved(asked.urn, asked.id, asked.token, asked.configured.account)

    def _give_up(self, asked: Asked, error: NotEmulatedError) -> None:
        self._not_emulated.add(asked.token)
        asked.show(f"{asked.token} is recorded, not emulated: the emulator does not know {error}")

    def _put(
        self,
        asked: Asked,
        id_: str,
        mode: Mode,
        *,
        token: str,
        inputs: Values,
        unread: frozenset[str] = frozenset(),
    ) -> None:
        self._ledger.put(
            Entry(
                urn=asked.urn,
                id=id_,
                type=asked.token,
                account=asked.configured.account,
                region=self._region(asked, inputs),
                mode=mode,
                token=token,
                unread=tuple(sorted(unread)),
            )
        )

    def _work(self, asked: Asked, type_: Schema, spec: Emulated, inputs: Values, state: Values | None = None) -> Work:
        return Work(
            spec=spec,
            schema=type_,
            endpoints=self._endpoints,
            credentials=asked.configured.credentials,
            account=asked.configured.account,
            region=self._region(asked, {**(state or {}), **inputs}),
            show=asked.show,
            id=asked.id,
            inputs=dict(inputs),
            old=dict(state or {}),
            default_tags=asked.configured.default_tags,
        )

    def _region(self, asked: Asked, values: Mapping[str, Any]) -> str:
        region = values.get("region")
        return region if isinstance(region, str) and region and not unknown(region) else asked.configured.region

    def _complete(self, asked: Asked, type_: Schema, values: Values, id_: str) -> Values:
        plain = {name: value for name, value in values.items() if not name.startswith("__")}
        region = self._region(asked, values)
        return computed.complete(type_, plain, id_=id_, account=asked.configured.account, region=region)

    def _serially(self, asked: Asked, spec: Emulated) -> threading.Lock:
        """Organizations makes one change at a time; elsewhere one resource has nothing to do with another."""
        key = spec.service if spec.service == "organizations" else asked.urn
        with self._lock:
            return self._serial.setdefault(key, threading.Lock())

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
            replaced = self._replacing.get(asked.urn, "")
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

    def _first_delete(self, asked: Asked, type_: Schema, spec: Emulated | None, before: Values, after: Values) -> bool:
        """Whether old and new would have the same name, which only one can have."""
        if spec is not None and spec.exclusive:
            return True
        how = naming.naming(type_)
        if how is None:
            return False
        name = after.get(how.property)
        return same(before.get(how.property), name) and not naming.automatic(how, asked.logical, name)


def _with(asked: Asked, id_: str) -> Asked:
    return Asked(urn=asked.urn, configured=asked.configured, show=asked.show, id=id_)


def _merged(defaults: Mapping[str, str], tags: Any) -> Any:
    return UNKNOWN if unknown(tags) else {**defaults, **(tags if isinstance(tags, dict) else {})}


def _token(urn: str, generation: int, inputs: Values) -> str:
    if any_unknown(inputs):
        raise RefusedError(f"{urn}: a value is not known although everything that it needs was created")
    text = json.dumps([urn, generation, inputs], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _inputs(type_: Schema, state: Values) -> Values:
    return {name: value for name, value in state.items() if name in type_.inputs and value not in (None, "", [], {})}
