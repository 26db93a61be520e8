"""Training entry point: SageMaker's training contract inside a container, plain options outside.

Hyperparameters come from `/opt/ml/input/config/hyperparameters.json`, the cohort from the channel `train`, the model
goes to `/opt/ml/model`, and what went wrong to `/opt/ml/output/failure` (SageMaker Developer Guide, "How Amazon
SageMaker AI Provides Training Information").
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from workloads.readmission import artifact, cohort
from workloads.readmission.model import train

ML: Final = Path("/opt/ml")


def main(arguments: Sequence[str] | None = None) -> int:
    """Trains once and says how good the model is; exit code 1 with the reason when it cannot."""
    parser = argparse.ArgumentParser(prog="train", description="Train the readmission model.")
    parser.add_argument("--ml", type=Path, default=ML, help="SageMaker's folder (default: %(default)s)")
    parser.add_argument("--data", type=Path, help="cohort as CSV (default: the only file of channel `train`)")
    parser.add_argument("--output", type=Path, help="folder of the artifact (default: model below --ml)")
    parser.add_argument("--seed", type=int, help="of the split (default: hyperparameter `seed`, else a fixed one)")
    parser.add_argument("--version", help="of the model (default: hyperparameter `version`, else 1)")
    options = parser.parse_args(arguments)
    try:
        hyper = _hyperparameters(options.ml / "input" / "config" / "hyperparameters.json")
        seed = options.seed if options.seed is not None else int(hyper.get("seed", cohort.SEED))
        data = cohort.read(options.data or _channel(options.ml / "input" / "data" / "train"))
        trained = train(data, seed)
        version = options.version or str(hyper.get("version", "1"))
        manifest = artifact.save(trained, options.output or options.ml / "model", version=version, seed=seed)
    except (OSError, ValueError) as error:
        failure = options.ml / "output" / "failure"
        if failure.parent.is_dir():
            failure.write_text(str(error)[:1024], encoding="utf-8")
        print(f"error: {error}", file=sys.stderr)
        return 1
    summary = f"{manifest.encounters} encounters, AUC {manifest.auc:.3f}, Brier {manifest.brier:.4f}"
    print(f"{summary}, sha256 {manifest.digest}")
    return 0


def _hyperparameters(file: Path) -> Mapping[str, Any]:
    if not file.exists():
        return {}
    parameters = json.loads(file.read_text(encoding="utf-8"))
    unknown = sorted(set(parameters) - {"seed", "version"})
    if unknown:
        raise ValueError(f"{file}: unknown hyperparameter {unknown[0]!r}; allowed: seed, version")
    return parameters


def _channel(folder: Path) -> Path:
    files = sorted(folder.glob("*.csv"))
    if len(files) != 1:
        raise ValueError(f"{folder}: {len(files)} CSV files; exactly one is needed, or name it with --data")
    return files[0]


if __name__ == "__main__":
    sys.exit(main())
