"""Pascal case of SDK integrations: Step Functions and EventBridge Scheduler name members so, whatever the service does.

Source: Step Functions Developer Guide, "Learning to use AWS service SDK integrations"; EventBridge Scheduler User
Guide, "Using universal targets".
"""

from typing import Any


def pascal(name: str) -> str:
    """Return a name with its first letter in upper case."""
    return name[:1].upper() + name[1:]


def own_case(value: Any, shape: Any) -> Any:
    """Return parameters with the names of the service's model.

    Args:
        value: parameters, or a part of them, in Pascal case.
        shape: botocore's shape of the value.
    """
    if isinstance(value, dict) and shape.type_name == "structure":
        members = {pascal(name): (name, member) for name, member in shape.members.items()}
        items = ((members.get(pascal(name), (name, None)), entry) for name, entry in value.items())
        return {name: entry if member is None else own_case(entry, member) for (name, member), entry in items}
    if isinstance(value, list) and shape.type_name == "list":
        return [own_case(entry, shape.member) for entry in value]
    if isinstance(value, dict) and shape.type_name == "map":
        return {name: own_case(entry, shape.value) for name, entry in value.items()}
    return value
