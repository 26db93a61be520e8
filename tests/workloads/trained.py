"""Artifacts of any model definition, trained on random rows."""

import dataclasses
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from workloads.pipeline import artifacts, estimators
from workloads.pipeline.definitions import Definition


def save(definition: Definition, folder: Path, content: bytes | None = None, **changes: Any) -> artifacts.Manifest:
    """Writes an artifact of a definition, trained on random rows as the step `train` does."""
    random = np.random.Generator(np.random.PCG64(1))
    rows = [
        [random.choice(field.values) if field.values else float(random.integers(int(field.minimum), int(field.maximum)))
         for field in definition.fields.values()]
        for _ in range(300)
    ]  # fmt: skip
    target = random.integers(0, 2, 300) if definition.kind == "classification" else random.integers(1, 20, 300)
    if content is None:
        content = estimators.dumps(estimators.fit(definition, np.array(rows, dtype=object), target))
    manifest = artifacts.Manifest(
        model=definition.name,
        definition_version=definition.version,
        sha256=hashlib.sha256(content).hexdigest(),
        schema_hash=definition.schema_hash,
        data_version="random",
        scikit_learn=sklearn.__version__,
        seed=1,
        rows=300,
    )
    folder.mkdir(exist_ok=True)
    artifacts.write(folder, content, dataclasses.replace(manifest, **changes))
    return manifest
