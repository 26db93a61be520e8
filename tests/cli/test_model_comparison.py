"""`zone model compare` reads what the monitor wrote: figures, verdict and exit code."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from cli import model_comparison
from cli.errors import UsageError
from tests.zone.test_settings import Tree, edited
from zone.settings import Settings, parse_settings

FIGURES: Mapping[str, Any] = {
    "requests": 300,
    "answered_by_both": 290,
    "compared": True,
    "agreement": 0.5,
    "quantiles_of_absolute_difference": {"0.5": 0.01, "0.9": 0.02, "0.99": 0.05},
    "same_of_the_top_tenth": 0.8,
    "with_outcomes": 200,
    "metric": "auroc",
    "served": 0.7,
    "challenger": 0.75,
    "gain": 0.05,
    "gain_low": 0.01,
    "gain_high": 0.09,
    "verdict": "The challenger performs better than the served version.",
}


class S3:
    """The results of two Mondays."""

    def __init__(self, figures: Mapping[str, Any]) -> None:
        prefix = "monitoring/readmission-prod/results"
        self.objects = {
            f"{prefix}/second/comparison.json": (2, json.dumps(figures).encode()),
            f"{prefix}/second/comparison.html": (2, b"<html>"),
            f"{prefix}/first/comparison.json": (1, b"{}"),
            f"{prefix}/second/decision.json": (3, b"{}"),
        }

    def get_paginator(self, _name: str) -> "S3":
        return self

    def paginate(self, **_: Any) -> list[Any]:
        return [
            {
                "Contents": [
                    {"Key": key, "LastModified": datetime(2026, 3, day, tzinfo=UTC)}
                    for key, (day, _) in self.objects.items()
                ]
            }
        ]

    def get_object(self, *, Key: str, **_: Any) -> Any:  # noqa: N803 - boto3's name
        return {"Body": io.BytesIO(self.objects[Key][1])}


class CloudWatch:
    def get_metric_statistics(self, *, Dimensions: Any, **_: Any) -> Any:  # noqa: N803 - boto3's name
        microseconds = 2000.0 if Dimensions[1]["Value"] == "shadow" else 1000.0
        return {"Datapoints": [{"Timestamp": 1, "Average": microseconds, "Maximum": 2 * microseconds}]}


class Access:
    person = "ada"

    def __init__(self, figures: Mapping[str, Any]) -> None:
        self.s3 = S3(figures)

    def reader(self, environment: str, service: str = "sagemaker") -> Any:
        del environment, service
        return CloudWatch()

    def client(self, service: str, environment: str, role: str) -> Any:
        del service, environment, role
        return self.s3

    def account(self, environment: str) -> str:
        del environment
        return "111122223333"


def settings() -> Settings:
    def change(values: Tree) -> None:
        release = {"version": "9", "image_digest": "sha256:" + "a" * 64}
        release |= {"artifact_sha256": "b" * 64, "model_sha256": "c" * 64}
        values["ml"]["models"]["readmission"]["shadow"] = {"environment": "prod", "release": release}

    return parse_settings(edited(change), {})


def read(**changes: Any) -> model_comparison.Compared:
    return model_comparison.read(Access({**FIGURES, **changes}), settings(), "readmission", "prod")


def test_last_comparison_is_read_with_the_latency_of_both_variants(capsys: pytest.CaptureFixture[str]) -> None:
    compared = read()
    assert (compared.run, compared.page) == ("second", "<html>")
    latency = {"primary": {"mean": 1.0, "most": 2.0}, "shadow": {"mean": 2.0, "most": 4.0}}
    assert compared.document["latency_ms"] == latency
    model_comparison.display(compared)
    shown = capsys.readouterr().out
    assert "290 of 300 requests" in shown
    assert "+0.0500 (+0.0100 to +0.0900), 200 with outcomes" in shown
    assert max(map(len, shown.splitlines())) <= 80


@pytest.mark.parametrize(
    ("low", "high", "code"), [(0.01, 0.09, 0), (-0.05, 0.05, 0), (-0.09, -0.01, 1)], ids=["better", "same", "worse"]
)
def test_exit_code_follows_from_the_gain(low: float, high: float, code: int) -> None:
    assert model_comparison.exit_code(read(gain_low=low, gain_high=high)) == code


def test_performance_without_outcomes_is_not_known() -> None:
    figures = {name: value for name, value in FIGURES.items() if not name.startswith("gain")}
    compared = model_comparison.read(Access(figures), settings(), "readmission", "prod")
    assert model_comparison.exit_code(compared) == 3


def test_model_without_a_challenger_is_refused() -> None:
    with pytest.raises(UsageError, match=r"readmission has no challenger in staging\. Set ml\.models\.readmission"):
        model_comparison.read(Access(FIGURES), settings(), "readmission", "staging")
