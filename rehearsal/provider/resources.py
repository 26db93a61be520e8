"""What the provider does with one resource, in plain values, whether it is emulated or only recorded."""

import hashlib
import json
import threading

from rehearsal.cloud import Endpoints
from rehearsal.provider import computed, driver
from rehearsal.provider.asked import Asked
from rehearsal.provider.diff import Difference
from rehearsal.provider.errors import ExistsError, HalfDoneError, NotEmulatedError, RefusedError
from rehearsal.provider.ledger import Entry, Ledger, Mode
from rehearsal.provider.planning import Planner
from rehearsal.provider.schema import Schema
from rehearsal.provider.services import SPECS
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values, any_unknown, same


class Resources:
    """The resources of every configuration of one provider process."""

    def __init__(self, endpoints: Endpoints, ledger: Ledger) -> None:
        self._endpoints = endpoints
        self._ledger = ledger
        self.planner = Planner(ledger)
        self._not_emulated: set[str] = set()
        self._forgotten: set[tuple[str, str]] = set()
        """Type and id of what the emulator made and cannot unmake: deleted, as far as anybody asks."""
        self._serial: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def diff(
        self, asked: Asked, *, old_inputs: Values, olds: Values, news: Values, ignore: frozenset[str] = frozenset()
    ) -> tuple[Difference, bool]:
        """What changes, and whether the old one must be deleted before its replacement is created."""
        spec = self._spec(asked, self._entry(asked))
        return self.planner.diff(asked, spec, old_inputs=old_inputs, olds=olds, news=news, ignore=ignore)

    def create(self, asked: Asked, inputs: Values) -> tuple[str, Values]:
        """Create a resource, once: asked again with the same inputs after a crash, it gives the same one."""
        replaced = self.planner.replaced(asked)
        token = _token(asked.urn, self._ledger.generation(asked.urn), inputs, replaced)
        existing = self._ledger.by_token(asked.urn, token)
        if existing is not None:
            found = self.read(_with(asked, existing.id), inputs, inputs)
            if found is not None:
                return existing.id, found[1]
            token = _token(asked.urn, self._ledger.generation(asked.urn), inputs, replaced)
        spec = self._spec(asked, None)
        interrupted = self._ledger.intend(asked.urn, token)
        try:
            emulated = None if spec is None else self._create_emulated(asked, spec, inputs, token, ours=interrupted)
            return emulated or self._create_recorded(asked, inputs, token, replaced)
        except ExistsError:
            self._ledger.withdraw(asked.urn, token)
            raise

    def _create_emulated(
        self, asked: Asked, spec: Emulated, inputs: Values, token: str, *, ours: bool
    ) -> tuple[str, Values] | None:
        """Create a resource in the emulated cloud; None when it is to be recorded instead."""
        type_ = asked.schema
        work = self._work(asked, type_, spec, inputs)
        work.creation = token
        try:
            with self._serially(asked, spec):
                state = driver.create(work, ours=ours)
        except NotEmulatedError as error:
            self._give_up(asked, error)
            return None
        except HalfDoneError as error:
            self._put(asked, error.id, "emulated", token=token, inputs=inputs)
            if not self._endpoints.foreign:
                raise
            asked.show(f"{error}: what belongs to it is recorded")
            return error.id, self._complete(asked, type_, {**error.outputs, **inputs}, error.id)
        except RefusedError as error:
            if not self._endpoints.foreign:
                raise
            asked.show(f"{error}: it is recorded, not emulated")
            return None
        self._put(asked, state.id, "emulated", token=token, inputs=inputs, unread=state.unread)
        return state.id, self._complete(asked, type_, state.outputs, state.id)

    def _create_recorded(self, asked: Asked, inputs: Values, token: str, replaced: str) -> tuple[str, Values]:
        type_ = asked.schema
        id_ = computed.new_id(type_, inputs, token)
        if replaced and id_ == replaced:
            raise ExistsError(f"creating {asked.token} {id_}: AlreadyExists: the resource that it replaces has this id")
        self._put(asked, id_, "recorded", token=token, inputs=inputs)
        return id_, self._complete(asked, type_, inputs, id_)

    def read(self, asked: Asked, inputs: Values, state: Values) -> tuple[str, Values, Values] | None:
        """Id, outputs and inputs of a resource as it is; None when it is gone."""
        type_ = asked.schema
        entry = self._entry(asked)
        spec = self._spec(asked, entry)
        if entry is None and (asked.token, asked.id) in self._forgotten:
            return None
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
        type_ = asked.schema
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
        type_ = asked.schema
        entry = self._entry(asked)
        spec = self._spec(asked, entry)
        if spec is not None and spec.delete:
            work = self._work(asked, type_, spec, inputs, state)
            try:
                with self._serially(asked, spec):
                    driver.delete(work)
            except NotEmulatedError as error:
                self._forgotten.add((asked.token, asked.id))
                asked.show(f"{asked.token} {asked.id} is forgotten, not deleted: the emulator does not know {error}")
        self._ledger.remove(asked.urn, asked.id)

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
                region=asked.region(inputs),
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
            region=asked.region({**(state or {}), **inputs}),
            show=asked.show,
            id=asked.id,
            inputs=dict(inputs),
            old=dict(state or {}),
            default_tags=asked.configured.default_tags,
        )

    def _complete(self, asked: Asked, type_: Schema, values: Values, id_: str) -> Values:
        plain = {name: value for name, value in values.items() if not name.startswith("__")}
        region = asked.region(values)
        return computed.complete(type_, plain, id_=id_, account=asked.configured.account, region=region)

    def _serially(self, asked: Asked, spec: Emulated) -> threading.Lock:
        """Organizations makes one change at a time; elsewhere one resource has nothing to do with another."""
        key = spec.service if spec.service == "organizations" else asked.urn
        with self._lock:
            return self._serial.setdefault(key, threading.Lock())


def _with(asked: Asked, id_: str) -> Asked:
    return Asked(urn=asked.urn, configured=asked.configured, show=asked.show, id=id_)


def _token(urn: str, generation: int, inputs: Values, replaced: str) -> str:
    if any_unknown(inputs):
        raise RefusedError(f"{urn}: a value is not known although everything that it needs was created")
    parts: list[object] = [urn, generation, inputs, *([replaced] if replaced else [])]
    text = json.dumps(parts, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _inputs(type_: Schema, state: Values) -> Values:
    return {name: value for name, value in state.items() if name in type_.inputs and value not in (None, "", [], {})}
