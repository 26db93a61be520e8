"""AWS Organizations: the organisation, its units and accounts."""

import time
from typing import Any, Final

from rehearsal.provider.errors import RefusedError
from rehearsal.provider.services.shapes import find_item
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.values import Values
from rehearsal.provider.vocabulary import ApiCall, Tagging, on

TAGS: Final = Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource")
_POLL: Final = 0.2
"""Seconds between two looks at an account that is being created."""
_PATIENCE: Final = 300
"""Seconds after which an account that is not there is a failure."""


def _create_organization(work: Work) -> Values:
    organization = work.call("create_organization", FeatureSet=work.inputs.get("featureSet") or "ALL")["Organization"]
    work.id = organization["Id"]
    _set_organization(work)
    return {"id": organization["Id"]}


def _set_organization(work: Work) -> None:
    requested = set(work.inputs.get("awsServiceAccessPrincipals") or [])
    listed = work.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals")
    enabled = {item["ServicePrincipal"] for item in listed}
    for principal in sorted(requested - enabled):
        work.attempt("enable_aws_service_access", ServicePrincipal=principal)
    for principal in sorted(enabled - requested):
        work.attempt("disable_aws_service_access", ServicePrincipal=principal)
    root = work.pages("list_roots", "Roots")[0]
    types = set(work.inputs.get("enabledPolicyTypes") or [])
    existing = {item["Type"] for item in root["PolicyTypes"]}
    for kind in sorted(types - existing):
        work.attempt("enable_policy_type", RootId=root["Id"], PolicyType=kind)
    for kind in sorted(existing - types):
        work.attempt("disable_policy_type", RootId=root["Id"], PolicyType=kind)


def _read_organization(work: Work) -> Any:
    organization = work.call("describe_organization")["Organization"]
    if work.id and organization["Id"] != work.id:
        return None
    roots = work.pages("list_roots", "Roots")
    accounts = work.pages("list_accounts", "Accounts")
    principals = work.pages("list_aws_service_access_for_organization", "EnabledServicePrincipals")
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


def _read_unit(work: Work) -> Any:
    organizational_unit = work.call("describe_organizational_unit", OrganizationalUnitId=work.id)["OrganizationalUnit"]
    parents = work.call("list_parents", ChildId=work.id)["Parents"]
    return {**organizational_unit, "ParentId": parents[0]["Id"] if parents else None}


def _create_account(work: Work) -> Values:
    answer = work.call("create_account", **work.params("create_account", work.values))["CreateAccountStatus"]
    deadline = time.monotonic() + _PATIENCE
    while answer["State"] == "IN_PROGRESS" and time.monotonic() < deadline:
        time.sleep(_POLL)
        answer = work.call("describe_create_account_status", CreateAccountRequestId=answer["Id"])["CreateAccountStatus"]
    if answer["State"] != "SUCCEEDED":
        reason = answer.get("FailureReason", "it did not come up in time")
        raise RefusedError(f"creating {work.spec.type} {work.inputs.get('name')!r}: {answer['State']}: {reason}")
    return {"id": answer["AccountId"]}


def _move(work: Work) -> None:
    requested_parent_id = work.inputs.get("parentId")
    parents = work.call("list_parents", ChildId=work.id)["Parents"]
    if requested_parent_id and parents and parents[0]["Id"] != requested_parent_id:
        work.call(
            "move_account", AccountId=work.id, SourceParentId=parents[0]["Id"], DestinationParentId=requested_parent_id
        )


def _read_account(work: Work) -> Any:
    account = work.call("describe_account", AccountId=work.id)["Account"]
    if account["Status"] == "SUSPENDED":
        return None
    parents = work.call("list_parents", ChildId=work.id)["Parents"]
    return {**account, "ParentId": parents[0]["Id"] if parents else None}


def _update_account(work: Work) -> None:
    if "parentId" in work.changed:
        _move(work)


def _delete_account(work: Work) -> None:
    closing = work.values.get("closeOnDeletion") is True
    work.call("close_account" if closing else "remove_account_from_organization", AccountId=work.id)


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
