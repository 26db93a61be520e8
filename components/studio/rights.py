"""The rights of a team in Studio: its own spaces, jobs in the VPC, its own versions, prefixes and images."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.documents import Statement
from components.packages.rights import PackageAccess, reading


@dataclass(frozen=True, kw_only=True, slots=True)
class StudioScope:
    """What a team works with in Studio."""

    role: str
    """Name of the role of the team's applications and jobs."""
    region: str
    account_id: pulumi.Input[str]
    team: str
    team_role_arn: pulumi.Input[str]
    """Role that reads the data sets of the team."""
    profiles: Sequence[str] | None
    """Names of the user profiles of the team, whose spaces it creates and deletes; None where the domain has no other
    team."""
    job_prefix: str
    """First part of the names of its jobs; empty where the account has no jobs of other teams."""
    key_arn: pulumi.Input[str]
    """Key of home directories and volumes."""
    data_key_arns: Sequence[pulumi.Input[str]]
    """Keys of the buckets in which the team has a prefix of its own."""
    work_buckets: Sequence[pulumi.Input[str]]
    """Names of these buckets."""
    repository_arns: Sequence[pulumi.Input[str]]
    """Image repositories of the team's models."""
    package_groups: Sequence[str]
    """Model package groups of the team's models."""
    instance_types: Sequence[str]
    """SageMaker instance types of applications and jobs."""
    packages: PackageAccess | None = None
    """The approved packages; None where there is no repository of them."""

    def arn(self, resource: str, service: str = "sagemaker") -> pulumi.Output[str]:
        """ARN of a resource of the account, or a pattern."""
        return pulumi.Output.format("arn:aws:{0}:{1}:{2}:{3}", service, self.region, self.account_id, resource)

    @property
    def jobs(self) -> Sequence[pulumi.Output[str]]:
        """ARN patterns of the jobs of the team."""
        return [self.arn(f"{kind}-job/{self.job_prefix}*") for kind in ("processing", "training")]


def trust(account_id: pulumi.Input[str]) -> Statement:
    """The trust statement of the role: SageMaker assumes it, for this account only."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }


def studio_rights(scope: StudioScope) -> list[Statement]:
    """Statements of the role of a team's applications and jobs.

    Source: SageMaker Developer Guide, "SageMaker AI domain entities" and "Grant users permissions to private spaces".
    """
    return [
        {"Sid": "ActAsTeam", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": scope.team_role_arn},
        *_applications(scope),
        *_jobs(scope),
        *_versions(scope),
        *_objects(scope),
        {
            "Sid": "Volumes",
            "Effect": "Allow",
            "Action": ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": scope.key_arn,
            "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{scope.region}.amazonaws.com"}},
        },
        {
            "Sid": "Logs",
            "Effect": "Allow",
            "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            "Resource": scope.arn("log-group:/aws/sagemaker/*", "logs"),
        },
        *_images(scope),
        *([] if scope.packages is None else reading(scope.packages)),
    ]


def _applications(scope: StudioScope) -> list[Statement]:
    """Spaces and applications of the team's profiles, on the allowed instance types."""
    types = {"ForAllValues:StringEquals": {"sagemaker:InstanceTypes": [*scope.instance_types, "system"]}}
    owners = [scope.arn(f"user-profile/*/{profile}") for profile in scope.profiles or ()]
    own = {} if scope.profiles is None else {"ArnLike": {"sagemaker:OwnerUserProfileArn": owners}}
    spaces: Statement = {
        "Sid": "OwnSpaces",
        "Effect": "Allow",
        "Action": [
            "sagemaker:CreateApp",
            "sagemaker:CreateSpace",
            "sagemaker:DeleteApp",
            "sagemaker:DeleteSpace",
            "sagemaker:UpdateSpace",
        ],
        "Resource": [scope.arn(f"{kind}/*") for kind in ("app", "space")],
        "Condition": {**types, **own},
    }
    return [
        # A condition without values allows nothing and is no valid policy.
        *([] if scope.profiles is not None and not owners else [spaces]),
        {
            "Sid": "Studio",
            "Effect": "Allow",
            "Action": [
                "sagemaker:DescribeApp",
                "sagemaker:DescribeDomain",
                "sagemaker:DescribeSpace",
                "sagemaker:DescribeUserProfile",
            ],
            "Resource": [scope.arn(f"{kind}/*") for kind in ("app", "domain", "space", "user-profile")],
        },
        {
            "Sid": "Lists",
            "Effect": "Allow",
            # Have no resource (Service Authorization Reference, "Amazon SageMaker"). The listing of versions is decided
            # without one when the request names a group.
            "Action": [
                "sagemaker:ListApps",
                "sagemaker:ListDomains",
                "sagemaker:ListModelPackages",
                "sagemaker:ListProcessingJobs",
                "sagemaker:ListSpaces",
                "sagemaker:ListTrainingJobs",
                "sagemaker:ListUserProfiles",
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": scope.region}},
        },
    ]


def _jobs(scope: StudioScope) -> list[Statement]:
    """Jobs in the VPC, on the allowed instance types, under the team's own role."""
    return [
        {
            "Sid": "StartJobs",
            "Effect": "Allow",
            "Action": ["sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob"],
            "Resource": scope.jobs,
            "Condition": {
                "Null": {"sagemaker:VpcSubnets": "false", "sagemaker:VpcSecurityGroupIds": "false"},
                "ForAllValues:StringEquals": {"sagemaker:InstanceTypes": list(scope.instance_types)},
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
            "Resource": scope.jobs,
        },
        {
            "Sid": "PassItself",
            "Effect": "Allow",
            "Action": "iam:PassRole",
            "Resource": pulumi.Output.format("arn:aws:iam::{0}:role/{1}", scope.account_id, scope.role),
            "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
        },
    ]


def _versions(scope: StudioScope) -> list[Statement]:
    """The versions of the team's own models; nobody approves them but the approver (M8)."""
    if not scope.package_groups:
        return []
    return [
        {
            "Sid": "Versions",
            "Effect": "Allow",
            "Action": [
                "sagemaker:CreateModelPackage",
                "sagemaker:DescribeModelPackage",
                "sagemaker:DescribeModelPackageGroup",
            ],
            "Resource": [
                arn
                for group in scope.package_groups
                for arn in (scope.arn(f"model-package/{group}/*"), scope.arn(f"model-package-group/{group}"))
            ],
        }
    ]


def _objects(scope: StudioScope) -> list[Statement]:
    """The prefixes of the team in the buckets of its work; data sets are read as the team (`ActAsTeam`)."""
    return [
        {
            "Sid": "OwnPrefix",
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            "Resource": [
                pulumi.Output.format("arn:aws:s3:::{0}/{1}/*", bucket, scope.team) for bucket in scope.work_buckets
            ],
        },
        {
            "Sid": "ListOwnPrefix",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}", bucket) for bucket in scope.work_buckets],
            "Condition": {"StringLike": {"s3:prefix": [f"{scope.team}/*"]}},
        },
        {
            "Sid": "KeysThroughS3",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"],
            "Resource": list(scope.data_key_arns),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{scope.region}.amazonaws.com"}},
        },
    ]


def _images(scope: StudioScope) -> list[Statement]:
    """The images of the team's models."""
    if not scope.repository_arns:
        return []
    return [
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": list(scope.repository_arns),
        },
        {
            "Sid": "Token",
            "Effect": "Allow",
            # It names no resource: the token opens what the statement above allows.
            "Action": "ecr:GetAuthorizationToken",
            "Resource": "*",
        },
    ]
