"""The monitor of a served model: a daily state machine, its alarms, and a dashboard."""

import json
from dataclasses import dataclass
from typing import Any, Final

import pulumi
from pulumi_aws import cloudwatch

from components.ml.endpoint import VARIANT
from components.ml.monitor_definition import definition
from components.ml.monitor_plan import NAMESPACE, MonitorNames, MonitorPlan
from components.ml.monitor_rights import job_rights, machine_rights
from components.ml.pipeline_rights import schedule_rights
from components.ml.scheduled_machine import ScheduleArgs, ScheduledMachine, policy_text

VIOLATIONS: Final = {
    "QualityViolations": "the data of the day is wrong: read report.html, and correct the feed",
    "DriftViolations": "the inputs or predictions differ from the baseline",
    "PerformanceViolations": "the model performs worse than its version did",
    "FairnessViolations": "the model performs worse on a slice than on the others",
}
"""Metric -> meaning of its alarm."""
_CHANGES: Final = (
    "LargestFeatureDrift",
    "JointDrift",
    "PredictionDrift",
    "EstimatedAurocDrop",
    "PerformanceDrop",
    "LargestSliceGap",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelMonitorArgs:
    """The monitor of one model."""

    names: MonitorNames
    plan: pulumi.Output[MonitorPlan]
    account_id: pulumi.Input[str]
    boundary_arn: pulumi.Input[str]
    key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    region: str
    schedule: str
    cool_down_days: int

    def __post_init__(self) -> None:
        """Refuses a cool-down in which the outcome of a retraining cannot be known."""
        if self.cool_down_days < 7:  # noqa: PLR2004 - drift is judged once a week
            raise ValueError(f"ModelMonitorArgs.cool_down_days: {self.cool_down_days}; allowed: 7 or more")


class ModelMonitor(ScheduledMachine):
    """`hipaa-ml:ml:ModelMonitor`: the monitor of a served model.

    Creates an `aws.sfn.StateMachine` with its `LogGroup`, an `aws.iam.Role` with its `RolePolicy` for the job, for the
    state machine and for the schedule, an `aws.scheduler.Schedule` with an `aws.sqs.Queue` for starts that failed,
    `aws.cloudwatch.MetricAlarm`s, and an `aws.cloudwatch.Dashboard`.
    """

    def __init__(self, name: str, args: ModelMonitorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(
            name,
            account_id=args.account_id,
            boundary_arn=args.boundary_arn,
            key_arn=args.key_arn,
            topic_arn=args.topic_arn,
            opts=opts,
        )
        names = args.names
        _, job = self._role(
            "job",
            names.job_role,
            "sagemaker.amazonaws.com",
            f"Compares captured data of {names.endpoint} with its baseline",
            args.plan.apply(lambda plan: policy_text(job_rights(plan))),
        )
        role, rights = self._role(
            "machine",
            names.machine_role,
            "states.amazonaws.com",
            f"Runs the monitor of {names.endpoint}",
            args.plan.apply(lambda plan: policy_text(machine_rights(plan))),
        )
        machine = self._machine(
            names.state_machine,
            names.log_group,
            role,
            args.plan.apply(lambda plan: json.dumps(definition(plan), indent=1)),
            [rights, job],
        )
        self._schedule(
            machine,
            ScheduleArgs(
                name=names.state_machine,
                role_name=names.schedule_role,
                title=f"Monitors {names.endpoint}",
                description=f"Starts the monitor of {names.endpoint}",
                expression=args.schedule,
                not_started=f"{names.endpoint}: the scheduler could not start the monitor",
                execution_input=json.dumps({"time": "<aws.scheduler.scheduled-time>"}),
            ),
            lambda queue_arn: pulumi.Output.all(args.plan, queue_arn).apply(
                lambda values: policy_text(
                    schedule_rights(values[0].region, values[0].machine_arn, values[0].key_arn, values[1])
                )
            ),
        )
        self._alarms(machine.arn, names)
        cloudwatch.Dashboard(
            f"{name}-dashboard",
            dashboard_name=names.state_machine,
            dashboard_body=json.dumps(dashboard(names, args.region)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = machine.arn
        self.register_outputs({"arn": self.arn})

    def _alarms(self, machine_arn: pulumi.Output[str], names: MonitorNames) -> None:
        for metric, meaning in (("ExecutionsFailed", "stopped"), ("ExecutionsTimedOut", "took too long")):
            self._alarm(
                metric,
                f"{names.state_machine}-{metric}",
                "AWS/States",
                metric,
                {"StateMachineArn": machine_arn},
                f"{names.endpoint}: a run of the monitor {meaning}",
            )
        for metric, meaning in VIOLATIONS.items():
            self._alarm(
                metric,
                f"{names.state_machine}-{metric}",
                NAMESPACE,
                metric,
                {"Endpoint": names.endpoint},
                f"{names.endpoint}: {meaning}",
            )


def dashboard(names: MonitorNames, region: str) -> dict[str, Any]:
    """The dashboard of a model: violations, changes, records, and the endpoint."""

    def graph(title: str, metrics: list[list[Any]], row: int, column: int, period: int) -> dict[str, Any]:
        return {
            "type": "metric",
            "x": 12 * column,
            "y": 6 * row,
            "width": 12,
            "height": 6,
            "properties": {"title": title, "region": region, "stat": "Maximum", "period": period, "metrics": metrics},
        }

    def own(metric: str) -> list[Any]:
        return [NAMESPACE, metric, "Endpoint", names.endpoint]

    day = 86_400
    variant = ["EndpointName", names.endpoint, "VariantName", VARIANT]
    return {
        "widgets": [
            graph("Violations", [own(metric) for metric in VIOLATIONS], 0, 0, day),
            graph("Changes from the baseline", [own(metric) for metric in _CHANGES], 0, 1, day),
            graph("Records", [own(name) for name in ("Records", "RefusedRecords", "LabelledRecords")], 1, 0, day),
            graph("Endpoint", [["AWS/SageMaker", "ModelLatency", *variant]], 1, 1, 300),
        ]
    }
