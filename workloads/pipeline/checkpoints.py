"""Checkpoints of a training job: the coefficients after each step of the solver, in a file that is replaced atomically.

SageMaker copies the folder to S3 while the job runs, and back to the instance that continues an interrupted job
(SageMaker Developer Guide, "Checkpoints in Amazon SageMaker AI"). A checkpoint holds coefficients, and no rows of data.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FILE: Final = "state.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Coefficients after a number of steps."""

    steps: int
    coefficients: Any
    """Coefficients as nested lists, in the shape of the estimator's `coef_`."""
    intercept: Any
    """Intercept as a list or a number, in the shape of the estimator's `intercept_`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Checkpoints:
    """The checkpoint of one training."""

    folder: Path | None = None
    """Folder of the file; None keeps no checkpoints."""
    identity: str = ""
    """What the training follows from: another training does not continue from this checkpoint."""

    def read(self) -> State | None:
        """The last state.

        Returns:
            None without a checkpoint, and when it is damaged or of another training: the training then starts again,
            with the same result.
        """
        if self.folder is None:
            return None
        try:
            document = json.loads((self.folder / FILE).read_text(encoding="utf-8"))
            if document["identity"] != self.identity or document["sha256"] != _digest(document["state"]):
                return None
            return State(**document["state"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, state: State) -> None:
        """Replaces the last state."""
        if self.folder is None:
            return
        content = {"steps": state.steps, "coefficients": state.coefficients, "intercept": state.intercept}
        document = {"identity": self.identity, "state": content, "sha256": _digest(content)}
        part = self.folder / f"{FILE}.part"
        # JSON keeps every bit of a number: Python writes the shortest decimal that reads back as the same one.
        part.write_text(json.dumps(document), encoding="utf-8")
        part.replace(self.folder / FILE)


NO_CHECKPOINTS: Final = Checkpoints()
"""A training without checkpoints."""


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
