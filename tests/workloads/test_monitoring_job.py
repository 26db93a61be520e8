"""The job of a monitor: captured files in, SageMaker's files, metrics, decision and history out."""

import json
import shutil
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.workloads.monitoring_data import (
    ENDPOINT,
    baseline,
    days,
    records,
    rows,
    write_captures,
    write_labels,
)
from workloads.monitoring import baseline as baselines
from workloads.monitoring.__main__ import main
from workloads.monitoring.captures import labels, read
from workloads.monitoring.errors import MonitorError
from workloads.pipeline.definitions import LENGTH_OF_STAY, READMISSION

MONDAY = date(2026, 3, 30)
PER_DAY = 40


def environment(end: date = MONDAY) -> dict[str, str]:
    return {
        "dataset_format": '{"sagemakerCaptureJson":{"captureIndexNames":["endpointInput","endpointOutput"]}}',
        "dataset_source": "/opt/ml/processing/input/endpoint",
        "output_path": "/opt/ml/processing/output",
        "sagemaker_endpoint_name": ENDPOINT,
        "end_time": f"{end}T00:00:00Z",
        "publish_cloudwatch_metrics": "Enabled",
    }


def prepare(ml: Path, *, last: date = MONDAY, count: int = 14, change: Any = None) -> dict[str, float]:
    """Captures of the days before `last`, and their outcomes by pseudonym."""
    inputs = ml / "processing" / "input"
    baselines.save(baseline(), READMISSION, inputs / "baseline")
    outcomes: dict[str, float] = {}
    for number, day in enumerate(days(last - timedelta(days=1), count)):
        drawn, known = rows(PER_DAY, 500 + number)
        changed = [change(row) for row in drawn] if change else drawn
        pseudonyms = [f"k1:{number:016x}{index:016x}" for index in range(PER_DAY)]
        write_captures(inputs / "endpoint", day, changed, pseudonyms)
        outcomes |= dict(zip(pseudonyms, known, strict=True))
    return outcomes


def run(ml: Path) -> int:
    return main(["--model", "readmission", "--ml", str(ml), "--without-evidently"], environment())


def document(ml: Path, name: str) -> Any:
    return json.loads((ml / "processing" / "output" / name).read_text(encoding="utf-8"))


class TestJob:
    def test_unchanged_week(self, tmp_path: Path) -> None:
        write_labels(tmp_path / "processing/input/labels/2026/l.jsonl", prepare(tmp_path))
        assert run(tmp_path) == 0
        message = (tmp_path / "output" / "message").read_text()
        assert message == "Completed: Job completed successfully with no violations."
        assert document(tmp_path, "constraint_violations.json") == {"violations": []}
        decision = document(tmp_path, "decision.json")
        assert (decision["retrain"], decision["weekly"], decision["violations"]) == (False, True, 0)
        assert decision["now"] == "2026-03-30T00:00:00Z"
        assert decision["until"] == "2026-04-13T00:00:00Z"
        metrics = {metric["MetricName"]: metric["Value"] for metric in decision["metrics"]}
        assert metrics["Records"] == PER_DAY
        assert metrics["LabelledRecords"] == 14 * PER_DAY
        assert 0 < metrics["LargestFeatureDrift"] < 0.2

    def test_planted_drift_decides_to_retrain(self, tmp_path: Path) -> None:
        prepare(tmp_path, change=lambda row: {**row, "age_years": min(90.0, row["age_years"] + 15)})
        assert run(tmp_path) == 0
        assert document(tmp_path, "decision.json")["retrain"] is True
        violations = document(tmp_path, "constraint_violations.json")["violations"]
        assert ("age_years", "baseline_drift_check") in {
            (violation["feature_name"], violation["constraint_check_type"]) for violation in violations
        }
        assert (tmp_path / "output" / "message").read_text().startswith("CompletedWithViolations: ")
        page = (tmp_path / "processing/output/report.html").read_text()
        assert "violated" in page
        assert "age_years" in page

    def test_records_of_another_version_are_not_judged(self, tmp_path: Path) -> None:
        """The baseline of a new version says nothing about what its predecessor answered in the same week."""
        prepare(tmp_path, change=lambda row: {**row, "age_years": min(90.0, row["age_years"] + 15)})
        inputs = tmp_path / "processing" / "input"
        for file in (inputs / "endpoint").rglob("*.jsonl"):
            file.write_text(
                file.read_text().replace('"predictions\\"', '"model\\": {\\"digest\\": \\"old\\"}, \\"predictions\\"')
            )
        figures = json.loads((inputs / "baseline" / "baseline.json").read_text())
        for served, violated in (("old", True), ("new", False)):
            (inputs / "baseline" / "baseline.json").write_text(json.dumps({**figures, "model_sha256": served}))
            assert run(tmp_path) == 0
            assert (document(tmp_path, "decision.json")["violations"] > 0) is violated

    def test_baseline_of_another_version_is_refused(self, tmp_path: Path) -> None:
        prepare(tmp_path, count=1)
        file = tmp_path / "processing/input/baseline/baseline.json"
        file.write_text(json.dumps({**json.loads(file.read_text()), "model_sha256": "a" * 64}))
        words = ["--model", "readmission", "--ml", str(tmp_path), "--without-evidently"]
        assert main([*words, "--model-sha256", "a" * 64], environment()) == 0
        assert main([*words, "--model-sha256", "b" * 64], environment()) == 1
        assert "the served one is bbbbbbbbbbbb" in (tmp_path / "output" / "message").read_text()

    def test_challenger_is_compared_on_the_same_requests(self, tmp_path: Path) -> None:
        outcomes = prepare(tmp_path)
        inputs = tmp_path / "processing" / "input"
        write_labels(inputs / "labels" / "l.jsonl", outcomes)
        shutil.copytree(inputs / "endpoint", inputs / "shadow")
        assert run(tmp_path) == 0
        same = document(tmp_path, "comparison.json")
        assert (same["agreement"], same["gain"], same["same_of_the_top_tenth"]) == (1.0, 0.0, 1.0)
        assert same["with_outcomes"] == same["answered_by_both"] == 14 * PER_DAY
        assert (tmp_path / "processing/history/shadow.jsonl").is_file()

    def test_worse_challenger_is_found(self, tmp_path: Path) -> None:
        write_labels(tmp_path / "processing/input/labels/l.jsonl", prepare(tmp_path))
        inputs = tmp_path / "processing" / "input"
        shutil.copytree(inputs / "endpoint", inputs / "shadow")
        for number, file in enumerate(sorted((inputs / "shadow").rglob("*.jsonl"))):
            lines = [json.loads(line) for line in file.read_text().splitlines()]
            for at, line in enumerate(lines):  # predictions that follow from nothing
                risk = (number * 7919 + at * 104729) % 1000 / 1000
                line["captureData"]["endpointOutput"]["data"] = json.dumps({"predictions": [{"risk": risk}]})
            file.write_text("\n".join(map(json.dumps, lines)) + "\n")
        assert run(tmp_path) == 0
        compared = document(tmp_path, "comparison.json")
        assert compared["agreement"] < 0.1
        assert compared["gain_high"] < 0
        assert "performs worse" in compared["verdict"]
        assert "performs worse" in (tmp_path / "processing/output/comparison.html").read_text()

    def test_few_requests_are_not_compared(self, tmp_path: Path) -> None:
        prepare(tmp_path, count=1)
        inputs = tmp_path / "processing" / "input"
        shutil.copytree(inputs / "endpoint", inputs / "shadow")
        assert run(tmp_path) == 0
        compared = document(tmp_path, "comparison.json")
        assert compared["compared"] is False
        assert "mean_difference" not in compared
        assert compared["verdict"].startswith("Too few requests: 40 were answered by both")

    def test_wrong_data_is_not_trained_on(self, tmp_path: Path) -> None:
        prepare(tmp_path, change=lambda row: {**row, "age_years": min(90.0, row["age_years"] + 15), "sex": None})
        assert run(tmp_path) == 0
        decision = document(tmp_path, "decision.json")
        assert decision["violations"] > 0
        assert decision["retrain"] is False
        assert "correct the data" in decision["summary"]

    def test_statistics_follow_the_schema_without_small_cells(self, tmp_path: Path) -> None:
        prepare(tmp_path, count=1)
        run(tmp_path)
        statistics = document(tmp_path, "statistics.json")
        assert statistics["dataset"]["item_count"] == PER_DAY
        features = {feature["name"]: feature for feature in statistics["features"]}
        assert set(features) == set(READMISSION.fields)
        assert features["creatinine_mg_dl"]["numerical_statistics"]["common"] == {"num_present": 40, "num_missing": 0}
        buckets = features["sex"]["string_statistics"]["distribution"]["categorical"]["buckets"]
        assert all(bucket["count"] >= 11 for bucket in buckets)
        constraints = document(tmp_path, "constraints.json")
        assert {feature["name"] for feature in constraints["features"]} == set(READMISSION.fields)

    def test_metrics_are_published_where_sagemaker_reads_them(self, tmp_path: Path) -> None:
        prepare(tmp_path, count=1)
        run(tmp_path)
        file = tmp_path / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl"
        metrics = [json.loads(line) for line in file.read_text().splitlines()]
        assert all(metric["Dimensions"] == [{"Name": "Endpoint", "Value": ENDPOINT}] for metric in metrics)
        file.unlink()
        main(
            ["--model", "readmission", "--ml", str(tmp_path), "--without-evidently"],
            environment() | {"publish_cloudwatch_metrics": "Disabled"},
        )
        assert not file.exists()

    def test_nothing_that_is_written_for_people_holds_a_record(self, tmp_path: Path) -> None:
        prepare(tmp_path, count=14, change=lambda row: {**row, "creatinine_mg_dl": 7.7731})
        run(tmp_path)
        output = tmp_path / "processing" / "output"
        for name in ("report.html", "decision.json", "constraint_violations.json"):
            text = (output / name).read_text()
            assert "7.7731" not in text
            assert "k1:" not in text
        assert "7.7731" not in (tmp_path / "output/metrics/cloudwatch/cloudwatch_metrics.jsonl").read_text()

    def test_history_replaces_the_captures_of_earlier_days(self, tmp_path: Path) -> None:
        prepare(tmp_path, last=date(2026, 3, 29), count=13)
        assert main(["--model", "readmission", "--ml", str(tmp_path)], environment(date(2026, 3, 29))) == 0  # a Sunday
        inputs = tmp_path / "processing" / "input"
        (tmp_path / "processing" / "history").rename(inputs / "history")
        for file in (inputs / "endpoint").rglob("*.jsonl"):
            file.unlink()
        drawn, _ = rows(PER_DAY, 900)
        write_captures(inputs / "endpoint", date(2026, 3, 29), drawn, [f"k1:{n:032x}" for n in range(PER_DAY)])
        assert run(tmp_path) == 0
        history = (tmp_path / "processing/history/records.jsonl").read_text().splitlines()
        assert len(history) == 14 * PER_DAY
        assert run(tmp_path) == 0, "a second run of the same day"
        again = (tmp_path / "processing/history/records.jsonl").read_text().splitlines()
        assert again == history

    def test_no_captures_after_busy_days_is_a_broken_feed(self, tmp_path: Path) -> None:
        prepare(tmp_path, last=date(2026, 3, 29), count=13)
        assert run(tmp_path) == 0
        kinds = {v["constraint_check_type"] for v in document(tmp_path, "constraint_violations.json")["violations"]}
        assert "volume_check" in kinds

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({"end_time": "yesterday"}, "end_time is not a time; allowed: 2026-11-29T00:00:00Z"),
            ({"sagemaker_endpoint_name": ""}, "sagemaker_endpoint_name is not set"),
            ({"start_time": "2026-04-01T00:00:00Z"}, "start_time is not before end_time"),
            ({"publish_cloudwatch_metrics": "yes"}, "allowed: Enabled, Disabled"),
        ],
    )
    def test_wrong_environment(self, tmp_path: Path, changes: Mapping[str, str], expected: str) -> None:
        code = main(["--model", "readmission", "--ml", str(tmp_path)], environment() | dict(changes))
        assert code == 1
        assert expected in (tmp_path / "output" / "message").read_text()

    def test_missing_baseline_says_how_to_make_one(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(tmp_path) == 1
        assert "python -m workloads.monitoring.baseline" in capsys.readouterr().err

    def test_baseline_of_another_model(self, tmp_path: Path) -> None:
        baselines.save(baseline(), READMISSION, tmp_path)
        with pytest.raises(MonitorError, match="another schema"):
            baselines.load(tmp_path, LENGTH_OF_STAY)

    def test_baseline_command(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        drawn, outcomes = records(400, 9), rows(400, 9)[1]
        lines = [
            {"fields": dict(r.fields), "id": r.identifier, "time": r.time, "prediction": r.prediction, "label": outcome}
            for r, outcome in zip(drawn, outcomes, strict=True)
        ]
        file = tmp_path / "records.jsonl"
        file.write_text("\n".join(map(json.dumps, lines)))
        command = ["readmission", "--version", "7", "--records", str(file), "--output", str(tmp_path / "b")]
        assert baselines.main(command) == 0
        assert baselines.load(tmp_path / "b", READMISSION).figures.version == "7"
        file.write_text('{"fields": {}}')
        assert baselines.main(command) == 2
        assert "label" in capsys.readouterr().err


class TestCaptures:
    def line(self, data: str, kind: str, encoding: str = "CSV") -> dict[str, Any]:
        part = {"observedContentType": kind, "data": data, "encoding": encoding}
        return {
            "captureData": {"endpointInput": part},
            "eventMetadata": {"eventId": "e", "inferenceTime": "2026-03-01T00:00:00Z"},
        }

    def parsed(self, folder: Path, *lines: Any) -> list[Any]:
        (folder / "c.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
        return read(folder, READMISSION, start="2026-01-01T00:00:00Z", end="2027-01-01T00:00:00Z")

    def test_csv_and_base64(self, tmp_path: Path) -> None:
        text = "age_years,sex\n71,male\n,female\n"
        (first, second) = self.parsed(tmp_path, self.line(text, "text/csv"))
        assert first.fields == {"age_years": 71.0, "sex": "male"}
        assert second.fields["age_years"] is None
        packed = "YWdlX3llYXJzLHNleAo3MSxtYWxlCg=="
        (only,) = self.parsed(tmp_path, self.line(packed, "text/csv", "BASE64"))
        assert only.fields["age_years"] == 71

    def test_a_request_that_is_no_json_is_a_refused_record(self, tmp_path: Path) -> None:
        (record,) = self.parsed(tmp_path, self.line("{", "application/json", "JSON"))
        assert record.fields == {}
        assert record.prediction is None

    def test_a_line_of_another_format_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(MonitorError, match=r"c\.jsonl, line 2"):
            self.parsed(tmp_path, self.line("sex\nmale\n", "text/csv"), {"patient": "Smith"})

    def test_labels_of_a_request_with_two_instances(self, tmp_path: Path) -> None:
        write_labels(tmp_path / "a.jsonl", {"k1:a": 1})
        (tmp_path / "b.jsonl").write_text(
            json.dumps({"groundTruthData": {"data": "0,1"}, "eventMetadata": {"inferenceId": "k1:b"}})
        )
        assert labels(tmp_path) == {"k1:a/0": 1.0, "k1:b/0": 0.0, "k1:b/1": 1.0}
        (tmp_path / "c.jsonl").write_text("{}")
        with pytest.raises(MonitorError, match=r"c\.jsonl, line 1"):
            labels(tmp_path)
