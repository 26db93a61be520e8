"""The command line that all steps share, with SageMaker's file layout as defaults.

A processing job mounts each input below `/opt/ml/processing/input/NAME` and uploads `/opt/ml/processing/output`; a
training job has `/opt/ml/input/data/CHANNEL` and `/opt/ml/model` (SageMaker Developer Guide, "Build your own processing
container" and "How Amazon SageMaker AI provides training information"). The output of a training job is an archive
`model.tar.gz`, which the step that reads it unpacks. The keys of the pseudonyms come from Secrets Manager when the
environment variable `PSEUDONYM_KEYS_SECRET` names the secret. A training job on spot instances keeps its checkpoints in
`/opt/ml/checkpoints`.
"""

import argparse
import contextlib
import dataclasses
import importlib
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from workloads.pipeline import sagemaker
from workloads.pipeline.definitions import MODELS, definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import BY_NAME, Job, Settings, Step

TELEMETRY_OFF = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "DO_NOT_TRACK": "true",
    "GX_ANALYTICS_ENABLED": "false",
    "DVC_NO_ANALYTICS": "1",
    "TQDM_DISABLE": "1",
}


def execute(step: Step, model: str, job: Job) -> dict[str, Any]:
    """Runs a step's function and writes its summary to `summary.json`.

    Returns:
        What the step reports: figures and verdicts, no values of the data.
    """
    os.environ.update(TELEMETRY_OFF)
    module = importlib.import_module(f"workloads.pipeline.steps.{step.name}")
    summary: dict[str, Any] = module.run(definition(model), job)
    job.write("summary.json", summary)
    return summary


def main(name: str, arguments: Sequence[str] | None = None) -> int:
    """Runs one step from the command line.

    Returns:
        Exit code: 0, or the code of `workloads.pipeline.errors`.
    """
    step = BY_NAME[name]
    parser = argparse.ArgumentParser(prog=name, description=f"{step.title}.")
    training = name == "train"
    parser.add_argument("--model", required=True, help=f"one of {', '.join(sorted(MODELS))}")
    parser.add_argument("--ml", type=Path, default=Path("/opt/ml"), help="SageMaker's folder (default: %(default)s)")
    below = "input/data" if training else "processing/input"
    for entry in step.inputs:
        parser.add_argument(f"--{entry.replace('_', '-')}", type=Path, help=f"default: {below}/{entry} below --ml")
    parser.add_argument(
        "--output", type=Path, help=f"default: {'model' if training else 'processing/output'} below --ml"
    )
    for field in dataclasses.fields(Settings):
        if field.name in step.settings:
            kind = int if isinstance(field.default, int) else str
            parser.add_argument(f"--{field.name.replace('_', '-')}", type=kind, default=field.default)
    options = parser.parse_args(arguments)
    inputs = {entry: getattr(options, entry) or options.ml / below / entry for entry in step.inputs}
    for entry in step.optional:
        if not inputs[entry].exists():
            del inputs[entry]
    output = options.output or options.ml / ("model" if training else "processing/output")
    try:
        settings = Settings(**{entry: getattr(options, entry) for entry in step.settings})
        output.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as temporary:
            located = sagemaker.located(inputs, Path(temporary))
            job = Job(inputs=located, output=output, settings=settings, checkpoints=_checkpoints(options.ml))
            summary = execute(step, options.model, job)
    except StepError as error:
        message = f"Step {name} stopped. {error.reason} {error.action}"
        _record_failure(options.ml, message)
        print(f"error: {message}", file=sys.stderr)
        return error.code
    except OSError as error:
        message = (
            f"Step {name} stopped. {error.filename or 'A file'}: {error.strerror}. Check the path and its permissions."
        )
        _record_failure(options.ml, message)
        print(f"error: {message}", file=sys.stderr)
        return 2
    except Exception as error:
        if not type(error).__module__.startswith("botocore"):
            raise
        message = (
            f"Step {name} stopped. AWS refused a request: {error}. Check the job's role and the policies it names."
        )
        _record_failure(options.ml, message)
        print(f"error: {message}", file=sys.stderr)
        return 2
    print(json.dumps({"step": name, **summary}, sort_keys=True))
    return 0


def _checkpoints(ml: Path) -> Path | None:
    """The folder that SageMaker creates for a training job with a checkpoint configuration."""
    folder = ml / "checkpoints"
    return folder if folder.is_dir() else None


def _record_failure(ml: Path, message: str) -> None:
    """Writes what SageMaker shows as the failure reason of a training job and the exit message of a processing job."""
    with contextlib.suppress(OSError):
        if (ml / "output").is_dir():
            for name in ("failure", "message"):
                (ml / "output" / name).write_text(message[:1024], encoding="utf-8")
