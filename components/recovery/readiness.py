"""Readiness, asked every quarter of an hour in the region that would have to serve, with alarms on the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, lambda_, scheduler

from components.documents import Statement
from components.functions import function_in_vpc, function_role
from components.recovery.names import RecoveryNames
from components.tokens import type_token
from zone.shared.names import fitted

MINUTES: Final = 15
HANDLER: Final = "runbooks.scheduled.handler"
SIX_YEARS: Final = 2192
"""Days: 45 CFR 164.316(b)(2)(i)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """A metric that the function puts into CloudWatch (`runbooks/scheduled.py`)."""

    metric: str
    threshold: float
    periods: int
    meaning: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadinessCheckArgs:
    """The function of one environment."""

    names: RecoveryNames
    region: str
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    runbook_role_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    code: pulumi.Archive
    """The package `runbooks`; its dependencies are part of the Lambda runtime."""
    subnet_ids: Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str]]
    security_group_ids: Sequence[pulumi.Input[str]]
    topic_arn: pulumi.Input[str]
    rpo_minutes: int
    drill_days: int
    reserved_concurrency: int | None = None
    """Concurrent executions that are reserved for the function; none if not set."""


class ReadinessCheck(pulumi.ComponentResource):
    """`hipaa-ml:recovery:ReadinessCheck`: the function that runs the readiness check in the VPC.

    Creates an `aws.lambda.Function` with its role and log group, an `aws.scheduler.Schedule`, and an
    `aws.cloudwatch.MetricAlarm` per published metric.
    """

    def __init__(self, name: str, args: ReadinessCheckArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self._name = name
        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=f"/aws/lambda/{args.names.readiness}",
            kms_key_id=args.key_arn,
            retention_in_days=SIX_YEARS,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )
        role = self._role("lambda.amazonaws.com", args.names.readiness, args, _rights(args))
        function = lambda_.Function(
            f"{name}-function",
            name=args.names.readiness,
            description=f"Would a failover of {args.names.environment} work now?",
            runtime="python3.13",
            architectures=["arm64"],
            handler=HANDLER,
            code=args.code,
            role=role,
            timeout=300,
            memory_size=512,
            kms_key_arn=args.key_arn,
            reserved_concurrent_executions=args.reserved_concurrency,
            tracing_config=lambda_.FunctionTracingConfigArgs(mode="Active"),
            environment=lambda_.FunctionEnvironmentArgs(
                variables={
                    "PREFIX": args.names.prefix,
                    "ENVIRONMENT": args.names.environment,
                    "NAMESPACE": args.names.namespace,
                    "RUNBOOK_ROLE": args.runbook_role_arn,
                }
            ),
            vpc_config=lambda_.FunctionVpcConfigArgs(
                subnet_ids=args.subnet_ids, security_group_ids=list(args.security_group_ids)
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[log]),
        )
        self._schedule(function, args)
        self._alarms(args)
        self.register_outputs({})

    def _role(
        self, service: str, role_name: str, args: ReadinessCheckArgs, rights: Sequence[Statement]
    ) -> pulumi.Output[str]:
        return function_role(
            self._name,
            service=service,
            role_name=role_name,
            description=f"Readiness of {args.names.environment}",
            account_id=args.account_id,
            boundary_arn=args.boundary_arn,
            rights=rights,
            opts=self._child,
        )

    def _schedule(self, function: lambda_.Function, args: ReadinessCheckArgs) -> None:
        call: Statement = {
            "Sid": "Ask",
            "Effect": "Allow",
            "Action": "lambda:InvokeFunction",
            "Resource": function.arn,
        }
        role = self._role("scheduler.amazonaws.com", fitted(f"{args.names.readiness}-call"), args, [call])
        scheduler.Schedule(
            f"{self._name}-schedule",
            name=args.names.readiness,
            schedule_expression=f"rate({MINUTES} minutes)",
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=scheduler.ScheduleTargetArgs(
                arn=function.arn,
                role_arn=role,
                retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=MINUTES * 60, maximum_retry_attempts=1
                ),
            ),
            opts=self._child,
        )

    def _alarms(self, args: ReadinessCheckArgs) -> None:
        for watched_metric in watched(args.rpo_minutes, args.drill_days):
            cloudwatch.MetricAlarm(
                f"{self._name}-{watched_metric.metric}",
                name=f"{args.names.readiness}-{watched_metric.metric}",
                alarm_description=f"{args.names.environment}: more than {watched_metric.threshold:g} "
                f"{watched_metric.meaning}",
                namespace=args.names.namespace,
                metric_name=watched_metric.metric,
                dimensions={"Environment": args.names.environment},
                statistic="Maximum",
                comparison_operator="GreaterThanThreshold",
                threshold=watched_metric.threshold,
                period=MINUTES * 60,
                evaluation_periods=watched_metric.periods,
                # Nobody asks any more: that is not readiness.
                treat_missing_data="breaching",
                alarm_actions=[args.topic_arn],
                ok_actions=[args.topic_arn],
                insufficient_data_actions=[args.topic_arn],
                opts=self._child,
            )


def watched(rpo_minutes: int, drill_days: int) -> Sequence[Watched]:
    """The published metrics with their thresholds: 45 CFR 164.308(a)(7)(ii)(B), (C) and (D)."""
    return [
        Watched(metric="RpoSeconds", threshold=rpo_minutes * 60, periods=1, meaning="seconds may be lost"),
        Watched(metric="StandbyDiffers", threshold=0, periods=2, meaning="endpoints would serve another model"),
        Watched(metric="NotReady", threshold=0, periods=2, meaning="reasons why a failover would not work"),
        Watched(metric="DrillAgeDays", threshold=drill_days, periods=1, meaning="days since the last drill"),
    ]


def _rights(args: ReadinessCheckArgs) -> Sequence[Statement]:
    return [
        {"Sid": "AskAsTheRunbooks", "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": args.runbook_role_arn},
        *function_in_vpc(args.region, args.account_id, args.names.readiness),
    ]
