"""Requests that the rules of IAM, KMS, Organizations and STS refuse, which moto or a patch enforces."""

import json
from typing import Any, Final

from rehearsal.cloud import Endpoints
from tests.rehearsal.cloud.rule_requests import EAST, MANAGEMENT, Case, function, in_member, key, role, statement
from tests.rehearsal.cloud.samples import document


def iam(endpoints: Endpoints) -> Any:
    return endpoints.client("iam", EAST)


def organizations(endpoints: Endpoints) -> Any:
    return endpoints.client("organizations", EAST)


def inline(endpoints: Endpoints, name: str, text: str) -> Any:
    role(endpoints, name)
    return iam(endpoints).put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=text)


def role_with_policies(endpoints: Endpoints) -> Any:
    role(endpoints, "has-policies")
    arn = iam(endpoints).create_policy(PolicyName="of-a-role", PolicyDocument=document(statement()))["Policy"]["Arn"]
    iam(endpoints).attach_role_policy(RoleName="has-policies", PolicyArn=arn)
    return iam(endpoints).delete_role(RoleName="has-policies")


def linked_role_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        iam(endpoints).create_service_linked_role(AWSServiceName="guardduty.amazonaws.com")


def identity_provider_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        iam(endpoints).create_open_id_connect_provider(Url="https://twice.example.org", ClientIDList=["sts"])


LOCKED_OUT: Final = document(statement(Principal={"AWS": f"arn:aws:iam::{MANAGEMENT}:root"}, Action="kms:Decrypt"))


def replica_of(endpoints: Endpoints, count: int, **more: Any) -> Any:
    primary = key(endpoints, **more)
    for _ in range(count):
        endpoints.client("kms", EAST).replicate_key(KeyId=primary, ReplicaRegion="us-west-2")


def alias_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        endpoints.client("kms", EAST).create_alias(AliasName="alias/twice", TargetKeyId=key(endpoints))


def scp(endpoints: Endpoints, name: str, text: str = "") -> str:
    created = organizations(endpoints).create_policy(
        Name=name,
        Description="",
        Type="SERVICE_CONTROL_POLICY",
        Content=text or document(statement(Effect="Deny", Action="ec2:RunInstances")),
    )
    return str(created["Policy"]["PolicySummary"]["Id"])


def unit(endpoints: Endpoints, name: str, parent: str = "") -> str:
    [root] = organizations(endpoints).list_roots()["Roots"]
    created = organizations(endpoints).create_organizational_unit(ParentId=parent or root["Id"], Name=name)
    return str(created["OrganizationalUnit"]["Id"])


def eleventh_scp(endpoints: Endpoints) -> Any:
    target = unit(endpoints, "Eleven policies")
    for number in range(10):
        organizations(endpoints).attach_policy(PolicyId=scp(endpoints, f"of-eleven-{number}"), TargetId=target)


def attached_twice(endpoints: Endpoints) -> Any:
    target, policy = unit(endpoints, "Attached"), scp(endpoints, "attached")
    for _ in range(2):
        organizations(endpoints).attach_policy(PolicyId=policy, TargetId=target)


def named_twice(endpoints: Endpoints) -> Any:
    for _ in range(2):
        scp(endpoints, "named-twice")


def attached_policy_deleted(endpoints: Endpoints) -> Any:
    policy = scp(endpoints, "in-use")
    organizations(endpoints).attach_policy(PolicyId=policy, TargetId=unit(endpoints, "Using"))
    return organizations(endpoints).delete_policy(PolicyId=policy)


def unit_with_children(endpoints: Endpoints) -> Any:
    parent = unit(endpoints, "Parent")
    unit(endpoints, "Child", parent)
    return organizations(endpoints).delete_organizational_unit(OrganizationalUnitId=parent)


def member_changes_the_organization(endpoints: Endpoints) -> Any:
    client = endpoints.client("organizations", EAST, in_member(endpoints))
    return client.disable_aws_service_access(ServicePrincipal="config.amazonaws.com")


def not_in_the_trust_policy(endpoints: Endpoints) -> Any:
    arn = role(endpoints, "trusts-lambda-only")
    return endpoints.client("sts", EAST).assume_role(RoleArn=arn, RoleSessionName="session")


def repository_policy(endpoints: Endpoints) -> Any:
    ecr = endpoints.client("ecr", EAST)
    ecr.create_repository(repositoryName="for-nobody")
    nobody = {"AWS": f"arn:aws:iam::{MANAGEMENT}:role/deleted-role"}
    allowed = {"Effect": "Allow", "Principal": nobody, "Action": "ecr:BatchGetImage"}
    return ecr.set_repository_policy(repositoryName="for-nobody", policyText=document(allowed))


def eleventh_account(endpoints: Endpoints) -> Any:
    for number in range(11):
        organizations(endpoints).create_account(AccountName=f"account-{number}", Email=f"a{number}@example.org")


def reserved_concurrency(endpoints: Endpoints) -> Any:
    function(endpoints, "reserved", Role=role(endpoints, "reserved-function"))
    return endpoints.client("lambda", EAST).put_function_concurrency(
        FunctionName="reserved", ReservedConcurrentExecutions=1
    )


CASES: Final = (
    Case(name="role with policies", code="DeleteConflict", request=role_with_policies),
    Case(name="service-linked role twice", code="InvalidInput", request=linked_role_twice),
    Case(
        name="policy with an unknown element",
        code="MalformedPolicyDocument",
        request=lambda e: inline(e, "unknown-element", json.dumps({"Version": "2012-10-17", "Statements": []})),
    ),
    Case(
        name="resource that is no ARN",
        code="MalformedPolicyDocument",
        request=lambda e: inline(e, "no-arn", document(statement(Resource="bucket"))),
    ),
    Case(name="identity provider twice", code="EntityAlreadyExists", request=identity_provider_twice),
    Case(
        name="key that nobody can manage",
        code="MalformedPolicyDocumentException",
        request=lambda e: key(e, Policy=LOCKED_OUT),
    ),
    Case(
        name="key policy that locks out",
        code="MalformedPolicyDocumentException",
        request=lambda e: e.client("kms", EAST).put_key_policy(
            KeyId=key(e).rpartition("/")[2], PolicyName="default", Policy=LOCKED_OUT
        ),
    ),
    Case(
        name="replica of a single-region key",
        code="UnsupportedOperationException",
        request=lambda e: replica_of(e, 1),
    ),
    Case(
        name="second replica in a region",
        code="AlreadyExistsException",
        request=lambda e: replica_of(e, 2, MultiRegion=True),
    ),
    Case(name="alias twice", code="AlreadyExistsException", request=alias_twice),
    Case(
        name="SCP over 5,120 characters",
        code="ConstraintViolationException",
        request=lambda e: scp(e, "long", document(statement(Effect="Deny", Action=["ec2:RunInstances"] * 800))),
    ),
    Case(name="eleventh SCP of a target", code="ConstraintViolationException", request=eleventh_scp),
    Case(name="SCP attached twice", code="DuplicatePolicyAttachmentException", request=attached_twice),
    Case(name="guardrail named twice", code="DuplicatePolicyException", request=named_twice),
    Case(name="attached SCP deleted", code="PolicyInUseException", request=attached_policy_deleted),
    Case(
        name="management account as delegated administrator",
        code="ConstraintViolationException",
        request=lambda e: organizations(e).register_delegated_administrator(
            AccountId=MANAGEMENT, ServicePrincipal="config.amazonaws.com"
        ),
    ),
    Case(name="OU with children", code="OrganizationalUnitNotEmptyException", request=unit_with_children),
    Case(
        name="member account changes the organisation",
        code="AccessDeniedException",
        request=member_changes_the_organization,
    ),
    Case(name="role that does not trust its caller", code="AccessDenied", request=not_in_the_trust_policy),
    Case(
        name="repository policy names a deleted role",
        code="InvalidParameterException",
        request=repository_policy,
    ),
    Case(
        name="key policy over 32 KB",
        code="MalformedPolicyDocumentException",
        request=lambda e: key(
            e, Policy=document(statement(Principal={"AWS": MANAGEMENT}, Action=["kms:Decrypt"] * 2600))
        ),
    ),
    Case(
        name="tag policy in the syntax of an SCP",
        code="MalformedPolicyDocumentException",
        request=lambda e: organizations(e).create_policy(
            Name="tags", Description="", Type="TAG_POLICY", Content=document(statement(Effect="Deny"))
        ),
    ),
    Case(name="eleventh account", code="ConstraintViolationException", request=eleventh_account),
    Case(
        name="reserved concurrency of a new account",
        code="InvalidParameterValueException",
        request=reserved_concurrency,
    ),
    Case(
        name="session longer than 12 hours",
        code="ValidationError",
        request=lambda e: role(e, "long-session", MaxSessionDuration=50_000),
    ),
    Case(
        name="function without its role",
        code="InvalidParameterValueException",
        request=lambda e: function(e, "without-role"),
    ),
)
