"""The cohort has the planted statistics, the model finds them again, and the same training gives the same bytes."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.workloads.conftest import ROOT
from workloads.pipeline import artifacts
from workloads.readmission import cohort, model
from workloads.readmission.schema import CATEGORIES, FIELDS, NUMBERS, TARGET
from workloads.readmission.train import main


@pytest.fixture(scope="module")
def full() -> cohort.Cohort:
    return cohort.generate()


def test_cohort_values_are_within_their_ranges(full: cohort.Cohort) -> None:
    assert len(full) == 100_000
    for column, (name, number) in enumerate(NUMBERS.items()):
        values = full.table[:, column].astype(float)
        assert number.least <= values.min()
        assert values.max() <= number.most
        # Counts are rounded and cut at zero, which moves their mean a little.
        assert values.mean() == pytest.approx(number.mean, abs=0.15 * number.spread), name


def test_categories_are_as_frequent_as_planted(full: cohort.Cohort) -> None:
    for name, category in CATEGORIES.items():
        column = full.table[:, FIELDS.index(name)]
        for value, (share, _) in category.values.items():
            assert np.mean(column == value) == pytest.approx(share, abs=0.005), (name, value)


def test_about_one_in_six_is_readmitted(full: cohort.Cohort) -> None:
    assert full.readmitted.mean() == pytest.approx(0.171, abs=0.01)


def test_the_model_finds_the_planted_effects_again(full: cohort.Cohort) -> None:
    trained = model.train(full, seed=1)
    effects = model.effects(trained.fitted.pipeline)
    for name, number in NUMBERS.items():
        assert effects[name] == pytest.approx(number.effect, abs=0.03), name
    for name, category in CATEGORIES.items():
        reference = next(iter(category.values.values()))[1]
        for value, (share, effect) in category.values.items():
            if share >= 0.05:  # rarer ones have too few encounters for a tight estimate
                assert effects[f"{name}={value}"] == pytest.approx(effect - reference, abs=0.09), (name, value)
    assert trained.auc > 0.65
    assert trained.brier < 0.171 * (1 - 0.171), "no better than everybody at the base rate"


def test_cohort_is_determined_by_the_seed() -> None:
    assert (cohort.generate(500, 1).table == cohort.generate(500, 1).table).all()
    assert not (cohort.generate(500, 1).table == cohort.generate(500, 2).table).all()


def test_training_is_reproducible_across_processes(tmp_path: Path) -> None:
    cohort.write(cohort.generate(3000, 5), tmp_path / "cohort.csv")
    packed: set[bytes] = set()
    for number, environment in enumerate(({}, {"PYTHONHASHSEED": "7", "OMP_NUM_THREADS": "1"})):
        folder = tmp_path / str(number)
        subprocess.run(
            [
                sys.executable,
                "-m",
                "workloads.readmission.train",
                "--data",
                tmp_path / "cohort.csv",
                "--output",
                folder,
            ],
            cwd=ROOT,
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
        )
        packed.add(artifacts.pack(folder))
    assert len(packed) == 1


def test_training_follows_sagemakers_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("input/config", "input/data/train", "output"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "input/config/hyperparameters.json").write_text('{"seed": "3"}')
    cohort.write(cohort.generate(1000, 5), tmp_path / "input/data/train/cohort.csv")
    assert main(["--ml", str(tmp_path)]) == 0
    _, manifest = artifacts.read(tmp_path / "model")
    assert (manifest.seed, manifest.rows) == (3, 1000)
    assert manifest.sha256 in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n", "the header must be"),
        (",".join([*FIELDS, TARGET]) + "\n", "no encounters"),
        (",".join([*FIELDS, TARGET]) + "\n1,2\n", "line 2: 2 values"),
    ],
)
def test_bad_cohort_is_reported_in_the_failure_file(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "input/data/train").mkdir(parents=True)
    (tmp_path / "output").mkdir()
    file = tmp_path / "input/data/train/cohort.csv"
    file.write_text(text)
    assert main(["--ml", str(tmp_path)]) == 1
    failure = (tmp_path / "output/failure").read_text()
    assert message in failure
    assert str(file) in failure


def test_value_out_of_range_is_named_without_the_value(tmp_path: Path) -> None:
    file = tmp_path / "cohort.csv"
    cohort_frame = cohort.generate(1)
    cohort_frame.table[0, 0] = 987654
    cohort.write(cohort_frame, file)
    with pytest.raises(ValueError, match=r"line 2: age_years must be from 18 to 110 years") as error:
        cohort.read(file)
    assert "987654" not in str(error.value)


def test_cohort_without_readmissions_is_refused() -> None:
    cohort_frame = cohort.generate(100)
    cohort_frame.readmitted[:] = 0
    with pytest.raises(ValueError, match="at least 10 of each"):
        model.train(cohort_frame, seed=1)
