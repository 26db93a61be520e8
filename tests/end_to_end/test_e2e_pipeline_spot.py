"""A training job on spot instances that are interrupted continues from its checkpoint, with the same model."""

import io
import json
import tarfile
import time
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.cloud import drills
from tests.end_to_end.laboratory import Laboratory, Run
from tests.end_to_end.machine_account import EAST
from tests.end_to_end.test_e2e_pipeline import data, pytestmark

__all__ = ["data", "pytestmark"]
WAIT_SECONDS = 120


@pytest.fixture
def laboratory(tmp_path: Path, data: Path) -> Iterator[Laboratory]:
    account = Laboratory(tmp_path / "state", spot=True)
    account.upload((data / "raw.csv").read_bytes(), data / "names_model", (data / "keys.json").read_text())
    yield account
    account.close()


def training(laboratory: Laboratory, name: str) -> Mapping[str, Any]:
    return laboratory.client("sagemaker").describe_training_job(TrainingJobName=name)


def statuses(job: Mapping[str, Any]) -> list[str]:
    return [transition["Status"] for transition in job["SecondaryStatusTransitions"]]


def model(laboratory: Laboratory, job: Mapping[str, Any]) -> bytes:
    """The model in the archive of a job."""
    bucket, _, key = job["ModelArtifacts"]["S3ModelArtifacts"].removeprefix("s3://").partition("/")
    content = laboratory.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        file = archive.extractfile("model.skops")
        assert file is not None
        return file.read()


def log(laboratory: Laboratory, name: str) -> str:
    events = laboratory.client("logs").get_log_events(
        logGroupName="/aws/sagemaker/TrainingJobs", logStreamName=f"{name}/algo-1"
    )["events"]
    return "\n".join(event["message"] for event in events)


def again(laboratory: Laboratory, run: Run, name: str, **changes: Any) -> Mapping[str, Any]:
    """Runs the training job of a run once more, under another name, with its parameters and changes."""
    done = training(laboratory, f"readmission-train-{run.name}-0")
    members = ("RoleArn", "AlgorithmSpecification", "InputDataConfig", "OutputDataConfig", "ResourceConfig")
    members += ("StoppingCondition", "VpcConfig", "EnableNetworkIsolation", "EnableManagedSpotTraining")
    parameters = {member: done[member] for member in (*members, "CheckpointConfig")}
    parameters["AlgorithmSpecification"].pop("MetricDefinitions", None)
    laboratory.client("sagemaker").create_training_job(TrainingJobName=name, **(parameters | changes))
    limit = time.monotonic() + WAIT_SECONDS
    while (job := training(laboratory, name))["TrainingJobStatus"] == "InProgress":
        assert time.monotonic() < limit, job["SecondaryStatus"]
        time.sleep(0.2)
    return job


def test_interrupted_training_continues_from_its_checkpoint(laboratory: Laboratory) -> None:
    drills.interrupt_spot(laboratory.cloud, EAST, times=2)
    run = laboratory.run()
    assert (run.status, run.cause) == ("SUCCEEDED", "")
    name = f"readmission-train-{run.name}-0"
    job = training(laboratory, name)
    once = ["Starting", "Downloading", "Training"]
    assert statuses(job) == [*once, "Interrupted", *once, "Interrupted", *once, "Uploading", "Completed"]
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Completed", "Completed")
    assert all(
        earlier["EndTime"] <= later["StartTime"] for earlier, later in pairwise(job["SecondaryStatusTransitions"])
    )
    assert "The training continues after step " in log(laboratory, name)
    place = laboratory.plan.checkpoints("train")
    key = f"{place.prefix.format(run.name)}state.json"
    state = json.loads(laboratory.client("s3").get_object(Bucket=place.bucket, Key=key)["Body"].read())
    assert state["state"]["steps"] >= 1

    # The same training on demand, and on spot instances whose role cannot write checkpoints.
    on_demand = again(
        laboratory, run, "on-demand", EnableManagedSpotTraining=False, CheckpointConfig={"S3Uri": "s3://unused/none"},
        StoppingCondition={"MaxRuntimeInSeconds": 600},
    )  # fmt: skip
    assert "Interrupted" not in statuses(on_demand)
    assert model(laboratory, on_demand) == model(laboratory, job)
    assert "continues after step" not in log(laboratory, "on-demand")

    foreign = {"S3Uri": f"s3://{laboratory.plan.buckets['raw-phi']}/checkpoints"}
    refused = again(laboratory, run, "refused", CheckpointConfig=foreign)
    assert refused["TrainingJobStatus"] == "Failed"
    assert "checkpoints" in refused["FailureReason"]

    drills.interrupt_spot(laboratory.cloud, EAST, times=100)
    waits = {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1}
    endless = again(laboratory, run, "endless", StoppingCondition=waits)
    assert endless["TrainingJobStatus"] == "Stopped"
    assert endless["SecondaryStatus"] in {"MaxWaitTimeExceeded", "MaxRuntimeExceeded"}

    with pytest.raises(ClientError, match="MaxWaitTimeInSeconds"):
        again(laboratory, run, "no-wait", StoppingCondition={"MaxRuntimeInSeconds": 600})
