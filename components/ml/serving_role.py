"""The rights of an endpoint: pull its image, read its artifact, write its log and its captured data."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document, trusts
from components.ml.names import ModelNames
from components.ml.repository import image_pull
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class ServingRoleArgs:
    """The execution role of one model in one region."""

    names: ModelNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    repository_arn: pulumi.Input[str]
    artifact_bucket: pulumi.Input[str]
    capture_bucket: pulumi.Input[str]
    key_arns: list[pulumi.Input[str]]
    """ARNs of the keys that encrypt artifacts, captured data and images."""


class ServingRole(pulumi.ComponentResource):
    """`hipaa-ml:ml:ServingRole`: the role of an endpoint, under the permissions boundary of the zone.

    Creates an `aws.iam.Role` and its `RolePolicy`.
    """

    def __init__(self, name: str, args: ServingRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        role = iam.Role(
            f"{name}-role",
            name=args.names.role(args.region),
            description=f"Serves {args.names.model}: its image, its artifact, its log, its captured data",
            assume_role_policy=document([trusts("sagemaker.amazonaws.com", args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        rights = iam.RolePolicy(
            f"{name}-rights",
            role=role.id,
            policy=document(_rights(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        # Whoever starts a model as this role waits for its rights: SageMaker reads the artifact at once.
        self.arn = pulumi.Output.all(role.arn, rights.id).apply(lambda values: values[0])
        self.register_outputs({"arn": self.arn})


def _rights(args: ServingRoleArgs) -> list[Statement]:
    """SageMaker Developer Guide, "CreateModel API: execution role permissions", with resources instead of `*`."""
    group = pulumi.Output.format(
        "arn:aws:logs:{0}:{1}:log-group:{2}", args.region, args.account_id, args.names.log_group
    )
    return [
        {
            "Sid": "ReadArtifact",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": pulumi.Output.format("arn:aws:s3:::{0}/{1}/*", args.artifact_bucket, args.names.model),
        },
        {
            "Sid": "Capture",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format(
                "arn:aws:s3:::{0}/capture/{1}/*", args.capture_bucket, args.names.endpoint
            ),
        },
        {
            "Sid": "UseKeys",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": list(args.key_arns),
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [
                        f"{service}.{args.region}.amazonaws.com" for service in ("ecr", "s3", "sagemaker")
                    ]
                }
            },
        },
        *image_pull(args.repository_arn),
        {
            "Sid": "Interfaces",
            "Effect": "Allow",
            # VPC interfaces are described and made without a resource that a policy could name beforehand (SageMaker
            # Developer Guide, "Give SageMaker AI hosted endpoints access to resources in your VPC").
            "Action": [
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": args.region}},
        },
        {
            "Sid": "Log",
            "Effect": "Allow",
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Resource": pulumi.Output.format("{0}:*", group),
        },
        {
            "Sid": "Metrics",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": "/aws/sagemaker/Endpoints"}},
        },
    ]
