"""Policies of declared roles and functions, and access keys, that nobody declared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from inspection.aws import pages
from inspection.observation import Observation
from inspection.resources.known import Known
from inspection.resources.place import Places, shortened, undeclared

AWS_POLICIES: Final = frozenset({"FullAWSAccess", "RCPFullAWSAccess"})
"""Policies that AWS attaches to every account."""


def role_policies(reads: Places, known: Known) -> Iterator[Observation]:
    """Inline and attached policies of declared roles."""
    account = reads.place.account
    own = {identity for entry in known.values("aws:iam/rolePolicy:RolePolicy", account, "id") for identity in entry}
    own |= {resource.id for resource in known.of("aws:iam/rolePolicy:RolePolicy", account)}
    attached = known.values("aws:iam/rolePolicyAttachment:RolePolicyAttachment", account, "role", "policyArn")
    for role in known.of("aws:iam/role:Role", account):
        name, declared = role.id, role.declared or {}
        inline = {entry.get("name") for entry in declared.get("inlinePolicies") or ()}
        managed = set(declared.get("managedPolicyArns") or ())
        for policy in reads.list("iam", "list_role_policies", "PolicyNames", RoleName=name):
            if f"{name}:{policy}" not in own and policy not in inline:
                yield undeclared(
                    *(reads.place, "inline policy", f"{policy} of the role {name}"),
                    type_="aws:iam/rolePolicy:RolePolicy",
                    control="F9",
                    arn=role.arn,
                )
        for policy in reads.list("iam", "list_attached_role_policies", "AttachedPolicies", RoleName=name):
            arn = policy["PolicyArn"]
            if (name, arn) not in attached and arn not in managed:
                yield undeclared(
                    *(reads.place, "attached policy", f"{arn} of the role {name}"),
                    type_="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
                    control="F9",
                    arn=role.arn,
                )


def access_keys(reads: Places, known: Known) -> Iterator[Observation]:
    """Access keys of IAM users."""
    for user in reads.list("iam", "list_users", "Users"):
        for key in reads.list("iam", "list_access_keys", "AccessKeyMetadata", UserName=user["UserName"]):
            identity = key["AccessKeyId"]
            if not known.has(["aws:iam/accessKey:AccessKey"], identity, account=reads.place.account):
                yield undeclared(
                    *(reads.place, "access key", f"{identity} of the user {user['UserName']}"),
                    type_="aws:iam/accessKey:AccessKey",
                    control="F3",
                    arn=str(user["Arn"]),
                )


def function_policies(reads: Places, known: Known) -> Iterator[Observation]:
    """Statements of the resource policies of declared functions."""
    account, region = reads.place.account, reads.place.region
    type_ = "aws:lambda/permission:Permission"
    declared = {resource.id for resource in known.of(type_, account, region)}
    for function in known.of("aws:lambda/function:Function", account, region):
        answer = reads.optional("lambda", "get_policy", ["ResourceNotFoundException"], FunctionName=function.id)
        for statement in json.loads(answer.get("Policy", '{"Statement": []}'))["Statement"]:
            if statement.get("Sid") not in declared:
                yield undeclared(
                    *(reads.place, "function permission", f"{statement.get('Sid')} of {function.id}"),
                    type_=type_,
                    control="M12",
                    arn=function.arn,
                    detail=shortened(statement),
                )


def account_policies(reads: Places, known: Known) -> Iterator[Observation]:
    """Organization policies of every type of AWS Organizations that are attached to the account itself."""
    client = reads.aws.client("organizations")
    type_ = "aws:organizations/policyAttachment:PolicyAttachment"
    declared = {
        (resource.recorded.get("policyId"), resource.recorded.get("targetId"))
        for resource in known.resources
        if resource.type == type_
    }
    for kind in client.meta.service_model.shape_for("PolicyType").enum:
        for policy in _attached(client, reads.place.account, kind):
            if policy.get("AwsManaged") or policy["Name"] in AWS_POLICIES:
                continue
            if (policy["Id"], reads.place.account) not in declared:
                yield undeclared(
                    *(reads.place, "organization policy", f"{policy['Name']} on the account"),
                    type_=type_,
                    control="F9",
                    arn=str(policy.get("Arn") or policy["Id"]),
                )


def _attached(client: Any, account: str, kind: str) -> Sequence[Mapping[str, Any]]:
    """The policies of a type on an account; none of a type that the partition does not have."""
    try:
        return list(pages(client, "list_policies_for_target", "Policies", TargetId=account, Filter=kind))
    except client.exceptions.InvalidInputException:
        return ()
