"""The monitor of a model: its state machine, its job, its rights, its alarms and its dashboard."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import networkx as nx
import pulumi
import pytest

from components.ml.endpoint import VARIANT
from components.ml.monitor import VIOLATIONS, ModelMonitor, ModelMonitorArgs
from components.ml.monitor_definition import definition
from components.ml.monitor_foundation import MonitorFoundation, MonitorFoundationArgs
from components.ml.monitor_plan import NAMESPACE, MonitorNames, MonitorPlan
from components.ml.monitor_rights import job_rights, machine_rights
from tests.components.test_components_pipeline import EAST, KEY, allowed, graph, parse
from tests.recorder import ACCOUNT, Recording, record

BASE = f"arn:aws:states:{EAST}:{ACCOUNT}:stateMachine"
PLAN = MonitorPlan(
    names=MonitorNames(prefix="hipaa-ml", environment="staging", model="readmission"),
    region=EAST,
    account_id=ACCOUNT,
    definition="readmission",
    version="1",
    model_sha256="c" * 64,
    variant="AllTraffic",
    bucket="hipaa-ml-artifacts",
    bucket_key_arn=f"{KEY}/artifacts",
    image=f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com/hipaa-ml/monitoring@sha256:" + "a" * 64,
    repository_arn=f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/monitoring",
    subnets=("subnet-1",),
    security_groups=("sg-1",),
    key_arn=f"{KEY}/monitoring",
    table="hipaa-ml-staging-monitors",
    topic_arn=f"arn:aws:sns:{EAST}:{ACCOUNT}:operations",
    topic_key_arn=f"{KEY}/serving",
    writer_parameter="/hipaa-ml/recovery/staging/state/writer-region",
    retraining_arn=f"{BASE}:hipaa-ml-readmission-staging",
    instance_type="ml.m5.large",
    minutes=60,
    cool_down_days=14,
)
VARIANTS = {
    "reference": PLAN,
    "nothing stands by": replace(PLAN, writer_parameter=""),
    "retrained elsewhere": replace(PLAN, retraining_arn=""),
}


def monitor(**changed: Any) -> Recording:
    args: dict[str, Any] = {
        "names": PLAN.names,
        "account_id": ACCOUNT,
        "boundary_arn": f"arn:aws:iam::{ACCOUNT}:policy/boundary",
        "key_arn": PLAN.key_arn,
        "topic_arn": PLAN.topic_arn,
        "region": EAST,
        "schedule": "cron(15 0 * * ? *)",
        "cool_down_days": 14,
        **changed,
    }
    return record(
        lambda: ModelMonitor("m", ModelMonitorArgs(plan=pulumi.Output.from_input(0).apply(lambda _: PLAN), **args))
    )


class TestStateMachine:
    @pytest.mark.parametrize("plan", VARIANTS.values(), ids=list(VARIANTS))
    def test_definition_is_valid(self, plan: MonitorPlan) -> None:
        document = definition(plan)
        parse(document)
        assert set(graph(document)) == set(document["States"]), "a state that does not exist, or that nothing leads to"
        assert nx.descendants(graph(document), document["StartAt"]) | {document["StartAt"]} == set(document["States"])

    def test_retraining_passes_failover_and_cool_down(self) -> None:
        edges = graph(definition(PLAN))
        for gate in ("Retrain?", "Hold the cool-down"):
            without = edges.copy()
            without.remove_node(gate)
            assert not nx.has_path(without, "Split the time", "Start the retraining"), gate
        held = definition(PLAN)["States"]["Hold the cool-down"]
        assert held["Parameters"]["ConditionExpression"] == "attribute_not_exists(pk) OR #until <= :now"
        choice = definition(PLAN)["States"]["Does this region write?"]
        assert choice["Choices"][0]["StringEquals"] == EAST
        assert choice["Default"] == "Done"

    def test_a_start_that_failed_ends_the_cool_down(self) -> None:
        assert nx.has_path(graph(definition(PLAN)), "Start the retraining", "End the cool-down")
        assert nx.descendants(graph(definition(PLAN)), "End the cool-down") == {"Not started"}

    def test_model_that_is_retrained_elsewhere_is_not_started(self) -> None:
        document = json.dumps(definition(VARIANTS["retrained elsewhere"]))
        assert "startExecution" not in document
        assert "dynamodb" not in document

    def test_job_is_isolated_and_encrypted(self) -> None:
        job: Mapping[str, Any] = definition(PLAN)["States"]["Judge"]["Parameters"]
        assert job["NetworkConfig"]["EnableNetworkIsolation"] is True
        assert job["NetworkConfig"]["EnableInterContainerTrafficEncryption"] is True
        assert job["ProcessingOutputConfig"]["KmsKeyId"] == PLAN.bucket_key_arn
        assert job["ProcessingResources"]["ClusterConfig"]["VolumeKmsKeyId"] == PLAN.key_arn
        assert {entry["InputName"] for entry in job["ProcessingInputs"]} == {
            "baseline", "endpoint", "history", "labels",
        }  # fmt: skip


class TestRights:
    def test_job_reads_captures_of_its_endpoint_only(self) -> None:
        bucket = f"arn:aws:s3:::{PLAN.bucket}"
        own = f"{bucket}/{PLAN.captures}/2026/03/01/00/x.jsonl"
        other = own.replace("readmission", "length-of-stay")
        assert allowed(job_rights(PLAN), "s3:GetObject", own)
        assert not allowed(job_rights(PLAN), "s3:GetObject", other)
        assert not allowed(job_rights(PLAN), "s3:PutObject", own)
        assert not allowed(job_rights(PLAN), "s3:PutObject", f"{bucket}/{PLAN.baseline}/baseline.json")

    def test_state_machine_reads_decisions_and_no_captures(self) -> None:
        bucket = f"arn:aws:s3:::{PLAN.bucket}"
        rights = machine_rights(PLAN)
        assert allowed(rights, "s3:GetObject", f"{bucket}/{PLAN.own}/results/abc/decision.json")
        assert not allowed(rights, "s3:GetObject", f"{bucket}/{PLAN.captures}/2026/03/x.jsonl")
        assert not allowed(rights, "s3:GetObject", f"{bucket}/{PLAN.own}/history/records.jsonl")

    def test_state_machine_starts_the_retraining_of_its_model_only(self) -> None:
        rights = machine_rights(PLAN)
        assert allowed(rights, "states:StartExecution", PLAN.retraining_arn)
        assert not allowed(rights, "states:StartExecution", f"{BASE}:hipaa-ml-length-of-stay-staging")
        elsewhere = machine_rights(VARIANTS["retrained elsewhere"])
        assert not allowed(elsewhere, "states:StartExecution", PLAN.retraining_arn)

    def test_metrics_are_written_to_one_namespace(self) -> None:
        rights = machine_rights(PLAN)
        assert allowed(rights, "cloudwatch:PutMetricData", "*", cloudwatch__namespace=NAMESPACE)
        assert not allowed(rights, "cloudwatch:PutMetricData", "*", cloudwatch__namespace="AWS/SageMaker")


class TestComponent:
    def test_component_consists_of_state_machine_roles_schedule_alarms_and_dashboard(self) -> None:
        assert monitor().counts() == {
            "aws:iam/role:Role": 3,
            "aws:iam/rolePolicy:RolePolicy": 3,
            "aws:cloudwatch/logGroup:LogGroup": 1,
            "aws:sfn/stateMachine:StateMachine": 1,
            "aws:sqs/queue:Queue": 1,
            "aws:scheduler/schedule:Schedule": 1,
            "aws:cloudwatch/metricAlarm:MetricAlarm": 3 + len(VIOLATIONS),
            "aws:cloudwatch/dashboard:Dashboard": 1,
        }
        assert monitor().orphans() == set()

    def test_schedule_passes_its_time(self) -> None:
        [schedule] = monitor().of("scheduler/schedule:Schedule")
        started = json.loads(schedule.inputs["target"]["input"])
        assert json.loads(started["Input"]) == {"time": "<aws.scheduler.scheduled-time>"}
        assert schedule.inputs["target"]["deadLetterConfig"]["arn"]

    def test_dashboard_shows_the_metrics_of_the_alarms(self) -> None:
        [dashboard] = monitor().of("cloudwatch/dashboard:Dashboard")
        assert all(metric in dashboard.inputs["dashboardBody"] for metric in VIOLATIONS)
        assert f'"VariantName", "{VARIANT}"' in dashboard.inputs["dashboardBody"]

    def test_short_cool_down_is_refused(self) -> None:
        with pytest.raises(ValueError, match="cool_down_days: 3; allowed: 7 or more"):
            monitor(cool_down_days=3)

    @pytest.mark.parametrize("job_log", [True, False])
    def test_foundation(self, job_log: bool) -> None:
        args = MonitorFoundationArgs(repository="p/monitoring", table="t", key_arn=PLAN.key_arn, job_log=job_log)
        recording = record(lambda: MonitorFoundation("monitoring", args))
        assert recording.counts().get("aws:cloudwatch/logGroup:LogGroup", 0) == int(job_log)
        [table] = recording.of("dynamodb/table:Table")
        assert table.protect
        assert table.inputs["serverSideEncryption"]["kmsKeyArn"] == PLAN.key_arn
