"""Components of governance: resources and refused arguments."""

from typing import Any

import pytest

from components import governance as g
from components.governance.findings import SOURCES
from components.governance.guardduty import FEATURES
from tests.recorder import record

ACCOUNT = "111122223333"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/hipaa-ml-boundary"


def alerts(**changes: Any) -> g.FindingAlertsArgs:
    arguments: dict[str, Any] = {"notify": ["soc@hospital.example"], "home": True, **changes}
    return g.FindingAlertsArgs(prefix="zone", region="us-east-1", account_id=ACCOUNT, **arguments)


def test_aggregator_covers_regions_outside_the_zone() -> None:
    recording = record(
        lambda: g.ConfigAggregator(
            "a", g.ConfigAggregatorArgs(prefix="zone", account_id=ACCOUNT, boundary_arn=BOUNDARY)
        )
    )
    [aggregator] = recording.of(":ConfigurationAggregator")
    assert aggregator.inputs["organizationAggregationSource"]["allRegions"] is True
    [role] = recording.of(":Role")
    [trust] = role.document("assumeRolePolicy")["Statement"]
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert role.inputs["permissionsBoundary"] == BOUNDARY
    assert not recording.orphans()


def test_conformance_packs_depend_on_the_previous_one() -> None:
    packs = [g.PackSpec(name=name, template="Resources: {}") for name in ("one", "two")]
    args = g.ConformancePacksArgs(packs=packs, excluded_accounts=["222233334444"])
    recording = record(lambda: g.ConformancePacks("packs", args))
    first, second = recording.of(":OrganizationConformancePack")
    assert any("packs-one" in urn for urn in second.request.dependencies)
    assert first.inputs["excludedAccounts"] == ["222233334444"]
    assert not recording.orphans()


def test_template_over_inline_limit_is_refused() -> None:
    with pytest.raises(ValueError, match=r"PackSpec 'big': the template has 51201 bytes"):
        g.PackSpec(name="big", template="x" * 51_201)


@pytest.mark.parametrize("names", [[], ["one", "one"]])
def test_packs_without_or_with_repeated_names_are_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match=r"ConformancePacksArgs\.packs"):
        g.ConformancePacksArgs(packs=[g.PackSpec(name=name, template="") for name in names])


def test_guardduty_has_every_feature_for_all_accounts() -> None:
    recording = record(lambda: g.ThreatDetection("gd", g.ThreatDetectionArgs(detector_id="a" * 32)))
    [detector] = recording.of(":Detector")
    assert detector.inputs["enable"] is True
    assert detector.protect
    assert detector.retained
    assert detector.request.importId == "a" * 32
    assert {resource.inputs["name"] for resource in recording.of(":DetectorFeature")} == set(FEATURES)
    members = recording.of(":OrganizationConfigurationFeature")
    assert {member.inputs["name"] for member in members} == set(FEATURES)
    assert {member.inputs["autoEnable"] for member in members} == {"ALL"}
    assert not recording.orphans()


def test_security_hub_policy_with_two_standards_at_root() -> None:
    args = g.CentralSecurityHubArgs(
        prefix="zone", home_region="us-east-1", linked_regions=["us-west-2"], root_id="r-ab12"
    )
    recording = record(lambda: g.CentralSecurityHub("hub", args))
    [policy] = recording.of(":ConfigurationPolicy")
    standards = policy.inputs["configurationPolicy"]["enabledStandardArns"]
    assert [standard.split("/")[1] for standard in standards] == [
        "aws-foundational-security-best-practices",
        "nist-800-53",
    ]
    [organization] = recording.of(":OrganizationConfiguration")
    assert organization.inputs["organizationConfiguration"] == {"configurationType": "CENTRAL"}
    [association] = recording.of(":ConfigurationPolicyAssociation")
    assert association.inputs["targetId"] == "r-ab12"
    assert not recording.orphans()


@pytest.mark.parametrize("linked", [[], ["us-east-1"]])
def test_home_region_without_other_linked_region_is_refused(linked: list[str]) -> None:
    with pytest.raises(ValueError, match=r"CentralSecurityHubArgs\.linked_regions"):
        g.CentralSecurityHubArgs(prefix="zone", home_region="us-east-1", linked_regions=linked, root_id="r-1")


@pytest.mark.parametrize(("keywords", "distance"), [(["mrn"], 50), ([], None)])
def test_macie_distance_requires_keywords(keywords: list[str], distance: int | None) -> None:
    spec = g.IdentifierSpec(regex="[0-9]{8}", keywords=keywords, ignore_words=[], distance=50, description="")
    recording = record(lambda: g.DataDiscovery("macie", g.DataDiscoveryArgs(identifiers={"number": spec}, members={})))
    [identifier] = recording.of(":CustomDataIdentifier")
    assert identifier.inputs.get("maximumMatchDistance") == distance
    [account] = recording.of(":Account")
    assert account.protect
    assert not recording.orphans()


def test_inspector_scans_hosts_images_and_functions_without_code() -> None:
    recording = record(
        lambda: g.VulnerabilityScanning("i", g.VulnerabilityScanningArgs(account_id=ACCOUNT, members={}))
    )
    [organization] = recording.of(":OrganizationConfiguration")
    assert organization.inputs["autoEnable"] == {"ec2": True, "ecr": True, "lambda": True, "lambdaCode": False}
    assert not recording.orphans()


def test_inspector_scans_existing_accounts() -> None:
    args = g.VulnerabilityScanningArgs(account_id=ACCOUNT, members={"one": "111111111111", "two": "222222222222"})
    recording = record(lambda: g.VulnerabilityScanning("i", args))
    associations = recording.of(":MemberAssociation")
    assert [association.inputs["accountId"] for association in associations] == ["111111111111", "222222222222"]
    own, members = recording.of(":Enabler")
    assert (own.inputs["accountIds"], members.inputs["accountIds"]) == ([ACCOUNT], ["111111111111", "222222222222"])
    assert own.inputs["resourceTypes"] == members.inputs["resourceTypes"]


def test_macie_covers_existing_accounts_and_adopts_its_own() -> None:
    args = g.DataDiscoveryArgs(
        identifiers={},
        members={"one": g.MemberSpec(account_id="111111111111", email="one@hospital.example")},
        existing_account_id=ACCOUNT,
    )
    recording = record(lambda: g.DataDiscovery("macie", args))
    [member] = recording.of(":Member")
    assert (member.inputs["accountId"], member.inputs["email"]) == ("111111111111", "one@hospital.example")
    assert member.inputs["status"] == "ENABLED"
    [account] = recording.of("macie2/account:Account")
    assert account.request.importId == ACCOUNT


def test_existing_security_hub_is_adopted() -> None:
    args = g.CentralSecurityHubArgs(
        prefix="zone",
        home_region="us-east-1",
        linked_regions=["us-west-2"],
        root_id="r-ab12",
        existing_account_id=ACCOUNT,
    )
    [account] = record(lambda: g.CentralSecurityHub("hub", args)).of("securityhub/account:Account")
    assert account.request.importId == ACCOUNT


@pytest.mark.parametrize(
    ("days", "types"), [(None, {"ORGANIZATION"}), (90, {"ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS"})]
)
def test_unused_access_analyzer_is_optional(days: int | None, types: set[str]) -> None:
    args = g.AccessAnalyzersArgs(prefix="zone", unused_access_days=days)
    recording = record(lambda: g.AccessAnalyzers("a", args))
    assert {resource.inputs["type"] for resource in recording.of(":Analyzer")} == types
    assert not recording.orphans()


def test_topic_policy_allows_eventbridge_without_source_condition() -> None:
    recording = record(lambda: g.FindingAlerts("f", alerts()))
    [policy] = recording.of(":TopicPolicy")
    allowed, denied = policy.document("policy")["Statement"]
    assert allowed["Principal"] == {"Service": "events.amazonaws.com"}
    assert allowed["Resource"] != "*"
    assert "Condition" not in allowed
    assert denied["Effect"] == "Deny"
    [topic] = recording.of(":Topic")
    assert "key" in topic.inputs["kmsMasterKeyId"]
    [key] = recording.of("kms/key:Key")
    users = [statement for statement in key.document("policy")["Statement"] if "Service" in statement["Principal"]]
    assert {user["Principal"]["Service"] for user in users} == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    assert all(rule.inputs["name"].startswith("zone-findings-") for rule in recording.of(":EventRule"))
    assert not recording.orphans()


@pytest.mark.parametrize("home", [True, False])
def test_security_hub_alerts_in_home_region_only(home: bool) -> None:
    recording = record(lambda: g.FindingAlerts("f", alerts(home=home)))
    expected = {f"zone-findings-{name}" for name, source in SOURCES.items() if home or not source.home_only}
    assert {rule.inputs["name"] for rule in recording.of(":EventRule")} == expected
    assert len(recording.of(":EventTarget")) == len(expected)


def test_alerts_without_recipients_are_refused() -> None:
    with pytest.raises(ValueError, match=r"FindingAlertsArgs\.notify"):
        alerts(notify=[])
