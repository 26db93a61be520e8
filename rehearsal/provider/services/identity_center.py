"""IAM Identity Center: permission sets, account assignments, groups."""

from typing import Final

from rehearsal.provider.spec import Emulated
from rehearsal.provider.vocabulary import Find, Tagging, on

_SET: Final = {"InstanceArn": "instanceArn", "PermissionSetArn": "permissionSetArn"}
_SET_PROPERTIES: Final = on("instanceArn", "permissionSetArn")

TYPES: Final = (
    Emulated(
        type="aws:ssoadmin/permissionSet:PermissionSet",
        service="sso-admin",
        create="create_permission_set",
        creation_result="PermissionSet",
        read=Find(
            op="describe_permission_set",
            by={"InstanceArn": "instanceArn", "PermissionSetArn": "arn"},
            at="PermissionSet",
            echo=on("instanceArn"),
        ),
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
        read=Find(op="get_inline_policy_for_permission_set", by=_SET, exists="InlinePolicy", echo=_SET_PROPERTIES),
        update="put",
        delete="delete_inline_policy_from_permission_set",
        id="{permissionSetArn},{instanceArn}",
        forces=on("instanceArn", "permissionSetArn"),
    ),
    Emulated(
        type="aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment",
        service="sso-admin",
        create="attach_managed_policy_to_permission_set",
        read=Find(
            op="list_managed_policies_in_permission_set",
            by=_SET,
            at="AttachedManagedPolicies",
            matching={"Arn": "managedPolicyArn"},
            paged=True,
            echo=_SET_PROPERTIES,
        ),
        outputs={"managedPolicyArn": "Arn", "managedPolicyName": "Name"},
        delete="detach_managed_policy_from_permission_set",
        id="{managedPolicyArn},{permissionSetArn},{instanceArn}",
        forces=on("instanceArn", "permissionSetArn", "managedPolicyArn"),
    ),
    Emulated(
        type="aws:ssoadmin/accountAssignment:AccountAssignment",
        service="sso-admin",
        create="create_account_assignment",
        read=Find(
            op="list_account_assignments",
            by={**_SET, "AccountId": "targetId"},
            at="AccountAssignments",
            matching={"PrincipalId": "principalId", "PrincipalType": "principalType"},
            paged=True,
            echo=on("instanceArn"),
        ),
        outputs={"targetId": "AccountId", "targetType": "'AWS_ACCOUNT'"},
        delete="delete_account_assignment",
        id="{principalId},{principalType},{targetId},AWS_ACCOUNT,{permissionSetArn},{instanceArn}",
        fixed={"TargetType": "AWS_ACCOUNT"},
        forces=on("instanceArn", "permissionSetArn", "principalId", "principalType", "targetId", "targetType"),
    ),
    Emulated(
        type="aws:identitystore/group:Group",
        service="identitystore",
        create="create_group",
        read=Find(
            op="describe_group",
            by={"IdentityStoreId": "identityStoreId", "GroupId": "groupId"},
            echo=on("identityStoreId"),
        ),
        update=lambda resource: resource.call(
            "update_group",
            IdentityStoreId=resource.values["identityStoreId"],
            GroupId=resource.values["groupId"],
            Operations=[
                {"AttributePath": name, "AttributeValue": resource.inputs.get(name, "")}
                for name in ("displayName", "description")
                if name in resource.changed
            ],
        ),
        delete="delete_group",
        id="{identityStoreId}/{groupId}",
        forces=on("identityStoreId"),
    ),
)
