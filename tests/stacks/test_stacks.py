"""The stacks as a whole: each in its own account, nothing without provider or parent, outputs complete."""

import json
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import pulumi
import pytest
import yaml

from stacks import contracts, program
from tests.recorder import Recording, record
from tests.stacks.zone import ACCOUNTS, IDENTITIES, ROOT, STACKS, configuration, identities, recorded, run
from zone.plan import graph, make_plan
from zone.plan.guardrails import GuardrailsDoNotFitError
from zone.settings import SettingsError, settings_from_files

OWNERS: Mapping[str, tuple[str, ...]] = {
    "organization": ("management",),
    "audit": ("log-archive",),
    "network-us-east-1": ("network",),
    "network-us-west-2": ("network",),
    # What the Transit Gateway makes of a spoke's attachment is the network account's.
    "ml-dev": ("ml-dev", "network"),
    "recovery-dev": ("ml-dev", "network"),
    "ml-prod": ("ml-prod", "network"),
    "recovery-prod": ("ml-prod", "network"),
    "ml-staging": ("ml-staging", "network"),
    "mlflow-staging": ("ml-staging",),
    "packages": ("shared-services",),
}
CONTRACTS: Mapping[str, type[contracts.Contract]] = {
    "organization": contracts.OrganizationOutputs,
    "audit": contracts.AuditOutputs,
    **{f"baseline-{name}": contracts.BaselineOutputs for name in ACCOUNTS},
    "network-us-east-1": contracts.NetworkOutputs,
    "network-us-west-2": contracts.NetworkOutputs,
    "ml-dev": contracts.MlOutputs,
    "recovery-dev": contracts.RecoveryOutputs,
    "ml-prod": contracts.MlOutputs,
    "recovery-prod": contracts.RecoveryOutputs,
    "ml-staging": contracts.MlOutputs,
    "mlflow-staging": contracts.MlflowOutputs,
    "packages": contracts.PackagesOutputs,
}
KEPT = (
    *("s3/bucket:Bucket", "kms/key:Key", "cloudtrail/trail:Trail", "organization:Organization", "account:Account"),
    *("dynamodb/table:Table", "ecr/repository:Repository", "modelPackageGroup:ModelPackageGroup"),
    *("rds/instance:Instance", "sagemaker/domain:Domain", "secretsmanager/secret:Secret"),
)
"""Ends of the types of what holds data, or without which data cannot be read or accounted for."""


@pytest.mark.parametrize("stack", STACKS)
def test_every_resource_has_a_component_and_provider(stack: str) -> None:
    recording = recorded(stack)
    assert not recording.orphans()
    assert [
        resource.name for resource in recording.resources if resource.type.startswith("aws:") and not resource.provider
    ] == []


def providers(recording: Recording) -> Mapping[str, Mapping[str, Any]]:
    """Provider resource -> its configuration; objects in it are JSON text on the wire."""
    return {
        resource.name: {
            key: json.loads(value) if isinstance(value, str) and value[:1] in ("{", "[") else value
            for key, value in resource.inputs.items()
        }
        for resource in recording.of("pulumi:providers:aws")
    }


@pytest.mark.parametrize("stack", STACKS)
def test_no_provider_can_act_in_another_account(stack: str) -> None:
    ids = recorded("organization").outputs["account_ids"]
    own = OWNERS.get(stack, (stack.removeprefix("baseline-"),))
    for provider_name, provider in providers(recorded(stack)).items():
        account = next(account for account in own if provider_name.startswith(f"{account}-us-"))
        assert provider["allowedAccountIds"] == [ids[account]]
        roles = [assumed["roleArn"] for assumed in provider.get("assumeRoles", [])]
        name = "OrganizationAccountAccessRole" if graph.is_foundation(stack) else "hipaa-ml-deploy"
        role = f"arn:aws:iam::{ids[account]}:role/{name}"
        assert roles == ([] if account == "management" else [role])
        assert set(provider["defaultTags"]["tags"]) == {"environment", "owner", "data-classification", "project"}


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_exports_what_its_contract_promises(stack: str) -> None:
    outputs = recorded(stack).outputs
    assert set(outputs) == {field.name for field in fields(CONTRACTS[stack])}
    assert all(value is not None for value in outputs.values())


@pytest.mark.parametrize("stack", [stack_name for stack_name in STACKS if stack_name not in ("ml-dev", "recovery-dev")])
def test_what_holds_data_is_protected_and_retained(stack: str) -> None:
    kept = [
        resource
        for resource in recorded(stack).resources
        if resource.type.startswith("aws:") and resource.type.endswith(KEPT)
    ]
    assert kept
    assert [resource.name for resource in kept if not (resource.protect and resource.retained)] == []


def test_default_providers_are_disabled_for_every_stack() -> None:
    content = yaml.safe_load((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))
    assert content["config"]["pulumi:disable-default-providers"]["value"] == ["aws"]


def test_resource_names_are_unchanged() -> None:
    before = set(IDENTITIES.read_text(encoding="utf-8").splitlines())
    now = set(identities())
    gone = sorted(before - now)
    assert not gone, f"this replaces live resources, unless an alias carries each over: {gone}"
    new = sorted(now - before)
    assert not new, f"record the new ones with `python -m tests.stacks.zone`: {new}"


def test_an_account_costs_the_organisation_four_resources() -> None:
    accounts = configuration("organization")["hipaa-ml:accounts"]
    more = {**json.loads(accounts), "one-more": {"email": "one-more@hospital.example", "ou": "Sandbox"}}
    counts = run("organization", accounts=more).counts()
    assert counts.total() - recorded("organization").counts().total() == 4


def test_a_baseline_covers_every_region_of_the_zone() -> None:
    recording = recorded("baseline-ml-prod")
    assert set(providers(recording)) == {"ml-prod-us-east-1", "ml-prod-us-west-2"}
    for kind in (":Recorder", ":EncryptionByDefault", ":SnapshotBlockPublicAccess", ":EventRule", ":ServiceSetting"):
        used = {resource.provider for resource in recording.of(kind) if resource.type.startswith("aws:")}
        assert used == {"ml-prod-us-east-1", "ml-prod-us-west-2"}, kind


def test_iam_is_recorded_in_one_region_only() -> None:
    groups = [
        resource.inputs["recordingGroup"] for resource in recorded("baseline-ml-prod").of("cfg/recorder:Recorder")
    ]
    assert sorted(group["includeGlobalResourceTypes"] for group in groups) == [False, True]


def test_management_account_budget_is_the_sum() -> None:
    [whole] = recorded("baseline-management").of("budgets/budget:Budget")
    [part] = recorded("baseline-ml-prod").of("budgets/budget:Budget")
    assert float(whole.inputs["limitAmount"]) > float(part.inputs["limitAmount"]) == 20000


def test_policies_name_the_trail_of_the_management_account() -> None:
    recording = recorded("audit")
    arn = "arn:aws:cloudtrail:us-east-1:123456789012:trail/hipaa-ml-organization"
    texts = [
        resource.inputs["policy"]
        for resource in (*recording.of("s3/bucketPolicy:BucketPolicy"), *recording.of("kms/key:Key"))
    ]
    assert sum(arn in text for text in texts) == 2


def test_the_trail_sees_everything_but_its_own_deliveries() -> None:
    [trail] = recorded("audit").of("cloudtrail/trail:Trail")
    selectors = {
        advanced_event_selector["name"]: advanced_event_selector["fieldSelectors"]
        for advanced_event_selector in trail.inputs["advancedEventSelectors"]
    }
    assert {"Management", "S3 Object", "Lambda Function", "SageMaker Endpoint"} <= set(selectors)
    [excluded] = [selector for selector in selectors["S3 Object"] if selector["field"] == "resources.ARN"]
    assert len(excluded["notStartsWiths"]) == 5
    assert all(arn.endswith("/") for arn in excluded["notStartsWiths"])
    assert any("BucketPolicy" in urn for urn in trail.request.dependencies)


def test_every_policy_document_names_what_it_allows() -> None:
    for stack in STACKS:
        for resource in recorded(stack).resources:
            if resource.type in ("aws:s3/bucketPolicy:BucketPolicy", "aws:sns/topicPolicy:TopicPolicy"):
                for statement in resource.document("policy")["Statement"]:
                    if statement["Effect"] == "Allow":
                        assert statement["Principal"] != "*"
                        events = statement["Principal"] == {"Service": "events.amazonaws.com"}
                        assert statement.get("Condition") or events, (resource.name, statement)


def test_unknown_stack_is_refused_with_the_known_ones() -> None:
    plan = make_plan(settings_from_files(ROOT, "organization"))
    with pytest.raises(program.UnknownStackError, match="'organisation'; the zone has: organization, audit, baseline-"):
        program.deploy("organisation", plan)


def test_configured_account_without_an_id_is_named() -> None:
    outputs = contracts.OrganizationOutputs(
        organization_id="o",
        root_id="r",
        management_account_id="1",
        account_ids={"a": "1"},
        organizational_unit_ids={},
        policies={},
    )
    with pytest.raises(pulumi.RunError, match="'late' is not there yet: bring the stack 'organization' up first"):
        record(lambda: pulumi.export("id", outputs.account_id("late")))


def test_oversized_guardrails_are_refused_before_registration() -> None:
    limits = {"service_control_policies": {"policies": 2, "characters": 5120}}
    recordings: list[Recording] = []
    with pytest.raises(GuardrailsDoNotFitError, match="AWS allows 2"):
        recordings.append(run("organization", guardrails=limits))
    assert not recordings


def test_wrong_settings_stop_the_program() -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.yaml: regions\.recovery"):
        run("organization", regions={"primary": "us-east-1", "recovery": "eu-west-1", "residency": "us"})


def test_preview_runs_with_a_read_only_role() -> None:
    recording = run("audit", assume_role="hipaa-ml-preview")
    [provider] = providers(recording).values()
    assert provider["assumeRoles"][0]["roleArn"].endswith(":role/hipaa-ml-preview")


def test_every_stack_follows_those_it_needs() -> None:
    settings = settings_from_files(ROOT, "organization")
    order = make_plan(settings).stacks.names
    for stack in order:
        assert all(order.index(need) < order.index(stack) for need in make_plan(settings).stacks.needs_of(stack))
    with pytest.raises(ValueError, match="no stack is named"):
        make_plan(settings).stacks.needs_of("organisation")


def test_an_existing_organisation_and_account_are_adopted() -> None:
    accounts = json.loads(configuration("organization")["hipaa-ml:accounts"])
    accounts["ml-prod"]["id"] = "444455556666"
    recording = run("organization", accounts=accounts, organization={"id": "o-a1b2c3d4e5"})
    imported = {
        resource.request.importId for resource in recording.resources if resource.custom and resource.request.importId
    }
    assert imported == {"o-a1b2c3d4e5", "444455556666"}
