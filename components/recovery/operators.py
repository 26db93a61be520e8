"""What runbooks act as: the rights of exactly their steps, in both regions, on this environment alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
from pulumi_aws import iam

from components.documents import Statement, document
from components.recovery.names import HEARTBEAT_KEY, Names
from components.tokens import type_token


@dataclass(frozen=True, kw_only=True, slots=True)
class RunbookRoleArgs:
    """The role of one environment's runbooks."""

    names: Names
    account_id: pulumi.Input[str]
    regions: Sequence[str]
    recovery_region: str
    boundary_arn: pulumi.Input[str]
    principals: Sequence[pulumi.Input[str]]
    """ARNs of whoever may assume it, with MFA; the on-call permission set among them."""
    endpoints: Sequence[str]
    artifact_buckets: Sequence[pulumi.Input[str]]
    replicated_buckets: Sequence[pulumi.Input[str]]
    record_buckets: Sequence[pulumi.Input[str]]
    key_arns: Sequence[pulumi.Input[str]]
    """Keys that objects, table and topic are under, and that are promoted."""
    topics: Sequence[pulumi.Input[str]]
    repositories: Sequence[str]


class RunbookRole(pulumi.ComponentResource):
    """`hipaa-ml:recovery:RunbookRole`: makes an `aws.iam.Role` under the zone's boundary, and its one policy."""

    def __init__(self, name: str, args: RunbookRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        trust: list[Statement] = [
            {
                "Sid": "OnCallWithMfa",
                "Effect": "Allow",
                "Principal": {"AWS": list(args.principals)},
                "Action": "sts:AssumeRole",
                "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}},
            },
            {
                "Sid": "ReadinessFunction",
                "Effect": "Allow",
                # By condition: a principal that is made anew would be another one, and the trust would be lost.
                "Principal": {"AWS": pulumi.Output.format("arn:aws:iam::{0}:root", args.account_id)},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {
                        "aws:PrincipalArn": pulumi.Output.format(
                            "arn:aws:iam::{0}:role/{1}", args.account_id, args.names.readiness
                        )
                    }
                },
            },
        ]
        role = iam.Role(
            f"{name}-role",
            name=args.names.role,
            description=f"Runbooks of {args.names.environment}: readiness, failover, failback",
            assume_role_policy=document(trust),
            permissions_boundary=args.boundary_arn,
            max_session_duration=4 * 3600,
            opts=pulumi.ResourceOptions(parent=self),
        )
        rights = iam.RolePolicy(
            f"{name}-rights",
            role=role.id,
            policy=document(statements(args)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = pulumi.Output.all(role.arn, rights.id).apply(lambda both: both[0])
        self.register_outputs({"arn": self.arn})


def statements(args: RunbookRoleArgs) -> list[Statement]:
    """One statement a kind of step; tests ask the evaluator what they allow and what not."""
    return [*_endpoints(args), *_data(args), *_journal_and_switch(args)]


def _arns(args: RunbookRoleArgs, service: str, resources: Sequence[str]) -> list[pulumi.Output[str]]:
    return [
        pulumi.Output.format("arn:aws:{0}:{1}:{2}:{3}", service, region, args.account_id, one)
        for region in args.regions
        for one in resources
    ]


def _endpoints(args: RunbookRoleArgs) -> list[Statement]:
    # `-absent` ends the names that permissions are tried with before anything is changed (runbooks/permissions.py).
    named = [f"endpoint/{one}{suffix}" for one in args.endpoints for suffix in ("", "-absent")]
    return [
        {
            "Sid": "SeeEndpoints",
            "Effect": "Allow",
            "Action": ["sagemaker:DescribeEndpoint", "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel"],
            "Resource": _arns(args, "sagemaker", [*named, "endpoint-config/*", "model/*"]),
        },
        {
            "Sid": "ServeEndpoints",
            "Effect": "Allow",
            "Action": [
                "sagemaker:CreateEndpoint",
                "sagemaker:DeleteEndpoint",
                "sagemaker:InvokeEndpoint",
                "sagemaker:UpdateEndpointWeightsAndCapacities",
            ],
            "Resource": _arns(args, "sagemaker", [*named, "endpoint-config/*"]),
        },
        {
            "Sid": "Scale",
            "Effect": "Allow",
            "Action": [
                "application-autoscaling:DescribeScalableTargets",
                "application-autoscaling:RegisterScalableTarget",
            ],
            # Scalable targets have no ARN that a policy could name before they are there.
            "Resource": "*",
            "Condition": {"StringEquals": {"aws:RequestedRegion": list(args.regions)}},
        },
        {
            "Sid": "SeeImages",
            "Effect": "Allow",
            "Action": "ecr:DescribeImages",
            "Resource": _arns(args, "ecr", [f"repository/{one}" for one in args.repositories]),
        },
    ]


def _data(args: RunbookRoleArgs) -> list[Statement]:
    return [
        {
            "Sid": "ReadArtifacts",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/*", one) for one in args.artifact_buckets],
        },
        {
            "Sid": "SeeHeartbeats",
            "Effect": "Allow",
            "Action": "s3:GetObject",
            "Resource": [
                pulumi.Output.format("arn:aws:s3:::{0}/{1}", one, HEARTBEAT_KEY) for one in args.replicated_buckets
            ],
        },
        {
            "Sid": "CompareVersions",
            "Effect": "Allow",
            "Action": "s3:ListBucketVersions",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}", one) for one in args.replicated_buckets],
        },
        {
            "Sid": "SeeReplication",
            "Effect": "Allow",
            # HeadObject of a version, for its replication status, is this permission: S3 has no narrower one. No
            # statement below lets what is in these objects be decrypted.
            "Action": "s3:GetObjectVersion",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/*", one) for one in args.replicated_buckets],
        },
        {
            "Sid": "WriteRecords",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/incidents/*", one) for one in args.record_buckets],
        },
        {
            "Sid": "RecordAnswersOnce",
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/smoke/*", one) for one in args.artifact_buckets],
            # What was recorded stays (S3 User Guide, "Enforce conditional writes on Amazon S3 buckets").
            "Condition": {"Null": {"s3:if-none-match": "false"}},
        },
        {
            "Sid": "ReadThroughS3",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": list(args.key_arns),
            # Artifacts and records alone: what is in the other buckets is compared, and never read. The context is the
            # bucket's ARN with a bucket key, else the object's (S3 User Guide, "Encryption context").
            "Condition": {
                "StringEquals": {"kms:ViaService": [f"s3.{region}.amazonaws.com" for region in args.regions]},
                "StringLike": {
                    "kms:EncryptionContext:aws:s3:arn": [
                        pulumi.Output.format("arn:aws:s3:::{0}{1}", bucket, suffix)
                        for bucket in (*args.artifact_buckets, *args.record_buckets)
                        for suffix in ("", "/*")
                    ]
                },
            },
        },
        {
            "Sid": "JournalAndTell",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": list(args.key_arns),
            "Condition": {
                "StringEquals": {
                    "kms:ViaService": [
                        f"{service}.{region}.amazonaws.com"
                        for region in args.regions
                        for service in ("dynamodb", "sns")
                    ]
                }
            },
        },
        {
            "Sid": "GrantVolumes",
            "Effect": "Allow",
            # Whoever creates an endpoint lets SageMaker use its volumes' key (API Reference, `CreateEndpointConfig`).
            "Action": "kms:CreateGrant",
            "Resource": list(args.key_arns),
            "Condition": {
                "StringEquals": {"kms:ViaService": [f"sagemaker.{region}.amazonaws.com" for region in args.regions]},
                "Bool": {"kms:GrantIsForAWSResource": "true"},
            },
        },
        {
            "Sid": "PromoteKeys",
            "Effect": "Allow",
            "Action": ["kms:DescribeKey", "kms:UpdatePrimaryRegion"],
            "Resource": list(args.key_arns),
        },
    ]


def _journal_and_switch(args: RunbookRoleArgs) -> list[Statement]:
    parameters = f"parameter{args.names.root}"
    alarms = [
        f"alarm:{alarm}" for one in args.endpoints for alarm in (args.names.alarm(one), args.names.withdrawal(one))
    ]
    return [
        {
            "Sid": "Journal",
            "Effect": "Allow",
            "Action": ["dynamodb:DeleteItem", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query"],
            "Resource": pulumi.Output.format(
                "arn:aws:dynamodb:{0}:{1}:table/{2}", args.recovery_region, args.account_id, args.names.journal
            ),
        },
        {
            "Sid": "Discover",
            "Effect": "Allow",
            "Action": "ssm:GetParametersByPath",
            "Resource": _arns(args, "ssm", [parameters, f"{parameters}/*"]),
        },
        {
            "Sid": "TellWriters",
            "Effect": "Allow",
            "Action": "ssm:PutParameter",
            "Resource": _arns(args, "ssm", [f"parameter{args.names.writer}"]),
        },
        {
            "Sid": "Switch",
            "Effect": "Allow",
            "Action": "cloudwatch:PutMetricData",
            "Resource": "*",
            "Condition": {"StringEquals": {"cloudwatch:namespace": args.names.namespace}},
        },
        {
            "Sid": "SeeSwitch",
            "Effect": "Allow",
            "Action": "cloudwatch:DescribeAlarms",
            "Resource": _arns(args, "cloudwatch", alarms),
        },
        {"Sid": "Tell", "Effect": "Allow", "Action": "sns:Publish", "Resource": list(args.topics)},
    ]
