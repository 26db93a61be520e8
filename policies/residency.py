"""Data stays in its geography: every region of a stack belongs to one residency group."""

from collections.abc import Iterator

from controls.residency import group_of
from controls.rules import Problem
from policies.checks import Checks, Finding, Stack, across
from policies.configuration import Parameters

GLOBAL_SERVICES = (
    "account",
    "budgets",
    "cloudfront",
    "globalaccelerator",
    "iam",
    "organizations",
    "route53",
    "ssoadmin",
)
"""Modules whose resources have no region: AWS keeps them in one place, whatever the residency group."""


def _one_group(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    placed = [(one, one.region) for one in stack.resources if _regional(one.type) and isinstance(one.region, str)]
    homes = [(one, region, group_of(region)) for one, region in placed]
    groups = {group for _one, _region, group in homes if group is not None}
    for one, region, group in homes:
        if group is None:
            yield one, Problem(f"region {region} belongs to no residency group")
        elif len(groups) > 1:
            others = ", ".join(sorted(groups - {group}))
            yield one, Problem(f"region {region} ({group}) beside resources of this stack in {others}")


def _regional(kind: str) -> bool:
    return kind.startswith("aws:") and kind.removeprefix("aws:").partition("/")[0] not in GLOBAL_SERVICES


CHECKS: Checks = {"residency-one-group": across((), _one_group)}
