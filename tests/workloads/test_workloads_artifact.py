"""Only the registered model is loaded, of any definition, and never a pickle."""

import dataclasses
import hashlib
import pickle
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.workloads.conftest import ready, serve
from tests.workloads.trained import save
from workloads.pipeline import artifacts, estimators
from workloads.pipeline.definitions import LENGTH_OF_STAY, MODELS, READMISSION
from workloads.pipeline.errors import StepError
from workloads.readmission import cohort, model
from workloads.serving.model import load


@pytest.mark.parametrize("name", sorted(MODELS))
def test_model_of_the_pipeline_is_loaded_and_predicts(name: str, tmp_path: Path) -> None:
    definition = MODELS[name]
    manifest = save(definition, tmp_path)
    served = load(tmp_path, manifest.sha256, "4")
    [prediction] = served.score(served.example()).predictions
    assert prediction > 0
    assert (served.definition, served.version) == (definition, "4")


@pytest.mark.parametrize("name", sorted(MODELS))
def test_saved_model_is_saved_again_with_the_same_bytes(name: str, tmp_path: Path) -> None:
    save(MODELS[name], tmp_path)
    content, _ = artifacts.read(tmp_path)
    assert estimators.dumps(estimators.loads(content, "model")) == content


def test_server_answers_from_a_regression(tmp_path: Path) -> None:
    manifest = save(LENGTH_OF_STAY, tmp_path)
    server = ready(serve(tmp_path, MODEL_SHA256=manifest.sha256))
    [row] = load(tmp_path, manifest.sha256).example().tolist()
    answer = server.score(dict(zip(LENGTH_OF_STAY.fields, row, strict=True)))
    [prediction] = answer.document["predictions"]
    assert 1 < prediction["value"] < 20
    assert answer.document["model"]["name"] == "length_of_stay"
    assert "age_years is missing" in server.score({}).document["error"]["problems"][0]
    server.stop()


def test_ages_above_the_top_code_are_predicted_as_the_top_code(tmp_path: Path) -> None:
    trained = model.train(cohort.generate(2000), seed=1)
    served = load(tmp_path, model.save(trained, tmp_path).sha256)
    at = list(READMISSION.fields).index("age_years")
    rows = np.repeat(served.example(), 3, axis=0)
    rows[:, at] = (89.0, 90.0, 110.0)
    younger, oldest, above = served.score(rows).predictions
    assert younger < oldest
    assert above == pytest.approx(oldest, rel=1e-12)


def test_packed_artifact_is_reproducible(folder: Path) -> None:
    first = artifacts.pack(folder)
    for name in (artifacts.MODEL, artifacts.MANIFEST):
        (folder / name).touch()
    assert artifacts.pack(folder) == first


def test_altered_model_is_not_loaded(folder: Path) -> None:
    with (folder / artifacts.MODEL).open("ab") as file:
        file.write(b"x")
    with pytest.raises(StepError, match=r"was altered: its SHA-256 is .* its manifest has"):
        load(folder, "0" * 64)


def test_model_altered_with_its_manifest_is_refused(folder: Path) -> None:
    _, registered = artifacts.read(folder)
    content = (folder / artifacts.MODEL).read_bytes() + b"x"
    artifacts.write(folder, content, dataclasses.replace(registered, sha256=hashlib.sha256(content).hexdigest()))
    with pytest.raises(StepError, match="the registry has"):
        load(folder, registered.sha256)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema_hash": "0"}, "schema_hash is 0"),
        ({"scikit_learn": "0.1"}, "scikit_learn is 0.1"),
        ({"model": "other"}, "no model 'other'; allowed: length_of_stay, readmission"),
    ],
)
def test_model_of_another_schema_library_or_definition_is_refused(
    tmp_path: Path, changes: Mapping[str, Any], message: str
) -> None:
    manifest = save(READMISSION, tmp_path, **changes)
    with pytest.raises(StepError, match=message):
        load(tmp_path, manifest.sha256)


class Pickled:
    """An object whose pickle creates a file when it is loaded."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def __reduce__(self) -> Any:
        return Path.touch, (self.file,)


def test_pickle_with_a_matching_digest_is_not_loaded(tmp_path: Path) -> None:
    manifest = save(READMISSION, tmp_path / "model", pickle.dumps(Pickled(tmp_path / "executed")))
    with pytest.raises(StepError, match="not a skops file"):
        load(tmp_path / "model", manifest.sha256)
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize("missing", [artifacts.MODEL, artifacts.MANIFEST])
def test_server_without_artifact_exits_with_code_3(folder: Path, missing: str) -> None:
    (folder / missing).unlink()
    process = serve(folder).process
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 3
    assert f"{missing} does not exist" in out
    assert "Traceback" not in out


def test_server_with_unregistered_artifact_does_not_start(folder: Path) -> None:
    process = serve(folder, MODEL_SHA256="0" * 64).process
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "was altered" in out


def test_server_without_registered_digest_does_not_start(folder: Path) -> None:
    process = serve(folder, MODEL_SHA256="").process
    out, _ = process.communicate(timeout=300)
    assert process.returncode == 3
    assert "MODEL_SHA256 is not set" in out
    assert "Traceback" not in out
