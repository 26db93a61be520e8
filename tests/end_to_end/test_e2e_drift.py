"""`make drift` from nothing: what its report says is what the emulated AWS has."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from drills.drift.project import APPROVER, AUTHOR, Project
from drills.drift.staging import ENDPOINT, MONITOR, REGION, RETRAINING
from drills.principals import access_role
from drills.project_copy import ROOT
from rehearsal.cloud import Cloud

pytestmark = [
    pytest.mark.whole_zone,
    pytest.mark.timeout(3600),
    pytest.mark.xdist_group("drift"),
    pytest.mark.skipif(
        not (ROOT / ".venv-workloads/bin/python").exists() or not (ROOT / ".venv-monitoring/bin/python").exists(),
        reason="the environments of the workloads do not exist: run `make test-workloads` first",
    ),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a drill, whose emulated AWS still runs."""
    output = tmp_path_factory.mktemp("drift")
    done = subprocess.run(
        [sys.executable, "-m", "drills.drift", "--keep", "--output", str(output)],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=False,
        timeout=3000,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"report: {output}/report.html" in done.stdout
    yield output
    Project(root=output / "zone").zone("cloud", "stop", allowed=(0, 1, 2))


@pytest.fixture(scope="module")
def report(folder: Path) -> Any:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


class Account:
    """boto3 clients in the account of the environment."""

    def __init__(self, folder: Path) -> None:
        project = Project(root=folder / "zone")
        cloud = Cloud.attach(project.root / ".rehearsal")
        assert cloud is not None
        self.endpoints = cloud.endpoints()
        self.id = str(project.outputs("data-staging")["account_id"])
        self.credentials = access_role(self.endpoints, self.id)
        self.release = project.release()

    def client(self, service: str) -> Any:
        return self.endpoints.client(service, REGION, self.credentials)

    def executions(self, machine: str) -> dict[str, str]:
        arn = f"arn:aws:states:{REGION}:{self.id}:stateMachine:{machine}"
        listed = self.client("stepfunctions").list_executions(stateMachineArn=arn)["executions"]
        return {entry["name"]: entry["status"] for entry in listed}


@pytest.fixture(scope="module")
def account(folder: Path) -> Account:
    return Account(folder)


def test_drift_raises_alarms_and_starts_one_retraining(report: Any, account: Account) -> None:
    usual, drifted, recovered = report["weeks"]
    assert [week["retrain"] for week in report["weeks"]] == [False, True, False]
    assert "ALARM" not in usual["alarms"].values()
    assert drifted["alarms"]["DriftViolations"] == "ALARM"
    assert drifted["figures"]["LargestFeatureDrift"] > 2 * recovered["figures"]["LargestFeatureDrift"]
    assert report["observed_auroc"][2] > report["observed_auroc"][1]
    started = {name: status for name, status in account.executions(RETRAINING).items() if name.startswith("drift-")}
    assert started == dict.fromkeys(report["retrainings"], "SUCCEEDED")
    assert len(started) == 1
    runs = account.executions(MONITOR)
    assert set(runs.values()) == {"SUCCEEDED"}
    assert len(runs) == len(report["weeks"]) + 1, "one week was judged twice"


def test_alarms_are_quiet_after_the_recovery(report: Any, account: Account) -> None:
    alarms = account.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{MONITOR}-")["MetricAlarms"]
    states = {alarm["AlarmName"].removeprefix(f"{MONITOR}-"): alarm["StateValue"] for alarm in alarms}
    for name, state in report["weeks"][-1]["alarms"].items():
        assert states[name] == state
        assert state != "ALARM"
    history = account.client("cloudwatch").describe_alarms(AlarmNames=[f"{MONITOR}-DriftViolations"])["MetricAlarms"]
    assert history[0]["StateValue"] == "OK", "it was in alarm in the week before"


def test_another_person_than_the_author_approved_what_is_served(report: Any, account: Account) -> None:
    client = account.client("sagemaker")
    listed = client.list_model_packages(ModelPackageGroupName="hipaa-ml-readmission")["ModelPackageSummaryList"]
    assert len(listed) == 2
    newest = max(listed, key=lambda package: int(package["ModelPackageArn"].rpartition("/")[2]))
    package = client.describe_model_package(ModelPackageName=newest["ModelPackageArn"])
    properties = package["CustomerMetadataProperties"]
    assert (package["ModelApprovalStatus"], properties["Author"]) == ("Approved", AUTHOR)
    assert APPROVER in package["ApprovalDescription"]
    assert "AccessDenied" in report["author_refusal"] or "not authorized" in report["author_refusal"]
    config = client.describe_endpoint(EndpointName=ENDPOINT)["EndpointConfigName"]
    variant = client.describe_endpoint_config(EndpointConfigName=config)["ProductionVariants"][0]
    container = client.describe_model(ModelName=variant["ModelName"])["PrimaryContainer"]
    assert container["Environment"]["MODEL_SHA256"] == properties["ModelSha256"] == account.release["model_sha256"]
    assert report["served"][-1] == properties["ModelSha256"] != report["served"][0]
    assert report["versions"][-1]["baseline_sha256"] == properties["BaselineSha256"]


def test_report_shows_the_figures(report: Any, folder: Path) -> None:
    page = (folder / "report.html").read_text(encoding="utf-8")
    for version in report["versions"]:
        assert version["model_sha256"][:16] in page
    for week in report["weeks"]:
        assert (folder / "results" / week["run"] / "report.html").is_file()
        assert f"results/{week['run']}/report.html" in page
