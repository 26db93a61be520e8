"""A training that is interrupted after any step of the solver ends with the same bytes as one that is not."""

import json
from pathlib import Path

import pytest

from tests.workloads_ml.conftest import Finished, process
from workloads.pipeline import checkpoints, plan
from workloads.pipeline.checkpoints import FILE, Checkpoints, State
from workloads.pipeline.steps import command

STATE = State(steps=3, coefficients=[[0.1, 1 / 3]], intercept=[-2.5])


class InstanceLostError(Exception):
    """The instance was taken away."""


def train(finished: Finished, output: Path, kept: Path | None) -> dict[str, object]:
    """Trains the model of a run again, with or without a folder for checkpoints."""
    output.mkdir()
    job = plan.Job(inputs={"select": finished["select"]}, output=output, checkpoints=kept)
    return command.execute(plan.BY_NAME["train"], finished.model, job)


def interrupt_after(monkeypatch: pytest.MonkeyPatch, writes: int) -> None:
    """Ends the training after a number of checkpoints."""
    written, write = [0], Checkpoints.write

    def interrupted(self: Checkpoints, state: State) -> None:
        write(self, state)
        written[0] += 1
        if written[0] == writes:
            raise InstanceLostError

    monkeypatch.setattr(Checkpoints, "write", interrupted)


def test_training_interrupted_after_every_step_gives_the_same_bytes(
    finished: Finished, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = (finished["train"] / "model.skops").read_bytes()
    kept = tmp_path / "whole"
    kept.mkdir()
    train(finished, tmp_path / "out", kept)
    assert (tmp_path / "out" / "model.skops").read_bytes() == expected
    steps = json.loads((kept / FILE).read_text(encoding="utf-8"))["state"]["steps"]
    assert steps >= 3, "a training of one step has nothing to continue from"

    for writes in range(1, steps + 1):
        kept, output = tmp_path / f"kept-{writes}", tmp_path / f"out-{writes}"
        kept.mkdir()
        with monkeypatch.context() as patched:
            interrupt_after(patched, writes)
            with pytest.raises(InstanceLostError):
                train(finished, output, kept)
        assert not (output / "model.skops").exists()
        output.rmdir()
        with monkeypatch.context() as patched:
            interrupt_after(patched, steps - writes + 1)  # a training that starts again writes more checkpoints
            train(finished, output, kept)
        assert (output / "model.skops").read_bytes() == expected, writes


def test_training_in_a_container_continues_from_the_folder_of_sagemaker(readmission: Finished, tmp_path: Path) -> None:
    kept = tmp_path / "ml" / "checkpoints"
    kept.mkdir(parents=True)
    words = ["--model", readmission.model, "--select", readmission["select"], "--ml", tmp_path / "ml"]
    first = process("workloads.pipeline.steps.train", *words)
    second = process("workloads.pipeline.steps.train", *words)
    assert (first.returncode, second.returncode) == (0, 0), first.stderr + second.stderr
    assert "continues after step" not in first.stdout
    assert "The training continues after step " in second.stdout
    expected = (readmission["train"] / "model.skops").read_bytes()
    assert (tmp_path / "ml" / "model" / "model.skops").read_bytes() == expected


def test_state_is_read_back_with_every_bit(tmp_path: Path) -> None:
    kept = Checkpoints(folder=tmp_path, identity="training")
    assert kept.read() is None
    kept.write(STATE)
    assert kept.read() == STATE
    assert [file.name for file in tmp_path.iterdir()] == [FILE]


@pytest.mark.parametrize("damage", ["cut short", "changed", "not an object", "another training"])
def test_checkpoint_that_is_damaged_or_of_another_training_is_left_out(tmp_path: Path, damage: str) -> None:
    Checkpoints(folder=tmp_path, identity="training").write(STATE)
    file = tmp_path / checkpoints.FILE
    text = file.read_text(encoding="utf-8")
    damaged = {"cut short": text[:-20], "changed": text.replace("-2.5", "-2.4"), "not an object": "[]"}
    file.write_text(damaged.get(damage, text), encoding="utf-8")
    identity = "another" if damage == "another training" else "training"
    assert Checkpoints(folder=tmp_path, identity=identity).read() is None
