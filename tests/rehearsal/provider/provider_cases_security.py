"""The lives of the emulated types of GuardDuty, Macie, Inspector and Security Hub."""

from contextlib import suppress

from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World

HUB = "aws:securityhub/"
DETECTOR = "aws:guardduty/"


def administrator(world: World, module: str, **inputs: str) -> CreatedResource:
    """The management account as its own administrator: the cases have one account with hubs and detectors."""
    name = "DelegatedAdminAccount" if module == "inspector2" else "OrganizationAdminAccount"
    assert world.root
    token = f"aws:{module}/{name[0].lower()}{name[1:]}:{name}"
    return world.once(f"admin-{module}", token, lambda: inputs or {"adminAccountId": world.account})


def detector(world: World) -> CreatedResource:
    administrator(world, "guardduty")
    return world.once("detector", f"{DETECTOR}detector:Detector", lambda: {"enable": True})


def feature(world: World, status: str) -> Values:
    agent = {"name": "EKS_ADDON_MANAGEMENT", "status": status}
    return {
        "detectorId": detector(world).id,
        "name": "RUNTIME_MONITORING",
        "status": status,
        "additionalConfigurations": [agent],
    }


def organization_feature(world: World, status: str) -> Values:
    return {"detectorId": detector(world).id, "name": "S3_DATA_EVENTS", "autoEnable": status}


def macie(world: World) -> CreatedResource:
    administrator(world, "macie2")
    return world.once("macie", "aws:macie2/account:Account", lambda: {"status": "ENABLED"})


def macie_member(world: World, status: str) -> Values:
    assert macie(world)
    return {"accountId": world.member.id, "email": "member@example.org", "status": status}


def identifier(world: World) -> Values:
    assert macie(world)
    return {"name": "mrn", "regex": "MRN[0-9]{8}", "keywords": ["patient"], "maximumMatchDistance": 40}


def inspector(world: World, **scanned: bool) -> Values:
    administrator(world, "inspector2", accountId=world.account)
    return {"autoEnable": {"ec2": True, "ecr": True, "lambda": False, "lambdaCode": False, **scanned}}


def hub(world: World) -> CreatedResource:
    administrator(world, "securityhub")
    return world.once("hub", f"{HUB}account:Account", lambda: {"enableDefaultStandards": False})


def aggregator(world: World) -> CreatedResource:
    assert hub(world)
    return world.once("aggregator", f"{HUB}findingAggregator:FindingAggregator", lambda: {"linkingMode": "ALL_REGIONS"})


def central(world: World) -> Values:
    assert aggregator(world)
    configuration = {"configurationType": "CENTRAL"}
    return {"autoEnable": False, "autoEnableStandards": "NONE", "organizationConfiguration": configuration}


def policy_inputs(world: World, description: str) -> Values:
    world.once("central", f"{HUB}organizationConfiguration:OrganizationConfiguration", lambda: central(world))
    standard = "arn:aws:securityhub:us-east-1::standards/nist-800-53/v/5.0.0"
    return {
        "name": "policy",
        "description": description,
        "configurationPolicy": {
            "serviceEnabled": True,
            "enabledStandardArns": [standard],
            "securityControlsConfiguration": {"disabledControlIdentifiers": ["EC2.1"]},
        },
    }


def association(world: World) -> Values:
    policy = world.once(
        "policy-of-root", f"{HUB}configurationPolicy:ConfigurationPolicy", lambda: policy_inputs(world, "root")
    )
    return {"policyId": policy.id, "targetId": world.root}


CASES = (
    Case(
        type=f"{DETECTOR}detector:Detector",
        region="us-west-2",
        inputs=lambda _: {"enable": True, "findingPublishingFrequency": "ONE_HOUR", "tags": {"a": "b"}},
        change=lambda _: {"enable": True, "findingPublishingFrequency": "SIX_HOURS", "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("guardduty", "us-west-2").update_detector(DetectorId=m.id, Enable=False),
        drifted="enable",
    ),
    Case(
        type=f"{DETECTOR}detectorFeature:DetectorFeature",
        inputs=lambda w: feature(w, "DISABLED"),
        change=lambda w: feature(w, "ENABLED"),
        drift=lambda w, m: w.boto("guardduty").update_detector(
            DetectorId=m.inputs["detectorId"], Features=[{"Name": m.inputs["name"], "Status": "DISABLED"}]
        ),
        drifted="status",
        stays=True,
    ),
    Case(
        type=f"{DETECTOR}organizationConfiguration:OrganizationConfiguration",
        inputs=lambda w: {"detectorId": detector(w).id, "autoEnableOrganizationMembers": "NEW"},
        change=lambda w: {"detectorId": detector(w).id, "autoEnableOrganizationMembers": "ALL"},
        drift=lambda w, m: w.boto("guardduty").update_organization_configuration(
            DetectorId=m.id, AutoEnableOrganizationMembers="NONE"
        ),
        drifted="autoEnableOrganizationMembers",
        stays=True,
    ),
    Case(
        type=f"{DETECTOR}organizationConfigurationFeature:OrganizationConfigurationFeature",
        inputs=lambda w: organization_feature(w, "NEW"),
        change=lambda w: organization_feature(w, "ALL"),
        stays=True,
    ),
    Case(
        type="aws:macie2/account:Account",
        region="us-west-2",
        inputs=lambda _: {"status": "ENABLED", "findingPublishingFrequency": "ONE_HOUR"},
        change=lambda _: {"status": "ENABLED", "findingPublishingFrequency": "SIX_HOURS"},
        drift=lambda w, _: w.boto("macie2", "us-west-2").update_macie_session(status="PAUSED"),
        drifted="status",
    ),
    Case(
        type="aws:macie2/organizationConfiguration:OrganizationConfiguration",
        inputs=lambda w: {"autoEnable": bool(macie(w).id)},
        drift=lambda w, _: w.boto("macie2").update_organization_configuration(autoEnable=False),
        drifted="autoEnable",
        stays=True,
    ),
    Case(
        type="aws:macie2/member:Member",
        inputs=lambda w: macie_member(w, "ENABLED"),
        change=lambda w: macie_member(w, "PAUSED"),
        drift=lambda w, m: w.boto("macie2").update_member_session(id=m.id, status="ENABLED"),
        drifted="status",
    ),
    Case(
        type="aws:macie/customDataIdentifier:CustomDataIdentifier",
        inputs=lambda w: {**identifier(w), "tags": {"a": "b"}},
        change=lambda w: {**identifier(w), "tags": {"a": "c"}},
        drift=lambda w, m: w.boto("macie2").delete_custom_data_identifier(id=m.id),
    ),
    Case(
        type="aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount",
        region="us-west-2",
        inputs=lambda w: {"accountId": w.member.id},
        drift=lambda w, m: w.boto("inspector2", "us-west-2").disable_delegated_admin_account(
            delegatedAdminAccountId=m.id
        ),
    ),
    Case(
        type="aws:inspector2/enabler:Enabler",
        inputs=lambda w: {"accountIds": [w.account], "resourceTypes": ["EC2", "ECR"]},
        drift=lambda w, _: w.boto("inspector2").disable(accountIds=[w.account], resourceTypes=["EC2", "ECR"]),
    ),
    Case(
        type="aws:inspector2/organizationConfiguration:OrganizationConfiguration",
        inputs=inspector,
        change=lambda w: inspector(w, **{"lambda": True}),
        drift=lambda w, _: w.boto("inspector2").update_organization_configuration(
            autoEnable={"ec2": False, "ecr": False}
        ),
        drifted="autoEnable",
        stays=True,
    ),
    Case(
        type=f"{HUB}organizationAdminAccount:OrganizationAdminAccount",
        inputs=lambda w: {"adminAccountId": w.member.id},
        drift=lambda w, m: w.boto("securityhub").disable_organization_admin_account(AdminAccountId=m.id),
    ),
    Case(
        type=f"{HUB}account:Account",
        region="us-west-2",
        inputs=lambda _: {"enableDefaultStandards": False, "autoEnableControls": True},
        change=lambda _: {"enableDefaultStandards": False, "autoEnableControls": False},
        drift=lambda w, _: w.boto("securityhub", "us-west-2").update_security_hub_configuration(
            AutoEnableControls=True
        ),
        drifted="autoEnableControls",
    ),
    Case(
        type=f"{HUB}organizationConfiguration:OrganizationConfiguration",
        inputs=central,
        stays=True,
    ),
    Case(
        type=f"{HUB}configurationPolicy:ConfigurationPolicy",
        inputs=lambda w: policy_inputs(w, "first"),
        change=lambda w: policy_inputs(w, "second"),
        drift=lambda w, m: w.boto("securityhub").update_configuration_policy(Identifier=m.id, Description="drifted"),
        drifted="description",
    ),
    Case(
        type=f"{HUB}configurationPolicyAssociation:ConfigurationPolicyAssociation",
        inputs=association,
        drift=lambda w, m: w.boto("securityhub").start_configuration_policy_disassociation(
            ConfigurationPolicyIdentifier=m.inputs["policyId"], Target={"RootId": m.id}
        ),
    ),
    Case(
        type=f"{HUB}findingAggregator:FindingAggregator",
        region="us-west-2",
        inputs=lambda w: western_hub(w, "us-east-1"),
        change=lambda w: western_hub(w, "us-east-2"),
    ),
)


def western_hub(world: World, region: str) -> Values:
    client = world.boto("securityhub", "us-west-2")
    # Central configuration, which an earlier case leaves behind, keeps the aggregator from being deleted.
    with suppress(client.exceptions.ClientError):
        world.boto("securityhub").update_organization_configuration(
            AutoEnable=False, OrganizationConfiguration={"ConfigurationType": "LOCAL"}
        )
    try:
        client.describe_hub()
    except client.exceptions.InvalidAccessException:
        client.enable_security_hub()
    return {"linkingMode": "SPECIFIED_REGIONS", "specifiedRegions": [region]}
