"""Logs the run to MLflow; when the server does not answer, the run goes on and the record waits for `sync`."""

import contextlib
import hashlib
import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from workloads.pipeline import artifacts
from workloads.pipeline.definitions import Definition
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command

RECORD: Final = "record.json"
_TAG: Final = "pipeline.record"
_ERRORS: Final = "the MLflow server did not answer"


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `record.json` and `tracking.json`: the record, and the run's id or null while it is pending."""
    record = recorded(model, job)
    job.write(RECORD, record)
    files = {name: job.inputs["evaluate"] / name for name in ("report.html", "model_card.md", "evaluation.json")}
    run_id = log(record, files, job.settings.tracking_uri) if job.settings.tracking_uri else None
    job.write("tracking.json", {"record": record["record"], "run_id": run_id, "uri": job.settings.tracking_uri})
    return {"record": record["record"], "run_id": run_id or "pending"}


def recorded(model: Definition, job: Job) -> dict[str, Any]:
    """Parameters, metrics and tags of a run; `record` identifies it."""
    evaluation = job.document("evaluate", "evaluation.json")
    manifest = artifacts.read(job.inputs["train"])[1]
    params = {
        "model": model.name,
        "definition": model.version,
        "seed": str(manifest.seed),
        "rows": str(manifest.rows),
        "data_version": manifest.data_version,
        "holdout_version": str(evaluation["holdout_version"]),
    }
    tags = {"commit": job.settings.commit, "image_digest": job.settings.image_digest, "model_sha256": manifest.sha256}
    metrics = {name: float(value) for name, value in evaluation["metrics"]["challenger"].items()}
    metrics["better"] = float(evaluation["decision"]["better"])
    content = {"experiment": job.settings.experiment or model.name, "params": params, "metrics": metrics, "tags": tags}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
    return {**content, "record": digest}


def log(record: Mapping[str, Any], files: Mapping[str, Path], uri: str) -> str | None:
    """Logs a record once, however often it is called.

    Returns:
        The run's id, or None when the server does not answer.
    """
    os.environ.update(
        {**command.TELEMETRY_OFF, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1", "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
    )
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    from mlflow import MlflowClient  # noqa: PLC0415 - after telemetry is off
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - the same

    try:
        _sign_in()
        client = MlflowClient(tracking_uri=uri)
        experiment = client.get_experiment_by_name(record["experiment"])
        identifier = experiment.experiment_id if experiment else client.create_experiment(record["experiment"])
        runs = client.search_runs([identifier], f"tags.`{_TAG}` = '{record['record']}'", max_results=1)
        if runs and runs[0].info.status == "FINISHED":
            return str(runs[0].info.run_id)
        started = runs[0] if runs else client.create_run(identifier, tags={_TAG: record["record"], **record["tags"]})
        run_id = str(started.info.run_id)
        for name, value in record["params"].items():
            client.log_param(run_id, name, value)
        for name, value in record["metrics"].items():
            client.log_metric(run_id, name, value)
        for file in files.values():
            if file.is_file():
                client.log_artifact(run_id, str(file))
        client.set_terminated(run_id)
    except (MlflowException, BotoCoreError, ClientError, OSError, KeyError, ValueError) as error:
        print(f"warning: {_ERRORS} ({type(error).__name__}); the record is kept for `sync`.", file=sys.stderr)
        return None
    return run_id


def _sign_in() -> None:
    """Gives MLflow's client the newest password of the team, from the secret that `MLFLOW_PASSWORD_SECRET` names.

    Raises:
        ClientError: the secret does not exist, or may not be read.
        KeyError, ValueError: the secret has no ring of passwords.
    """
    secret = os.environ.get("MLFLOW_PASSWORD_SECRET")
    if secret:
        client = boto3.client("secretsmanager")
        ring = json.loads(client.get_secret_value(SecretId=secret)["SecretString"])
        os.environ["MLFLOW_TRACKING_PASSWORD"] = ring["keys"][-1]["secret"]


def sync(steps: Path, uri: str) -> tuple[int, int]:
    """Logs every pending record below the folder of a pipeline's steps.

    Returns:
        How many records were logged, and how many are still pending.
    """
    logged, pending = 0, 0
    for record_file in sorted(steps.glob(f"track-*/{RECORD}")):
        marker = steps.parent / "synced" / f"{record_file.parent.name}.json"
        state = json.loads((record_file.parent / "tracking.json").read_text(encoding="utf-8"))
        if state["run_id"] or marker.exists():
            continue
        record = json.loads(record_file.read_text(encoding="utf-8"))
        files = _files(steps, str(record["tags"]["model_sha256"]))
        run_id = log(record, files, uri)
        if run_id is None:
            pending += 1
            continue
        logged += 1
        marker.parent.mkdir(exist_ok=True)
        marker.write_text(json.dumps({"record": record["record"], "run_id": run_id}), encoding="utf-8")
    return logged, pending


def _files(steps: Path, sha256: str) -> dict[str, Path]:
    for file in sorted(steps.glob("evaluate-*/evaluation.json")):
        with contextlib.suppress(OSError, ValueError):
            if json.loads(file.read_text(encoding="utf-8")).get("sha256") == sha256:
                return {name: file.parent / name for name in ("report.html", "model_card.md", "evaluation.json")}
    return {}


if __name__ == "__main__":
    sys.exit(command.main("track"))
