"""Data stays in its geography: every region of a stack belongs to one residency group."""

from collections.abc import Iterator

from controls.residency import group_of
from controls.rules import Problem
from policies.checks import Checks, Finding, OnStack, Stack
from policies.configuration import Parameters

GLOBAL_SERVICES_REGION = "us-east-1"
"""IAM, Organizations and other global services are managed here, whatever the residency group."""


def _one_group(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    placed = [
        (one, one.region) for one in stack.resources if one.type.startswith("aws:") and isinstance(one.region, str)
    ]
    homes = [(one, region, group_of(region)) for one, region in placed]
    groups = {group for _one, region, group in homes if region != GLOBAL_SERVICES_REGION}
    for one, region, group in homes:
        if group is None:
            yield one, Problem(f"region {region} belongs to no residency group")
        elif len(groups) > 1:
            yield (
                one,
                Problem(
                    f"region {region} ({group}) and others of this stack lie in different residency groups: "
                    f"{', '.join(sorted(str(name) for name in groups))}"
                ),
            )


CHECKS: Checks = {"residency-one-group": OnStack(check=_one_group)}
