"""Macie and Inspector: what is enabled in an account and region, and in new accounts of the organisation."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Find, Tagging, on

SCANNED: Final = {"EC2": "ec2", "ECR": "ecr", "LAMBDA": "lambda", "LAMBDA_CODE": "lambdaCode"}
"""Type of resources that Inspector scans -> member of an account's state."""
_OFF: Final = {"ec2": False, "ecr": False, "lambda": False, "lambdaCode": False}


def _token(resource: EmulatedResource, values: Values) -> Values:
    return {**values, "clientToken": resource.creation[:64] or "token"}


def _create_identifier(resource: EmulatedResource) -> Values:
    identity = resource.auto("create_custom_data_identifier")["customDataIdentifierId"]
    arn = f"arn:aws:macie2:{resource.region}:{resource.account}:custom-data-identifier/{identity}"
    return {"id": identity, "arn": arn}


def _create_member(resource: EmulatedResource) -> Values:
    account = {"accountId": resource.inputs["accountId"], "email": resource.inputs["email"]}
    resource.call("create_member", account=account)
    return {"id": account["accountId"], **_set_status(resource)}


def _set_status(resource: EmulatedResource) -> Values:
    """AWS enables Macie in the account of a new member; only a pause is a request."""
    identity = resource.id or resource.inputs["accountId"]
    wanted = resource.inputs.get("status") or "ENABLED"
    if resource.id or wanted != "ENABLED":
        resource.call("update_member_session", id=identity, status=wanted)
    return {}


def _finish_member(_resource: EmulatedResource, values: Values) -> Values:
    """The property `status` is ENABLED or PAUSED; the API says how the accounts relate."""
    states = {"Enabled": "ENABLED", "Paused": "PAUSED"}
    return {**values, "status": states.get(values.get("relationshipStatus", ""), "ENABLED")}


def _enable(resource: EmulatedResource) -> Values:
    resource.call(
        "enable",
        accountIds=resource.inputs["accountIds"],
        resourceTypes=[str(name) for name in resource.inputs["resourceTypes"]],
    )
    accounts, kinds = (sorted(resource.inputs[name]) for name in ("accountIds", "resourceTypes"))
    return {"id": f"{':'.join(accounts)}-{':'.join(kinds)}"}


def _enabled(resource: EmulatedResource) -> Any:
    accounts = resource.id.partition("-")[0].split(":")
    states = resource.call("batch_get_account_status", accountIds=accounts)["accounts"]
    kinds = [
        kind
        for kind, member in SCANNED.items()
        if states and all(state["resourceState"].get(member, {}).get("status") == "ENABLED" for state in states)
    ]
    return {"accountIds": accounts, "resourceTypes": kinds} if kinds else None


def _disable(resource: EmulatedResource) -> None:
    accounts, _, kinds = resource.id.partition("-")
    resource.call("disable", accountIds=accounts.split(":"), resourceTypes=kinds.split(":"))


TYPES: Final = (
    Emulated(
        type="aws:macie2/account:Account",
        service="macie2",
        prepare=_token,
        create="enable_macie",
        read=Find(op="get_macie_session"),
        update=(ApiCall(op="update_macie_session"),),
        delete=ApiCall(op="disable_macie", by={}),
        id="{accountId}",
        exclusive=True,
    ),
    Emulated(
        type="aws:macie2/organizationConfiguration:OrganizationConfiguration",
        service="macie2",
        create="update_organization_configuration",
        read=Find(op="describe_organization_configuration"),
        update="put",
        delete=ApiCall(op="update_organization_configuration", by={}, fixed={"autoEnable": False}),
        id="{accountId}",
        exclusive=True,
    ),
    Emulated(
        type="aws:macie2/member:Member",
        service="macie2",
        create=_create_member,
        read=Find(op="get_member", by={"id": "id"}),
        update=_set_status,
        delete=ApiCall(op="delete_member", by={"id": "id"}),
        id="{accountId}",
        forces=on("accountId", "email"),
        finish=_finish_member,
        keep=on("invite", "invitationMessage", "invitationDisableEmailNotification"),
    ),
    Emulated(
        type="aws:macie/customDataIdentifier:CustomDataIdentifier",
        service="macie2",
        prepare=_token,
        create=_create_identifier,
        read=Find(op="get_custom_data_identifier", by={"id": "id"}),
        update=(),
        delete=ApiCall(op="delete_custom_data_identifier", by={"id": "id"}),
        id="{id}",
        names={"resourceArn": "arn"},
        forces=on("name", "regex", "keywords", "ignoreWords", "description", "maximumMatchDistance"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read=""),
    ),
    Emulated(
        type="aws:inspector2/delegatedAdminAccount:DelegatedAdminAccount",
        service="inspector2",
        prepare=_token,
        create="enable_delegated_admin_account",
        read=Find(
            op="list_delegated_admin_accounts",
            at="delegatedAdminAccounts[?status=='ENABLED']",
            matching={"accountId": "id"},
        ),
        names={"delegatedAdminAccountId": "accountId", "status": "relationshipStatus"},
        delete="disable_delegated_admin_account",
        id="{accountId}",
        forces=on("accountId"),
    ),
    Emulated(
        type="aws:inspector2/enabler:Enabler",
        service="inspector2",
        create=_enable,
        read=_enabled,
        delete=_disable,
        id="{id}",
        forces=on("accountIds", "resourceTypes"),
    ),
    Emulated(
        type="aws:inspector2/organizationConfiguration:OrganizationConfiguration",
        service="inspector2",
        create="update_organization_configuration",
        read=Find(op="describe_organization_configuration"),
        update="put",
        delete=ApiCall(op="update_organization_configuration", by={}, fixed={"autoEnable": _OFF}),
        id="{accountId}",
        exclusive=True,
    ),
)
