"""Roles that the zone's policies trust, and tags that they compare, are protected by the guardrails F9 and F12."""

import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Final

from controls.compiler import compile_policies
from controls.document import UNITS
from controls.registry import CONTROLS
from controls.tags import PRINCIPAL_TAGS
from controls.zone import Zone
from tests.stacks.zone import data_stack, recorded

STATEMENTS: Final = [
    statement for control in CONTROLS.values() if control.prevent for statement in control.prevent.statements
]
NAMED_ROLE: Final = re.compile(r"arn:aws:iam::[^:\"]*:role/([A-Za-z0-9_+=,.@*-]+)")
COMPARED_TAG: Final = re.compile(r"aws:PrincipalTag/([A-Za-z0-9_-]+)")


def _documents() -> Iterator[tuple[str, str]]:
    """Name and text of every policy document of the zone's stacks and of its guardrails."""
    recordings = [data_stack("data-prod"), *(recorded(name) for name in ("audit", "baseline-ml-prod", "ml-prod"))]
    for recording in recordings:
        for resource in recording.resources:
            for key, value in resource.inputs.items():
                if isinstance(value, str) and '"Statement"' in value:
                    yield f"{resource.name} {key}", value
    for policy in compile_policies(CONTROLS.values(), UNITS, Zone()).policies:
        if policy.sids:
            yield policy.name, policy.content


def _trusting(document: str) -> Iterator[str]:
    """Parts of the statements that say who may do something: principals and conditions."""
    statements = json.loads(document)["Statement"]
    for statement in statements if isinstance(statements, list) else [statements]:
        yield json.dumps([statement.get("Principal"), statement.get("Condition")])


def test_every_role_that_a_policy_trusts_is_protected() -> None:
    protected = [
        pattern.rpartition(":role/")[2]
        for statement in STATEMENTS
        if statement.sid in ("F9Roles", "F9Trusted")
        for pattern in statement.resources
    ]
    # IAM refuses a colon in a name, and the service-linked path in CreateRole and UpdateAssumeRolePolicy.
    of_aws = ("aws-service-role", "aws-reserved", "aws")
    named = {
        (role, name)
        for name, document in _documents()
        for part in _trusting(document)
        for role in NAMED_ROLE.findall(part)
        if role not in of_aws
    }
    assert len(named) > 20
    for role, name in named:
        assert any(fnmatchcase(role, pattern) for pattern in protected), f"{name} trusts the role {role}"


def test_every_principal_tag_that_a_policy_compares_is_protected() -> None:
    compared = {tag for _, document in _documents() for tag in COMPARED_TAG.findall(document)}
    assert compared == set(PRINCIPAL_TAGS)
    [statement] = [statement for statement in STATEMENTS if statement.sid == "F12Principals"]
    assert statement.conditions == {"ForAnyValue:StringEquals": {"aws:TagKeys": list(PRINCIPAL_TAGS)}}
