"""Customer managed policies of a role: statements packed into as many documents as AWS's size limit needs."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam

from components.documents import Statement
from controls.compiler.packing import Item, first_fit
from controls.policy_sizes import MANAGED_POLICIES_PER_ROLE, MANAGED_POLICY, characters

ACCOUNT_ID: Final = "${ACCOUNTID}"
"""Placeholder of an account ID in a statement; as long as an account ID, so that the size of a document is known."""
KEY_ARN_CHARACTERS: Final = 90
"""Maximum number of characters of a multi-Region key's ARN."""
STATEMENT: Final = 3_000
"""Characters above which a statement is split by its resources."""


def placeholder(name: str, characters: int) -> str:
    """A placeholder of a value that is known only after deployment.

    Args:
        name: a name that is unique in the policy.
        characters: the maximum length of the value.
    """
    return f"${{{name}}}".ljust(characters, "~")


def placeholders(name: str, values: Sequence[pulumi.Input[str]], characters: int) -> Mapping[str, pulumi.Input[str]]:
    """Placeholder -> value, of several values that are known only after deployment.

    Args:
        name: a name that is unique in the policy.
        values: the values.
        characters: the maximum length of each value.
    """
    return {placeholder(f"{name}{number}", characters): value for number, value in enumerate(values)}


def pack(subject: str, statements: Sequence[Statement]) -> Sequence[Sequence[Statement]]:
    """Packs statements into the documents of managed policies.

    Args:
        subject: the role, for messages.
        statements: Allow statements without Pulumi outputs; values that are not known yet are placeholders.

    Returns:
        The statements of each document; each document is at most `MANAGED_POLICY` characters long.

    Raises:
        ValueError: a statement does not fit into a document, or the role needs too many documents.
    """
    parts = [part for statement in statements for part in _split(statement)]
    items = [Item(control=subject, sid=str(part["Sid"]), document=part) for part in parts]
    bins, too_large = first_fit(items, MANAGED_POLICY)
    if too_large:
        sizes = ", ".join(f"{item.sid} ({item.size} characters)" for item in too_large)
        raise ValueError(
            f"{subject}: statements that do not fit into a managed policy of {MANAGED_POLICY} characters: {sizes}"
        )
    if len(bins) > MANAGED_POLICIES_PER_ROLE:
        raise ValueError(
            f"{subject}: its statements need {len(bins)} managed policies, and AWS allows {MANAGED_POLICIES_PER_ROLE} "
            "on a role: declare fewer or shorter resources for it"
        )
    return [[item.document for item in policy.items] for policy in bins]


def _split(statement: Statement) -> list[Statement]:
    """The statement, or several statements that each have a part of its resources."""
    resources = statement.get("Resource")
    if not isinstance(resources, list) or characters(statement) <= STATEMENT:
        return [statement]
    base = characters({**statement, "Resource": []})
    chunks: list[list[str]] = [[]]
    size = base
    for resource in resources:
        length = len(json.dumps(resource)) + 1
        if chunks[-1] and size + length > STATEMENT:
            chunks.append([])
            size = base
        chunks[-1].append(resource)
        size += length
    return [
        {**statement, "Sid": f"{statement['Sid']}{number if number > 1 else ''}", "Resource": chunk}
        for number, chunk in enumerate(chunks, start=1)
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class RolePolicies:
    """Rights of a role, to be attached as managed policies."""

    role: iam.Role
    policy_name: str
    """First part of the names of the policies in IAM."""
    statements: Sequence[Statement]
    """See `pack`."""
    values: Mapping[str, pulumi.Input[str]]
    """Placeholder -> value."""


def attach(name: str, policies: RolePolicies, opts: pulumi.ResourceOptions) -> Sequence[pulumi.Resource]:
    """Creates managed policies with the statements, and attaches them to the role.

    Args:
        name: first part of the names of the Pulumi resources.
        policies: the role and its statements.
        opts: options of the resources.

    Returns:
        The attachments: what needs the rights depends on them.

    Raises:
        ValueError: the statements do not fit.
    """
    attachments: list[pulumi.Resource] = []
    for number, packed in enumerate(pack(policies.policy_name, policies.statements), start=1):
        policy = iam.Policy(
            f"{name}-{number}",
            name=f"{policies.policy_name}-{number}",
            policy=_rendered({"Version": "2012-10-17", "Statement": packed}, policies.values),
            opts=opts,
        )
        attachments.append(
            iam.RolePolicyAttachment(
                f"{name}-{number}-attached", role=policies.role.name, policy_arn=policy.arn, opts=opts
            )
        )
    return attachments


def _rendered(document: Mapping[str, object], values: Mapping[str, pulumi.Input[str]]) -> pulumi.Output[str]:
    """The JSON text of a document, with the values of its placeholders."""

    def render(arguments: Mapping[str, str]) -> str:
        text = json.dumps(document)
        for placeholder_text, value in arguments.items():
            if len(value) > len(placeholder_text):
                raise pulumi.RunError(f"{value!r} is longer than the {len(placeholder_text)} characters planned for it")
            text = text.replace(placeholder_text, value)
        return text

    return pulumi.Output.all(**dict(values)).apply(render)
