"""SageMaker's data capture: JSON lines with the input and the output of a request, below `ENDPOINT/VARIANT/Y/m/d/H`.

Source: SageMaker Developer Guide, "Data capture" and "Ingest ground truth labels and merge them with predictions".
"""

import base64
import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workloads.monitoring.errors import MonitorError
from workloads.monitoring.window import Record
from workloads.pipeline.definitions import Definition

_JSON: Final = "application/json"


def read(folder: Path, model: Definition, *, start: str, end: str) -> list[Record]:
    """The captured records of a period.

    Args:
        folder: of the capture files, at any depth.
        model: of the endpoint.
        start: first moment, ISO 8601 in UTC; SageMaker can mount more than the period.
        end: first moment after the period.

    Returns:
        Records in order of time.

    Raises:
        MonitorError: a line is not a capture of an endpoint; names file and line.
    """
    records: list[Record] = []
    for file in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                document: Any = json.loads(line)
                time = str(document["eventMetadata"]["inferenceTime"])
                if start <= time < end:
                    records.extend(_records(document, model, time))
            except (ValueError, KeyError, TypeError, AttributeError, csv.Error):
                raise MonitorError(
                    f"{file.name}, line {number}: not a line of SageMaker's data capture with endpointInput and "
                    "eventMetadata"
                ) from None
    return sorted(records, key=lambda record: record.time)


def _records(document: Any, model: Definition, time: str) -> Iterator[Record]:
    captured, metadata = document["captureData"], document["eventMetadata"]
    inputs = _instances(captured["endpointInput"], model)
    outputs, model_digest = _answer(captured.get("endpointOutput"))
    identity = str(metadata.get("inferenceId") or "")
    for index, fields in enumerate(inputs):
        yield Record(
            fields=fields,
            prediction=outputs[index] if len(outputs) == len(inputs) else None,
            identifier=f"{identity}/{index}" if identity else "",
            time=time,
            model=model_digest,
        )


def _text(part: Mapping[str, Any]) -> str:
    data = str(part["data"])
    return base64.b64decode(data, validate=True).decode("utf-8-sig") if part.get("encoding") == "BASE64" else data


def _instances(part: Mapping[str, Any], model: Definition) -> Sequence[Mapping[str, Any]]:
    """The instances of a request; what a client sent that is none becomes a record without fields."""
    text = _text(part)
    if str(part.get("observedContentType", "")).startswith(_JSON):
        try:
            document = json.loads(text)
        except ValueError:
            return [{}]
        rows = document.get("instances") if isinstance(document, dict) else document
        rows = rows if isinstance(rows, list) else [rows]
        return [row if isinstance(row, dict) else {} for row in rows]
    lines = list(csv.reader(io.StringIO(text, newline="")))
    if not lines:
        return [{}]
    return [
        {name: _value(model, name, value) for name, value in zip(lines[0], line, strict=False)} for line in lines[1:]
    ]


def _value(model: Definition, name: str, text: str) -> Any:
    if name not in model.fields or model.fields[name].values:
        return text or None
    try:
        return float(text) if text else None
    except ValueError:
        return text


def _answer(part: Mapping[str, Any] | None) -> tuple[Sequence[float | None], str]:
    """The predictions of an answer, and the digest of the model; none when the server refused the request."""
    if part is None:
        return [], ""
    text = _text(part)
    if str(part.get("observedContentType", "")).startswith(_JSON):
        document = json.loads(text)
        if not isinstance(document, dict):
            return [_first(row) for row in document], ""
        model = document.get("model")
        digest = str(model.get("digest", "")) if isinstance(model, dict) else ""
        return [_first(row) for row in document.get("predictions", [])], digest
    return [float(line[0]) for line in csv.reader(io.StringIO(text, newline="")) if line], ""


def _first(row: Any) -> float | None:
    """The prediction: a number, or the first member of an object; a guard answers an instance with null."""
    value = next(iter(row.values())) if isinstance(row, dict) else row
    return None if value is None else float(value)


def labels(folder: Path) -> dict[str, float]:
    """Outcomes that arrived: identifier of a record -> label.

    The files have SageMaker's format of ground truth: JSON lines with `groundTruthData.data`, one label per instance,
    separated by commas, and `eventMetadata.inferenceId`, the pseudonym with which the endpoint was invoked. A later
    line of the same pseudonym replaces an earlier one.

    Raises:
        MonitorError: a line has another form; names file and line.
    """
    outcomes: dict[str, float] = {}
    for file in sorted(folder.rglob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            if not line.strip():
                continue
            try:
                document: Any = json.loads(line)
                identity = str(document["eventMetadata"]["inferenceId"])
                values = [float(value) for value in str(document["groundTruthData"]["data"]).split(",")]
            except (ValueError, KeyError, TypeError):
                raise MonitorError(
                    f"{file.name}, line {number}: not a line of ground truth with groundTruthData.data and "
                    "eventMetadata.inferenceId"
                ) from None
            outcomes |= {f"{identity}/{index}": value for index, value in enumerate(values)}
    return outcomes
