"""Creates, reads, updates and deletes emulated resources as their declarations say."""

import re
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.provider import declared, reading, retry
from rehearsal.provider.convert import properties
from rehearsal.provider.errors import ExistsError, HalfDoneError, RefusedError
from rehearsal.provider.spec import EmulatedResource, search
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


def create(resource: EmulatedResource, *, ours: bool) -> ResourceState:
    """Create a resource. `ours`: an earlier run meant to create it and was not seen to end, so what exists is adopted.

    Raises RefusedError with AWS's own error code, NotEmulatedError when the emulator cannot, HalfDoneError when the
    resource is there but what belongs to it is not.
    """
    resource.ours = ours
    try:
        _make(resource)
    except ClientError as error:
        if not (ours and retry.exists(error)) or not _adopt(resource):
            refused = _refused(resource, "creating", error)
            raise (ExistsError(str(refused)) if retry.exists(error) else refused) from error
    except BotoCoreError as error:
        raise _refused(resource, "creating", error) from error
    resource.id = resource.id or _id(resource)
    try:
        _complete(resource)
        return _settled(resource)
    except (ClientError, BotoCoreError, RefusedError) as error:
        message = str(_refused(resource, "completing", error))
        raise HalfDoneError(message, id_=resource.id, outputs=resource.inputs, inputs=resource.inputs) from error


def read(resource: EmulatedResource, unread: frozenset[str]) -> ResourceState | None:
    """Read a resource; returns None if it does not exist."""
    try:
        values = read_values(resource)
    except (ClientError, BotoCoreError) as error:
        raise _refused(resource, "reading", error) from error
    if values is None:
        return None
    inputs = reading.inputs(resource, values, unread) if resource.inputs else reading.imported(resource, values)
    resource.inputs = inputs
    return ResourceState(id=resource.id, outputs=reading.outputs(resource, values), inputs=inputs, unread=unread)


def update(resource: EmulatedResource) -> ResourceState:
    """Update a resource to its new inputs."""
    try:
        _change(resource)
        return _settled(resource)
    except (ClientError, BotoCoreError) as error:
        raise _refused(resource, "updating", error) from error


def delete(resource: EmulatedResource) -> None:
    """Delete a resource; succeeds if it does not exist."""
    try:
        if any(items.single for items in resource.spec.items):
            declared.remove_items(resource, read_values(resource) or {})
        if resource.spec.tidy is not None:
            resource.spec.tidy(resource)
        if callable(resource.spec.delete):
            resource.spec.delete(resource)
        elif resource.spec.delete:
            declared.call(resource, resource.spec.delete)
    except ClientError as error:
        if not declared.means_absent(resource, error):
            raise _refused(resource, "deleting", error) from error
    except BotoCoreError as error:
        raise _refused(resource, "deleting", error) from error


def _make(resource: EmulatedResource) -> None:
    _name_by_prefix(resource)
    if callable(resource.spec.create):
        created = resource.spec.create(resource)
        resource.created |= created or {}
        return
    answer = declared.call(resource, resource.spec.create)
    created = search(resource.spec.creation_result, answer)
    resource.created |= properties(created, resource.schema.outputs, resource.spec.names)
    if isinstance(created, dict) and "Id" in created:
        if not created["Id"]:
            raise RefusedError(
                f"creating {resource.spec.type}: {search('Unsuccessful[0].Error.Message', answer) or answer}"
            )
        resource.created["id"] = created["Id"]


def _name_by_prefix(resource: EmulatedResource) -> None:
    """Generate a name from a prefix: the same name whenever the same creation is repeated."""
    for name in ("name", "bucket"):
        prefix = resource.inputs.get(f"{name}Prefix")
        if prefix and not resource.inputs.get(name):
            resource.created[name] = f"{prefix}{resource.creation[:12]}"
            resource.inputs = {**resource.inputs, name: resource.created[name]}


def _adopt(resource: EmulatedResource) -> bool:
    """Adopt the resource that an interrupted run created: find it by its name and update it to the current inputs."""
    try:
        resource.id = _id(resource)
        values = read_values(resource)
    except (KeyError, ClientError):
        return False
    if values is None:
        return False
    resource.created |= values
    differing = {name for name, value in resource.inputs.items() if not same(value, values.get(name))}
    resource.changed = frozenset(differing - resource.spec.forces)
    if resource.changed:
        _change(resource)
    return True


def _complete(resource: EmulatedResource) -> None:
    tags = resource.inputs.get("tagsAll")
    if tags and resource.spec.tags is not None and not _takes_tags(resource):
        _tag(resource, add=tags, remove={})
    declared.apply_settings(resource)
    declared.apply_items(resource)
    if resource.spec.after is not None:
        resource.spec.after(resource)


def _takes_tags(resource: EmulatedResource) -> bool:
    """Return whether the creating operation takes tags."""
    if not isinstance(resource.spec.create, str):
        return False
    return "tags" in {
        re.sub(r"(List)?$", "", key, count=1).lower() for key in resource.params(resource.spec.create, resource.values)
    }


def _change(resource: EmulatedResource) -> None:
    changed = resource.changed - _TAGS
    declared.apply_settings(resource)
    declared.apply_items(resource)
    declared.apply_attributes(resource)
    if callable(resource.spec.update):
        resource.spec.update(resource)
    elif changed and resource.spec.update == "put" and not callable(resource.spec.create):
        declared.call(resource, resource.spec.create)
    elif changed and resource.spec.update == "put" and callable(resource.spec.create):
        resource.spec.create(resource)
    elif changed and isinstance(resource.spec.update, str) and resource.spec.update:
        resource.auto(resource.spec.update)
    elif not isinstance(resource.spec.update, str):
        for operation in resource.spec.update:
            if (changed and not operation.on) or changed & operation.on:
                declared.call(resource, operation)
    if resource.changed & _TAGS and resource.spec.tags is not None:
        tags = resource.inputs.get("tagsAll") or {}
        old_tags = resource.old.get("tagsAll") or {}
        _tag(resource, add=tags, remove={key: value for key, value in old_tags.items() if key not in tags})


def _tag(resource: EmulatedResource, *, add: Values, remove: Values) -> None:
    tagging = resource.spec.tags
    assert tagging is not None
    if remove:
        keys = list(remove)
        # Most services want the keys; EC2 wants the tags themselves.
        resource.auto(
            tagging.remove, {**resource.values, "tagKeys": keys, "tagKeyList": keys, "keys": keys, "tags": remove}
        )
    if add:
        resource.auto(tagging.add, {**resource.values, "tags": add, "tagsAll": add, "tagList": add, "tagsList": add})


def _settled(resource: EmulatedResource) -> ResourceState:
    values = read_values(resource)
    if values is None:
        raise RefusedError(
            f"{resource.spec.type} {resource.id}: the resource was created, but reading it returns nothing"
        )
    resource.inputs = {**resource.inputs, **resource.defaults}
    unread = reading.unread(resource, values)
    return ResourceState(
        id=resource.id, outputs=reading.outputs(resource, values), inputs=dict(resource.inputs), unread=unread
    )


def read_values(resource: EmulatedResource) -> Values | None:
    """Return the properties of a resource as the API describes it; None if it does not exist."""
    try:
        reading_ = resource.spec.read
        if isinstance(reading_, Find):
            answer = declared.find(resource, reading_)
        else:
            answer = reading_(resource) if callable(reading_) else resource.auto(reading_)
        return None if answer is None else reading.properties_of(resource, answer)
    except ClientError as error:
        if declared.means_absent(resource, error):
            return None
        raise


def _id(resource: EmulatedResource) -> str:
    try:
        return resource.spec.id.format_map(resource.values)
    except KeyError as error:
        raise RefusedError(f"{resource.spec.type}: the id needs the property {error}, which has no value") from error


def _refused(resource: EmulatedResource, action: str, error: Exception) -> Exception:
    if isinstance(error, RefusedError):
        return error
    if isinstance(error, ClientError):
        details: Any = error.response.get("Error", {})
        reason = f"{details.get('Code', 'error')}: {details.get('Message', '')} ({error.operation_name})"
    else:
        reason = str(error)
    name = f" {resource.id}" if resource.id else ""
    return RefusedError(f"{action} {resource.spec.type}{name} in {resource.account}/{resource.region}: {reason}")
