"""The `security` layer: one account watches both regions; what is wrong stops before any resource."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from stacks import security
from tests.recorder import Recording, record
from zone.plan import graph, make_plan
from zone.plan.security import conformance_packs, security_account
from zone.settings import Settings, SettingsError, files, parse_settings

ROOT = Path(__file__).parents[2]


def settings(section: Mapping[str, Any] | None = None, **more: Any) -> Settings:
    values = {**files.read(ROOT, "security").values, "security": dict(section or {}), **more}
    return parse_settings(values, {})


def run(configuration: Settings) -> Recording:
    ids = {name: f"{number:012d}" for number, name in enumerate(configuration.account_names, start=1)}
    upstream = {
        "organization_id": "o-a1b2c3d4e5",
        "root_id": "r-ab12",
        "management_account_id": configuration.management_account_id,
        "account_ids": ids,
        "organizational_unit_ids": {},
        "policies": {},
    }
    return record(
        lambda: security.deploy(make_plan(configuration)),
        name=graph.SECURITY,
        upstream={graph.ORGANIZATION: upstream, "organization/hipaa-ml/organization": upstream},
    )


@pytest.mark.parametrize("token", ["macie2/member:Member", "inspector2/memberAssociation:MemberAssociation"])
def test_every_existing_account_is_a_member_in_both_regions(token: str) -> None:
    configuration = settings()
    members = run(configuration).of(token)
    assert len(members) == 2 * (len(configuration.account_names) - 1)
    names = {member.name.partition("-member-")[2] for member in members}
    assert names == {*configuration.account_names} - {"security-tooling"}


def test_security_follows_the_baselines_of_all_accounts() -> None:
    configuration = settings({"excluded_accounts": ["sandbox"]})
    needs = make_plan(configuration).stacks.needs_of(graph.SECURITY)
    expected = {f"baseline-{name}" for name in configuration.account_names}
    assert set(needs) == {"organization", *expected}


def test_resources_are_in_the_security_account_in_both_regions() -> None:
    recording = run(settings())
    providers = {
        resource.provider for resource in recording.resources if resource.custom and resource.type.startswith("aws:")
    }
    assert providers == {"security-tooling-us-east-1", "security-tooling-us-west-2"}
    assert len(recording.of(":OrganizationConformancePack")) == 4
    assert len(recording.of("securityhub/account:Account")) == 1
    assert set(recording.outputs["finding_topic_arns"]) == {"us-east-1", "us-west-2"}
    assert not recording.orphans()


def test_undeclared_accounts_get_no_conformance_packs() -> None:
    recording = run(settings({"excluded_accounts": ["sandbox"], "excluded_account_ids": ["444455556666"]}))
    packs = recording.of(":OrganizationConformancePack")
    assert all("444455556666" in pack.inputs["excludedAccounts"] for pack in packs)
    assert {len(pack.inputs["excludedAccounts"]) for pack in packs} == {2}


def test_security_contact_is_notified_by_default() -> None:
    [usual] = {resource.inputs["endpoint"] for resource in run(settings()).of(":TopicSubscription")}
    assert usual == settings().contacts.security.email
    recording = run(settings({"notify": ["soc@hospital.example"]}))
    assert {resource.inputs["endpoint"] for resource in recording.of(":TopicSubscription")} == {"soc@hospital.example"}


def test_parameters_reach_the_pack_that_has_the_rule() -> None:
    configuration = settings({"conformance_parameters": {"ACCESS_KEYS_ROTATED": {"maxAccessKeyAge": "45"}}})
    template = yaml.safe_load(conformance_packs(configuration)[0].template)
    rule = template["Resources"]["AccessKeysRotated"]["Properties"]
    assert rule["InputParameters"] == {"maxAccessKeyAge": "45"}


def test_long_parameters_split_a_pack_instead_of_failing() -> None:
    long = {"ACCESS_KEYS_ROTATED": {"a": "x" * 20_000}}
    packs = conformance_packs(settings({"conformance_parameters": long}))
    assert all(pack.inline for pack in packs)
    assert sum(len(pack.rules) for pack in packs) == sum(len(pack.rules) for pack in conformance_packs(settings()))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"NO_SUCH_RULE": {"a": "b"}}, r"security\.conformance_parameters\.NO_SUCH_RULE"),
        ({"ACCESS_KEYS_ROTATED": {"a": "x" * 60_000}}, r"ACCESS_KEYS_ROTATED: too long"),
    ],
)
def test_parameters_of_an_unknown_rule_are_refused(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        conformance_packs(settings({"conformance_parameters": arguments}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"excluded_accounts": ["ml-devv"]}, r"security\.excluded_accounts\.0: no account 'ml-devv'.*'ml-dev'"),
        ({"excluded_account_ids": ["1234"]}, r"security\.excluded_account_ids\.0: .*12 digits"),
        ({"excluded_account_ids": ["111122223333"] * 2}, "an account stands in excluded_account_ids a second time"),
        ({"detectors": {"eu-west-1": "a" * 32}}, r"security\.detectors\.eu-west-1: not a region of the zone"),
        ({"data_identifiers": {"mrn": {"regex": "("}}}, r"security\.data_identifiers\.mrn\.regex"),
        ({"data_identifiers": {"mrn": {"regex": "(?<=a)b"}}}, "look-around"),
        ({"conformance_parameters": {"lower-case": {"a": "b"}}}, r"security\.conformance_parameters\.lower-case"),
        ({"finding_frequency": "DAILY"}, r"security\.finding_frequency"),
        ({"notify": []}, r"security\.notify"),
    ],
)
def test_wrong_values_are_named_by_key(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(SettingsError, match=message):
        settings(arguments)


def test_declared_account_is_excluded_by_its_name() -> None:
    accounts = dict(files.read(ROOT, "security").values["accounts"])
    accounts["sandbox"] = {**accounts["sandbox"], "id": "444455556666"}
    with pytest.raises(SettingsError, match="444455556666 is the declared account 'sandbox': name it in excluded_acc"):
        settings({"excluded_account_ids": ["444455556666"]}, accounts=accounts)


def test_services_that_nobody_administers_are_named() -> None:
    accounts = dict(files.read(ROOT, "security").values["accounts"])
    accounts["security-tooling"] = {**accounts["security-tooling"], "administers": ["config", "guardduty"]}
    with pytest.raises(SettingsError, match="macie: nobody"):
        security_account(settings(accounts=accounts))


def test_security_comes_after_every_baseline() -> None:
    order = make_plan(settings()).stacks.names
    baselines = [order.index(stack) for stack in order if stack.startswith(graph.BASELINE)]
    assert order.index(graph.SECURITY) > max(baselines)


def test_every_repair_waits_for_a_person() -> None:
    resources = yaml.safe_load(conformance_packs(settings())[0].template)["Resources"]
    repairs = {
        name: resource
        for name, resource in resources.items()
        if resource["Type"] == "AWS::Config::RemediationConfiguration"
    }
    assert len(repairs) == 4
    for repair in repairs.values():
        assert repair["Properties"]["Automatic"] is False
        assert repair["Properties"]["ConfigRuleName"] == resources[repair["DependsOn"]]["Properties"]["ConfigRuleName"]
