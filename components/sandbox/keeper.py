"""The keeper of a sandbox: a function that fills the data sets once, and deletes what costs when the time is over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, lambda_, scheduler

from components.documents import Statement
from components.functions import function_in_vpc, function_role
from components.sandbox.names import SandboxNames
from components.tokens import type_token

MINUTES: Final = 15
"""Minutes between two runs."""
HANDLER: Final = "workloads.sandbox.keeper.handler"
LOG_DAYS: Final = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class KeeperArgs:
    """The function of one sandbox."""

    names: SandboxNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    code: pulumi.Archive
    """The package `workloads.sandbox`, and `schema.json` with the data sets."""
    domain_id: pulumi.Input[str]
    domain_arn: pulumi.Input[str]
    """The Studio domain, whose tag `expires-at` states the time."""
    buckets: Mapping[str, pulumi.Input[str]]
    """Purpose -> name of a bucket."""
    data_key_arns: Sequence[pulumi.Input[str]]
    """Keys of the buckets of data sets."""
    key_arn: pulumi.Input[str]
    """Key of the log and of the environment variables."""
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    rows: int
    """Synthetic rows of each data set."""
    reserved_concurrency: int | None = None


class Keeper(pulumi.ComponentResource):
    """`hipaa-ml:sandbox:Keeper`: the function that enforces the expiry of a sandbox.

    Creates an `aws.lambda.Function` in the VPC with its role and log group, and an `aws.scheduler.Schedule` with
    a role of its own.
    """

    def __init__(self, name: str, args: KeeperArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        self._child = pulumi.ResourceOptions(parent=self)
        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/lambda/{args.names.keeper}",
            kms_key_id=args.key_arn,
            retention_in_days=LOG_DAYS,
            opts=self._child,
        )
        role = self._role("lambda.amazonaws.com", args.names.keeper_role, _rights(args))
        function = lambda_.Function(
            f"{name}-function",
            name=args.names.keeper,
            description=f"Fills the sandbox {args.names.name} with synthetic data, and ends it when its time is over",
            runtime="python3.13",
            architectures=["arm64"],
            handler=HANDLER,
            code=args.code,
            role=role,
            timeout=600,
            memory_size=512,
            kms_key_arn=args.key_arn,
            reserved_concurrent_executions=args.reserved_concurrency,
            tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
            environment=lambda_.FunctionEnvironmentArgs(
                variables={
                    "BUCKETS": pulumi.Output.json_dumps(dict(args.buckets)),
                    "DOMAIN_ARN": args.domain_arn,
                    "DOMAIN_ID": args.domain_id,
                    "ROWS": str(args.rows),
                }
            ),
            vpc_config=lambda_.FunctionVpcConfigArgs(
                subnet_ids=list(args.subnet_ids), security_group_ids=list(args.security_group_ids)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log]),
        )
        self._schedule(function)
        self.function_name = function.name
        self.register_outputs({"function_name": self.function_name})

    def _role(self, service: str, role_name: str, rights: Sequence[Statement]) -> pulumi.Output[str]:
        return function_role(
            self._name,
            service=service,
            role_name=role_name,
            description=f"Keeper of the sandbox {self._args.names.name}",
            account_id=self._args.account_id,
            boundary_arn=self._args.boundary_arn,
            rights=rights,
            opts=self._child,
        )

    def _schedule(self, function: lambda_.Function) -> None:
        keeper = self._args.names.keeper
        call: Statement = {
            "Sid": "Run",
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": function.arn,
        }
        role = self._role("scheduler.amazonaws.com", f"{keeper}-schedule", [call])
        scheduler.Schedule(
            f"{self._name}-schedule",
            name=keeper,
            schedule_expression=f"rate({MINUTES} minutes)",
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=scheduler.ScheduleTargetArgs(
                arn=function.arn,
                role_arn=role,
                input="{}",
                retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=MINUTES * 60, maximum_retry_attempts=1
                ),
            ),
            opts=self._child,
        )


def _rights(args: KeeperArgs) -> list[Statement]:
    def sagemaker(*kinds: str) -> list[pulumi.Output[str]]:
        return [
            pulumi.Output.format("arn:aws:sagemaker:{0}:{1}:{2}/*", args.region, args.account_id, kind)
            for kind in kinds
        ]

    in_region = {"StringEquals": {"aws:RequestedRegion": args.region}}
    return [
        {"Sid": "ReadExpiry", "Effect": "Allow", "Action": "sagemaker:ListTags", "Resource": args.domain_arn},
        {
            "Sid": "Lists",
            "Effect": "Allow",
            # Have no resource (Service Authorization Reference, "Amazon SageMaker").
            "Action": [
                "sagemaker:ListApps",
                "sagemaker:ListEndpoints",
                "sagemaker:ListProcessingJobs",
                "sagemaker:ListSpaces",
                "sagemaker:ListTrainingJobs",
            ],
            "Resource": "*",
            "Condition": in_region,
        },
        {
            "Sid": "EndSpending",
            "Effect": "Allow",
            "Action": [
                "sagemaker:DeleteApp",
                "sagemaker:DeleteEndpoint",
                "sagemaker:DeleteSpace",
                "sagemaker:StopProcessingJob",
                "sagemaker:StopTrainingJob",
            ],
            "Resource": sagemaker("app", "endpoint", "processing-job", "space", "training-job"),
        },
        {
            "Sid": "FillAndEmpty",
            "Effect": "Allow",
            "Action": ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutObject"],
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}/*", bucket) for bucket in args.buckets.values()],
        },
        {
            "Sid": "ListObjects",
            "Effect": "Allow",
            "Action": ["s3:ListBucket", "s3:ListBucketVersions"],
            "Resource": [pulumi.Output.format("arn:aws:s3:::{0}", bucket) for bucket in args.buckets.values()],
        },
        {
            "Sid": "KeysThroughS3",
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": list(args.data_key_arns),
            "Condition": {"StringEquals": {"kms:ViaService": f"s3.{args.region}.amazonaws.com"}},
        },
        *function_in_vpc(args.region, args.account_id, args.names.keeper),
    ]
