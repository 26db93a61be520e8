"""The project of the drift drill: a copy with one model, because a promotion writes into `Pulumi.yaml`."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from drills.errors import DrillError
from drills.project_copy import copy_project, environment

MODEL: Final = "readmission"
ENVIRONMENT: Final = "staging"
STACKS: Final = (
    *("organization", "audit", "baseline-management", "baseline-backup", "baseline-network", "baseline-ml-staging"),
    *("network-us-east-1", "data-staging", "ml-staging"),
)
APPROVER: Final = "model-approver"
AUTHOR: Final = "cardiology-engineer"


@dataclass(frozen=True, kw_only=True, slots=True)
class Project:
    """A copy of the project with an emulated AWS of its own."""

    root: Path

    def zone(self, *words: str, allowed: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
        """Runs a command of `zone`.

        Raises:
            DrillError: it ended with another exit code than allowed; the message has the end of its output.
        """
        done = subprocess.run(  # noqa: S603 - our own interpreter, our own module
            [sys.executable, "-m", "cli.main", *words],
            cwd=self.root,
            env=environment(self.root),
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if done.returncode not in allowed:
            raise DrillError(
                f"`zone {' '.join(words)}` ended with {done.returncode}:\n{done.stderr[-2000:]}{done.stdout[-2000:]}"
            )
        return done

    def outputs(self, stack: str) -> dict[str, Any]:
        """Outputs of a stack."""
        document: dict[str, Any] = json.loads(self.zone("outputs", stack, "--json").stdout)
        return document

    def up(self, *stacks: str, message: Callable[[str], None]) -> None:
        """Deploys stacks, with a message for each.

        Raises:
            DrillError: a stack does not come up.
        """
        command = [sys.executable, "-m", "cli.main", "up", *stacks]
        with subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
            command,
            cwd=self.root,
            env={**environment(self.root), "COLUMNS": "76", "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            text=True,
        ) as process:
            lines: list[str] = []
            for line in process.stdout or ():
                lines.append(line)
                if line.startswith("✓ ["):
                    message(f"  {line.strip()}")
        if process.returncode:
            raise DrillError(f"`zone up` ended with {process.returncode}:\n{''.join(lines)[-3000:]}")

    def release(self) -> dict[str, str]:
        """The release of the model in `Pulumi.yaml`."""
        content = yaml.safe_load((self.root / "Pulumi.yaml").read_text(encoding="utf-8"))
        releases: dict[str, str] = _model(content)["releases"][ENVIRONMENT]
        return releases


def copy(folder: Path, serving_image_digest: str) -> Project:
    """Copies the project, with one model that has no release yet and captures every request.

    Args:
        folder: of the copy; what is in it is deleted.
        serving_image_digest: digest of the image that serves the versions.
    """
    if folder.exists():
        Project(root=folder).zone("cloud", "stop", allowed=(0, 1, 2))
        shutil.rmtree(folder)
    copy_project(folder)
    file = folder / "Pulumi.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    learning = content["config"]["hipaa-ml:ml"]["value"]
    learning.pop("tracking", None)
    account = content["config"]["hipaa-ml:management_account_id"]["value"]
    learning["approvers"] = [f"arn:aws:iam::{account}:user/{name}" for name in (APPROVER, AUTHOR)]
    learning["models"] = {MODEL: learning["models"][MODEL]}
    model = _model(content)
    model.pop("release", None)
    model |= {"environments": [ENVIRONMENT], "standby": "none", "capture_percent": 100}
    # The drill does not deploy the stack `security`, which enables Macie.
    model["pipeline"] |= {"serving_image_digest": serving_image_digest, "macie_identifiers": []}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    return Project(root=folder)


def _model(content: Any) -> dict[str, Any]:
    model: dict[str, Any] = content["config"]["hipaa-ml:ml"]["value"]["models"][MODEL]
    return model
