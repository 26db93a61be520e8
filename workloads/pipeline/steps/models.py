"""Untrained estimators of each kind, and their serialised form: skops, never pickle, the same bytes every time."""

import io
import json
import re
import zipfile
from typing import Any, Final

import numpy as np
import pandas as pd
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from workloads.pipeline.definitions import Definition
from workloads.pipeline.errors import INTEGRITY, StepError

DIGITS: Final = 9
"""Coefficients are rounded: the last bits depend on the processor's kernels, and an artifact must not."""
TRUSTED: Final[tuple[str, ...]] = ()
"""Types that skops does not trust by itself and a model may hold: none. Anything else is refused before loading."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


def untrained(model: Definition) -> Pipeline:
    """The pipeline before it is fitted: scaled numbers, coded categories, a linear model that clinicians can read."""
    fields = list(model.fields)
    numbers = [at for at, name in enumerate(fields) if not model.fields[name].values]
    categories = [at for at, name in enumerate(fields) if model.fields[name].values]
    values: Any = [list(model.fields[fields[at]].values) for at in categories]
    coder = OneHotEncoder(categories=values, sparse_output=False, handle_unknown="error")
    columns = ColumnTransformer([("numbers", StandardScaler(), numbers), ("categories", coder, categories)])
    estimator: Any = (
        LogisticRegression(C=100.0, solver="newton-cholesky", tol=1e-10)
        if model.kind == "classification"
        else PoissonRegressor(alpha=1e-4, solver="newton-cholesky", tol=1e-10)
    )
    return Pipeline([("columns", columns), ("estimator", estimator)])


def settle(pipeline: Pipeline) -> None:
    """Rounds what was fitted to `DIGITS`."""
    scaler: Any = pipeline.named_steps["columns"].named_transformers_["numbers"]
    for fitted, names in (
        (scaler, ("mean_", "var_", "scale_")),
        (pipeline.named_steps["estimator"], ("coef_", "intercept_")),
    ):
        for name in names:
            setattr(fitted, name, np.round(getattr(fitted, name), DIGITS))


def predict(pipeline: Pipeline, model: Definition, frame: pd.DataFrame) -> np.ndarray[Any, Any]:
    """Risks of a classification, expected values of a regression."""
    table = frame[list(model.fields)].to_numpy(dtype=object)
    return pipeline.predict_proba(table)[:, 1] if model.kind == "classification" else pipeline.predict(table)


def dumps(pipeline: Pipeline) -> bytes:
    """A skops file whose bytes follow from the model alone.

    skops names members and nodes by memory address and dates members by the clock: both are replaced.
    """
    numbers: dict[str, str] = {}

    def renumbered(match: re.Match[str]) -> str:
        return numbers.setdefault(match[0], str(len(numbers) + 1))

    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(pipeline))) as source:
        document = json.loads(source.read("schema.json"))
        schema = re.sub(
            r'(?<="__id__": )[0-9]+|(?<=")[0-9]{9,}(?=\.npy")', renumbered, json.dumps(document, sort_keys=True)
        )
        members = {"schema.json": schema.encode()}
        for name in source.namelist():
            if name != "schema.json":
                members[f"{numbers[name.removesuffix('.npy')]}.npy"] = source.read(name)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name])
    return target.getvalue()


def loads(content: bytes, source: str) -> Pipeline:
    """Loads a skops file after its types were compared with `TRUSTED`.

    Raises:
        StepError: it is not a skops file, or holds a type that is not trusted.
    """
    try:
        untrusted = sorted(set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED))
        if untrusted:
            raise StepError(
                f"{source} holds types that are not trusted: {', '.join(untrusted[:3])}.",
                action="Train the model with this pipeline; a file from elsewhere is not loaded.",
                code=INTEGRITY,
            )
        return skops.io.loads(content, trusted=list(TRUSTED))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise StepError(
            f"{source} is not a skops file.", action="Restore the artifact from its recorded version.", code=INTEGRITY
        ) from None
