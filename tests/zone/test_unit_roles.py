"""Organisational units by role, and accounts that are suspended or closed."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.stacks.zone import ROOT
from zone.plan import make_plan
from zone.plan.guardrails import GuardrailsDoNotFitError, guardrail_policies
from zone.settings import Settings, SettingsError, files, parse_settings

VALUES = files.read(ROOT, "organization").values
UNIT_BY_ACCOUNT = {
    "log-archive": "Security",
    "security-tooling": "Security",
    "backup": "Security",
    "network": "Infrastructure/Infra-Prod",
    "shared-services": "Infrastructure/Infra-Prod",
    "ml-dev": "HIS/HIS-Non-Prod",
    "ml-staging": "EIS/EIS-Staging",
    "ml-prod": "HIS/HIS-Prod",
}
HEALTHCARE_UNITS = [
    "Security",
    "Infrastructure",
    "Infrastructure/Infra-Prod",
    "HIS",
    "HIS/HIS-Non-Prod",
    "HIS/HIS-Prod",
    "EIS",
    "EIS/EIS-Staging",
    "Quarantine",
]
"""A tree with the hospital and enterprise information systems of AWS's Landing Zone Accelerator for Healthcare."""
HEALTHCARE_ROLES = {
    "workloads": ["HIS", "EIS"],
    "dev": ["HIS/HIS-Non-Prod"],
    "staging": ["EIS/EIS-Staging"],
    "prod": ["HIS/HIS-Prod"],
    "sandbox": [],
    "policy-staging": [],
    "suspended": ["Quarantine"],
}


def healthcare(values: dict[str, Any]) -> None:
    values["organizational_units"] = HEALTHCARE_UNITS
    values["organizational_unit_roles"] = copy.deepcopy(HEALTHCARE_ROLES)
    values["accounts"] = {name: {**values["accounts"][name], "ou": path} for name, path in UNIT_BY_ACCOUNT.items()}


def edited(*changes: Callable[[dict[str, Any]], object]) -> Settings:
    values = copy.deepcopy(dict(VALUES))
    for change in changes:
        change(values)
    return parse_settings(values, {})


def account(name: str, **keys: Any) -> Callable[[dict[str, Any]], object]:
    return lambda values: values["accounts"][name].update(keys)


def test_healthcare_tree_compiles_and_keeps_the_plan() -> None:
    settings = edited(healthcare)
    plan = make_plan(settings)
    assert {name: plan.accounts[name].data_classification for name in ("ml-dev", "ml-staging", "ml-prod")} == {
        "ml-dev": "de-identified",
        "ml-staging": "phi",
        "ml-prod": "phi",
    }
    assert plan.accounts["network"].kind == "infrastructure"
    assert set(plan.environments) == {"dev", "staging", "prod"}
    policies = guardrail_policies(settings).policies
    targets = {target for policy in policies for target in policy.targets}
    assert targets - {"/"} <= set(HEALTHCARE_UNITS)
    assert all(policy.targets for policy in policies)


def test_guardrails_of_patient_data_follow_the_roles() -> None:
    standard = {policy.name: policy for policy in guardrail_policies(edited()).policies}
    changed = {policy.name: policy for policy in guardrail_policies(edited(healthcare)).policies}
    phi = [
        name
        for name, policy in standard.items()
        if set(policy.targets) == {"Workloads/ML-Staging", "Workloads/ML-Prod"}
    ]
    assert phi
    for name in phi:
        assert set(changed[name].targets) == {"EIS/EIS-Staging", "HIS/HIS-Prod"}
        assert changed[name].content == standard[name].content


def test_suspended_account_has_no_stacks() -> None:
    settings = edited(account("sandbox", state="suspended", ou="Suspended"))
    plan = make_plan(settings)
    assert "baseline-sandbox" not in plan.stacks.names
    assert "sandbox" in plan.accounts


def test_closed_account_is_no_longer_managed() -> None:
    plan = make_plan(edited(account("sandbox", state="closed", ou="Suspended")))
    assert "sandbox" not in plan.accounts
    assert "baseline-sandbox" not in plan.stacks.names


WRONG: dict[str, tuple[list[Callable[[dict[str, Any]], object]], str]] = {
    "a suspended account in another OU": (
        [account("sandbox", state="suspended")],
        "accounts.sandbox.ou: 'Sandbox' is not for suspended accounts; allowed: Suspended",
    ),
    "a suspended account with a network": (
        [account("ml-dev", state="suspended", ou="Suspended")],
        "accounts.ml-dev.networks: a suspended account has none; remove the key",
    ),
    "the closed account of the records": (
        [account("log-archive", state="closed", ou="Suspended", administers=[])],
        "accounts.log-archive.state: 'closed', but the account has a function in the zone",
    ),
    "the e-mail address of a closed account": (
        [
            account("sandbox", state="closed", ou="Suspended"),
            account("policy-staging", email=VALUES["accounts"]["sandbox"]["email"]),
        ],
        "accounts.policy-staging.email",
    ),
    "a role of an OU that is not declared": (
        [lambda values: values.update(organizational_unit_roles={"prod": ["Workloads/Prod"]})],
        "organizational_unit_roles.prod.0: no OU 'Workloads/Prod' is declared",
    ),
    "a role that the name of the OU contradicts": (
        [lambda values: values.update(organizational_unit_roles={"prod": ["Workloads/ML-Dev"]})],
        "organizational_unit_roles.prod.0: the name of the OU 'Workloads/ML-Dev' states the environment 'dev', not",
    ),
    "a role of production that the name of the OU does not state": (
        [
            lambda values: values["organizational_units"].append("Workloads/Live"),
            lambda values: values.update(organizational_unit_roles={"prod": ["Workloads/ML-Prod", "Workloads/Live"]}),
        ],
        "organizational_unit_roles.prod.1: the name of the OU 'Workloads/Live' states no environment, not 'prod'",
    ),
    "an account in an OU of production without a role": (
        [
            lambda values: values["organizational_units"].append("Workloads/Prod-2"),
            account("sandbox", ou="Workloads/Prod-2"),
        ],
        "accounts.sandbox.ou: the name of the OU 'Workloads/Prod-2' states the environment 'prod', and by its role",
    ),
    "a role that is none": (
        [lambda values: values.update(organizational_unit_roles={"production": ["Workloads"]})],
        "organizational_unit_roles.production",
    ),
    "no OU for suspended accounts": (
        [lambda values: values.update(organizational_unit_roles={"suspended": []})],
        "organizational_unit_roles.suspended: 0 OUs; allowed: exactly one",
    ),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_role_or_state_is_refused_by_file_and_key(wrong: str) -> None:
    changes, expected = WRONG[wrong]
    with pytest.raises(SettingsError) as raised:
        edited(*changes)
    assert expected in str(raised.value)
    assert "Pulumi.yaml: " in str(raised.value)


@pytest.mark.parametrize(("policies", "characters"), [(5, 5_120), (5, 10_240)])
def test_former_limits_are_refused_with_the_key_and_what_does_not_fit(policies: int, characters: int) -> None:
    limit = {"service_control_policies": {"policies": policies, "characters": characters}}
    settings = edited(lambda values: values.update(guardrails=limit))
    with pytest.raises(GuardrailsDoNotFitError) as raised:
        guardrail_policies(settings)
    message = str(raised.value)
    assert "the guardrails on Policy-Staging" in message
    assert "No room is left for the controls" in message
    assert (
        f"hipaa-ml:guardrails.service_control_policies is {policies} policies of {characters:,} characters" in message
    )
    assert "AWS allows 10 of 10,240" in message


def test_limits_of_aws_are_enough() -> None:
    limit = {"service_control_policies": {"policies": 10, "characters": 10_240}}
    assert guardrail_policies(edited(lambda values: values.update(guardrails=limit))).policies


def test_limits_of_aws_are_enough_for_the_longest_prefix() -> None:
    """The names of the zone's roles are in most statements."""
    longest = "p" * 20
    with pytest.raises(SettingsError, match="name_prefix"):
        edited(lambda values: values.update(name_prefix=f"{longest}p"))
    policies = guardrail_policies(edited(lambda values: values.update(name_prefix=longest))).policies
    assert any(f"role/{longest}-deploy" in policy.content for policy in policies)
