"""Makes the calls that declarations name."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.provider import retry
from rehearsal.provider.convert import parameter
from rehearsal.provider.spec import Work, search
from rehearsal.provider.vocabulary import Call, Find


def call(work: Work, declared: str | Call) -> Any:
    """Call an operation with the parameters that its declaration names, or that are found by name."""
    if isinstance(declared, str):
        return work.auto(declared)
    if declared.by is None:
        return work.auto(declared.op, **declared.fixed)
    given = _given(work, declared.op, declared.by, declared.service)
    return work.call(declared.op, service=declared.service, **{**given, **declared.fixed})


def find(work: Work, declared: Find) -> Any:
    """Read a resource; None when it does not exist."""
    given = {**_given(work, declared.op, declared.by or {}, declared.service), **declared.fixed}
    values = work.values
    if declared.filters:
        given["Filters"] = [{"Name": name, "Values": [values[key]]} for name, key in declared.filters.items()]
    if declared.paged:
        listed = work.pages(declared.op, declared.at, service=declared.service, **given)
    else:
        listed = search(declared.at, work.call(declared.op, service=declared.service, **given))
    item = _item(listed, {member: values.get(key) for member, key in declared.where.items()})
    if item is None or str(item.get(declared.state, "")).lower() in declared.gone:
        return None
    if declared.exists and not search(declared.exists, item):
        return None
    merged: dict[str, Any] = dict(item)
    for expression in declared.merge:
        merged |= search(expression, item) or {}
    return {**merged, **{name: values[name] for name in declared.echo if name in values}}


def _item(listed: Any, wanted: Mapping[str, Any]) -> Any:
    if not isinstance(listed, list):
        return listed
    matching = (item for item in listed if all(item.get(key) == value for key, value in wanted.items()))
    return next(matching, None)


def apply_settings(work: Work) -> None:
    """Call the operations of properties that have their own: of all at the creation, of the changed in an update."""
    for setting in work.spec.settings:
        creating = not work.changed
        if (creating and not setting.at_creation) or (not creating and not work.changed & setting.on):
            continue
        if any(not _is_unset(work.inputs.get(name)) for name in setting.on):
            call(work, Call(op=setting.set, by=setting.by))
        elif setting.unset and not creating:
            call(work, Call(op=setting.unset, by=setting.by))


def means_absent(work: Work, error: ClientError) -> bool:
    """Whether an error says that the resource does not exist."""
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
