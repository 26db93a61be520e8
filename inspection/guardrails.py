"""The guardrails that are in force for an account, as AWS Organizations tells them: from the root down to it."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from authorization import Level, Policy
from inspection.aws import Aws, pages

SCP: Final = "SERVICE_CONTROL_POLICY"
RCP: Final = "RESOURCE_CONTROL_POLICY"
DEFAULTS: Final = frozenset({"FullAWSAccess", "RCPFullAWSAccess"})
"""Policies that AWS attaches to every target and that allow every action."""


def in_force(aws: Aws, account: str, policy_type: str) -> Sequence[Level]:
    """Every place from the root down to the account, and the policies of a kind that are attached there."""
    organizations = aws.client("organizations")
    return [
        (
            _name(organizations, place),
            [
                _policy(organizations, policy["Id"])
                for policy in pages(
                    organizations, "list_policies_for_target", "Policies", TargetId=place, Filter=policy_type
                )
            ],
        )
        for place in reversed([*_path(organizations, account)])
    ]


def _path(organizations: Any, account: str) -> Iterator[str]:
    at = account
    yield at
    while not at.startswith("r-"):
        at = organizations.list_parents(ChildId=at)["Parents"][0]["Id"]
        yield at


def _name(organizations: Any, place: str) -> str:
    if place.startswith("ou-"):
        return str(organizations.describe_organizational_unit(OrganizationalUnitId=place)["OrganizationalUnit"]["Name"])
    return "the root" if place.startswith("r-") else f"account {place}"


def _policy(organizations: Any, identifier: str) -> Policy:
    policy = organizations.describe_policy(PolicyId=identifier)["Policy"]
    return Policy.parse(policy["PolicySummary"]["Name"], policy["Content"])
