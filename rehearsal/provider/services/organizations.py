"""AWS Organizations: the organisation, its units and accounts."""

import time
from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on

TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")
_POLL: Final = 0.2
"""Seconds between two looks at an account that is being created."""
_PATIENCE: Final = 300
"""Seconds after which an account that is not there is a failure."""


def _create_organization(resource: EmulatedResource) -> Values:
    organization = resource.call("create_organization", FeatureSet=resource.inputs.get("featureSet") or "ALL")[
        "Organization"
    ]
    resource.id = organization["Id"]
    _set_organization(resource)
    return {"id": organization["Id"]}


def _set_organization(resource: EmulatedResource) -> None:
    requested = set(resource.inputs.get("awsServiceAccessPrincipals") or [])
    listed = resource.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals")
    enabled = {item["ServicePrincipal"] for item in listed}
    for principal in sorted(requested - enabled):
        resource.attempt("enable_aws_service_access", ServicePrincipal=principal)
    for principal in sorted(enabled - requested):
        resource.attempt("disable_aws_service_access", ServicePrincipal=principal)
    root = resource.pages("list_roots", "Roots")[0]
    types = set(resource.inputs.get("enabledPolicyTypes") or [])
    existing = {item["Type"] for item in root["PolicyTypes"]}
    for kind in sorted(types - existing):
        resource.attempt("enable_policy_type", RootId=root["Id"], PolicyType=kind)
    for kind in sorted(existing - types):
        resource.attempt("disable_policy_type", RootId=root["Id"], PolicyType=kind)


def _read_organization(resource: EmulatedResource) -> Any:
    organization = resource.call("describe_organization")["Organization"]
    if resource.id and organization["Id"] != resource.id:
        return None
    roots = resource.pages("list_roots", "Roots")
    accounts = resource.pages("list_accounts", "Accounts")
    principals = resource.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals")
    master = find_item(accounts, Id=organization["MasterAccountId"]) or {}
    return {
        **organization,
        "masterAccountName": master.get("Name", ""),
        "roots": roots,
        "accounts": accounts,
        "nonMasterAccounts": [item for item in accounts if item["Id"] != organization["MasterAccountId"]],
        "awsServiceAccessPrincipals": [item["ServicePrincipal"] for item in principals],
        "enabledPolicyTypes": [item["Type"] for root in roots for item in root["PolicyTypes"]],
    }


def _read_unit(resource: EmulatedResource) -> Any:
    organizational_unit = resource.call("describe_organizational_unit", OrganizationalUnitId=resource.id)[
        "OrganizationalUnit"
    ]
    parents = resource.call("list_parents", ChildId=resource.id)["Parents"]
    return {**organizational_unit, "ParentId": parents[0]["Id"] if parents else None}


def _create_account(resource: EmulatedResource) -> Values:
    answer = resource.call("create_account", **resource.params("create_account", resource.values))[
        "CreateAccountStatus"
    ]
    deadline = time.monotonic() + _PATIENCE
    while answer["State"] == "IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(_POLL)
        answer = resource.call("describe_create_account_status", CreateAccountRequestId=answer["Id"])[
            "CreateAccountStatus"
        ]
    if answer["State"] != "SUCCEEDED":
        reason = answer.get("FailureReason", "it did not come up in time")
        raise RefusedError(
            f"creating {resource.spec.type} {resource.inputs.get('name')!r}: {answer['State']}: {reason}"
        )
    return {"id": answer["AccountId"]}


def _move(resource: EmulatedResource) -> None:
    requested_parent_id = resource.inputs.get("parentId")
    parents = resource.call("list_parents", ChildId=resource.id)["Parents"]
    if requested_parent_id and parents and parents[0]["Id"] != requested_parent_id:
        resource.call(
            "move_account",
            AccountId=resource.id,
            SourceParentId=parents[0]["Id"],
            DestinationParentId=requested_parent_id,
        )


def _read_account(resource: EmulatedResource) -> Any:
    account = resource.call("describe_account", AccountId=resource.id)["Account"]
    if account["Status"] == "SUSPENDED":
        return None
    parents = resource.call("list_parents", ChildId=resource.id)["Parents"]
    return {**account, "ParentId": parents[0]["Id"] if parents else None}


def _update_account(resource: EmulatedResource) -> None:
    if "parentId" in resource.changed:
        _move(resource)


def _delete_account(resource: EmulatedResource) -> None:
    closing = resource.values.get("closeOnDeletion") is True
    resource.call("close_account" if closing else "remove_account_from_organization", AccountId=resource.id)


TYPES: Final = (
    Emulated(
        type="aws:organizations/organization:Organization",
        service="organizations",
        create=_create_organization,
        read=_read_organization,
        update=_set_organization,
        delete="delete_organization",
        id="{id}",
        forces=on("featureSet"),
        exclusive=True,
    ),
    Emulated(
        type="aws:organizations/organizationalUnit:OrganizationalUnit",
        service="organizations",
        create="create_organizational_unit",
        creation_result="OrganizationalUnit",
        read=_read_unit,
        update=(ApiCall(op="update_organizational_unit", on=on("name")),),
        delete="delete_organizational_unit",
        id="{id}",
        names={"OrganizationalUnitId": "id", "ResourceId": "id"},
        forces=on("parentId"),
        tags=TAGS,
    ),
    Emulated(
        type="aws:organizations/account:Account",
        service="organizations",
        create=_create_account,
        after=_move,
        read=_read_account,
        update=_update_account,
        delete=_delete_account,
        id="{id}",
        names={"AccountName": "name", "ResourceId": "id", "AccountId": "id"},
        forces=on("name", "email", "roleName", "iamUserAccessToBilling", "createGovcloud"),
        exclusive=True,
        tags=TAGS,
    ),
)
