"""Training entry point: SageMaker's training contract inside a container, plain options outside.

Hyperparameters come from `/opt/ml/input/config/hyperparameters.json`, the cohort from the channel `train`, the model
goes to `/opt/ml/model`, and what went wrong to `/opt/ml/output/failure` (SageMaker Developer Guide, "How Amazon
SageMaker AI Provides Training Information").
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workloads.pipeline import artifacts
from workloads.readmission import cohort
from workloads.readmission.model import save, train

ML: Final = Path("/opt/ml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains once and says how good the model is; exit code 1 with the reason when it cannot."""
    parser = argparse.ArgumentParser(prog="train", description="Train the readmission model.")
    parser.add_argument("--ml", type=Path, default=ML, help="SageMaker's folder (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="cohort as CSV (default: the only file of channel `train`)")
    parser.add_argument("--output", type=Path, help="folder of the artifact (default: model below --ml)")
    parser.add_argument("--archive", type=Path, help="also write the artifact as `model.tar.gz`, as SageMaker loads it")
    parser.add_argument("--seed", type=int, help="of the split (default: hyperparameter `seed`, else a fixed one)")
    options = parser.parse_args(arguments)
    try:
        hyper = _hyperparameters(options.ml / "input" / "config" / "hyperparameters.json")
        seed = options.seed if options.seed is not None else int(hyper.get("seed", cohort.SEED))
        data = cohort.read(options.data or _channel(options.ml / "input" / "data" / "train"))
        trained = train(data, seed)
        folder = options.output or options.ml / "model"
        manifest = save(trained, folder)
        archive = artifacts.pack(folder)
        if options.archive:
            options.archive.write_bytes(archive)
    except (OSError, ValueError) as error:
        failure = options.ml / "output" / "failure"
        if failure.parent.is_dir():
            failure.write_text(str(error)[:1024], encoding="utf-8")
        print(f"error: {error}", file=sys.stderr)
        return 1
    summary = f"{trained.encounters} encounters, AUC {trained.auc:.3f}, Brier {trained.brier:.4f}"
    print(f"{summary}\nmodel_sha256: {manifest.sha256}\nartifact_sha256: {hashlib.sha256(archive).hexdigest()}")
    return 0


def _hyperparameters(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    parameters = json.loads(file.read_text(encoding="utf-8"))
    unknown = sorted(set(parameters) - {"seed"})
    if unknown:
        raise ValueError(f"{file}: unknown hyperparameter {unknown[0]!r}; allowed: seed")
    return parameters


def _channel(folder: Path) -> Path:
    files = sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise ValueError(f"{folder}: {len(files)} CSV files; exactly one is needed, or name it with --data")
    return files[0]


if __name__ == "__main__":
    sys.exit(main())
