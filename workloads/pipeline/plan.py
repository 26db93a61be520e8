"""Order of the steps, inputs of each, and the settings of a run."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal, get_args

from workloads.pipeline.errors import USAGE, StepError

SEED: Final = 20260101
Engine = Literal["pandas", "spark"]
"""Engine of the steps that read every row: pandas on one machine, or Apache Spark."""
PANDAS: Final = "pandas"
SPARK: Final = "spark"


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """A step: its module is `workloads.pipeline.steps.NAME`, its function `run`."""

    name: str
    title: str
    inputs: tuple[str, ...]
    """Earlier steps and external inputs; each is a folder or a file."""
    settings: tuple[str, ...] = ()
    """Names of the settings that change its output."""
    optional: tuple[str, ...] = ()
    """Inputs that may be absent."""
    engines: tuple[Engine, ...] = (PANDAS, SPARK)
    """Engines whose pipelines have the step."""


_ALL: Final = (
    Step(name="deidentify", title="De-identify", inputs=("raw", "keys", "names_model")),
    Step(name="select", title="Select a data version", inputs=("deidentify",), settings=("holdout_version",)),
    Step(name="validate", title="Validate", inputs=("select",), settings=("engine",)),
    Step(name="scan", title="Scan for PHI", inputs=("select", "names_model"), settings=("engine",)),
    Step(
        name="features",
        title="Build features",
        inputs=("select",),
        settings=("engine",),
        engines=(SPARK,),
    ),
    Step(
        name="train",
        title="Train",
        inputs=("select", "features"),
        settings=("seed", "commit"),
        optional=("features",),
    ),
    Step(
        name="evaluate",
        title="Evaluate",
        inputs=("select", "features", "train", "champion"),
        settings=("seed", "resamples"),
        optional=("features", "champion"),
    ),
    Step(
        name="track",
        title="Log the run to MLflow",
        inputs=("select", "train", "evaluate"),
        settings=("commit", "image_digest", "tracking_uri", "experiment"),
    ),
    Step(
        name="register",
        title="Register",
        inputs=("select", "train", "evaluate", "track"),
        settings=("commit", "author", "image_digest", "serving_image_digest", "registry"),
    ),
)
BY_NAME: Final[Mapping[str, Step]] = {step.name: step for step in _ALL}
ON_SPARK: Final = tuple(step.name for step in _ALL if "engine" in step.settings)
"""Steps that run on Apache Spark with `engine: spark`."""


def steps(engine: Engine) -> tuple[Step, ...]:
    """The steps of a pipeline, in order.

    Args:
        engine: of the pipeline.

    Returns:
        Steps whose inputs are external or outputs of earlier steps; on pandas, train and evaluate read the selected
        data, on Spark the features that Spark made of it.
    """
    return tuple(step for step in _ALL if engine in step.engines)


STEPS: Final = steps(PANDAS)
"""The steps of a pipeline on pandas."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """Settings of a run. Every step reads the same ones."""

    seed: int = SEED
    holdout_version: str = "1"
    """Salt of the split by patient: the same patients stay in the holdout until it changes."""
    resamples: int = 400
    """Bootstrap resamples of patients."""
    commit: str = "unknown"
    author: str = "unknown"
    """Person who is responsible for the version, who may not approve it: the author of the commit."""
    image_digest: str = "unknown"
    """Digest of the image that runs the steps."""
    serving_image_digest: str = "unknown"
    """Digest of the image that serves the version."""
    tracking_uri: str = ""
    """URL of the MLflow server; empty: the record is kept for `sync`."""
    experiment: str = ""
    """Name of the MLflow experiment; empty: the model's name."""
    registry: str = ""
    """Folder of the local registry, `sagemaker:BUCKET/PREFIX`, or `sagemaker:GROUP@BUCKET/PREFIX`."""
    engine: Engine = PANDAS

    def __post_init__(self) -> None:
        if self.engine not in get_args(Engine):
            raise StepError(
                f"There is no engine {self.engine!r}; allowed: {', '.join(get_args(Engine))}.",
                action="Name an allowed engine with --engine, or in `pipeline.engine` of the model.",
                code=USAGE,
            )

    def of(self, step: Step) -> dict[str, Any]:
        """The settings that a step's output depends on."""
        return {name: getattr(self, name) for name in step.settings}


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """Arguments of a step's function: input folders, output folder, settings."""

    inputs: Mapping[str, Path]
    output: Path
    settings: Settings = field(default_factory=Settings)
    checkpoints: Path | None = None
    """Folder that survives an interruption of the job; None without checkpoints."""

    def document(self, step: str, name: str) -> Any:
        """A JSON document of an earlier step's output."""
        return json.loads((self.inputs[step] / name).read_text(encoding="utf-8"))

    def write(self, name: str, document: Any) -> None:
        """Writes a JSON document to the output."""
        (self.output / name).write_text(json.dumps(document, indent=2, sort_keys=True) + "\n", encoding="utf-8")
