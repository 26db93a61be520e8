"""Checks the words of a request against the service authorization tables: actions that exist, keys that they carry."""

import difflib
from collections.abc import Iterable

from controls.compiler.words import FEDERATION_KEYS, GLOBAL_KEYS, TAG_KEYS, privileges


def unknown_action(action: str) -> str | None:
    """Why an action is not in the tables, with similar actions; None when it is.

    Args:
        action: `service:Action`.
    """
    service, _, name = action.partition(":")
    actions = privileges(service.lower())
    if not actions:
        return f"AWS has no service prefix {service!r} in the service authorization tables"
    if name.lower() in actions:
        return None
    similar = difflib.get_close_matches(name.lower(), list(actions), n=3)
    hint = f"; similar: {', '.join(f'{service}:{match}' for match in similar)}" if similar else ""
    return f"{service} has no action {name!r} in the service authorization tables{hint}"


def keys_not_carried(action: str, keys: Iterable[str]) -> list[str]:
    """The service-specific condition keys that an action never carries; global keys and tag keys are left out."""
    service, _, name = action.partition(":")
    carried = privileges(service.lower()).get(name.lower(), frozenset())
    if action.lower() == "sts:assumerolewithwebidentity":
        carried |= FEDERATION_KEYS
    prefixes = tuple(key.partition("/")[0] for key in carried)
    return [
        key
        for key in keys
        if not key.lower().startswith(("aws:", *TAG_KEYS))
        and key.lower() not in GLOBAL_KEYS
        and key.lower().partition("/")[0] not in prefixes
    ]
