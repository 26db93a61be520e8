"""Jobs that do not run to their end: a quota that is reached, and a job that is stopped half-way."""

import copy
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from components.ml.pipeline_definition import STOPPED_JOB, definition
from tests.end_to_end.laboratory import Laboratory
from tests.end_to_end.test_e2e_pipeline import PYTHON

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def laboratory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laboratory]:
    account = Laboratory(tmp_path_factory.mktemp("interrupted") / "state")
    document = copy.deepcopy(dict(definition(account.plan)))
    for state in document["States"].values():
        for retry in state.get("Retry", ()):
            retry |= {"IntervalSeconds": 1, "MaxDelaySeconds": 2}
    account.deploy(document)
    yield account
    account.close()


def test_quota_of_instances_is_asked_for_again_and_then_named(laboratory: Laboratory) -> None:
    message = "The account-level service limit 'ml.m5.xlarge for processing job usage' is 0 Instances."
    laboratory.cloud.inject("sagemaker:CreateProcessingJob", error="ResourceLimitExceeded", message=message, status=400)
    run = laboratory.run()
    laboratory.cloud.clear_faults()
    assert run.status == "FAILED"
    assert run.cause.startswith("Step deidentify stopped. ")
    assert message in run.cause
    assert "Nothing was registered." in run.cause
    assert not run.jobs
    assert not laboratory.locked()


@pytest.mark.skipif(not PYTHON.exists(), reason=f"{PYTHON} does not exist: run `make test-workloads` first")
def test_job_that_is_stopped_half_way_ends_the_run_with_a_message(laboratory: Laboratory, tmp_path: Path) -> None:
    (tmp_path / "meta.json").write_text("{}")
    laboratory.upload(b"mrn\nM1\n" * 1_000_000, tmp_path, '{"keys": []}')
    arn = laboratory.start()
    sagemaker, name = laboratory.client("sagemaker"), f"readmission-deidentify-{arn.rpartition(':')[2]}-0"
    for _ in range(600):
        try:
            sagemaker.stop_processing_job(ProcessingJobName=name)
            break
        except sagemaker.exceptions.ClientError:
            time.sleep(0.05)
    run = laboratory.wait(arn)
    assert run.jobs == {"deidentify": "Stopped"}
    assert run.status == "FAILED"
    assert run.cause.startswith(f"Step deidentify stopped. {STOPPED_JOB} ")
    assert not laboratory.packages()
    assert not laboratory.locked()
