"""Evidently's report of the drift, for people; the decision is made without it (`workloads.monitoring.judge`)."""

import logging
import warnings
from pathlib import Path

import pandas as pd

from workloads.monitoring.window import Window
from workloads.pipeline.definitions import Definition

MOST = 5000
"""Records of each side in the report."""


def write(model: Definition, reference: Window, data: Window, file: Path) -> None:
    """Writes Evidently's data drift report as HTML with aggregated plots; it holds no single records."""
    logging.getLogger("evidently").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from evidently import DataDefinition, Dataset, Report
        from evidently.presets import DataDriftPreset

        definition = DataDefinition(
            numerical_columns=[*(n for n, f in model.fields.items() if not f.values), "prediction"],
            categorical_columns=[n for n, f in model.fields.items() if f.values],
        )
        sides = [Dataset.from_pandas(_frame(part), data_definition=definition) for part in (data, reference)]
        result = Report([DataDriftPreset()]).run(*sides)
        result.save_html(str(file))


def _frame(data: Window) -> pd.DataFrame:
    frame = pd.DataFrame({**data.columns, "prediction": data.prediction})
    return frame.iloc[-MOST:]
