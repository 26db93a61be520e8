"""Mistakes in the key `packages` are reported with key, value and what is allowed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.zone.test_settings import ROOT, Tree, edited, refused, top
from zone.plan import graph, make_plan
from zone.settings import files, parse_settings

PACKAGES: dict[str, Any] = files.read(ROOT, "organization").values["packages"]


def packages(**changes: Any) -> Callable[[Tree], object]:
    return top("packages", {**PACKAGES, **changes})


WRONG: dict[str, tuple[Callable[[Tree], object], list[str]]] = {
    "an unknown account": (
        packages(account="shared-service"),
        ["packages.account: no account 'shared-service'", "'shared-services'", "allowed: network, shared-services"],
    ),
    "an account with patients' data": (
        packages(account="ml-prod"),
        ["packages.account: 'ml-prod' is not an active account of the kind infrastructure", "allowed: network"],
    ),
    "another registry": (
        packages(external_connections=["npmjs"]),
        ["packages.external_connections.0: 'npmjs'", "'pypi'"],
    ),
    "a publisher that is no person": (
        packages(publishers=["arn:aws:iam::123456789012:role/ci"]),
        ["packages.publishers.0", "the ARN of an IAM user, or of a role of IAM Identity Center"],
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_repositories_are_refused(wrong: str) -> None:
    change, words = WRONG[wrong]
    message = refused(change)
    assert not [word for word in words if word not in message], message


def test_region_without_codeartifact_is_refused() -> None:
    def elsewhere(values: Tree) -> None:
        values["regions"] = {"primary": "us-west-1", "recovery": "us-west-2", "residency": "us"}

    assert "packages: AWS CodeArtifact is not offered in us-west-1; remove the key" in refused(elsewhere)


def test_packages_have_a_stack_of_their_own_only_where_they_are_configured() -> None:
    plan = make_plan(parse_settings(edited(packages()), {}))
    assert plan.stacks.needs_of(graph.PACKAGES) == (
        "organization",
        "audit",
        "baseline-management",
        "baseline-shared-services",
    )

    def without(values: Tree) -> None:
        del values["packages"]

    assert graph.PACKAGES not in make_plan(parse_settings(edited(without), {})).stacks.names
