"""IAM Identity Center: permission sets, who has them where, groups."""

from typing import Any, Final

from rehearsal.provider.services.shapes import one
from rehearsal.provider.spec import Emulated, Work
from rehearsal.provider.vocabulary import Tagging, on


def _split(work: Work) -> dict[str, str]:
    values = work.values
    return {"InstanceArn": values["instanceArn"], "PermissionSetArn": values.get("arn") or values["permissionSetArn"]}


def _read_set(work: Work) -> Any:
    found = work.call("describe_permission_set", **_split(work))["PermissionSet"]
    return {**found, "arn": found["PermissionSetArn"], "instanceArn": work.values["instanceArn"]}


def _read_inline(work: Work) -> Any:
    values = _split(work)
    policy = work.call("get_inline_policy_for_permission_set", **values).get("InlinePolicy")
    return {**values, "inlinePolicy": policy} if policy else None


def _read_managed(work: Work) -> Any:
    values = _split(work)
    listed = work.pages("list_managed_policies_in_permission_set", "AttachedManagedPolicies", **values)
    found = one(listed, Arn=work.values["managedPolicyArn"])
    return found and {**values, "managedPolicyArn": found["Arn"], "managedPolicyName": found["Name"]}


def _read_assignment(work: Work) -> Any:
    values = work.values
    listed = work.pages("list_account_assignments", "AccountAssignments", **_split(work), AccountId=values["targetId"])
    found = one(listed, PrincipalId=values["principalId"], PrincipalType=values["principalType"])
    return found and {**found, "targetId": found["AccountId"], "targetType": "AWS_ACCOUNT"}


def _read_group(work: Work) -> Any:
    values = work.values
    found = work.call("describe_group", IdentityStoreId=values["identityStoreId"], GroupId=values["groupId"])
    return {**found, "identityStoreId": values["identityStoreId"]}


TYPES: Final = (
    Emulated(
        type="aws:ssoadmin/permissionSet:PermissionSet",
        service="sso-admin",
        create="create_permission_set",
        made="PermissionSet",
        read=_read_set,
        update="update_permission_set",
        delete="delete_permission_set",
        id="{arn},{instanceArn}",
        names={"PermissionSetArn": "arn", "ResourceArn": "arn"},
        forces=on("name", "instanceArn"),
        tags=Tagging(add="tag_resource", remove="untag_resource", read="list_tags_for_resource"),
    ),
    Emulated(
        type="aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
        service="sso-admin",
        create="put_inline_policy_to_permission_set",
        read=_read_inline,
        update="put",
        delete="delete_inline_policy_from_permission_set",
        id="{permissionSetArn},{instanceArn}",
        forces=on("instanceArn", "permissionSetArn"),
    ),
    Emulated(
        type="aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        service="sso-admin",
        create="attach_managed_policy_to_permission_set",
        read=_read_managed,
        delete="detach_managed_policy_from_permission_set",
        id="{managedPolicyArn},{permissionSetArn},{instanceArn}",
        forces=on("instanceArn", "permissionSetArn", "managedPolicyArn"),
    ),
    Emulated(
        type="aws:ssoadmin/accountAssignment:AccountAssignment",
        service="sso-admin",
        create="create_account_assignment",
        read=_read_assignment,
        delete="delete_account_assignment",
        id="{principalId},{principalType},{targetId},AWS_ACCOUNT,{permissionSetArn},{instanceArn}",
        fixed={"TargetType": "AWS_ACCOUNT"},
        forces=on("instanceArn", "permissionSetArn", "principalId", "principalType", "targetId", "targetType"),
    ),
    Emulated(
        type="aws:identitystore/group:Group",
        service="identitystore",
        create="create_group",
        read=_read_group,
        update=lambda work: work.call(
            "update_group",
            IdentityStoreId=work.values["identityStoreId"],
            GroupId=work.values["groupId"],
            Operations=[
                {"AttributePath": name, "AttributeValue": work.inputs.get(name, "")}
                for name in ("displayName", "description")
                if name in work.changed
            ],
        ),
        delete="delete_group",
        id="{identityStoreId}/{groupId}",
        forces=on("identityStoreId"),
    ),
)
