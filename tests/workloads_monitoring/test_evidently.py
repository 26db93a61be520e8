"""Evidently's report in the image of the monitors."""

from datetime import date
from pathlib import Path

from tests.workloads.monitoring_data import baseline, data
from tests.workloads.test_monitoring_job import environment, prepare
from workloads.monitoring import people
from workloads.monitoring.__main__ import main
from workloads.pipeline.definitions import READMISSION


def test_report_names_the_fields(tmp_path: Path) -> None:
    changed = data(300, 8, lambda row: {**row, "age_years": min(90.0, row["age_years"] + 15)})
    people.write(READMISSION, baseline().reference, changed, tmp_path / "evidently.html")
    page = (tmp_path / "evidently.html").read_text(encoding="utf-8")
    assert all(name in page for name in READMISSION.fields)


def test_job_writes_the_report_on_mondays(tmp_path: Path) -> None:
    prepare(tmp_path)
    command = ["--model", "readmission", "--ml", str(tmp_path)]
    assert main(command, environment()) == 0
    assert (tmp_path / "processing/output/evidently.html").stat().st_size > 10_000
    (tmp_path / "processing/output/evidently.html").unlink()
    assert main(command, environment(date(2026, 3, 29))) == 0
    assert not (tmp_path / "processing/output/evidently.html").exists()
