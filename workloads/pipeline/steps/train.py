"""Trains a model of the definition: seeded, the same coefficients every time, written without pickle."""

import hashlib
import json
import sys
from typing import Any

import numpy as np
import sklearn

from workloads.pipeline import artifacts, estimators
from workloads.pipeline.checkpoints import Checkpoints
from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command, frames


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `model.skops` and its manifest.

    Raises:
        StepError: the data cannot be learnt from; a NaN or an unseen category that validation did not see.
    """
    frame = frames.model_frame(job, "train", model)
    target = frame[model.target].to_numpy()
    if not np.isfinite(frame.select_dtypes("number").to_numpy()).all():
        raise StepError("The training data holds a value that is not a number.", action="Run the step validate first.")
    if len(np.unique(target)) < 2:  # noqa: PLR2004 - one label teaches nothing
        raise StepError(
            f"All values of the target {model.target} are equal.", action="Check the join that makes the label."
        )
    shuffled = np.random.Generator(np.random.PCG64(job.settings.seed)).permutation(len(frame))
    table = frame[list(model.fields)].to_numpy(dtype=object)
    data_version = job.document("select", "version.json")["identifier"]
    checkpoints = Checkpoints(folder=job.checkpoints, identity=_identity(model, job, data_version))
    continued = checkpoints.read()
    if continued is not None:
        print(f"The training continues after step {continued.steps} of the solver, from its checkpoint.", flush=True)
    try:
        fitted = estimators.fit(model, table[shuffled], target[shuffled], checkpoints)
    except ValueError:
        raise StepError(
            "A category of the training data is not in the definition.", action="Run the step validate first."
        ) from None
    content = estimators.dumps(fitted)
    manifest = artifacts.Manifest(
        model=model.name,
        definition_version=model.version,
        sha256=hashlib.sha256(content).hexdigest(),
        schema_hash=model.schema_hash,
        data_version=data_version,
        scikit_learn=sklearn.__version__,
        seed=job.settings.seed,
        rows=len(frame),
    )
    artifacts.write(job.output, content, manifest)
    return {"rows": len(frame), "sha256": manifest.sha256}


def _identity(model: Definition, job: Job, data_version: str) -> str:
    """What the coefficients follow from."""
    parts = (model.name, model.version, model.schema_hash, data_version, job.settings.seed, sklearn.__version__)
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


if __name__ == "__main__":
    sys.exit(command.main("train"))
