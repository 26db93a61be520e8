"""A pipeline runs end to end: its state machine, its jobs as processes, and every request decided for its role."""

import copy
import csv
import io
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from components.ml.pipeline_definition import definition
from components.ml.pipeline_plan import BY_NAME, STEPS
from components.ml.pipeline_rights import step_rights
from drills.project_copy import ROOT
from tests.end_to_end.laboratory import Laboratory
from workloads.pipeline import definitions, versions

PYTHON = Path(os.environ.get("REHEARSAL_WORKLOADS_PYTHON") or ROOT / ".venv-workloads" / "bin" / "python")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.xdist_group("pipeline"),
    pytest.mark.skipif(not PYTHON.exists(), reason=f"{PYTHON} does not exist: run `make test-workloads` first"),
]
ENCOUNTERS = 4000
Change = Callable[[dict[str, str], int], None]


def workloads(*words: str) -> None:
    environment = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "DO_NOT_TRACK": "true"}
    subprocess.run([str(PYTHON), "-m", *words], cwd=ROOT, env=environment, check=True, timeout=600)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Raw data, keys and a names model."""
    folder = tmp_path_factory.mktemp("data")
    workloads("workloads.pipeline.steps.names_model", str(folder / "names_model"))
    words = [str(folder / "raw.csv"), "--keys", str(folder / "keys.json"), "--encounters", str(ENCOUNTERS)]
    workloads("workloads.pipeline.synthetic", "readmission", *words)
    return folder


@pytest.fixture
def laboratory(tmp_path: Path, data: Path) -> Iterator[Laboratory]:
    account = Laboratory(tmp_path / "state")
    account.upload((data / "raw.csv").read_bytes(), data / "names_model", (data / "keys.json").read_text())
    yield account
    account.close()


def changed(data: Path, change: Change) -> bytes:
    """The raw data with a change of each row."""
    with (data / "raw.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    for number, row in enumerate(rows):
        change(row, number)
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def replace_raw(laboratory: Laboratory, content: bytes) -> None:
    place = laboratory.plan.raw
    laboratory.client("s3").put_object(Bucket=place.bucket, Key=f"{place.prefix}encounters.csv", Body=content)


def test_better_model_is_registered_once_and_a_worse_one_never(laboratory: Laboratory, data: Path) -> None:
    first = laboratory.run()
    assert (first.status, first.cause) == ("SUCCEEDED", "")
    assert first.jobs == {step.name: "Completed" for step in STEPS}
    [package] = laboratory.packages()
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert package["CustomerMetadataProperties"]["Commit"] == laboratory.plan.settings["commit"]
    assert not laboratory.locked()
    assert_outputs_are_encrypted(laboratory, first.name)

    again = laboratory.run()
    assert again.status == "SUCCEEDED"
    assert set(again.jobs) == {"deidentify", "select"}, "the same data version is not trained again"

    laboratory.client("sagemaker").update_model_package(
        ModelPackageArn=package["ModelPackageArn"], ModelApprovalStatus="Approved"
    )
    replace_raw(laboratory, changed(data, shuffled_labels))
    worse = laboratory.run()
    assert worse.status == "SUCCEEDED", worse.cause
    assert set(worse.jobs) == {step.name for step in STEPS}
    assert len(laboratory.packages()) == 1


def shuffled_labels(row: dict[str, str], number: int) -> None:
    """Labels that follow from nothing."""
    row["readmitted_30d"] = str(int(number * 7919 % 97 < 20))


def assert_outputs_are_encrypted(laboratory: Laboratory, run: str) -> None:
    s3 = laboratory.client("s3")
    for step in STEPS:
        place = laboratory.plan.output(step.name)
        prefix = place.prefix.replace("{}", run)
        objects = s3.list_objects_v2(Bucket=place.bucket, Prefix=prefix).get("Contents", [])
        assert objects, step.name
        for entry in objects:
            described = s3.head_object(Bucket=place.bucket, Key=entry["Key"])
            assert described["SSEKMSKeyId"].endswith(laboratory.key.rpartition("/")[2]), entry["Key"]


def test_bad_data_stops_at_validation(laboratory: Laboratory, data: Path) -> None:
    def impossible(row: dict[str, str], number: int) -> None:
        if number % 50 == 0:
            row["admissions_12m"] = "-7"

    replace_raw(laboratory, changed(data, impossible))
    run = laboratory.run()
    assert run.status == "FAILED"
    assert run.cause.startswith("Step validate stopped. ")
    assert "admissions_12m" in run.cause
    assert "Nothing was registered" in run.cause
    assert "train" not in run.jobs
    assert not laboratory.packages()
    assert not laboratory.locked()


def test_planted_phi_stops_at_the_scan(laboratory: Laboratory, data: Path, tmp_path: Path) -> None:
    """De-identification redacts what the scan knows, so the scan gets a data version that another program made."""
    first = laboratory.run()
    assert first.status == "SUCCEEDED", first.cause
    registered = len(laboratory.packages())
    plant(laboratory, first.name, tmp_path)
    run = laboratory.run()
    assert run.status == "FAILED"
    assert run.cause.startswith("Step scan stopped. ")
    assert "078-05-1120" not in run.cause
    assert set(run.jobs) == {"select", "validate", "scan"}
    assert len(laboratory.packages()) == registered
    del data


def plant(laboratory: Laboratory, run: str, folder: Path) -> None:
    """Makes a data version with a social security number in a note, and starts the pipeline at its selection."""
    plan, s3 = laboratory.plan, laboratory.client("s3")
    place = plan.output("deidentify")
    key = f"{place.prefix.replace('{}', run)}encounters.csv"
    rows = list(csv.DictReader(io.StringIO(s3.get_object(Bucket=place.bucket, Key=key)["Body"].read().decode())))
    rows[7]["note"] = "Patient's SSN is 078-05-1120."
    with (folder / "encounters.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    model = definitions.definition("readmission")
    version = versions.describe(
        folder, ["encounters.csv"], model=model.name, schema_hash=model.schema_hash, notes={"key_id": "k1"}
    )
    (folder / "manifest.json").write_text(version.text(), encoding="utf-8")
    prefix = place.prefix.replace("{}", "planted")
    for name in ("encounters.csv", "manifest.json"):
        s3.put_object(
            Bucket=place.bucket,
            Key=f"{prefix}{name}",
            Body=(folder / name).read_bytes(),
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=laboratory.key,
        )
    document = copy.deepcopy(dict(definition(plan)))
    states = document["States"]
    del states["De-identify"], states["Stopped: deidentify"]
    for state in states.values():
        if state.get("Next") == "De-identify":
            state["Next"] = BY_NAME["select"].title
    source = states[BY_NAME["select"].title]["Parameters"]["ProcessingInputs"][0]["S3Input"]
    del source["S3Uri.$"]
    source["S3Uri"] = f"s3://{place.bucket}/{prefix.rstrip('/')}"
    laboratory.deploy(document)


def test_second_run_waits_for_nobody(laboratory: Laboratory) -> None:
    first = laboratory.start()
    for _ in range(6000):
        if laboratory.locked():
            break
        time.sleep(0.1)
    second = laboratory.run()
    assert second.status == "FAILED"
    assert "Another run of readmission is in progress" in second.cause
    assert not second.jobs
    laboratory.client("stepfunctions").stop_execution(executionArn=first)


def test_lock_of_an_aborted_run_is_taken_over(laboratory: Laboratory) -> None:
    aborted = laboratory.start()
    laboratory.client("stepfunctions").stop_execution(executionArn=aborted)
    item = {"pk": {"S": "lock#readmission"}, "execution": {"S": aborted}}
    laboratory.client("dynamodb").put_item(TableName="pipelines", Item=item)
    run = laboratory.run()
    assert run.status == "SUCCEEDED", run.cause


def test_pipeline_pauses_during_a_failover(laboratory: Laboratory) -> None:
    laboratory.client("ssm").put_parameter(Name=laboratory.plan.writer_parameter, Value="us-west-2", Type="String")
    run = laboratory.run()
    assert (run.status, run.jobs) == ("FAILED", {})
    assert "A failover is in progress" in run.cause


def test_job_without_the_right_to_its_input_fails_with_the_denial(laboratory: Laboratory) -> None:
    step = BY_NAME["select"]
    rights = [statement for statement in step_rights(laboratory.plan, step) if statement["Sid"] != "ReadInputs"]
    laboratory.grant(laboratory.plan.names.step_role("select"), rights)
    run = laboratory.run()
    assert run.status == "FAILED"
    assert run.cause.startswith("Step select stopped. ClientError: the input deidentify")
    assert "is not authorized to perform: s3:GetObject" in run.cause
    assert run.jobs == {"deidentify": "Completed", "select": "Failed"}
