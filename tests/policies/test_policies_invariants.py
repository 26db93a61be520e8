"""The pack holds invariants that do not come from the settings: faults pass the settings' checks, and a policy refuses.

The checks of the settings are switched off here, as if somebody had changed settings and checks in the same way.
"""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pytest

from tests.policies.recorded_stacks import violations
from tests.stacks.zone import ROOT, recorded, run
from zone.settings import checks, files

VALUES: Final[Mapping[str, Any]] = files.read(ROOT, "organization").values
INVARIANTS: Final = (
    "account-environment-of-ou",
    "phi-in-staging-and-prod",
    "residency-one-group",
    "transit-gateway-environments-apart",
)

EMPTY: Final[Mapping[str, list[str]]] = {policy: [] for policy in INVARIANTS}


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No check of several settings together."""
    monkeypatch.setattr(checks, "problems", lambda _settings: iter(()))
    return iter(())


def changed(section: str, *path: str, value: Any) -> dict[str, Any]:
    """The section of the settings with one value changed."""
    section_values = copy.deepcopy(VALUES[section])
    target = section_values
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return {section: section_values}


@pytest.mark.parametrize("stack", ["organization", "network-us-east-1", "ml-dev"])
def test_reference_zone_holds_the_invariants(stack: str) -> None:
    assert {policy: violations(policy, recorded(stack)) for policy in INVARIANTS} == {
        policy: [] for policy in INVARIANTS
    }


@pytest.mark.parametrize(
    ("account", "key", "value", "message"),
    [
        ("ml-prod", "environment", "sandbox", "is tagged as sandbox, and its OU is Workloads/ML-Prod"),
        ("ml-dev", "environment", "prod", "is tagged as prod, and its OU is Workloads/ML-Dev"),
        ("ml-dev", "data_classification", "phi", "is tagged to hold patients' data, and its OU is Workloads/ML-Dev"),
        ("sandbox", "ou", "Workloads/ML-Prod", ""),
    ],
)
@pytest.mark.usefixtures("unchecked")
def test_account_that_contradicts_its_ou_is_refused(account: str, key: str, value: str, message: str) -> None:
    recording = run("organization", **changed("accounts", account, key, value=value))
    messages = violations("account-environment-of-ou", recording)
    assert messages == ([f"accounts-{account}: {message}"] if message else [])


@pytest.mark.usefixtures("unchecked")
def test_segment_of_dev_that_reaches_prod_is_refused() -> None:
    recording = run("ml-dev", **changed("network", "segments", "dev", "reaches", value=["shared", "prod"]))
    assert "membership-known-in-prod: joins a VPC of the environment dev to the segment prod" in violations(
        "transit-gateway-environments-apart", recording
    )


@pytest.mark.usefixtures("unchecked")
def test_account_of_dev_in_the_segment_of_prod_is_refused() -> None:
    segments = {
        **VALUES["network"]["segments"],
        "dev": {"accounts": [], "reaches": ["shared"]},
        "prod": {"accounts": ["ml-prod", "ml-dev"], "reaches": ["shared"]},
    }
    messages = violations(
        "transit-gateway-environments-apart", run("ml-dev", **changed("network", "segments", value=segments))
    )
    assert "membership-association: joins a VPC of the environment dev to the segment prod" in messages


@pytest.mark.usefixtures("unchecked")
def test_stack_of_dev_that_holds_patients_data_is_refused() -> None:
    recording = run("ml-dev", **changed("accounts", "ml-dev", "data_classification", value="phi"))
    messages = violations("phi-in-staging-and-prod", recording)
    assert messages
    assert all("holds patients' data in the environment dev" in message for message in messages)


@pytest.mark.usefixtures("unchecked")
def test_recovery_region_of_another_geography_is_refused() -> None:
    moved = json.loads(json.dumps(dict(VALUES)).replace("us-west-2", "eu-west-1"))
    messages = violations("residency-one-group", run("baseline-ml-prod", **moved))
    assert any("region eu-west-1 (eu) beside resources of this stack in us" in message for message in messages)
