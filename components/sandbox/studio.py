"""SageMaker Studio in a VPC without a way out, with the role of the team that works in the sandbox."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import iam, sagemaker

from components.documents import Statement, document
from components.sandbox.names import EXPIRY_TAG, SandboxNames
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
    applications and jobs of the team, with its policy, and an `aws.sagemaker.UserProfile`.
    """

    def __init__(self, name: str, args: StudioArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        trust: Statement = {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"aws:SourceAccount": args.account_id}},
        }
        role = iam.Role(
            f"{name}-role",
            name=args.names.studio_role,
            description=f"Applications and jobs of team {args.names.team} in the sandbox",
            assume_role_policy=document([trust]),
            permissions_boundary=args.boundary_arn,
            tags={"team": args.names.team, "project": args.project},
            opts=child,
        )
        rights = iam.RolePolicy(f"{name}-rights", role=role.id, policy=document(_rights(args)), opts=child)
        domain = sagemaker.Domain(
            f"{name}-domain",
            domain_name=args.names.domain,
            auth_mode="SSO",
            app_network_access_type="VpcOnly",
            vpc_id=args.vpc_id,
            subnet_ids=list(args.subnet_ids),
            kms_key_id=args.key_arn,
            default_user_settings=sagemaker.DomainDefaultUserSettingsArgs(
                execution_role=role.arn, security_groups=[args.security_group_id], jupyter_lab_app_settings=_idle()
            ),
            # Synthetic data and notebooks: nothing is kept when the stack is deleted.
            retention_policy=sagemaker.DomainRetentionPolicyArgs(home_efs_file_system="Delete"),
            tags={EXPIRY_TAG: args.expires_at},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
        sagemaker.UserProfile(
            f"{name}-{args.names.team}",
            domain_id=domain.id,
            user_profile_name=args.names.team,
            user_settings=sagemaker.UserProfileUserSettingsArgs(
                execution_role=role.arn, security_groups=[args.security_group_id]
            ),
            opts=child,
        )
        self.domain_id, self.domain_arn, self.role_arn = domain.id, domain.arn, role.arn
        self.register_outputs({"domain_id": self.domain_id})


def _idle() -> sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs:
    """Idle applications shut down: 45 CFR 164.312(a)(2)(iii), and they cost nothing then."""
    return sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsArgs(
        app_lifecycle_management=sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementArgs(
            idle_settings=sagemaker.DomainDefaultUserSettingsJupyterLabAppSettingsAppLifecycleManagementIdleSettingsArgs(
                lifecycle_management="ENABLED", idle_timeout_in_minutes=IDLE_MINUTES
            )
        )
    )


def _rights(args: StudioArgs) -> list[Statement]:
    def of_account(resource: str, service: str = "sagemaker") -> pulumi.Output[str]:
        return pulumi.Output.format("arn:aws:{0}:{1}:{2}:{3}", service, args.region, args.account_id, resource)

    role_arn = pulumi.Output.format("arn:aws:iam::{0}:role/{1}", args.account_id, args.names.studio_role)
    objects = [pulumi.Output.format("arn:aws:s3:::{0}/{1}/*", bucket, args.names.team) for bucket in args.work_buckets]
    return [
        {"Sid": "ActAsTeam", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": args.team_role_arn},
        {
            "Sid": "Studio",
            "Effect": "Allow",
            "Action": [
                "sagemaker:CreateApp",
                "sagemaker:CreateSpace",
                "sagemaker:DeleteApp",
                "sagemaker:DeleteSpace",
                "sagemaker:DescribeApp",
                "sagemaker:DescribeDomain",
                "sagemaker:DescribeSpace",
                "sagemaker:DescribeUserProfile",
                "sagemaker:UpdateSpace",
            ],
            "Resource": [of_account(f"{kind}/*") for kind in ("app", "domain", "space", "user-profile")],
            "Condition": {"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": [*args.instance_types, "system"]}},
        },
        {
            "Sid": "Lists",
            "Effect": "Allow",
            # Have no resource (Service Authorization Reference, "Amazon SageMaker").
            "Action": [
                "sagemaker:ListApps",
                "sagemaker:ListDomains",
                "sagemaker:ListProcessingJobs",
                "sagemaker:ListSpaces",
                "sagemaker:ListTrainingJobs",
                "sagemaker:ListUserProfiles",
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": args.region}},
        },
        {
            "Sid": "StartJobs",
            "Effect": "Allow",
            "Action": ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"],
            "Resource": [of_account("processing-job/*"), of_account("training-job/*")],
            # In the VPC, on the sandbox's instance types.
            "Condition": {
                "Null": {"sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"},
                "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": list(args.instance_types)},
            },
        },
        {
            "Sid": "WatchJobs",
            "Effect": "Allow",
            "Action": [
                "sagemaker:DescribeProcessingJob",
                "sagemaker:DescribeTrainingJob",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
            ],
            "Resource": [of_account("processing-job/*"), of_account("training-job/*")],
        },
        {
            "Sid": "Versions",
            "Effect": "Allow",
            "Action": [
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
                "sagemaker:ListModelPackages",
            ],
            "Resource": [
                of_account(f"model-package/{args.package_group}/*"),
                of_account(f"model-package-group/{args.package_group}"),
            ],
        },
        {
            "Sid": "PassItself",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": role_arn,
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
        {
            "Sid": "OwnPrefix",
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            "Resource": objects,
        },
        {
            "Sid": "ListOwnPrefix",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}", bucket) for bucket in args.work_buckets],
            "Condition": {"StringLike": {"s3:prefix": [f"{args.names.team}/*"]}},
        },
        {
            "Sid": "KeysThroughS3",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": list(args.data_key_arns),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        },
        {
            "Sid": "Volumes",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": args.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{args.region}.amazonaws.com"}},
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": of_account("log-group:/aws/sagemaker/*", "logs"),
        },
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": args.repository_arn,
        },
        {
            "Sid": "Token",
            "Effect": "Allow",
            # It names no resource: the token opens what the statement above allows.
            "Action": "ecr:GetAuthorizationToken",
            "Resource": "*",
        },
    ]
