"""The retraining pipeline of a model: a state machine that runs its steps as SageMaker jobs, weekly, one at a time."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, iam, scheduler, sfn, sqs

from components.documents import Statement, document, trusts
from components.ml.log import SIX_YEARS
from components.ml.pipeline_definition import definition
from components.ml.pipeline_plan import STEPS, PipelineNames, PipelinePlan
from components.ml.pipeline_rights import machine_rights, schedule_rights, step_rights
from components.tokens import type_token

DAY: Final = 86_400
"""Seconds."""
WEEK_DAYS: Final = 7
"""The longest time that an alarm evaluates (CloudWatch API Reference, "PutMetricAlarm")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelPipelineArgs:
    """The pipeline of one model."""

    names: PipelineNames
    plan: pulumi.Output[PipelinePlan]
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    """Key of the state machine, its log and its queue."""
    topic_arn: pulumi.Input[str]
    schedule: str
    team: str


class ModelPipeline(pulumi.ComponentResource):
    """`hipaa-ml:ml:ModelPipeline`: the retraining pipeline of a model.

    Creates an `aws.sfn.StateMachine` with its `LogGroup`, an `aws.iam.Role` with its `RolePolicy` per step, for the
    state machine and for the schedule, an `aws.scheduler.Schedule` with an `aws.sqs.Queue` for starts that failed, and
    `aws.cloudwatch.MetricAlarm`s.
    """

    def __init__(self, name: str, args: ModelPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name, self._args = name, args
        ready = [
            self._role(
                step.name,
                args.names.step_role(step.name),
                "sagemaker.amazonaws.com",
                f"{step.title}: the job of {args.names.model}",
                lambda plan, step=step: step_rights(plan, step),
            )[1]
            for step in STEPS
        ]
        role, rights = self._role(
            "machine",
            args.names.machine_role,
            "states.amazonaws.com",
            f"Runs the pipeline of {args.names.model}",
            machine_rights,
        )
        log = cloudwatch.LogGroup(
            f"{name}-log",
            name=args.names.log_group,
            kms_key_id=args.key_arn,
            retention_in_days=SIX_YEARS,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        machine = sfn.StateMachine(
            f"{name}-machine",
            name=args.names.state_machine,
            type="STANDARD",
            role_arn=role.arn,
            definition=args.plan.apply(lambda plan: json.dumps(definition(plan), indent=1)),
            logging_configuration=sfn.StateMachineLoggingConfigurationArgs(
                level="ALL",
                # Inputs and outputs of states stay out of the log: addresses of data, and reasons of failures.
                include_execution_data=False,
                log_destination=pulumi.Output.format("{0}:*", log.arn),
            ),
            tracing_configuration=sfn.StateMachineTracingConfigurationArgs(enabled=True),
            encryption_configuration=sfn.StateMachineEncryptionConfigurationArgs(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=args.key_arn, kms_data_key_reuse_period_seconds=300
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights, *ready]),
        )
        self._schedule(machine)
        self._alarms(machine)
        self.arn = machine.arn
        self.register_outputs({"arn": self.arn})

    def _role(
        self,
        part: str,
        role_name: str,
        service: str,
        description: str,
        rights: Callable[[PipelinePlan], Sequence[Statement]],
    ) -> tuple[iam.Role, iam.RolePolicy]:
        child, args = pulumi.ResourceOptions(parent=self), self._args
        role = iam.Role(
            f"{self._name}-{part}-role",
            name=role_name,
            description=description,
            assume_role_policy=document([trusts(service, args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        policy = iam.RolePolicy(
            f"{self._name}-{part}-rights",
            role=role.id,
            policy=args.plan.apply(lambda plan: json.dumps({"Version": "2012-10-17", "Statement": list(rights(plan))})),
            opts=child,
        )
        return role, policy

    def _schedule(self, machine: sfn.StateMachine) -> None:
        child, args = pulumi.ResourceOptions(parent=self), self._args
        queue = sqs.Queue(
            f"{self._name}-queue",
            name=f"{args.names.state_machine}-not-started",
            kms_master_key_id=args.key_arn,
            message_retention_seconds=14 * DAY,
            opts=child,
        )
        role = iam.Role(
            f"{self._name}-schedule-role",
            name=args.names.schedule_role,
            description=f"Starts the pipeline of {args.names.model}",
            assume_role_policy=document([trusts("scheduler.amazonaws.com", args.account_id)]),
            permissions_boundary=args.boundary_arn,
            opts=child,
        )
        rights = iam.RolePolicy(
            f"{self._name}-schedule-rights",
            role=role.id,
            policy=pulumi.Output.all(args.plan, queue.arn).apply(
                lambda values: json.dumps({"Version": "2012-10-17", "Statement": schedule_rights(values[0], values[1])})
            ),
            opts=child,
        )
        scheduler.Schedule(
            f"{self._name}-schedule",
            name=args.names.state_machine,
            description=f"Retrains {args.names.model}",
            schedule_expression=args.schedule,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=scheduler.ScheduleTargetArgs(
                arn="arn:aws:scheduler:::aws-sdk:sfn:startExecution",
                role_arn=role.arn,
                # The id of the invocation is the name of the execution. A second invocation meets the lock.
                input=pulumi.Output.json_dumps(
                    {"StateMachineArn": machine.arn, "Name": "<aws.scheduler.execution-id>", "Input": "{}"}
                ),
                dead_letter_config=scheduler.ScheduleTargetDeadLetterConfigArgs(arn=queue.arn),
                retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=5
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[rights]),
        )
        self._alarm(
            "not-started",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": queue.name},
            f"{args.names.model}: the scheduler could not start the weekly run",
        )

    def _alarms(self, machine: sfn.StateMachine) -> None:
        args, dimensions = self._args, {"StateMachineArn": machine.arn}
        for metric, meaning in (
            ("ExecutionsFailed", "a run of the pipeline stopped; `zone pipeline status` names step and reason"),
            ("ExecutionsTimedOut", "a run of the pipeline took too long"),
        ):
            self._alarm(metric, "AWS/States", metric, dimensions, f"{args.names.model}: {meaning}")
        cloudwatch.MetricAlarm(
            f"{self._name}-missing",
            name=f"{args.names.state_machine}-missing",
            alarm_description=f"{args.names.model}: no run of the pipeline succeeded for {WEEK_DAYS} days",
            namespace="AWS/States",
            metric_name="ExecutionsSucceeded",
            dimensions=dimensions,
            statistic="Sum",
            comparison_operator="LessThanThreshold",
            threshold=1,
            period=DAY,
            evaluation_periods=WEEK_DAYS,
            datapoints_to_alarm=WEEK_DAYS,
            # A day without a run has no data point.
            treat_missing_data="breaching",
            alarm_actions=[args.topic_arn],
            ok_actions=[args.topic_arn],
            insufficient_data_actions=[args.topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _alarm(
        self, part: str, namespace: str, metric: str, dimensions: dict[str, pulumi.Output[str]], meaning: str
    ) -> None:
        args = self._args
        cloudwatch.MetricAlarm(
            f"{self._name}-{part}",
            name=f"{args.names.state_machine}-{part}",
            alarm_description=meaning,
            namespace=namespace,
            metric_name=metric,
            dimensions=dimensions,
            statistic="Sum" if namespace == "AWS/States" else "Maximum",
            comparison_operator="GreaterThanOrEqualToThreshold",
            threshold=1,
            period=300,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
            alarm_actions=[args.topic_arn],
            ok_actions=[args.topic_arn],
            insufficient_data_actions=[args.topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )
