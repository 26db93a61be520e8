"""Security Hub: hubs, finding aggregators, central configuration and its policies, administrators."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, on

_SETTINGS: Final = ("autoEnableControls", "controlFindingGenerator")


def _target(target_id: str) -> dict[str, str]:
    """The target of a configuration policy, by the kind of its id."""
    kind = "AccountId" if target_id.isdigit() else "RootId" if target_id.startswith("r-") else "OrganizationalUnitId"
    return {kind: target_id}


def _create_hub(resource: EmulatedResource) -> Values:
    resource.auto("enable_security_hub")
    if resource.inputs.get("autoEnableControls") is not None:
        _change_hub(resource)
    return {"arn": resource.call("describe_hub")["HubArn"]}


def _change_hub(resource: EmulatedResource) -> None:
    settings = {name[0].upper() + name[1:]: resource.inputs[name] for name in _SETTINGS if name in resource.inputs}
    resource.call("update_security_hub_configuration", **settings)


def _policy(_resource: EmulatedResource, values: Values) -> Values:
    """Put the policy into the union of the API."""
    policy = values.get("configurationPolicy")
    return {**values, "configurationPolicy": {"securityHub": policy}} if policy else values


def _read_policy(resource: EmulatedResource) -> Any:
    policy = resource.call("get_configuration_policy", Identifier=resource.id)
    return {**policy, "ConfigurationPolicy": policy["ConfigurationPolicy"]["SecurityHub"]}


def _associate(resource: EmulatedResource) -> Values:
    target = resource.inputs["targetId"]
    identifier = resource.inputs["policyId"]
    resource.call(
        "start_configuration_policy_association", ConfigurationPolicyIdentifier=identifier, Target=_target(target)
    )
    return {}


def _association(resource: EmulatedResource) -> Any:
    association = resource.call("get_configuration_policy_association", Target=_target(resource.id))
    return {"policyId": association["ConfigurationPolicyId"], "targetId": association["TargetId"]}


def _dissociate(resource: EmulatedResource) -> None:
    resource.call(
        "start_configuration_policy_disassociation",
        ConfigurationPolicyIdentifier=resource.values["policyId"],
        Target=_target(resource.id),
    )


TYPES: Final = (
    Emulated(
        type="aws:securityhub/account:Account",
        service="securityhub",
        create=_create_hub,
        read=Find(op="describe_hub"),
        update=_change_hub,
        delete=ApiCall(op="disable_security_hub", by={}),
        id="{accountId}",
        names={"HubArn": "arn"},
        forces=on("enableDefaultStandards"),
        keep=on("enableDefaultStandards"),
        absent={"InvalidAccessException": ("not subscribed",)},
        exclusive=True,
    ),
    Emulated(
        type="aws:securityhub/findingAggregator:FindingAggregator",
        service="securityhub",
        create="create_finding_aggregator",
        read=Find(op="get_finding_aggregator", by={"FindingAggregatorArn": "id"}),
        update=(ApiCall(op="update_finding_aggregator"),),
        delete=ApiCall(op="delete_finding_aggregator", by={"FindingAggregatorArn": "id"}),
        id="{arn}",
        names={
            "FindingAggregatorArn": "arn",
            "RegionLinkingMode": "linkingMode",
            "Regions": "specifiedRegions",
        },
        exclusive=True,
    ),
    Emulated(
        type="aws:securityhub/organizationAdminAccount:OrganizationAdminAccount",
        service="securityhub",
        create="enable_organization_admin_account",
        read=Find(op="list_organization_admin_accounts", at="AdminAccounts", matching={"AccountId": "id"}, paged=True),
        outputs={"adminAccountId": "AccountId"},
        delete="disable_organization_admin_account",
        absent={"InvalidInputException": ("is not the delegated administrator",)},
        id="{adminAccountId}",
        forces=on("adminAccountId"),
    ),
    Emulated(
        type="aws:securityhub/organizationConfiguration:OrganizationConfiguration",
        service="securityhub",
        create="update_organization_configuration",
        read=Find(op="describe_organization_configuration"),
        update="put",
        delete=ApiCall(
            op="update_organization_configuration",
            by={},
            fixed={
                "AutoEnable": False,
                "AutoEnableStandards": "NONE",
                "OrganizationConfiguration": {"ConfigurationType": "LOCAL"},
            },
        ),
        id="{accountId}",
        exclusive=True,
    ),
    Emulated(
        type="aws:securityhub/configurationPolicy:ConfigurationPolicy",
        service="securityhub",
        prepare=_policy,
        create="create_configuration_policy",
        read=_read_policy,
        update=(ApiCall(op="update_configuration_policy"),),
        delete=ApiCall(op="delete_configuration_policy", by={"Identifier": "id"}),
        id="{id}",
        names={
            "Identifier": "id",
            "EnabledStandardIdentifiers": "enabledStandardArns",
            "DisabledSecurityControlIdentifiers": "disabledControlIdentifiers",
            "EnabledSecurityControlIdentifiers": "enabledControlIdentifiers",
        },
    ),
    Emulated(
        type="aws:securityhub/configurationPolicyAssociation:ConfigurationPolicyAssociation",
        service="securityhub",
        create=_associate,
        read=_association,
        update=_associate,
        delete=_dissociate,
        id="{targetId}",
        forces=on("targetId"),
    ),
)
