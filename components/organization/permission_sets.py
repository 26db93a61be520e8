"""People's access through IAM Identity Center: permission sets, and which groups have them where."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import ssoadmin

from components.documents import document
from components.organization.permission_set_policies import PermissionSetSpec
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class AssignmentSpec:
    """A group with a permission set in an account."""

    permission_set: str
    group_id: str
    account: str
    """Its name, for the resource's name."""
    account_id: pulumi.Input[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionSetsArgs:
    """All permission sets and assignments of an IAM Identity Center instance."""

    instance_arn: str
    permission_sets: Mapping[str, PermissionSetSpec]
    assignments: Sequence[AssignmentSpec] = ()

    def __post_init__(self) -> None:
        """Refuses assignments of permission sets that are not there."""
        for assignment in self.assignments:
            if assignment.permission_set not in self.permission_sets:
                raise ValueError(
                    f"PermissionSetsArgs.assignments: no permission set {assignment.permission_set!r}; "
                    f"allowed: {', '.join(self.permission_sets)}"
                )


class PermissionSets(pulumi.ComponentResource):
    """`hipaa-ml:organization:PermissionSets`: the permission sets of IAM Identity Center.

    Creates an `aws.ssoadmin.PermissionSet` per set, its `ManagedPolicyAttachment`s or `PermissionSetInlinePolicy`, and
    its `AccountAssignment`s.
    """

    def __init__(self, name: str, args: PermissionSetsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        arns: dict[str, pulumi.Output[str]] = {}
        for set_name, spec in args.permission_sets.items():
            permission_set = ssoadmin.PermissionSet(
                f"{name}-{set_name}",
                instance_arn=args.instance_arn,
                name=set_name,
                description=spec.description,
                session_duration=spec.session,
                opts=child,
            )
            arns[set_name] = permission_set.arn
            for managed in spec.managed:
                ssoadmin.ManagedPolicyAttachment(
                    f"{name}-{set_name}-{managed.rpartition('/')[2]}",
                    instance_arn=args.instance_arn,
                    permission_set_arn=permission_set.arn,
                    managed_policy_arn=managed,
                    opts=child,
                )
            if spec.statements:
                ssoadmin.PermissionSetInlinePolicy(
                    f"{name}-{set_name}-policy",
                    instance_arn=args.instance_arn,
                    permission_set_arn=permission_set.arn,
                    inline_policy=document(spec.statements),
                    opts=child,
                )
        for assignment in args.assignments:
            ssoadmin.AccountAssignment(
                f"{name}-{assignment.permission_set}-{assignment.account}-{assignment.group_id[-8:]}",
                instance_arn=args.instance_arn,
                permission_set_arn=arns[assignment.permission_set],
                principal_id=assignment.group_id,
                principal_type="GROUP",
                target_id=assignment.account_id,
                target_type="AWS_ACCOUNT",
                opts=child,
            )
        self.register_outputs({})
