"""SageMaker Studio in a VPC without a way out, with the role of the team that works in the sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam, sagemaker

from components.documents import document
from components.sandbox.names import EXPIRY_TAG, SandboxNames
from components.studio import StudioScope, declare_profile, idle_shutdown, studio_rights, trust
from components.tokens import type_token

IDLE_MINUTES: Final = 60
"""Minutes until an idle application shuts down: the shortest that SageMaker offers."""


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioArgs:
    """A Studio domain."""

    names: SandboxNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    team_role_arn: pulumi.Input[str]
    """Role that reads the data sets of the team."""
    project: str
    """Project of the team."""
    members: Sequence[str] = ()
    """User names of the team in IAM Identity Center; other users get a profile when they sign in for the first time."""
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_id: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of home directories and volumes."""
    data_key_arns: Sequence[pulumi.Input[str]]
    """Keys of the buckets in which the team has a prefix of its own."""
    work_buckets: Sequence[pulumi.Input[str]]
    """Names of these buckets."""
    repository_arn: pulumi.Input[str]
    package_group: str
    instance_types: Sequence[str]
    expires_at: str
    """Time in UTC, the value of the tag `expires-at`."""


class Studio(pulumi.ComponentResource):
    """`hipaa-ml:sandbox:Studio`: the workplace of a sandbox.

    Creates an `aws.sagemaker.Domain` (VPC only, sign-in through IAM Identity Center), an `aws.iam.Role` for the
    applications and jobs of the team, with its policy, and an `aws.sagemaker.UserProfile` per person of the team.
    """

    def __init__(self, name: str, args: StudioArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = iam.Role(
            f"{name}-role",
            name=args.names.studio_role,
            description=f"Applications and jobs of team {args.names.team} in the sandbox",
            assume_role_policy=document([trust(args.account_id)]),
            permissions_boundary=args.boundary_arn,
            tags={"team": args.names.team, "project": args.project},
            opts=child,
        )
        rights = iam.RolePolicy(
            f"{name}-rights", role=role.id, policy=document(studio_rights(_scope(args))), opts=child
        )
        domain = sagemaker.Domain(
            f"{name}-domain",
            domain_name=args.names.domain,
            auth_mode="SSO",
            app_network_access_type="VpcOnly",
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            kms_key_id=args.key_arn,
            default_user_settings=sagemaker.DomainDefaultUserSettingsArgs(
                execution_role=role.arn,
                security_groups=[args.security_group_id],
                jupyter_lab_app_settings=idle_shutdown(IDLE_MINUTES),
            ),
            # Synthetic data and notebooks: nothing is kept when the stack is deleted.
            retention_policy=sagemaker.DomainRetentionPolicyArgs(home_efs_file_system="Delete"),
            tags={EXPIRY_TAG: args.expires_at},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
        for member in args.members:
            settings = sagemaker.UserProfileUserSettingsArgs(
                execution_role=role.arn, security_groups=[args.security_group_id]
            )
            declare_profile(name, member, domain, settings, child)
        self.domain_id, self.domain_arn, self.role_arn = domain.id, domain.arn, role.arn
        self.register_outputs({"domain_id": self.domain_id})


def _scope(args: StudioArgs) -> StudioScope:
    return StudioScope(
        role=args.names.studio_role,
        region=args.region,
        account_id=args.account_id,
        team=args.names.team,
        team_role_arn=args.team_role_arn,
        profiles=None,
        job_prefix="",
        key_arn=args.key_arn,
        data_key_arns=args.data_key_arns,
        work_buckets=args.work_buckets,
        repository_arns=[args.repository_arn],
        package_groups=[args.package_group],
        instance_types=args.instance_types,
    )
