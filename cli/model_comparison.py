"""What `zone model compare` reads and prints: the last comparison of the monitor, and the latency of both variants."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError
from rich.table import Table
from rich.text import Text

from cli.errors import UsageError, console
from cli.model_access import Access
from cli.promotion.artifacts import Bucket
from cli.promotion.packages import refused
from zone.settings import Settings

VARIANTS: Final = ("primary", "shadow")
_COMPARISON: Final = "comparison.json"
_STATISTICS: Final = {"Average": "mean", "Maximum": "most"}
"""Statistic of CloudWatch -> its key in the document."""
_DAYS: Final = 7


@dataclass(frozen=True, kw_only=True, slots=True)
class Compared:
    """A comparison."""

    run: str
    """Name of the run of the monitor."""
    document: Mapping[str, Any]
    """The figures, with `latency_ms`: variant -> statistic -> milliseconds."""
    page: str
    """The report as HTML."""


def read(access: Access, settings: Settings, model: str, environment: str) -> Compared:
    """Reads the last comparison of a model, which the monitor writes on Mondays.

    Raises:
        UsageError: the model has no challenger there, or the monitor has not compared it yet.
        PromotionError: AWS refuses the request.
    """
    shadow = settings.ml.models[model].shadow
    if shadow is None or shadow.environment != environment:
        raise UsageError(
            f"{model} has no challenger in {environment}. Set ml.models.{model}.shadow in Pulumi.yaml "
            "(docs/monitoring.md), and deploy the stack."
        )
    endpoint = f"{model}-{environment}"
    name = f"{settings.name_prefix}-artifacts-{access.account(environment)}-{settings.regions.primary}"
    bucket = Bucket(client=access.client("s3", environment, settings.zone.promotion_role), name=name)
    prefix = f"monitoring/{endpoint}/results/"
    try:
        key = _newest(bucket, prefix)
        if key is None:
            raise UsageError(
                f"The monitor of {endpoint} has not compared the challenger yet. It does on Mondays, if the model has "
                "a monitor and requests were captured."
            )
        document = _document(bucket, key)
        page = bucket.read(key.removesuffix("json") + "html") or b""
    except ClientError as error:
        raise refused(f"read the comparison of {endpoint}", error) from None
    latency = latencies(access.reader(environment, "cloudwatch"), endpoint)
    run = key.removeprefix(prefix).partition("/")[0]
    return Compared(run=run, document={**document, "latency_ms": latency}, page=page.decode())


def _newest(bucket: Bucket, prefix: str) -> str | None:
    """Key of the comparison that was written last."""
    pages = bucket.client.get_paginator("list_objects_v2").paginate(Bucket=bucket.name, Prefix=prefix)
    entries = [entry for page in pages for entry in page.get("Contents", []) if entry["Key"].endswith(_COMPARISON)]
    return max(entries, key=lambda entry: entry["LastModified"])["Key"] if entries else None


def _document(bucket: Bucket, key: str) -> Mapping[str, Any]:
    document: Mapping[str, Any] = json.loads(bucket.read(key) or b"{}")
    return document


def latencies(cloudwatch: Any, endpoint: str) -> Mapping[str, Mapping[str, float]]:
    """Latency of the containers of both variants in the last days: variant -> statistic -> milliseconds."""
    latency: dict[str, Mapping[str, float]] = {}
    end = datetime.now(UTC) + timedelta(hours=1)
    for variant in VARIANTS:
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/SageMaker",
            MetricName="ModelLatency",
            Dimensions=[{"Name": "EndpointName", "Value": endpoint}, {"Name": "VariantName", "Value": variant}],
            StartTime=end - timedelta(days=_DAYS),
            EndTime=end,
            Period=86400 * _DAYS,
            Statistics=list(_STATISTICS),
        )["Datapoints"]
        if points:
            # SageMaker reports microseconds.
            last = max(points, key=lambda point: point["Timestamp"])
            latency[variant] = {key: round(float(last[name]) / 1000, 3) for name, key in _STATISTICS.items()}
    return latency


def exit_code(compared: Compared) -> int:
    """0 when the challenger does not perform worse, 1 when it does, 3 when its performance is not known."""
    if "gain" not in compared.document:
        return 3
    return 1 if compared.document["gain_high"] < 0 else 0


def display(compared: Compared) -> None:
    """Prints a comparison."""
    document = compared.document
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    for label, text in _lines(document):
        table.add_row(label, Text(text))
    console.print(table)
    console.print(f"run {compared.run}: {document['verdict']}", soft_wrap=True)


def _lines(document: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
    lines = [("answered by both", f"{document['answered_by_both']} of {document['requests']} requests")]
    if document["compared"]:
        absolute = document["quantiles_of_absolute_difference"]
        lines += [
            ("predictions that agree", f"{document['agreement']:.1%}"),
            ("difference of predictions", f"median {absolute['0.5']:.4f}, 99 % at most {absolute['0.99']:.4f}"),
            ("same of the top tenth", f"{document['same_of_the_top_tenth']:.1%}"),
        ]
    if "gain" in document:
        interval = f"{document['gain_low']:+.4f} to {document['gain_high']:+.4f}"
        lines += [
            (document["metric"].upper(), f"served {document['served']:.4f}, challenger {document['challenger']:.4f}"),
            ("gain", f"{document['gain']:+.4f} ({interval}), {document['with_outcomes']} with outcomes"),
        ]
    for variant, values in document["latency_ms"].items():
        lines.append((f"latency of {variant}", f"mean {values['mean']:g} ms, at most {values['most']:g} ms"))
    return lines
