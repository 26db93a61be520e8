"""Policies of F7: requests outside the zone's regions are denied."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.residency import group_of
from controls.rules import Problem
from controls.rules.checks import Finding, OnResource, Stack, across
from controls.rules.parameters import Parameters
from controls.rules.resources import Resource
from controls.rules.values import items, lookup

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


def _regional(kind: str) -> bool:
    return kind.startswith("aws:") and kind.removeprefix("aws:").partition("/")[0] not in GLOBAL_SERVICES


def _one_group(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    placed = [
        (resource, resource.region)
        for resource in stack.resources
        if _regional(resource.type) and isinstance(resource.region, str)
    ]
    homes = [(resource, region, group_of(region)) for resource, region in placed]
    groups = {group for _one, _region, group in homes if group is not None}
    for resource, region, group in homes:
        if group is None:
            yield resource, Problem(f"region {region} belongs to no residency group")
        elif len(groups) > 1:
            others = ", ".join(sorted(groups - {group}))
            yield resource, Problem(f"region {region} ({group}) beside resources of this stack in {others}")


IMAGE_COPIES: Final = "aws:ecr/replicationConfiguration:ReplicationConfiguration"


def _stays_home(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    home = group_of(resource.region) if isinstance(resource.region, str) else None
    for rule in items(lookup(resource.props, "replicationConfiguration.rules")):
        for destination in items(lookup(rule, "destinations")):
            region = lookup(destination, "region")
            if isinstance(region, str) and home is not None and group_of(region) != home:
                yield Problem(f"images are copied to {region}, outside the residency group {home}")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="residency-one-group",
        title="All regions of a stack lie in one residency group",
        remedy="Place the resource in a region of the zone's residency group (controls/residency.py lists them).",
        check=across((), _one_group),
    ),
    PolicyRule(
        name="ecr-replication-home",
        title="Images are copied within the residency group only",
        remedy="Name a region of the zone's residency group (controls/residency.py lists them).",
        check=OnResource(types=frozenset({IMAGE_COPIES}), check=_stays_home),
    ),
)
