"""Estimators of each kind, and their serialised form: skops, never pickle, the same bytes every time."""

import io
import json
import zipfile
from dataclasses import asdict, dataclass
from typing import Any, Final

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression, PoissonRegressor
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from threadpoolctl import threadpool_limits

from workloads.pipeline import distribution, solver
from workloads.pipeline.checkpoints import NO_CHECKPOINTS, Checkpoints
from workloads.pipeline.definitions import Definition
from workloads.pipeline.distribution import Array, TrainingDistribution
from workloads.pipeline.errors import INTEGRITY, StepError

DIGITS: Final = 6
"""Coefficients are rounded: the last bits depend on the processor's kernels, and an artifact must not."""
TRUSTED: Final[tuple[str, ...]] = ()
"""Types that skops does not trust by itself and a model may hold: none. Anything else is refused before loading."""
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Fitted:
    """A fitted model, with the distribution of the data it was fitted to."""

    pipeline: Pipeline
    distribution: TrainingDistribution

    def encode(self, table: Array) -> Array:
        """Scaled numbers and coded categories per row.

        Args:
            table: rows by fields, in the order of the definition's fields.
        """
        encoded: Array = self.pipeline.named_steps["columns"].transform(table)
        return encoded


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


def fit(model: Definition, table: Array, target: Array, checkpoints: Checkpoints = NO_CHECKPOINTS) -> Fitted:
    """A fitted model, the same from the same data: one thread, because the order of sums changes the last bits.

    Args:
        model: definition of the model.
        table: rows by fields, in the order of the definition's fields; the order of the rows is random.
        target: value of the target per row.
        checkpoints: where the state of the solver is kept.

    Raises:
        ValueError: a category of the table is not in the definition.
    """
    with threadpool_limits(limits=1):
        pipeline = untrained(model)
        columns: Any = pipeline.named_steps["columns"]
        solver.solve(pipeline.named_steps["estimator"], columns.fit_transform(table), target, checkpoints)
        _round(pipeline)
        numbers = sum(not field.values for field in model.fields.values())
        encoded: Array = columns.transform(table)
        return Fitted(pipeline=pipeline, distribution=distribution.fit(encoded[:, :numbers]))


def _round(pipeline: Pipeline) -> None:
    """Rounds what was fitted to `DIGITS`."""
    scaler: Any = pipeline.named_steps["columns"].named_transformers_["numbers"]
    for fitted, names in (
        (scaler, ("mean_", "var_", "scale_")),
        (pipeline.named_steps["estimator"], ("coef_", "intercept_")),
    ):
        for name in names:
            setattr(fitted, name, np.round(getattr(fitted, name), DIGITS))


def top_coded(model: Definition, table: Array) -> Array:
    """A table in which no number is above the maximum of its field, as in the training data.

    Args:
        model: definition of the model.
        table: rows by fields, in the order of the definition's fields.
    """
    coded = table.copy()
    for at, field in enumerate(model.fields.values()):
        if field.input_maximum is not None:
            coded[:, at] = np.minimum(coded[:, at].astype(float), field.maximum)
    return coded


def predict(fitted: Fitted, model: Definition, table: Array) -> Array:
    """Risks of a classification, expected values of a regression.

    Args:
        fitted: the fitted model.
        model: its definition.
        table: rows by fields, in the order of the definition's fields.
    """
    return predict_encoded(fitted, model, fitted.encode(table))


def predict_encoded(fitted: Fitted, model: Definition, encoded: Array) -> Array:
    """The same for rows that are encoded already.

    Args:
        fitted: the fitted model.
        model: its definition.
        encoded: rows from `Fitted.encode`.
    """
    estimator: Any = fitted.pipeline.named_steps["estimator"]
    return estimator.predict_proba(encoded)[:, 1] if model.kind == "classification" else estimator.predict(encoded)


def dumps(fitted: Fitted) -> bytes:
    """A skops file whose bytes follow from the model alone.

    skops names nodes and members by memory address and dates members by the clock: both are replaced. Equal plain
    values have one number, because whether two of them are the same object differs between processes.
    """
    numbers: dict[Any, int] = {}
    import skops.io  # noqa: PLC0415 - the monitors' environment scores, and stores no models

    parts = {"pipeline": fitted.pipeline, "distribution": asdict(fitted.distribution)}
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(parts))) as source:
        schema = _numbered(json.loads(source.read("schema.json")), numbers)
        members = {"schema.json": json.dumps(schema, sort_keys=True).encode()}
        for name in source.namelist():
            if name != "schema.json":
                address, suffix = name.split(".", 1)
                members[f"{numbers[int(address)]}.{suffix}"] = source.read(name)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(members):
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), members[name])
    return target.getvalue()


def _numbered(node: Any, numbers: dict[Any, int]) -> Any:
    """A part of a skops schema with consecutive numbers, in the order of sorted keys, in place of addresses."""
    if isinstance(node, list):
        return [_numbered(entry, numbers) for entry in node]
    if not isinstance(node, dict):
        return node
    numbered: dict[str, Any] = {}
    if "__id__" in node:
        plain = node["__loader__"] == "JsonNode"
        identity = (node["__module__"], node["__class__"], node["content"]) if plain else node["__id__"]
        numbered["__id__"] = numbers.setdefault(identity, len(numbers) + 1)
    for key in sorted(node.keys() - {"__id__", "file"}):
        numbered[key] = _numbered(node[key], numbers)
    if "file" in node:
        address, suffix = node["file"].split(".", 1)
        numbered["file"] = f"{numbers[int(address)]}.{suffix}"
    return numbered


def loads(content: bytes, source: str) -> Fitted:
    """Loads a skops file after its types were compared with `TRUSTED`.

    Raises:
        StepError: it is not a skops file of a model and its distribution, or holds a type that is not trusted.
    """
    import skops.io  # noqa: PLC0415 - the same

    try:
        untrusted = sorted(set(skops.io.get_untrusted_types(data=content)) - set(TRUSTED))
        if untrusted:
            raise StepError(
                f"{source} holds types that are not trusted: {', '.join(untrusted[:3])}.",
                action="Train the model with this pipeline; a file from elsewhere is not loaded.",
                code=INTEGRITY,
            )
        document: Any = skops.io.loads(content, trusted=list(TRUSTED))
        return Fitted(pipeline=document["pipeline"], distribution=TrainingDistribution(**document["distribution"]))
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError):
        raise StepError(
            f"{source} is not a skops file.", action="Restore the artifact from its recorded version.", code=INTEGRITY
        ) from None
