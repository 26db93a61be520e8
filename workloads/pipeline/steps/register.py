"""Registers the challenger as a model package that waits for approval, only if the evaluation says it is better."""

import sys
from pathlib import Path
from typing import Any

from workloads.pipeline import artifacts, registry
from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import INTEGRITY, StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `package.json`, the package or the reasons against it.

    Raises:
        StepError: the artifact is not the evaluated one.
    """
    evaluation = job.document("evaluate", "evaluation.json")
    version = job.document("select", "version.json")
    _, manifest = artifacts.read(job.inputs["train"])
    if manifest.sha256 != evaluation["sha256"]:
        raise StepError(
            "The model artifact is not the one that was evaluated.",
            action="Run the step evaluate again.",
            code=INTEGRITY,
        )
    if not evaluation["decision"]["better"]:
        job.write("package.json", {"registered": False, "against": evaluation["decision"]["against"]})
        return {"registered": False, "against": evaluation["decision"]["against"]}
    baseline, baseline_sha256 = _baseline(job, evaluation["monitoring_baseline"]["sha256"])
    package: dict[str, Any] = {
        "model": model.name,
        "status": registry.PENDING,
        "author": job.settings.author,
        "metrics": evaluation["metrics"]["challenger"],
        "intervals": evaluation["intervals"],
        "baselines": evaluation["baselines"],
        "lineage": {
            "sha256": manifest.sha256,
            "definition": model.version,
            "schema_hash": model.schema_hash,
            "data_version": version["identifier"],
            "data_source": version["source"],
            "key_id": version["notes"].get("key_id"),
            "holdout_version": version["holdout_version"],
            "holdout_sha256": version["holdout_sha256"],
            "commit": job.settings.commit,
            "image_digest": job.settings.image_digest,
            "serving_image_digest": job.settings.serving_image_digest,
            "mlflow": job.document("track", "tracking.json"),
            "seed": manifest.seed,
            "scikit_learn": manifest.scikit_learn,
            "baseline_sha256": baseline_sha256,
        },
    }
    package["identity"] = registry.identity(package)
    identifier, new = registry.open_registry(job.settings.registry).register(package, job.inputs["train"], baseline)
    job.write("package.json", {"registered": True, "new": new, "version": identifier, **package})
    return {"registered": True, "new": new, "version": identifier, "status": registry.PENDING}


def _baseline(job: Job, expected: str) -> tuple[Path | None, str]:
    """Folder and digest of the baseline of monitors; None without one.

    Raises:
        StepError: the folder is not the one that was written with the evaluation.
    """
    if not expected:
        return None, ""
    folder = job.inputs["evaluate"] / artifacts.BASELINE
    if not folder.is_dir() or artifacts.folder_digest(folder) != expected:
        raise StepError(
            "The baseline of monitors is missing or was altered after the evaluation.",
            action="Run the step evaluate again.",
            code=INTEGRITY,
        )
    return folder, expected


if __name__ == "__main__":
    sys.exit(command.main("register"))
