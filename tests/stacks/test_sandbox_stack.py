"""`sandbox-<name>`: the components of staging without a way out, a time limit, and nothing that has to be kept."""

import dataclasses
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

import pytest

from stacks.program import deploy, load_settings
from tests.recorder import Recording, record
from tests.stacks.sandbox_plans import Comparison, Difference, compare
from tests.stacks.zone import ROOT, configuration, recorded, run
from zone.plan import make_plan
from zone.settings import files

STACK = "sandbox-alice"
SANDBOXES: Final[Mapping[str, Any]] = {
    "alice": {"account": "sandbox", "model": "readmission", "expires_at": "2026-12-24T18:00:00Z", "budget_usd": 70}
}
ML: Mapping[str, Any] = files.read(ROOT, "organization").values["ml"]
ONE_MODEL: Final = {
    **{key: value for key, value in ML.items() if key not in ("studio", "tracking")},  # Studio of a sandbox is its own
    "models": {"readmission": ML["models"]["readmission"]},
}
ALLOWED: Final[Mapping[tuple[str, str], str]] = {
    (r"aws:ec2/networkAcl:", "egress"): "network: no peers",
    (r"aws:ec2/networkAcl:", "ingress"): "network: no peers",
    (r"aws:ec2/networkAcl:", "subnetIds"): "network: the interface endpoints are in the VPC",
    (r"aws:ec2/vpcEndpoint:", "routeTableIds"): "network: the interface endpoints are in the VPC",
    (r"aws:ec2/vpc:", "ipv4IpamPoolId"): "network: the CIDR is that of every sandbox",
    (r"aws:ec2/vpc:", "tags"): "name of the segment",
    (r"ResolverFirewallRuleGroupAssociation", "firewallRuleGroupId"): "network: rules of its own, for AWS's names only",
    (r"aws:s3/bucket:", "forceDestroy"): "data source: synthetic data is deleted with the bucket",
    (r"aws:s3/bucket:", "objectLockEnabled"): "data source: synthetic data is no record",
    (r"aws:s3/bucket:", "tags"): "data source: its logs are no records",
    (r"BucketLifecycleConfiguration", "rules"): "size: days that objects are kept",
    (r"ModelPackageGroupPolicy", "resourcePolicy"): "names: no next environment reads the versions",
    (r"aws:kms/key:Key serving-key$", "policy"): "names: no monitor publishes to the operations topic",
    (r"aws:iam/rolePolicy:RolePolicy", "policy"): "data source: no pipeline registers versions to promote",
}
"""Pattern of type and name, and property -> why it may differ: a name, a size, the source of data, or the way out."""
ONLY_STAGING: Final[Mapping[str, str]] = {
    r"aws:backup/": "synthetic data has no backups",
    r"pseudonyms-|[ -]pipeline-": "nothing is retrained weekly: jobs are started from Studio",
    r"readmission-monitor-|[ -]monitoring-": "no endpoint of another environment is watched",
    r"readmission-(1-|endpoint|scaling|alarms)|private-zone": "a sandbox serves no version of another environment",
    r"ec2transitgateway|spoke-attachment|-to-10\.|spoke-profile": "no way out",
    r"replication|images-configuration": "one region",
    r"teams-.*-rights-2-attached": "size: one region's keys fit into one document",
    r"artifacts-lock": "synthetic data is no record",
}
ONLY_SANDBOX: Final[Mapping[str, str]] = {
    r"spoke-endpoints|aws:ec2/vpcEndpoint:": "interface endpoints in the VPC instead of the endpoint VPC",
    r"sandbox-alice-": "DNS firewall of its own",
    r" keeper-": "fills the sandbox and ends it",
    r" spending-": "budget with an action",
    r" studio-| sandbox-(key|alias)": "workplace",
}


@cache
def sandbox() -> Recording:
    upstream = {
        name: recorded(name).outputs for name in ("organization", "audit", "baseline-management", "baseline-sandbox")
    }
    return record(
        lambda: deploy(STACK, make_plan(load_settings())),
        name=STACK,
        upstream=upstream,
        config=configuration(STACK, sandboxes=SANDBOXES),
    )


@cache
def staging() -> tuple[Recording, Recording]:
    data = run("data-staging", ml=ONE_MODEL)
    return data, run("ml-staging", recordings={"data-staging": data}, ml=ONE_MODEL)


def comparison(recording: Recording) -> Comparison:
    accounts = recorded("organization").outputs["account_ids"]
    own = {accounts["sandbox"]: "ACCOUNT", "sandbox-alice": "TAG", r"\balice\b": "ENV"}
    other = {
        accounts["ml-staging"]: "ACCOUNT",
        "hipaa-ml-staging": "hipaa-ml-ENV",
        "ml-staging": "TAG",
        r"\bstaging\b": "ENV",
    }
    return compare(recording, staging(), own, other)


def allows(kind: str, name: str, difference: Difference) -> bool:
    return bool(re.search(kind, f"{difference.type} {difference.name}")) and difference.property == name


def unexplained(recording: Recording) -> list[str]:
    """What differs from staging and is neither a name, nor a size, nor the source of the data, nor the way out."""
    compared = comparison(recording)
    texts = [f"{difference.type} {difference.name}: {difference.property}" for difference in compared.differences]
    wrong = [
        text
        for text, difference in zip(texts, compared.differences, strict=True)
        if not any(allows(kind, name, difference) for kind, name in ALLOWED)
    ]
    for keys, reasons in ((compared.only_staging, ONLY_STAGING), (compared.only_sandbox, ONLY_SANDBOX)):
        wrong += [" ".join(key) for key in keys if not any(re.search(reason, " ".join(key)) for reason in reasons)]
    return wrong


def test_nothing_but_names_sizes_and_data_sources_differs_from_staging() -> None:
    assert unexplained(sandbox()) == []
    assert len(staging()[0].resources) > 100


def test_every_reason_for_a_difference_is_needed() -> None:
    compared = comparison(sandbox())
    for kind, name in ALLOWED:
        assert any(allows(kind, name, difference) for difference in compared.differences), (kind, name)
    for keys, reasons in ((compared.only_staging, ONLY_STAGING), (compared.only_sandbox, ONLY_SANDBOX)):
        assert [reason for reason in reasons if not any(re.search(reason, " ".join(key)) for key in keys)] == []


def planted(name: str, **inputs: Any) -> Recording:
    """The sandbox with other properties of one resource."""
    resources = [
        dataclasses.replace(resource, inputs={**resource.inputs, **inputs}) if resource.name == name else resource
        for resource in sandbox().resources
    ]
    return Recording(resources=resources, outputs=sandbox().outputs)


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("buckets-us-east-1-raw-phi-public-access", {"blockPublicAcls": False}),
        ("catalogue-us-east-1-cardiology_encounters", {"storageDescriptor": {"columns": []}}),
        ("keys-us-east-1-phi-key", {"enableKeyRotation": False}),
        ("spoke-vpc", {"enableDnsSupport": False}),
        ("teams-cardiology", {"maxSessionDuration": 43200}),
    ],
)
def test_planted_difference_is_found(name: str, inputs: Mapping[str, Any]) -> None:
    [wrong] = unexplained(planted(name, **inputs))
    assert f" {name}: {next(iter(inputs))}" in wrong


def test_resource_that_is_missing_or_added_is_found() -> None:
    resources = [resource for resource in sandbox().resources if resource.name != "access-us-east-1-cardiology-dvc"]
    gone = set(sandbox().by_name) - {resource.name for resource in resources}
    assert gone
    assert any("access-us-east-1-cardiology-dvc" in text for text in unexplained(Recording(resources=resources)))
    added = dataclasses.replace(sandbox().by_name["spoke-training"], type="aws:ec2/internetGateway:InternetGateway")
    assert any("InternetGateway" in text for text in unexplained(Recording(resources=[*sandbox().resources, added])))


def test_network_has_no_way_out() -> None:
    kinds = sandbox().counts()
    for kind in ("InternetGateway", "NatGateway", "VpcAttachment", "VpcPeeringConnection", "route:Route"):
        assert not [resource_type for resource_type in kinds if kind in resource_type]
    assert kinds["aws:ec2/routeTable:RouteTable"] == 4


def test_domain_is_in_the_vpc_only_and_carries_the_expiry() -> None:
    [domain] = sandbox().of("sagemaker/domain:Domain")
    assert domain.inputs["appNetworkAccessType"] == "VpcOnly"
    assert domain.inputs["tags"]["expires-at"] == "2026-12-24T18:00:00Z"
    assert domain.inputs["retentionPolicy"] == {"homeEfsFileSystem": "Delete"}


def test_everything_is_deleted_with_the_stack() -> None:
    kept = [resource.name for resource in sandbox().resources if resource.protect or resource.retained]
    assert kept == []


def test_resources_are_tagged_with_the_sandbox() -> None:
    tags = {
        provider.name: json.loads(provider.inputs["defaultTags"])["tags"]
        for provider in sandbox().of("pulumi:providers:aws")
    }
    assert tags["sandbox-us-east-1"]["sandbox"] == "alice"
    assert tags["sandbox-us-east-1"]["data-classification"] == "synthetic"
    assert "sandbox" not in tags["management-us-east-1"]


def test_every_role_has_the_boundary() -> None:
    missing = [role.name for role in sandbox().of("iam/role:Role") if not role.inputs.get("permissionsBoundary")]
    assert missing == []


def test_spending_stop_is_attached_to_the_account_when_the_budget_is_spent() -> None:
    account = recorded("organization").outputs["account_ids"]["sandbox"]
    [action], [budget] = sandbox().of("BudgetAction"), sandbox().of("budgets/budget:Budget")
    assert budget.inputs["limitAmount"] == "70.0"
    assert action.inputs["actionType"] == "APPLY_SCP_POLICY"
    assert action.inputs["approvalModel"] == "AUTOMATIC"
    assert action.inputs["definition"]["scpActionDefinition"]["targetIds"] == [account]
    [rights] = [policy for policy in sandbox().of("rolePolicy:RolePolicy") if policy.name == "spending-rights"]
    [statement] = rights.document("policy")["Statement"]
    assert not [resource for resource in statement["Resource"] if resource.endswith("*")]


def test_keeper_touches_the_objects_of_this_sandbox_only() -> None:
    [rights] = [policy for policy in sandbox().of("rolePolicy:RolePolicy") if policy.name == "keeper-lambda-rights"]
    statements = {statement["Sid"]: statement for statement in rights.document("policy")["Statement"]}
    account = sandbox().outputs["account_id"]
    assert all(account in resource for resource in statements["FillAndEmpty"]["Resource"])
    assert "s3:GetObject" not in json.dumps(statements)
    assert statements["ReadExpiry"]["Resource"] == sandbox().outputs["domain_arn"]


def test_function_has_the_schema_of_every_data_set() -> None:
    plan = make_plan(load_plan_settings())
    schema = json.loads(plan.sandboxes["alice"].schema)
    assert {data_set["name"]: set(data_set["columns"]) for data_set in schema} == {
        name: set(data_set.columns) for name, data_set in plan.settings.data.data_sets.items()
    }
    [encounters] = [data_set for data_set in schema if data_set["name"] == "cardiology_encounters"]
    assert encounters["values"] == {"consent": ["yes"]}


def load_plan_settings() -> Any:
    from zone.settings.load import parse_settings  # noqa: PLC0415 - used once

    return parse_settings({**files.read(ROOT, STACK).values, "sandboxes": SANDBOXES}, {})
