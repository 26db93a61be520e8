"""Calls the operations that declarations name."""

import string
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.convert import parameter
from rehearsal.provider.spec import Work, attribute_texts, search
from rehearsal.provider.vocabulary import ApiCall, Find, Items, Switch


def call(work: Work, declared: str | ApiCall) -> Any:
    """Call an operation with the parameters that its declaration names, or that are found by name."""
    if isinstance(declared, str):
        return work.auto(declared)
    off = isinstance(declared, Switch) and work.inputs.get(declared.property) is False
    operation = declared.off if off and isinstance(declared, Switch) else declared.op
    extra = {**declared.fixed, **_texts(work, declared), **_list_changes(work, declared)}
    if declared.by is None:
        return work.auto(operation, **extra)
    parameters = _given(work, operation, declared.by, declared.service)
    return work.call(operation, service=declared.service, **{**parameters, **extra})


def _texts(work: Work, declared: ApiCall) -> dict[str, str]:
    values = {name: value for name, value in work.values.items() if isinstance(value, str)}
    return {name: string.Template(text).substitute(values) for name, text in declared.templates.items()}


def _list_changes(work: Work, declared: ApiCall) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, (adding, removing) in declared.lists.items():
        added, removed = _changed_items(work, name)
        changes |= {adding: added} if added else {}
        changes |= {removing: removed} if removed else {}
    return changes


def _changed_items(work: Work, name: str) -> tuple[list[Any], list[Any]]:
    """The items of a list property that the inputs add and remove."""
    old, new = (_listed(values.get(name)) for values in ({**work.created, **work.old}, work.inputs))
    return [item for item in new if item not in old], [item for item in old if item not in new]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, list):
        return list(value)
    return [] if value in (None, "") else [value]


def find(work: Work, declared: Find) -> Any:
    """Read a resource; None when it does not exist."""
    params = {**_given(work, declared.op, declared.by or {}, declared.service), **declared.fixed}
    values = work.values
    if declared.filters:
        params["Filters"] = [{"Name": name, "Values": [values[key]]} for name, key in declared.filters.items()]
    if declared.paged:
        listed = work.pages(declared.op, declared.at, service=declared.service, **params)
    else:
        listed = search(declared.at, work.call(declared.op, service=declared.service, **params))
    item = _item(listed, {member: values.get(key) for member, key in declared.where.items()})
    if item is None or str(item.get(declared.state, "")).lower() in declared.gone:
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


def apply_settings(work: Work) -> None:
    """Call the operations of properties that have their own: of all at the creation, of the changed in an update."""
    for setting in work.spec.settings:
        creating = not work.changed
        if (creating and not setting.at_creation) or (not creating and not work.changed & setting.on):
            continue
        if any(not _is_unset(work.inputs.get(name)) for name in setting.on):
            call(work, ApiCall(op=setting.set, by=setting.by))
        elif setting.unset and not creating:
            call(
                work, setting.unset if isinstance(setting.unset, ApiCall) else ApiCall(op=setting.unset, by=setting.by)
            )


def apply_items(work: Work) -> None:
    """Add and remove the items of list properties: all at the creation, in an update those of changed lists."""
    for items in work.spec.items:
        if not work.changed and items.at_creation:
            _change_items(work, items, added=_listed(work.inputs.get(items.property)), removed=[])
        elif items.property in work.changed:
            added, removed = _changed_items(work, items.property)
            _change_items(work, items, added=added, removed=removed)


def remove_items(work: Work, values: Mapping[str, Any]) -> None:
    """Remove the single items without which a resource can be deleted. `values`: the properties as they are read."""
    for items in work.spec.items:
        if items.single:
            _change_items(work, items, added=[], removed=_listed(values.get(items.property)))


def _change_items(work: Work, items: Items, *, added: list[Any], removed: list[Any]) -> None:
    changes = [(items.add, item) for item in added]
    removals = [(items.remove, item) for item in removed]
    for operation, item in [*removals, *changes] if items.single else [*changes, *removals]:
        work.call(operation, **_given(work, operation, items.by, ""), **{items.parameter: item})


def apply_attributes(work: Work) -> None:
    """Set the attributes of changed properties; the attribute of a property without value becomes an empty text."""
    attributes = work.spec.attributes
    if attributes is None or not attributes.set:
        return
    changed = {name: attribute for name, attribute in attributes.names.items() if name in work.changed}
    texts = {**dict.fromkeys(changed.values(), ""), **attribute_texts(changed, work.inputs)}
    parameters = _given(work, attributes.set, attributes.by, "")
    if attributes.each:
        for attribute, text in texts.items():
            work.call(attributes.set, **parameters, AttributeName=attribute, AttributeValue=text)
    elif texts:
        work.call(attributes.set, **parameters, Attributes=texts)


def means_absent(work: Work, error: ClientError) -> bool:
    """Return whether an error says that the resource does not exist."""
    parts = work.spec.absent.get(retry.code(error), ())
    return retry.missing(error) or any(part in str(error) for part in parts)


def _given(work: Work, operation: str, by: Mapping[str, str], service: str) -> dict[str, Any]:
    """The parameters of an operation, converted as botocore's model says; those without a value are left out."""
    client = work.client(service)
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
    values = work.values
    named = {name: values.get(key) for name, key in by.items() if name in shape.members}
    return {
        name: parameter(shape.members[name], value, work.spec.names)
        for name, value in named.items()
        if value is not None
    }


def _is_unset(value: Any) -> bool:
    return value is None or (not isinstance(value, bool) and value in ("", 0, [], {}))
