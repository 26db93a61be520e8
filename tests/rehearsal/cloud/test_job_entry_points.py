"""Which entry points of SageMaker jobs are programs of this project, and which environment runs each."""

from collections.abc import Sequence

import pytest

from rehearsal.cloud.jobs import MONITORING_PYTHON, PYTHON, SPARK_PYTHON, Job, Jobs

SPARK_JOB = "/opt/program/workloads/pipeline/spark_job.py"
VALIDATE = ("python", "-m", "workloads.pipeline.steps.validate")


@pytest.mark.parametrize(
    ("entry_point", "known"),
    [
        (VALIDATE, True),
        (("smspark-submit", SPARK_JOB, "validate", "--model", "readmission"), True),
        (("smspark-submit", "/opt/program/other/job.py"), False),
        (("smspark-submit", "/tmp/workloads/job.py"), False),
        (("smspark-submit",), False),
        (("spark-submit", SPARK_JOB), False),
        (("python", "-m"), False),
        (("python", "-m", "http.server"), False),
        (("python", "workloads/pipeline/spark_job.py"), False),
        ((), False),
    ],
)
def test_only_programs_of_this_project_run(entry_point: Sequence[str], known: bool) -> None:
    assert Jobs().knows(entry_point) is known


@pytest.mark.parametrize(
    ("entry_point", "variable", "environment"),
    [
        (VALIDATE, PYTHON, ".venv-workloads"),
        (("smspark-submit", SPARK_JOB, "validate"), SPARK_PYTHON, ".venv-spark"),
        (("python", "-m", "workloads.monitoring"), MONITORING_PYTHON, ".venv-monitoring"),
    ],
)
def test_job_without_its_environment_fails_and_says_how_to_create_it(
    entry_point: Sequence[str], variable: str, environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in (PYTHON, SPARK_PYTHON, MONITORING_PYTHON):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "/nowhere/python")
    ended = Jobs().run(
        Job(
            name="job",
            kind="ProcessingJobs",
            region="us-east-1",
            role_arn="arn:aws:iam::111122223333:role/job",
            entry_point=entry_point,
            environment={},
            sources=[],
            destinations=[],
            isolated=True,
            endpoint_id="",
            seconds=60,
        )
    )
    assert ended.status == "Failed"
    assert "does not exist on this machine (/nowhere/python)" in ended.reason
    assert f"`make {environment}/.ready`, or set {variable}" in ended.reason
