"""The resource types of actions, from the Service Authorization Reference."""

import re
from collections.abc import Mapping
from functools import cache

from authorization import reference


@cache
def arn_templates(action: str) -> Mapping[str, str]:
    """Resource type -> ARN template of the resources of an action; empty for an action that has no resource type."""
    service = reference.service(action.partition(":")[0])
    return {
        resource.type: service.resource_types[resource.type].arn
        for resource in service.actions[action.partition(":")[2].lower()].resources
    }


def has_resource(action: str, resource: str) -> bool:
    """Whether the action is called on resources like this one; `*` stands for an action that requires none.

    Actions of services that are not in the tables have every resource.
    """
    if action.partition(":")[0] not in reference.services():
        return True
    if resource == "*":
        table = reference.action(action)
        return table is not None and not any(resource_type.required for resource_type in table.resources)
    return any(_pattern(template).fullmatch(resource) for template in arn_templates(action).values())


@cache
def _pattern(template: str) -> re.Pattern[str]:
    name = "[^:/]+" if template.endswith("s3:::${BucketName}") else ".+"
    account = r"(\d{12}|aws)?" if ":ssm:" in template else r"(\d{12}|aws)"  # AWS's own documents have no account
    fixed = {"${Partition}": "aws", "${Region}": "[a-z0-9-]+", "${Account}": account}
    expression = ""
    for part in re.split(r"(\$\{[^}]+\})", template):
        expression += fixed.get(part, name) if part.startswith("${") else re.escape(part).replace(r"\*", "[^:]*")
    return re.compile(expression)
