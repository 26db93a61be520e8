"""The operations on one resource, emulated or recorded, with plain values."""

import threading

from rehearsal.cloud import Endpoints
from rehearsal.provider import computed, defaults, driver
from rehearsal.provider.diff import Difference
from rehearsal.provider.errors import ExistsError, HalfDoneError, NotEmulatedError, RefusedError
from rehearsal.provider.ledger import Entry, Ledger, Mode
from rehearsal.provider.planning import Planner
from rehearsal.provider.resource_request import ResourceRequest, creation_token, state_inputs
from rehearsal.provider.schema import Schema
from rehearsal.provider.services import SPECS
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values, same


class Resources:
    """The resources of every configuration of one provider process."""

    def __init__(self, endpoints: Endpoints, ledger: Ledger) -> None:
        self._endpoints = endpoints
        self._ledger = ledger
        self.planner = Planner(ledger)
        self._not_emulated: set[str] = set()
        self._forgotten: set[tuple[str, str]] = set()
        """Type and id of resources that the emulator cannot delete; the provider reports them as deleted."""
        self._serial: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def diff(
        self,
        request: ResourceRequest,
        *,
        old_inputs: Values,
        olds: Values,
        news: Values,
        ignore: frozenset[str] = frozenset(),
    ) -> tuple[Difference, bool]:
        """Return the difference, and whether a replacement deletes the old resource first."""
        spec = self._spec(request, self._entry(request))
        return self.planner.diff(request, spec, old_inputs=old_inputs, olds=olds, news=news, ignore=ignore)

    def create(self, request: ResourceRequest, inputs: Values) -> tuple[str, Values]:
        """Create a resource; a request that is repeated after a crash returns the resource of the first."""
        replaced = self.planner.replaced(request)
        token = creation_token(request.urn, self._ledger.generation(request.urn), inputs, replaced)
        existing = self._ledger.by_token(request.urn, token)
        if existing is not None:
            state = self.read(request.with_id(existing.id), inputs, inputs)
            if state is not None:
                return existing.id, state[1]
            token = creation_token(request.urn, self._ledger.generation(request.urn), inputs, replaced)
        spec = self._spec(request, None)
        interrupted = self._ledger.intend(request.urn, token)
        try:
            emulated = None if spec is None else self._create_emulated(request, spec, inputs, token, ours=interrupted)
            return emulated or self._create_recorded(request, inputs, token, replaced)
        except ExistsError:
            self._ledger.withdraw(request.urn, token)
            raise

    def _create_emulated(
        self, request: ResourceRequest, spec: Emulated, inputs: Values, token: str, *, ours: bool
    ) -> tuple[str, Values] | None:
        """Create a resource in the emulated cloud; returns None if it must be recorded instead."""
        type_ = request.schema
        resource = self._resource(request, type_, spec, inputs)
        resource.creation = token
        resource.inputs, resource.defaults = defaults.split(request.token, inputs)
        try:
            with self._serially(request, spec):
                state = driver.create(resource, ours=ours)
        except NotEmulatedError as error:
            self._give_up(request, error)
            return None
        except HalfDoneError as error:
            self._put(request, error.id, "emulated", token=token, inputs=inputs)
            if not self._endpoints.foreign:
                raise
            request.show(f"{error}: what belongs to it is recorded")
            return error.id, self._complete(request, type_, {**error.outputs, **inputs}, error.id)
        except RefusedError as error:
            if not self._endpoints.foreign:
                raise
            request.show(f"{error}: it is recorded, not emulated")
            return None
        self._put(request, state.id, "emulated", token=token, inputs=inputs, unread=state.unread)
        return state.id, self._complete(request, type_, state.outputs, state.id)

    def _create_recorded(
        self, request: ResourceRequest, inputs: Values, token: str, replaced: str
    ) -> tuple[str, Values]:
        type_ = request.schema
        id_ = computed.new_id(type_, inputs, token)
        if replaced and id_ == replaced:
            raise ExistsError(
                f"creating {request.token} {id_}: AlreadyExists: the resource that it replaces has this id"
            )
        self._put(request, id_, "recorded", token=token, inputs=inputs)
        return id_, self._complete(request, type_, inputs, id_)

    def read(self, request: ResourceRequest, inputs: Values, state: Values) -> tuple[str, Values, Values] | None:
        """Return id, outputs and inputs of a resource; None if it does not exist."""
        type_ = request.schema
        entry = self._entry(request)
        spec = self._spec(request, entry)
        if entry is None and (request.token, request.id) in self._forgotten:
            return None
        if spec is None:
            if entry is None:
                return None
            return (
                request.id,
                self._complete(request, type_, {**state, **inputs}, request.id),
                inputs or state_inputs(type_, state),
            )
        resource = self._resource(request, type_, spec, inputs, state)
        try:
            current = driver.read(resource, frozenset(entry.unread if entry is not None else ()))
        except NotEmulatedError as error:
            self._give_up(request, error)
            return request.id, self._complete(request, type_, {**state, **inputs}, request.id), inputs
        if current is None:
            self._ledger.remove(request.urn, request.id)
            return None
        if entry is None:
            self._put(request, current.id, "emulated", token="", inputs=current.inputs)
        return current.id, self._complete(request, type_, current.outputs, current.id), current.inputs

    def update(
        self, request: ResourceRequest, *, old_inputs: Values, olds: Values, news: Values, preview: bool
    ) -> Values:
        """Update a resource to its new inputs; returns its outputs."""
        type_ = request.schema
        entry = self._entry(request)
        spec = self._spec(request, entry)
        before = old_inputs or olds
        removed = {name for name in before if (name in type_.inputs or name == "tagsAll") and name not in news}
        remaining = {name: value for name, value in olds.items() if name not in removed}
        if preview:
            return {**remaining, **news}
        if spec is not None:
            resource = self._resource(request, type_, spec, news, remaining)
            resource.old["tagsAll"] = olds.get("tagsAll") or {}
            resource.changed = frozenset(
                name
                for name in before.keys() | news.keys()
                if not name.startswith("__") and not same(before.get(name), news.get(name))
            )
            resource.inputs, resource.defaults = defaults.split(request.token, news, resource.changed)
            try:
                with self._serially(request, spec):
                    state = driver.update(resource)
            except NotEmulatedError as error:
                self._give_up(request, error)
            else:
                self._put(
                    request,
                    request.id,
                    "emulated",
                    token=entry.token if entry else "",
                    inputs=news,
                    unread=state.unread,
                )
                return self._complete(request, type_, state.outputs, request.id)
        self._put(request, request.id, "recorded", token=entry.token if entry is not None else "", inputs=news)
        return self._complete(request, type_, {**remaining, **news}, request.id)

    def delete(self, request: ResourceRequest, inputs: Values, state: Values) -> None:
        """Delete a resource; succeeds if it does not exist."""
        type_ = request.schema
        entry = self._entry(request)
        spec = self._spec(request, entry)
        if spec is not None and spec.delete:
            resource = self._resource(request, type_, spec, inputs, state)
            try:
                with self._serially(request, spec):
                    driver.delete(resource)
            except NotEmulatedError as error:
                self._forgotten.add((request.token, request.id))
                request.show(
                    f"{request.token} {request.id} is forgotten, not deleted: the emulator does not know {error}"
                )
        self._ledger.remove(request.urn, request.id)

    def _spec(self, request: ResourceRequest, entry: Entry | None) -> Emulated | None:
        if entry is not None:
            return SPECS.get(request.token) if entry.mode == "emulated" else None
        return None if request.token in self._not_emulated else SPECS.get(request.token)

    def _entry(self, request: ResourceRequest) -> Entry | None:
        if not request.id:
            return None
        entry = self._ledger.get(request.urn, request.id)
        # A resource that was renamed or moved in the program is still the same one.
        return entry or self._ledger.moved(request.urn, request.id, request.token, request.configured.account)

    def _give_up(self, request: ResourceRequest, error: NotEmulatedError) -> None:
        self._not_emulated.add(request.token)
        request.show(f"{request.token} is recorded, not emulated: the emulator does not know {error}")

    def _put(
        self,
        request: ResourceRequest,
        id_: str,
        mode: Mode,
        *,
        token: str,
        inputs: Values,
        unread: frozenset[str] = frozenset(),
    ) -> None:
        self._ledger.put(
            Entry(
                urn=request.urn,
                id=id_,
                type=request.token,
                account=request.configured.account,
                region=request.region(inputs),
                mode=mode,
                token=token,
                unread=tuple(sorted(unread)),
            )
        )

    def _resource(
        self, request: ResourceRequest, type_: Schema, spec: Emulated, inputs: Values, state: Values | None = None
    ) -> EmulatedResource:
        return EmulatedResource(
            spec=spec,
            schema=type_,
            endpoints=self._endpoints,
            credentials=request.configured.credentials,
            account=request.configured.account,
            region=request.region({**(state or {}), **inputs}),
            show=request.show,
            id=request.id,
            inputs=dict(inputs),
            old=dict(state or {}),
            default_tags=request.configured.default_tags,
        )

    def _complete(self, request: ResourceRequest, type_: Schema, values: Values, id_: str) -> Values:
        plain = {name: value for name, value in values.items() if not name.startswith("__")}
        region = request.region(values)
        return computed.complete(type_, plain, id_=id_, account=request.configured.account, region=region)

    def _serially(self, request: ResourceRequest, spec: Emulated) -> threading.Lock:
        """Return the lock of a request: one for Organizations, which makes one change at a time, else one per URN."""
        key = spec.service if spec.service == "organizations" else request.urn
        with self._lock:
            return self._serial.setdefault(key, threading.Lock())
