"""Action lists that follow from condition keys, by the Service Authorization Reference."""

from collections.abc import Mapping
from fnmatch import fnmatchcase

from authorization import reference


class UnusedExceptionError(ValueError):
    """An exception names an action that does not carry the condition key."""


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
    excluded = exceptions or {}
    actions = writing(key)
    for pattern in excluded:
        if not any(fnmatchcase(action, pattern) for action in actions):
            raise UnusedExceptionError(f"no action that carries {key} is named {pattern}")
    return tuple(action for action in actions if not any(fnmatchcase(action, pattern) for pattern in excluded))


def writing(key: str) -> tuple[str, ...]:
    """Returns all actions that carry a condition key and are not of the access levels `Read` and `List` alone."""
    service = key.partition(":")[0]
    return tuple(
        sorted(
            f"{service}:{action.name}"
            for action in reference.service(service).actions.values()
            if not {"Read", "List"}.issuperset(action.access_level.split(", "))
            and key.lower() in {carried.lower() for carried in action.all_condition_keys()}
        )
    )
