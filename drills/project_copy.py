"""Copies of the project, in which a zone is rehearsed without a change of the checkout."""

import os
import shutil
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PARTS: Final = (
    *("Pulumi.yaml", "__main__.py"),
    *("authorization", "components", "controls", "drills", "policies", "runbooks", "stacks", "workloads", "zone"),
)
"""Files and folders that the program and the policy pack need."""


def copy_project(folder: Path) -> None:
    """Copies the project into a new folder."""
    folder.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)


def environment(folder: Path) -> dict[str, str]:
    """Environment of commands in a copy: without settings of AWS and Pulumi, and with the modules of the copy."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
    return {**kept, "PYTHONPATH": str(folder)}
