"""Creates, reads, updates and deletes emulated resources as their declarations say."""

import re
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.provider import declared, reading, retry
from rehearsal.provider.convert import properties
from rehearsal.provider.errors import ExistsError, HalfDoneError, RefusedError
from rehearsal.provider.spec import Work, search
from rehearsal.provider.values import Values, same
from rehearsal.provider.vocabulary import Find

_TAGS = frozenset({"tags", "tagsAll"})


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceState:
    """The state of a resource: id, outputs, inputs, and the paths of inputs that the API does not return."""

    id: str
    outputs: Values
    inputs: Values
    unread: frozenset[str] = frozenset()


def create(work: Work, *, ours: bool) -> ResourceState:
    """Create a resource. `ours`: an earlier run meant to create it and was not seen to end, so what exists is adopted.

    Raises RefusedError with AWS's own error code, NotEmulatedError when the emulator cannot, HalfDoneError when the
    resource is there but what belongs to it is not.
    """
    work.ours = ours
    try:
        _make(work)
    except ClientError as error:
        if not (ours and retry.exists(error)) or not _adopt(work):
            refused = _refused(work, "creating", error)
            raise (ExistsError(str(refused)) if retry.exists(error) else refused) from error
    except BotoCoreError as error:
        raise _refused(work, "creating", error) from error
    work.id = work.id or _id(work)
    try:
        _complete(work)
        return _settled(work)
    except (ClientError, BotoCoreError, RefusedError) as error:
        message = str(_refused(work, "completing", error))
        raise HalfDoneError(message, id_=work.id, outputs=work.inputs, inputs=work.inputs) from error


def read(work: Work, unread: frozenset[str]) -> ResourceState | None:
    """Read a resource; returns None if it does not exist."""
    try:
        values = _read_values(work)
    except (ClientError, BotoCoreError) as error:
        raise _refused(work, "reading", error) from error
    if values is None:
        return None
    inputs = reading.inputs(work, values, unread) if work.inputs else reading.imported(work.schema, values)
    work.inputs = inputs
    return ResourceState(id=work.id, outputs=reading.outputs(work, values), inputs=inputs, unread=unread)


def update(work: Work) -> ResourceState:
    """Update a resource to its new inputs."""
    try:
        _change(work)
        return _settled(work)
    except (ClientError, BotoCoreError) as error:
        raise _refused(work, "updating", error) from error


def delete(work: Work) -> None:
    """Delete a resource; succeeds if it does not exist."""
    try:
        if any(items.single for items in work.spec.items):
            declared.remove_items(work, _read_values(work) or {})
        if work.spec.tidy is not None:
            work.spec.tidy(work)
        if callable(work.spec.delete):
            work.spec.delete(work)
        elif work.spec.delete:
            declared.call(work, work.spec.delete)
    except ClientError as error:
        if not declared.means_absent(work, error):
            raise _refused(work, "deleting", error) from error
    except BotoCoreError as error:
        raise _refused(work, "deleting", error) from error


def _make(work: Work) -> None:
    _name_by_prefix(work)
    if callable(work.spec.create):
        created = work.spec.create(work)
        work.created |= created or {}
        return
    answer = declared.call(work, work.spec.create)
    created = search(work.spec.creation_result, answer)
    work.created |= properties(created, work.schema.outputs, work.spec.names)
    if isinstance(created, dict) and "Id" in created:
        if not created["Id"]:
            raise RefusedError(
                f"creating {work.spec.type}: {search('Unsuccessful[0].Error.Message', answer) or answer}"
            )
        work.created["id"] = created["Id"]


def _name_by_prefix(work: Work) -> None:
    """Generate a name from a prefix: the same name whenever the same creation is repeated."""
    for name in ("name", "bucket"):
        prefix = work.inputs.get(f"{name}Prefix")
        if prefix and not work.inputs.get(name):
            work.created[name] = f"{prefix}{work.creation[:12]}"
            work.inputs = {**work.inputs, name: work.created[name]}


def _adopt(work: Work) -> bool:
    """Adopt the resource that an interrupted run created: find it by its name and update it to the current inputs."""
    try:
        work.id = _id(work)
        values = _read_values(work)
    except (KeyError, ClientError):
        return False
    if values is None:
        return False
    work.created |= values
    differing = {name for name, value in work.inputs.items() if not same(value, values.get(name))}
    work.changed = frozenset(differing - work.spec.forces)
    if work.changed:
        _change(work)
    return True


def _complete(work: Work) -> None:
    tags = work.inputs.get("tagsAll")
    if tags and work.spec.tags is not None and not _takes_tags(work):
        _tag(work, add=tags, remove={})
    declared.apply_settings(work)
    declared.apply_items(work)
    if work.spec.after is not None:
        work.spec.after(work)


def _takes_tags(work: Work) -> bool:
    """Return whether the creating operation takes tags."""
    if not isinstance(work.spec.create, str):
        return False
    return "tags" in {
        re.sub(r"(List)?$", "", key, count=1).lower() for key in work.params(work.spec.create, work.values)
    }


def _change(work: Work) -> None:
    changed = work.changed - _TAGS
    declared.apply_settings(work)
    declared.apply_items(work)
    declared.apply_attributes(work)
    if callable(work.spec.update):
        work.spec.update(work)
    elif changed and work.spec.update == "put" and not callable(work.spec.create):
        declared.call(work, work.spec.create)
    elif changed and work.spec.update == "put" and callable(work.spec.create):
        work.spec.create(work)
    elif changed and isinstance(work.spec.update, str) and work.spec.update:
        work.auto(work.spec.update)
    elif not isinstance(work.spec.update, str):
        for operation in work.spec.update:
            if (changed and not operation.on) or changed & operation.on:
                declared.call(work, operation)
    if work.changed & _TAGS and work.spec.tags is not None:
        tags = work.inputs.get("tagsAll") or {}
        old_tags = work.old.get("tagsAll") or {}
        _tag(work, add=tags, remove={key: value for key, value in old_tags.items() if key not in tags})


def _tag(work: Work, *, add: Values, remove: Values) -> None:
    tagging = work.spec.tags
    assert tagging is not None
    if remove:
        keys = list(remove)
        # Most services want the keys; EC2 wants the tags themselves.
        work.auto(tagging.remove, {**work.values, "tagKeys": keys, "tagKeyList": keys, "keys": keys, "tags": remove})
    if add:
        work.auto(tagging.add, {**work.values, "tags": add, "tagsAll": add, "tagList": add, "tagsList": add})


def _settled(work: Work) -> ResourceState:
    values = _read_values(work)
    if values is None:
        raise RefusedError(f"{work.spec.type} {work.id}: the resource was created, but reading it returns nothing")
    unread = reading.unread(work, values)
    return ResourceState(id=work.id, outputs=reading.outputs(work, values), inputs=dict(work.inputs), unread=unread)


def _read_values(work: Work) -> Values | None:
    try:
        reading_ = work.spec.read
        if isinstance(reading_, Find):
            answer = declared.find(work, reading_)
        else:
            answer = reading_(work) if callable(reading_) else work.auto(reading_)
        return None if answer is None else reading.properties_of(work, answer)
    except ClientError as error:
        if declared.means_absent(work, error):
            return None
        raise


def _id(work: Work) -> str:
    try:
        return work.spec.id.format_map(work.values)
    except KeyError as error:
        raise RefusedError(f"{work.spec.type}: the id needs the property {error}, which has no value") from error


def _refused(work: Work, action: str, error: Exception) -> Exception:
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, ClientError):
        details: Any = error.response.get("Error", {})
        reason = f"{details.get('Code', 'error')}: {details.get('Message', '')} ({error.operation_name})"
    else:
        reason = str(error)
    name = f" {work.id}" if work.id else ""
    return RefusedError(f"{action} {work.spec.type}{name} in {work.account}/{work.region}: {reason}")
