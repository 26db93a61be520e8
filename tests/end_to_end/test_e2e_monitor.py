"""A monitor runs end to end: its state machine, its job as a process, its metrics, and one start of the retraining."""

import os
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from components.ml.monitor_definition import definition
from components.ml.monitor_plan import NAMESPACE, MonitorNames, MonitorPlan
from components.ml.monitor_rights import job_rights, machine_rights
from drills.project_copy import ROOT
from tests.end_to_end.machine_account import ACCOUNT, EAST, MachineAccount
from tests.workloads.monitoring_data import baseline, days, rows, write_captures
from workloads.monitoring import baseline as baselines
from workloads.pipeline.definitions import READMISSION

PYTHON = Path(os.environ.get("REHEARSAL_MONITORING_PYTHON") or ROOT / ".venv-monitoring" / "bin" / "python")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("monitor"),
    pytest.mark.skipif(not PYTHON.exists(), reason=f"{PYTHON} does not exist: run `make test-workloads` first"),
]
MONDAY = date(2026, 3, 30)
PER_DAY = 40
RETRAINING = "hipaa-ml-retrain-readmission-staging"
BUCKET = "laboratory-artifacts"
PARAMETER = "/hipaa-ml/recovery/staging/state/writer-region"


class MonitorAccount(MachineAccount):
    """An account with the monitor of one model, a retraining that does nothing, and captured data."""

    def __init__(self, state: Path) -> None:
        super().__init__(state)
        subnet, group = self.network()
        topic = self.client("sns").create_topic(Name="operations")["TopicArn"]
        names = MonitorNames(prefix="hipaa-ml", environment="staging", model="readmission")
        self.plan = MonitorPlan(
            names=names,
            region=EAST,
            account_id=ACCOUNT,
            definition="readmission",
            version="1",
            model_sha256="",
            variant="AllTraffic",
            bucket=BUCKET,
            bucket_key_arn=self.key,
            image=f"{ACCOUNT}.dkr.ecr.{EAST}.amazonaws.com/hipaa-ml/monitoring@sha256:" + "a" * 64,
            repository_arn=f"arn:aws:ecr:{EAST}:{ACCOUNT}:repository/hipaa-ml/monitoring",
            subnets=(subnet,),
            security_groups=(group,),
            key_arn=self.key,
            table="pipelines",
            topic_arn=topic,
            topic_key_arn=self.key,
            writer_parameter=PARAMETER,
            retraining_arn=self.machine_arn(RETRAINING),
            instance_type="ml.m5.large",
            minutes=60,
            cool_down_days=14,
        )
        self.client("s3").create_bucket(Bucket=BUCKET)
        self.table("pipelines")
        self.client("logs").create_log_group(logGroupName="/aws/sagemaker/ProcessingJobs")
        self.role(names.machine_role, "states", machine_rights(self.plan))
        self.role(names.job_role, "sagemaker", job_rights(self.plan))
        self.role("retraining", "states", [{"Effect": "Allow", "Action": "xray:PutTraceSegments", "Resource": "*"}])
        self.machine(RETRAINING, {"StartAt": "Train", "States": {"Train": {"Type": "Succeed"}}}, "retraining")
        self.machine(names.state_machine, definition(self.plan), names.machine_role)

    def upload(self, folder: Path, prefix: str) -> None:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                key = f"{prefix}/{file.relative_to(folder).as_posix()}"
                self.client("s3").put_object(Bucket=BUCKET, Key=key, Body=file.read_bytes())

    def capture(self, folder: Path, *, older: float) -> None:
        """Uploads the baseline and two weeks of captures of patients who are some years older."""
        baselines.save(baseline(), READMISSION, folder / "baseline")
        for number, day in enumerate(days(MONDAY - timedelta(days=1), 14)):
            drawn, _ = rows(PER_DAY, 500 + number)
            changed = [{**row, "age_years": min(90.0, row["age_years"] + older)} for row in drawn]
            pseudonyms = [f"k1:{number:016x}{index:016x}" for index in range(PER_DAY)]
            write_captures(folder / "captures", day, changed, pseudonyms)
        self.upload(folder / "baseline", self.plan.baseline)
        self.upload(folder / "captures", f"capture/{self.plan.names.endpoint}")

    def run(self, day: date = MONDAY, name: str = "") -> Mapping[str, Any]:
        """Runs the monitor as the schedule of a day does."""
        answer = self.client("stepfunctions").start_execution(
            stateMachineArn=self.plan.machine_arn,
            name=name or f"run-{day}",
            input=f'{{"time": "{day}T00:15:00Z"}}',
        )
        return self.ended(answer["executionArn"])

    def retrainings(self) -> list[str]:
        listed = self.client("stepfunctions").list_executions(stateMachineArn=self.plan.retraining_arn)
        return [entry["name"] for entry in listed["executions"]]

    def metric(self, name: str) -> float:
        [metric] = [
            entry
            for entry in self.client("cloudwatch").list_metrics(Namespace=NAMESPACE, MetricName=name)["Metrics"]
            if {"Name": "Feature"} not in entry["Dimensions"]
        ][:1]
        points = self.client("cloudwatch").get_metric_statistics(
            Namespace=NAMESPACE,
            MetricName=name,
            Dimensions=metric["Dimensions"],
            StartTime="2026-01-01T00:00:00Z",
            EndTime="2027-12-31T00:00:00Z",
            Period=86400,
            Statistics=["Maximum"],
        )["Datapoints"]
        return max(point["Maximum"] for point in points)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[MonitorAccount]:
    monitored = MonitorAccount(tmp_path / "state")
    yield monitored
    monitored.close()


def test_drift_starts_the_retraining_once(account: MonitorAccount, tmp_path: Path) -> None:
    account.capture(tmp_path / "data", older=15)
    ended = account.run()
    assert (ended["status"], ended.get("cause")) == ("SUCCEEDED", None)
    assert account.retrainings() == ["drift-2026-03-30"]
    assert account.metric("Records") == PER_DAY
    results = f"{account.plan.own}/results/run-2026-03-30"
    s3 = account.client("s3")
    keys = [entry["Key"] for entry in s3.list_objects_v2(Bucket=BUCKET, Prefix=results)["Contents"]]
    for name in ("report.html", "evidently.html", "constraint_violations.json", "decision.json"):
        assert f"{results}/{name}" in keys
    for key in keys:
        assert s3.head_object(Bucket=BUCKET, Key=key)["SSEKMSKeyId"].endswith(account.key.rpartition("/")[2])
    # The next week drifts as well, within the cool-down; the same day is delivered twice.
    assert account.run(name="again")["status"] == "SUCCEEDED"
    assert account.retrainings() == ["drift-2026-03-30"]


def test_unchanged_week_starts_nothing(account: MonitorAccount, tmp_path: Path) -> None:
    account.capture(tmp_path / "data", older=0)
    ended = account.run()
    assert (ended["status"], ended.get("cause")) == ("SUCCEEDED", None)
    assert account.retrainings() == []
    assert "Item" not in account.client("dynamodb").get_item(
        TableName="pipelines", Key={"pk": {"S": "cooldown#readmission"}}
    )


def test_drift_during_a_failover_starts_nothing(account: MonitorAccount, tmp_path: Path) -> None:
    account.capture(tmp_path / "data", older=15)
    account.client("ssm").put_parameter(Name=PARAMETER, Value="us-west-2", Type="String")
    assert account.run()["status"] == "SUCCEEDED"
    assert account.retrainings() == []
