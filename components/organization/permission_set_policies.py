"""The policies of the permission sets, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

VIEW_ONLY: Final = "arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"
"""Lists and describes, reads no data."""
SECURITY_AUDIT: Final = "arn:aws:iam::aws:policy/SecurityAudit"


@dataclass(frozen=True, kw_only=True, slots=True)
class PermissionSetSpec:
    """The rights of one role of people."""

    description: str
    session: str
    """ISO 8601, `PT1H` to `PT12H`."""
    managed: Sequence[str] = ()
    statements: Sequence[Mapping[str, Any]] = ()


def permission_sets(prefix: str) -> Mapping[str, PermissionSetSpec]:
    """Name -> rights; `prefix` begins the names of the zone's buckets and roles."""
    buckets = [f"arn:aws:s3:::{prefix}-*", f"arn:aws:s3:::{prefix}-*/*"]
    no_data = {
        "Sid": "NoData",
        "Effect": "Deny",
        # S3 objects, queries and secrets are data; this role is for configuration and logs.
        "Action": ["athena:GetQueryResults", "dynamodb:GetItem", "s3:GetObject", "secretsmanager:GetSecretValue"],
        "Resource": "*",
    }
    return {
        "auditor": PermissionSetSpec(
            description="Reads configuration, policies and logs, never data",
            session="PT4H",
            managed=(SECURITY_AUDIT,),
            statements=(
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    # None of these actions has a resource level for the organisation's trail and rules.
                    "Action": ["cloudtrail:LookupEvents", "config:SelectResourceConfig"],
                    "Resource": "*",
                },
                no_data,
            ),
        ),
        "cloud-team": PermissionSetSpec(
            description="Looks at everything but data; changes go through the pipeline",
            session="PT8H",
            managed=(VIEW_ONLY,),
            statements=(no_data,),
        ),
        "ml-engineer": PermissionSetSpec(
            description="Trains, registers and watches models with the team's own roles and buckets",
            session="PT8H",
            managed=(VIEW_ONLY,),
            statements=(
                {
                    "Sid": "Jobs",
                    "Effect": "Allow",
                    "Action": [
                        "sagemaker:CreatePresignedDomainUrl",
                        "sagemaker:CreateProcessingJob",
                        "sagemaker:CreateTrainingJob",
                        "sagemaker:CreateTransformJob",
                        "sagemaker:StartPipelineExecution",
                        "sagemaker:StopPipelineExecution",
                        "sagemaker:StopProcessingJob",
                        "sagemaker:StopTrainingJob",
                        "sagemaker:StopTransformJob",
                    ],
                    "Resource": f"arn:aws:sagemaker:*:*:*/{prefix}-*",
                },
                {
                    "Sid": "Objects",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:ListBucket", "s3:PutObject"],
                    "Resource": buckets,
                },
                {
                    "Sid": "PassTeamRoles",
                    "Effect": "Allow",
                    "Action": "iam:PassRole",
                    "Resource": f"arn:aws:iam::*:role/{prefix}-ml-*",
                    "Condition": {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}},
                },
            ),
        ),
        "on-call": PermissionSetSpec(
            description="Looks, and runs the recovery runbooks",
            session="PT4H",
            managed=(VIEW_ONLY,),
            statements=(
                {
                    "Sid": "Endpoints",
                    "Effect": "Allow",
                    "Action": ["sagemaker:UpdateEndpoint", "sagemaker:UpdateEndpointWeightsAndCapacities"],
                    "Resource": f"arn:aws:sagemaker:*:*:endpoint/{prefix}-*",
                },
                {
                    "Sid": "Alarms",
                    "Effect": "Allow",
                    "Action": ["cloudwatch:DisableAlarmActions", "cloudwatch:EnableAlarmActions"],
                    "Resource": f"arn:aws:cloudwatch:*:*:alarm:{prefix}-*",
                },
            ),
        ),
        "reviewer": PermissionSetSpec(
            description="Looks at what a pull request would change",
            session="PT4H",
            managed=(VIEW_ONLY,),
            statements=(no_data,),
        ),
    }
