"""Entries of exported stacks: the values of a resource, and the configuration of a provider."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def exported_values(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of an exported resource, overridden by its outputs."""
    return {**(entry.get("inputs") or {}), **(entry.get("outputs") or {})}


def configured_value(value: object) -> Any:
    """A value of a provider's configuration, in which lists and objects are JSON text."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value


def allowed_accounts(configuration: Mapping[str, Any]) -> Sequence[str]:
    """The accounts that a provider is limited to.

    Args:
        configuration: inputs of the exported provider.

    Returns:
        Account IDs, 12 digits; none if the provider has no limit.
    """
    accounts = configured_value(configuration.get("allowedAccountIds"))
    return [str(account) for account in accounts] if isinstance(accounts, list) else []
