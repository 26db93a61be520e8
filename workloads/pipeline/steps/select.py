"""Selects a data version, verifies it, and splits it by patient into training data and the versioned holdout."""

import hashlib
import sys
from pathlib import Path
from typing import Any, Final

from workloads.pipeline import stores, versions
from workloads.pipeline.definitions import PATIENT, Definition
from workloads.pipeline.errors import StepError
from workloads.pipeline.plan import Job
from workloads.pipeline.steps import command, frames

HOLDOUT_PERCENT: Final = 20
ENCOUNTERS: Final = "encounters.csv"
HOLDOUT: Final = "holdout.csv"
TRAIN: Final = "train.csv"


def run(model: Definition, job: Job) -> dict[str, Any]:
    """Writes `train.csv`, `holdout.csv` and `version.json`.

    A version that holds `holdout.csv` beside `encounters.csv` brings its own holdout; patients in both are refused.
    """
    store, prefix = stores.open_store(_address(job.inputs["deidentify"]))
    fetched = job.output / "fetched"
    fetched.mkdir(exist_ok=True)
    version = versions.fetch(store, prefix, fetched, model=model.name, schema_hash=model.schema_hash)
    frame = frames.read(fetched / ENCOUNTERS)
    frames.require(frame, model.columns, ENCOUNTERS)
    if (fetched / HOLDOUT).exists():
        train, holdout = frame, frames.read(fetched / HOLDOUT)
        frames.require(holdout, model.columns, HOLDOUT)
    else:
        held = frame[PATIENT].map(
            {key: in_holdout(key, job.settings.holdout_version) for key in frame[PATIENT].unique()}
        )
        train, holdout = frame[~held.astype(bool)], frame[held.astype(bool)]
    shared = set(train[PATIENT]) & set(holdout[PATIENT])
    if shared:
        raise StepError(
            f"Leakage: {len(shared)} patient(s) are in the training data and in the holdout.",
            action="Build the holdout by patient, not by encounter; nothing was trained.",
        )
    for part, name in ((train, TRAIN), (holdout, HOLDOUT)):
        if part.empty:
            raise StepError(
                f"The split left no encounter in {name}: {frame[PATIENT].nunique()} patient(s) are too few.",
                action="Select a larger data version.",
            )
        frames.write(part, job.output / name)
    for file in fetched.iterdir():
        file.unlink()
    fetched.rmdir()
    digest = hashlib.sha256((job.output / HOLDOUT).read_bytes()).hexdigest()
    job.write(
        "version.json",
        {
            "identifier": version.identifier,
            "source": store.address if store.address.startswith("s3://") else "local",
            "holdout_version": job.settings.holdout_version,
            "holdout_sha256": digest,
            "schema_hash": version.schema_hash,
            "train_rows": len(train),
            "holdout_rows": len(holdout),
            "notes": dict(version.notes),
        },
    )
    return {"version": version.identifier, "train_rows": len(train), "holdout_rows": len(holdout)}


def in_holdout(patient: str, holdout_version: str) -> bool:
    """Return whether a patient belongs to the holdout, which depends on the pseudonym only."""
    digest = hashlib.sha256(f"{holdout_version}:{patient}".encode()).digest()
    return int.from_bytes(digest[:4], "big") % 100 < HOLDOUT_PERCENT


def _address(path: Path) -> str:
    """A folder, or the S3 address in a file `address` of the folder."""
    pointer = path / "address"
    return pointer.read_text(encoding="utf-8").strip() if pointer.is_file() else str(path)


if __name__ == "__main__":
    sys.exit(command.main("select"))
