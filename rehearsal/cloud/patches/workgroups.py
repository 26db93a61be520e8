"""Athena: workgroups can be changed, which moto cannot."""

from typing import Any

from moto.athena.responses import AthenaResponse

from rehearsal.cloud.patches import registry

_NESTED = {"ResultConfigurationUpdates": "ResultConfiguration"}


def apply() -> None:
    """UpdateWorkGroup."""
    registry.add(AthenaResponse, "update_work_group", _update)


def _update(self: Any) -> Any:
    get = self._get_param
    group = self.athena_backend.work_groups.get(get("WorkGroup"))
    if group is None:
        return self.error(f"WorkGroup {get('WorkGroup')} is not found.", status=400)
    updates = get("ConfigurationUpdates") or {}
    for name, value in updates.items():
        if name in _NESTED:
            kept = dict(group.configuration.get(_NESTED[name]) or {})
            parameters = {key: entry for key, entry in value.items() if not key.startswith("Remove")}
            gone = {key.removeprefix("Remove") for key, item in value.items() if key.startswith("Remove") and item}
            merged = {**{key: element for key, element in kept.items() if key not in gone}, **parameters}
            group.configuration[_NESTED[name]] = merged
        elif name.startswith("Remove"):
            group.configuration.pop(name.removeprefix("Remove"), None)
        else:
            group.configuration[name] = value
    group.description = get("Description") if get("Description") is not None else group.description
    group.state = get("State") or group.state
    return "{}"
