"""The model that the server answers from: verified against its registered digest before it is loaded."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn

from workloads.pipeline import artifacts, estimators
from workloads.pipeline.artifacts import MANIFEST, Manifest
from workloads.pipeline.definitions import Definition, definition
from workloads.pipeline.errors import INTEGRITY, StepError
from workloads.pipeline.estimators import Fitted


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """The scores of the rows of a request."""

    predictions: Sequence[float]
    """Risks of a classification, expected values of a regression."""
    outliers: Sequence[bool]
    """Whether a row is out of the distribution of the training data."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedModel:
    """A loaded model, its definition and its manifest."""

    fitted: Fitted
    definition: Definition
    manifest: Manifest
    version: str
    """Version in the registry, which responses and metrics name."""

    def score(self, table: np.ndarray[Any, Any]) -> Scores:
        """Predictions, and whether each row is out of the distribution of the training data.

        Args:
            table: rows by fields, in the order of the definition's fields.
        """
        encoded = self.fitted.encode(estimators.top_coded(self.definition, table))
        return Scores(
            predictions=estimators.predict_encoded(self.fitted, self.definition, encoded).tolist(),
            outliers=self.fitted.distribution.outliers(encoded).tolist(),
        )

    def example(self) -> np.ndarray[Any, Any]:
        """A valid row: the lowest value of each number, and the first value of each category."""
        fields = self.definition.fields.values()
        return np.array([[field.values[0] if field.values else field.minimum for field in fields]], dtype=object)


def load(folder: Path, expected_sha256: str, version: str | None = None) -> ServedModel:
    """Reads a model after its SHA-256 was verified.

    Args:
        folder: SageMaker's model directory, with `model.skops` and `manifest.json`.
        expected_sha256: digest of `model.skops` in the registry; a tampered artifact with an altered manifest does not
            have it.
        version: version in the registry; the version of the definition when it is not known.

    Raises:
        StepError: a file is missing or altered, holds types that are not trusted, or was made for another schema or
            scikit-learn version.
    """
    content, manifest = artifacts.read(folder, expected_sha256)
    model = definition(manifest.model)
    if manifest.schema_hash != model.schema_hash:
        raise StepError(
            f"{folder / MANIFEST}: schema_hash is {manifest.schema_hash}; this image serves {model.schema_hash}.",
            action="Serve the model with the image of the commit that it was trained with, or train it again.",
            code=INTEGRITY,
        )
    if manifest.scikit_learn != sklearn.__version__:
        raise StepError(
            f"{folder / MANIFEST}: scikit_learn is {manifest.scikit_learn}; this image has {sklearn.__version__}.",
            action="Serve the model with the image of the commit that it was trained with, or train it again.",
            code=INTEGRITY,
        )
    return ServedModel(
        fitted=estimators.loads(content, artifacts.MODEL),
        definition=model,
        manifest=manifest,
        version=version or manifest.definition_version,
    )
