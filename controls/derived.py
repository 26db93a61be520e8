"""Action lists that follow from condition keys, names and access levels, by the Service Authorization Reference."""

import re
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from authorization import reference


class UnusedExceptionError(ValueError):
    """An exception names an action that the list would not have."""


def carrying(key: str, *, exceptions: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Returns the actions that change something and carry a condition key, so that no update twin is forgotten.

    Args:
        key: condition key of one service in AWS's present spelling, for example `sagemaker:VpcSubnets`.
        exceptions: action, or pattern of actions, that the list leaves out -> the reason.

    Returns:
        `service:Action` in alphabetic order; actions of the access levels `Read` and `List` are not among them.

    Raises:
        UnusedExceptionError: an exception matches no action that carries the key.
    """
    return without(writing(key), exceptions or {}, f"action that carries {key}")


def named(
    expression: str, services: Iterable[str], *, level: str = "", exceptions: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Returns the actions that change something and are named alike, so that no service's twin is forgotten.

    Args:
        expression: regular expression that the beginning of the action's name matches, without its service.
        services: service prefixes, for example `guardduty`; those without a table are left out.
        level: access level of the Service Authorization Reference that the actions have; empty for every level.
        exceptions: action, or pattern of actions, that the list leaves out -> the reason.

    Returns:
        `service:Action` in alphabetic order; actions of the access levels `Read` and `List` are not among them.

    Raises:
        UnusedExceptionError: an exception matches no action of the list.
    """
    actions = tuple(
        sorted(
            f"{service}:{action.name}"
            for service in {*services} & reference.services()
            for action in reference.service(service).actions.values()
            if _changes(action) and level in action.access_level and re.match(expression, action.name)
        )
    )
    return without(actions, exceptions or {}, f"action like {expression}")


def without(actions: Iterable[str], exceptions: Mapping[str, str], kind: str) -> tuple[str, ...]:
    """Returns the actions that no exception names, in the same order.

    Args:
        actions: `service:Action`.
        exceptions: action, or pattern of actions -> the reason.
        kind: the kind of the actions, for the error.

    Raises:
        UnusedExceptionError: an exception matches none of the actions.
    """
    listed = tuple(actions)
    for pattern in exceptions:
        if not any(fnmatchcase(action, pattern) for action in listed):
            raise UnusedExceptionError(f"no {kind} is named {pattern}")
    return tuple(action for action in listed if not any(fnmatchcase(action, pattern) for pattern in exceptions))


def _changes(action: reference.Action) -> bool:
    return not {"Read", "List"}.issuperset(action.access_level.split(", "))


def writing(key: str) -> tuple[str, ...]:
    """Returns all actions that carry a condition key and are not of the access levels `Read` and `List` alone."""
    service = key.partition(":")[0]
    return tuple(
        sorted(
            f"{service}:{action.name}"
            for action in reference.service(service).actions.values()
            if _changes(action) and key.lower() in {carried.lower() for carried in action.all_condition_keys()}
        )
    )
