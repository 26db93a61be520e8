"""IAM: roles, their policies, instance profiles."""

from typing import Any, Final

from rehearsal.provider.spec import Emulated, EmulatedResource
from rehearsal.provider.vocabulary import ApiCall, Find, Items, Tagging, on


def _complete_role(resource: EmulatedResource) -> None:
    name = resource.values["name"]
    for arn in resource.inputs.get("managedPolicyArns") or []:
        resource.call("attach_role_policy", RoleName=name, PolicyArn=arn)
    for policy in resource.inputs.get("inlinePolicies") or []:
        if policy.get("name") and policy.get("policy"):
            resource.call("put_role_policy", RoleName=name, PolicyName=policy["name"], PolicyDocument=policy["policy"])


def _update_role(resource: EmulatedResource) -> None:
    name = resource.values["name"]
    if resource.changed & on("description", "maxSessionDuration"):
        resource.call(
            "update_role",
            RoleName=name,
            Description=resource.inputs.get("description") or "",
            MaxSessionDuration=int(resource.inputs.get("maxSessionDuration") or 3600),
        )
    if "assumeRolePolicy" in resource.changed:
        resource.auto("update_assume_role_policy")
    if "permissionsBoundary" in resource.changed:
        boundary = resource.inputs.get("permissionsBoundary")
        if boundary:
            resource.call("put_role_permissions_boundary", RoleName=name, PermissionsBoundary=boundary)
        else:
            resource.call("delete_role_permissions_boundary", RoleName=name)
    if resource.changed & on("managedPolicyArns", "inlinePolicies"):
        _strip(resource, name)
        _complete_role(resource)


def _empty_role(resource: EmulatedResource) -> None:
    """Remove the role's policies if its declaration contains them or `forceDetachPolicies` is set."""
    values = resource.values
    if values.get("forceDetachPolicies") or values.get("managedPolicyArns") or values.get("inlinePolicies"):
        _strip(resource, values["name"])


def _strip(resource: EmulatedResource, name: str) -> None:
    for policy in resource.pages("list_attached_role_policies", "AttachedPolicies", RoleName=name):
        resource.call("detach_role_policy", RoleName=name, PolicyArn=policy["PolicyArn"])
    for policy in resource.pages("list_role_policies", "PolicyNames", RoleName=name):
        resource.call("delete_role_policy", RoleName=name, PolicyName=policy)


def _service_linked(resource: EmulatedResource) -> dict[str, Any]:
    """The role, with the service that its path names: IAM returns the service nowhere else."""
    role: dict[str, Any] = resource.call("get_role", RoleName=resource.id.rpartition("/")[2])["Role"]
    return {**role, "AWSServiceName": str(role["Path"]).strip("/").rpartition("/")[2]}


TYPES: Final = (
    Emulated(
        type="aws:iam/role:Role",
        service="iam",
        create="create_role",
        after=_complete_role,
        read="get_role",
        result="Role",
        outputs={"permissionsBoundary": "Role.PermissionsBoundary.PermissionsBoundaryArn"},
        update=_update_role,
        tidy=_empty_role,
        delete="delete_role",
        id="{name}",
        names={
            "RoleName": "name",
            "AssumeRolePolicyDocument": "assumeRolePolicy",
            "PolicyDocument": "assumeRolePolicy",
            "RoleId": "uniqueId",
        },
        forces=on("name", "namePrefix", "path"),
        tags=Tagging(add="tag_role", remove="untag_role", read="list_role_tags"),
    ),
    Emulated(
        type="aws:iam/rolePolicy:RolePolicy",
        service="iam",
        create="put_role_policy",
        read="get_role_policy",
        update="put",
        delete="delete_role_policy",
        id="{role}:{name}",
        names={"RoleName": "role", "PolicyName": "name", "PolicyDocument": "policy"},
        forces=on("role", "name", "namePrefix"),
    ),
    Emulated(
        type="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
        service="iam",
        create="attach_role_policy",
        read=Find(
            op="list_attached_role_policies",
            by={"RoleName": "role"},
            at="AttachedPolicies",
            matching={"PolicyArn": "policyArn"},
            paged=True,
            echo=on("role"),
        ),
        delete="detach_role_policy",
        id="{role}/{policyArn}",
        names={"RoleName": "role"},
        forces=on("role", "policyArn"),
    ),
    Emulated(
        type="aws:iam/instanceProfile:InstanceProfile",
        service="iam",
        create="create_instance_profile",
        read="get_instance_profile",
        result="InstanceProfile",
        outputs={"role": "InstanceProfile.Roles[0].RoleName"},
        items=(
            Items(
                property="role",
                add="add_role_to_instance_profile",
                remove="remove_role_from_instance_profile",
                parameter="RoleName",
                by={"InstanceProfileName": "name"},
                single=True,
            ),
        ),
        update=(),
        delete="delete_instance_profile",
        id="{name}",
        names={"InstanceProfileName": "name", "InstanceProfileId": "uniqueId"},
        forces=on("name", "namePrefix", "path"),
        tags=Tagging(add="tag_instance_profile", remove="untag_instance_profile"),
    ),
    Emulated(
        type="aws:iam/serviceLinkedRole:ServiceLinkedRole",
        service="iam",
        create="create_service_linked_role",
        creation_result="Role",
        read=_service_linked,
        update=(ApiCall(op="update_role_description", on=on("description")),),
        delete=lambda resource: resource.call("delete_service_linked_role", RoleName=resource.id.rpartition("/")[2]),
        id="{arn}",
        names={"RoleName": "name", "RoleId": "uniqueId", "AWSServiceName": "awsServiceName"},
        forces=on("awsServiceName", "customSuffix"),
    ),
)
