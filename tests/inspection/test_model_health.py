"""The health of a model is read from its endpoint, its monitor's runs, metrics and alarms in the emulated AWS."""

import json
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import model_health
from cli.main import app
from components.ml.monitor_plan import NAMESPACE, MonitorNames
from inspection.model_health import MONITORING, ModelHealth, read_health
from rehearsal.cloud import Cloud

EAST, ACCOUNT = "us-east-1", "123456789012"
ROOT = Path(__file__).parents[2]
NAMES = MonitorNames(prefix="hipaa-ml", environment="staging", model="readmission")
MONITOR = f"arn:aws:states:{EAST}:{ACCOUNT}:stateMachine:{NAMES.state_machine}"
QUALITY = f"{NAMES.state_machine}-QualityViolations"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    started = Cloud.start(tmp_path_factory.mktemp("cloud"))
    yield started
    started.stop()


@pytest.fixture(scope="module")
def monitored(cloud: Cloud) -> Cloud:
    """An account with a monitor that ran, its figures and an alarm; the endpoint is not deployed."""
    client = cloud.endpoints().client
    iam, machines = client("iam", EAST), client("stepfunctions", EAST)
    trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName="monitor", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    definition = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
    machines.create_state_machine(name=NAMES.state_machine, definition=definition, roleArn=role)
    run = machines.start_execution(stateMachineArn=MONITOR, input="{}")["executionArn"]
    while machines.describe_execution(executionArn=run)["status"] == "RUNNING":
        time.sleep(0.05)
    cloudwatch = client("cloudwatch", EAST)
    dimensions = [{"Name": "Endpoint", "Value": NAMES.endpoint}]
    for days, value in ((8, 0.4), (1, 0.1)):
        at = datetime.now(UTC) - timedelta(days=days)
        entry = {"MetricName": "LargestFeatureDrift", "Dimensions": dimensions, "Value": value, "Timestamp": at}
        cloudwatch.put_metric_data(Namespace=NAMESPACE, MetricData=[entry])
    for name, endpoint in ((QUALITY, NAMES.endpoint), ("another-endpoint", "other")):
        cloudwatch.put_metric_alarm(
            AlarmName=name,
            Namespace=NAMESPACE,
            MetricName="QualityViolations",
            Dimensions=[{"Name": "Endpoint", "Value": endpoint}],
            Statistic="Maximum",
            Period=3600,
            EvaluationPeriods=1,
            Threshold=0,
            ComparisonOperator="GreaterThanThreshold",
        )
    return cloud


def health(cloud: Cloud, monitor: str = MONITOR, now: datetime | None = None) -> ModelHealth:
    endpoints = cloud.endpoints()

    def client(service: str) -> Any:
        return endpoints.client(service, EAST)

    return read_health(client, endpoint=NAMES.endpoint, monitor_arn=monitor, now=now or datetime.now(UTC))


def test_namespace_is_that_of_the_deployed_monitors() -> None:
    assert MONITORING == NAMESPACE


def test_last_figure_of_each_metric_is_shown(monitored: Cloud) -> None:
    [figure] = health(monitored).figures
    assert (figure.name, figure.value) == ("LargestFeatureDrift", 0.1)


def test_endpoint_that_is_not_deployed_needs_attention(monitored: Cloud) -> None:
    read = health(monitored)
    assert (read.endpoint_status, read.run_status) == ("NotDeployed", "SUCCEEDED")
    assert read.problems == ["the endpoint readmission-staging is NotDeployed"]
    assert read.state == "attention"


def test_raised_alarm_of_this_endpoint_is_a_problem(monitored: Cloud) -> None:
    cloudwatch = monitored.endpoints().client("cloudwatch", EAST)
    for name in (QUALITY, "another-endpoint"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="planted")
    read = health(monitored)
    assert read.alarms == {QUALITY: "ALARM"}
    assert f"the alarm {QUALITY} is raised" in read.problems
    cloudwatch.set_alarm_state(AlarmName=QUALITY, StateValue="OK", StateReason="planted")


def test_monitor_that_stopped_running_is_a_problem(monitored: Cloud) -> None:
    read = health(monitored, now=datetime.now(UTC) + timedelta(days=3))
    assert "the last run of the monitor is 3 days old" in read.problems


def test_model_without_monitor_is_unknown_and_never_healthy(monitored: Cloud) -> None:
    read = health(monitored, monitor=f"{MONITOR}-none")
    assert read.run_status == "NotMonitored"
    assert read.unknown == ["the model has no monitor"]
    assert read.state != "healthy"


@pytest.mark.parametrize(
    ("problems", "unknown", "state", "code"),
    [([], [], "healthy", 0), ([], ["x"], "unknown", 3), (["y"], ["x"], "attention", 1)],
)
def test_state_decides_the_exit_code(problems: list[str], unknown: list[str], state: str, code: int) -> None:
    read = ModelHealth(
        endpoint="e",
        endpoint_status="InService",
        instances=2,
        run_status="SUCCEEDED",
        run_at=None,
        figures=[],
        alarms={},
        problems=problems,
        unknown=unknown,
    )
    assert read.state == state
    assert model_health.EXIT_CODES[read.state] == code
    assert model_health.document(read)["state"] == state


def test_unknown_model_is_refused_with_the_models_there_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copyfile(ROOT / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(app, ["model", "health", "sepsis"])
    assert ran.exit_code != 0
    assert "There is no model 'sepsis'. Models of Pulumi.yaml, hipaa-ml:ml: readmission, length-of-stay" in str(
        ran.output or ran.exception
    )
