"""The role that copies approved versions of models between environments."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.documents import Statement
from components.ml.approval import REQUESTED_AUTHOR, ModelRoleArgs, reading, role, sagemaker_arn
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class PromotionRoleArgs(ModelRoleArgs):
    """The role that promotes, in one account."""

    models: Sequence[str]
    artifact_bucket: pulumi.Input[str]
    key_arns: Sequence[pulumi.Input[str]]
    """ARNs of the keys that encrypt the artifacts."""
    registered: Sequence[str] = ()
    """Prefixes of the artifacts that pipelines registered, without a final `/`."""
    signing_profiles: Sequence[str] = ()
    """ARNs of the signing profiles whose signatures of images are trusted."""


class PromotionRole(pulumi.ComponentResource):
    """`hipaa-ml:ml:PromotionRole`: the role that copies approved versions, and asks endpoints for a prediction.

    Creates an `aws.iam.Role` and its `RolePolicy`. The role cannot approve.
    """

    def __init__(self, name: str, args: PromotionRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self.arn = role(self, name, args, "Copies approved versions of models to this account", _promotion(args))
        self.register_outputs({"arn": self.arn})


def _promotion(args: PromotionRoleArgs) -> list[Statement]:
    bucket = pulumi.Output.format("arn:aws:s3:::{0}", args.artifact_bucket)
    repositories = [
        pulumi.Output.format("arn:aws:ecr:{0}:{1}:repository/{2}/{3}", args.region, args.account_id, args.prefix, model)
        for model in args.models
    ]
    return [
        *reading(args),
        {
            "Sid": "Register",
            "Effect": "Allow",
            "Action": "sagemaker:CreateModelPackage",
            "Resource": [
                sagemaker_arn(args, f"model-package-group/{args.prefix}-*"),
                sagemaker_arn(args, f"model-package/{args.prefix}-*/*"),
            ],
            "Condition": {
                "StringEquals": {"sagemaker:ModelApprovalStatus": "PendingManualApproval"},
                "Null": {REQUESTED_AUTHOR: "false"},
            },
        },
        {
            "Sid": "Artifacts",
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": [pulumi.Output.format("{0}/{1}/*", bucket, model) for model in args.models],
        },
        *_registered(args, bucket),
        {
            # Figures of the monitor: counts and metrics, without captured requests.
            "Sid": "MonitoringResults",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [
                pulumi.Output.format("{0}/monitoring/{1}-*/results/*", bucket, model) for model in args.models
            ],
        },
        {
            "Sid": "ListArtifacts",
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": bucket,
            "Condition": {
                "StringLike": {
                    "s3:prefix": [
                        *(f"{prefix}/*" for prefix in (*args.models, *args.registered)),
                        *(f"monitoring/{model}-*/results/*" for model in args.models),
                    ]
                }
            },
        },
        {
            "Sid": "ArtifactKeys",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": list(args.key_arns),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        },
        {
            "Sid": "Images",
            "Effect": "Allow",
            "Action": [
                "ecr:BatchCheckLayerAvailability",
                "ecr:BatchGetImage",
                "ecr:CompleteLayerUpload",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:PutImage",
                "ecr:UploadLayerPart",
            ],
            "Resource": repositories,
        },
        *_signatures(args, repositories),
        {
            "Sid": "AskEndpoints",
            "Effect": "Allow",
            "Action": "sagemaker:InvokeEndpoint",
            "Resource": [sagemaker_arn(args, f"endpoint/{model}-*") for model in args.models],
        },
    ]


def _signatures(args: PromotionRoleArgs, repositories: Sequence[pulumi.Output[str]]) -> list[Statement]:
    """Signatures of images are read from the repository, and AWS Signer says which are revoked."""
    if not args.signing_profiles:
        return []
    accounts = sorted({(arn.split(":")[3], arn.split(":")[4]) for arn in args.signing_profiles})
    return [
        {"Sid": "FindSignatures", "Effect": "Allow", "Action": "ecr:DescribeImages", "Resource": repositories},
        {
            "Sid": "Revocations",
            "Effect": "Allow",
            "Action": "signer:GetRevocationStatus",
            "Resource": [
                *(f"{arn}/*" for arn in args.signing_profiles),
                *(f"arn:aws:signer:{region}:{account}:/signing-jobs/*" for region, account in accounts),
            ],
        },
    ]


def _registered(args: PromotionRoleArgs, bucket: pulumi.Output[str]) -> list[Statement]:
    """What a pipeline registered is read, and never changed, before its first promotion."""
    if not args.registered:
        return []
    return [
        {
            "Sid": "RegisteredArtifacts",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [pulumi.Output.format("{0}/{1}/*", bucket, prefix) for prefix in args.registered],
        }
    ]
