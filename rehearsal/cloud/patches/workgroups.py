"""Athena: `UpdateWorkGroup`, which moto lacks."""

from collections.abc import Mapping
from typing import Any, Final

from moto.athena.models import AthenaBackend
from moto.athena.responses import AthenaResponse
from moto.core.exceptions import JsonRESTError

from rehearsal.cloud.patches import registry

_NESTED: Final = {"ResultConfigurationUpdates": "ResultConfiguration"}
"""Member of the updates -> member of the configuration, for structures that are updated member by member."""
_REMOVE: Final = "Remove"
"""Prefix of flags that remove a member of the configuration."""
_STATES: Final = ("ENABLED", "DISABLED")


class InvalidRequestException(JsonRESTError):  # noqa: N818 - moto names exceptions as AWS does
    """The error of Athena for unknown workgroups and invalid parameters."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidRequestException", message)


def apply() -> None:
    """Add the operation."""
    registry.add_operation(AthenaBackend, AthenaResponse, "update_work_group", _update, _handle_update)


def _update(
    self: Any,
    *,
    name: str,
    description: str | None,
    configuration_updates: Mapping[str, Any],
    state: str | None,
) -> None:
    """Change a workgroup; what is None or not in the updates stays as it is."""
    group = self.work_groups.get(name)
    if group is None:
        raise InvalidRequestException(f"WorkGroup {name} is not found.")
    if state is not None and state not in _STATES:
        raise InvalidRequestException(f"State {state} is invalid. Valid states: {', '.join(_STATES)}.")
    flat = {key: value for key, value in configuration_updates.items() if key not in _NESTED}
    configuration = _updated(group.configuration, flat)
    for key, member in _NESTED.items():
        if key in configuration_updates:
            configuration[member] = _updated(configuration.get(member) or {}, configuration_updates[key])
    group.configuration = configuration
    if description is not None:
        group.description = description
    group.state = state or group.state


def _updated(structure: Mapping[str, Any], updates: Mapping[str, Any]) -> dict[str, Any]:
    """A structure with new members and without those whose `Remove` flag is set."""
    new = {key: value for key, value in updates.items() if not key.startswith(_REMOVE)}
    removed = {key.removeprefix(_REMOVE) for key, flag in updates.items() if key.startswith(_REMOVE) and flag}
    return {**{key: value for key, value in structure.items() if key not in removed}, **new}


def _handle_update(self: Any) -> str:
    self.athena_backend.update_work_group(
        name=self._get_param("WorkGroup"),
        description=self._get_param("Description"),
        configuration_updates=self._get_param("ConfigurationUpdates") or {},
        state=self._get_param("State"),
    )
    return "{}"
