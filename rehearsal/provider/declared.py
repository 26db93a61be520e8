"""Calls the operations that declarations name."""

import string
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.convert import parameter
from rehearsal.provider.spec import EmulatedResource, attribute_texts, search
from rehearsal.provider.vocabulary import ApiCall, Find, Items, Switch


def call(resource: EmulatedResource, declared: str | ApiCall) -> Any:
    """Call an operation with the parameters that its declaration names, or that are found by name."""
    if isinstance(declared, str):
        return resource.auto(declared)
    off = isinstance(declared, Switch) and resource.inputs.get(declared.property) is False
    operation = declared.off if off and isinstance(declared, Switch) else declared.op
    extra = {**declared.fixed, **_texts(resource, declared), **_list_changes(resource, declared)}
    if declared.by is None:
        return resource.auto(operation, **extra)
    parameters = _given(resource, operation, declared.by, declared.service)
    return resource.call(operation, service=declared.service, **{**parameters, **extra})


def _texts(resource: EmulatedResource, declared: ApiCall) -> dict[str, str]:
    values = {name: value for name, value in resource.values.items() if isinstance(value, str)}
    return {name: string.Template(text).substitute(values) for name, text in declared.templates.items()}


def _list_changes(resource: EmulatedResource, declared: ApiCall) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, (adding, removing) in declared.lists.items():
        added, removed = _changed_items(resource, name)
        changes |= {adding: added} if added else {}
        changes |= {removing: removed} if removed else {}
    return changes


def _changed_items(resource: EmulatedResource, name: str) -> tuple[list[Any], list[Any]]:
    """The items of a list property that the inputs add and remove."""
    old, new = (_listed(values.get(name)) for values in ({**resource.created, **resource.old}, resource.inputs))
    return [item for item in new if item not in old], [item for item in old if item not in new]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return list(value)
    return [] if value in (None, "") else [value]


def find(resource: EmulatedResource, declared: Find) -> Any:
    """Read a resource; None when it does not exist."""
    params = {**_given(resource, declared.op, declared.by or {}, declared.service), **declared.fixed}
    values = resource.values
    if declared.filters:
        params["Filters"] = [{"Name": name, "Values": [values[key]]} for name, key in declared.filters.items()]
    if declared.paged:
        listed = resource.pages(declared.op, declared.at, service=declared.service, **params)
    else:
        listed = search(declared.at, resource.call(declared.op, service=declared.service, **params))
    item = _item(listed, {member: values.get(key) for member, key in declared.matching.items()})
    if item is None or str(item.get(declared.state, "")).lower() in declared.deleted_states:
        return None
    if declared.exists and not search(declared.exists, item):
        return None
    merged: dict[str, Any] = dict(item)
    for expression in declared.merge:
        merged |= search(expression, item) or {}
    return {**merged, **{name: values[name] for name in declared.echo if name in values}}


def _item(listed: Any, expected: Mapping[str, Any]) -> Any:
    if not isinstance(listed, list):
        return listed
    matching = (item for item in listed if all(item.get(key) == value for key, value in expected.items()))
    return next(matching, None)


def apply_settings(resource: EmulatedResource) -> None:
    """Call the operations of properties that have their own: of all at the creation, of the changed in an update."""
    for setting in resource.spec.settings:
        creating = not resource.changed
        if (creating and not setting.at_creation) or (not creating and not resource.changed & setting.on):
            continue
        if any(not _is_unset(resource.inputs.get(name)) for name in setting.on):
            call(resource, ApiCall(op=setting.set, by=setting.by))
        elif setting.unset and not creating:
            call(
                resource,
                setting.unset if isinstance(setting.unset, ApiCall) else ApiCall(op=setting.unset, by=setting.by),
            )


def apply_items(resource: EmulatedResource) -> None:
    """Add and remove the items of list properties: all at the creation, in an update those of changed lists."""
    for items in resource.spec.items:
        if not resource.changed and items.at_creation:
            _change_items(resource, items, added=_listed(resource.inputs.get(items.property)), removed=[])
        elif items.property in resource.changed:
            added, removed = _changed_items(resource, items.property)
            _change_items(resource, items, added=added, removed=removed)


def remove_items(resource: EmulatedResource, values: Mapping[str, Any]) -> None:
    """Remove the single items without which a resource can be deleted. `values`: the properties as they are read."""
    for items in resource.spec.items:
        if items.single:
            _change_items(resource, items, added=[], removed=_listed(values.get(items.property)))


def _change_items(resource: EmulatedResource, items: Items, *, added: list[Any], removed: list[Any]) -> None:
    changes = [(items.add, item) for item in added]
    removals = [(items.remove, item) for item in removed]
    for operation, item in [*removals, *changes] if items.single else [*changes, *removals]:
        resource.call(operation, **_given(resource, operation, items.by, ""), **{items.parameter: item})


def apply_attributes(resource: EmulatedResource) -> None:
    """Set the attributes of changed properties; the attribute of a property without value becomes an empty text."""
    attributes = resource.spec.attributes
    if attributes is None or not attributes.set:
        return
    changed = {name: attribute for name, attribute in attributes.names.items() if name in resource.changed}
    texts = {**dict.fromkeys(changed.values(), ""), **attribute_texts(changed, resource.inputs)}
    parameters = _given(resource, attributes.set, attributes.by, "")
    if attributes.each:
        for attribute, text in texts.items():
            resource.call(attributes.set, **parameters, AttributeName=attribute, AttributeValue=text)
    elif texts:
        resource.call(attributes.set, **parameters, Attributes=texts)


def means_absent(resource: EmulatedResource, error: ClientError) -> bool:
    """Return whether an error says that the resource does not exist."""
    parts = resource.spec.absent.get(retry.code(error), ())
    return retry.missing(error) or any(part in str(error) for part in parts)


def _given(resource: EmulatedResource, operation: str, by: Mapping[str, str], service: str) -> dict[str, Any]:
    """The parameters of an operation, converted as botocore's model says; those without a value are left out."""
    client = resource.client(service)
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    values = resource.values
    named = {name: values.get(key) for name, key in by.items() if name in shape.members}
    return {
        name: parameter(shape.members[name], value, resource.spec.names)
        for name, value in named.items()
        if value is not None
    }


def _is_unset(value: Any) -> bool:
    return value is None or (not isinstance(value, bool) and value in ("", 0, [], {}))
