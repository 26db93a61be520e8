"""A state machine that a schedule starts: what retraining and monitoring have in common."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import cloudwatch, iam, scheduler, sfn, sqs

from components.documents import Statement, document, trusts
from components.ml.log import SIX_YEARS
from components.tokens import type_token

DAY: Final = 86_400
"""Seconds."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScheduleArgs:
    """When a state machine starts, and with which input."""

    name: str
    """Name of the schedule; the queue has it as its prefix."""
    role_name: str
    description: str
    """Description of the role of the schedule."""
    title: str
    """Description of the schedule."""
    expression: str
    not_started: str
    """Description of the alarm on starts that failed."""
    execution_input: str = "{}"


class ScheduledMachine(pulumi.ComponentResource):
    """Base of components with one state machine, the roles of its jobs, a schedule, and alarms."""

    def __init__(
        self,
        name: str,
        *,
        account_id: pulumi.Input[str],
        boundary_arn: pulumi.Input[str],
        key_arn: pulumi.Input[str],
        topic_arn: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None,
    ) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        self._name = name
        self._account_id, self._boundary_arn = account_id, boundary_arn
        self._key_arn, self._topic_arn = key_arn, topic_arn

    def _role(
        self, part: str, role_name: str, service: str, description: str, policy: pulumi.Input[str]
    ) -> tuple[iam.Role, iam.RolePolicy]:
        role = self._bare_role(part, role_name, service, description)
        rights = iam.RolePolicy(
            f"{self._name}-{part}-rights", role=role.id, policy=policy, opts=pulumi.ResourceOptions(parent=self)
        )
        return role, rights

    def _bare_role(self, part: str, role_name: str, service: str, description: str) -> iam.Role:
        return iam.Role(
            f"{self._name}-{part}-role",
            name=role_name,
            description=description,
            assume_role_policy=document([trusts(service, self._account_id)]),
            permissions_boundary=self._boundary_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _machine(
        self,
        machine_name: str,
        log_group: str,
        role: iam.Role,
        definition: pulumi.Input[str],
        needs: Sequence[pulumi.Resource],
    ) -> sfn.StateMachine:
        log = cloudwatch.LogGroup(
            f"{self._name}-log",
            name=log_group,
            kms_key_id=self._key_arn,
            retention_in_days=SIX_YEARS,
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        return sfn.StateMachine(
            f"{self._name}-machine",
            name=machine_name,
            type="STANDARD",
            role_arn=role.arn,
            definition=definition,
            logging_configuration=sfn.StateMachineLoggingConfigurationArgs(
                level="ALL",
                # Inputs and outputs of states stay out of the log: addresses of data, and reasons of failures.
                include_execution_data=False,
                log_destination=pulumi.Output.format("{0}:*", log.arn),
            ),
            tracing_configuration=sfn.StateMachineTracingConfigurationArgs(enabled=True),
            encryption_configuration=sfn.StateMachineEncryptionConfigurationArgs(
                type="CUSTOMER_MANAGED_KMS_KEY", kms_key_id=self._key_arn, kms_data_key_reuse_period_seconds=300
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=list(needs)),
        )

    def _schedule(self, machine: sfn.StateMachine, schedule: ScheduleArgs, rights: Any) -> None:
        """Declares the schedule; `rights` gives the statements of its role from the ARN of its queue, as an output."""
        child = pulumi.ResourceOptions(parent=self)
        queue = sqs.Queue(
            f"{self._name}-queue",
            name=f"{schedule.name}-not-started",
            kms_master_key_id=self._key_arn,
            message_retention_seconds=14 * DAY,
            opts=child,
        )
        role, policy = self._role(
            "schedule", schedule.role_name, "scheduler.amazonaws.com", schedule.description, rights(queue.arn)
        )
        scheduler.Schedule(
            f"{self._name}-schedule",
            name=schedule.name,
            description=schedule.title,
            schedule_expression=schedule.expression,
            schedule_expression_timezone="UTC",
            flexible_time_window=scheduler.ScheduleFlexibleTimeWindowArgs(mode="OFF"),
            target=scheduler.ScheduleTargetArgs(
                arn="arn:aws:scheduler:::aws-sdk:sfn:startExecution",
                role_arn=role.arn,
                # The id of the invocation is the name of the execution. A second invocation meets the lock.
                input=pulumi.Output.json_dumps(
                    {
                        "StateMachineArn": machine.arn,
                        "Name": "<aws.scheduler.execution-id>",
                        "Input": schedule.execution_input,
                    }
                ),
                dead_letter_config=scheduler.ScheduleTargetDeadLetterConfigArgs(arn=queue.arn),
                retry_policy=scheduler.ScheduleTargetRetryPolicyArgs(
                    maximum_event_age_in_seconds=3600, maximum_retry_attempts=5
                ),
            ),
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self._alarm(
            "not-started",
            f"{schedule.name}-not-started",
            "AWS/SQS",
            "ApproximateNumberOfMessagesVisible",
            {"QueueName": queue.name},
            schedule.not_started,
        )

    def _alarm(  # noqa: PLR0917 - one of each
        self,
        part: str,
        alarm_name: str,
        namespace: str,
        metric: str,
        dimensions: dict[str, pulumi.Input[str]],
        meaning: str,
    ) -> None:
        cloudwatch.MetricAlarm(
            f"{self._name}-{part}",
            name=alarm_name,
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
            alarm_actions=[self._topic_arn],
            ok_actions=[self._topic_arn],
            insufficient_data_actions=[self._topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )


def policy_text(statements: Sequence[Statement]) -> str:
    """The JSON text of a policy of plain statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
