"""The retraining pipeline of a model: a state machine that runs its steps as SageMaker jobs, weekly, one at a time."""

import json
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import cloudwatch, sfn

from components.ml.pipeline_definition import definition
from components.ml.pipeline_plan import PipelineNames, PipelinePlan
from components.ml.pipeline_rights import machine_rights, schedule_rights, step_rights
from components.ml.scheduled_machine import DAY, ScheduleArgs, ScheduledMachine, policy_text
from workloads.pipeline.plan import PANDAS, Engine, steps

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
    engine: Engine = PANDAS
    """Engine of the plan; it decides which steps have a role."""


class ModelPipeline(ScheduledMachine):
    """`hipaa-ml:ml:ModelPipeline`: the retraining pipeline of a model.

    Creates an `aws.sfn.StateMachine` with its `LogGroup`, an `aws.iam.Role` with its `RolePolicy` per step, for the
    state machine and for the schedule, an `aws.scheduler.Schedule` with an `aws.sqs.Queue` for starts that failed, and
    `aws.cloudwatch.MetricAlarm`s.
    """

    def __init__(self, name: str, args: ModelPipelineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(
            name,
            account_id=args.account_id,
            boundary_arn=args.boundary_arn,
            key_arn=args.key_arn,
            topic_arn=args.topic_arn,
            opts=opts,
        )
        self._args = args
        ready = [
            self._role(
                step.name,
                args.names.step_role(step.name),
                "sagemaker.amazonaws.com",
                f"{step.title}: the job of {args.names.model}",
                args.plan.apply(lambda plan, step=step: policy_text(step_rights(plan, step))),
            )[1]
            for step in steps(args.engine)
        ]
        role, rights = self._role(
            "machine",
            args.names.machine_role,
            "states.amazonaws.com",
            f"Runs the pipeline of {args.names.model}",
            args.plan.apply(lambda plan: policy_text(machine_rights(plan))),
        )
        machine = self._machine(
            args.names.state_machine,
            args.names.log_group,
            role,
            args.plan.apply(lambda plan: json.dumps(definition(plan), indent=1)),
            [rights, *ready],
        )
        self._schedule(
            machine,
            ScheduleArgs(
                name=args.names.state_machine,
                role_name=args.names.schedule_role,
                description=f"Starts the pipeline of {args.names.model}",
                title=f"Retrains {args.names.model}",
                expression=args.schedule,
                not_started=f"{args.names.model}: the scheduler could not start the weekly run",
            ),
            lambda queue_arn: pulumi.Output.all(args.plan, queue_arn).apply(
                lambda values: policy_text(
                    schedule_rights(values[0].region, values[0].machine_arn, values[0].volume_key_arn, values[1])
                )
            ),
        )
        self._alarms(machine)
        self.arn = machine.arn
        self.register_outputs({"arn": self.arn})

    def _alarms(self, machine: sfn.StateMachine) -> None:
        args = self._args
        dimensions: dict[str, pulumi.Input[str]] = {"StateMachineArn": machine.arn}
        for metric, meaning in (
            ("ExecutionsFailed", "a run of the pipeline stopped; `zone pipeline status` names step and reason"),
            ("ExecutionsTimedOut", "a run of the pipeline took too long"),
        ):
            alarm_name = f"{args.names.state_machine}-{metric}"
            self._alarm(metric, alarm_name, "AWS/States", metric, dimensions, f"{args.names.model}: {meaning}")
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
