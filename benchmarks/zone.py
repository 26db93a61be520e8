"""The reference zone: seconds of `up` and of a preview without changes, seconds a resource, peak memory."""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PARTS = (
    "Pulumi.yaml",
    "__main__.py",
    "authorization",
    "components",
    "controls",
    "policies",
    "runbooks",
    "stacks",
    "workloads",
    "zone",
)


def copy(folder: Path) -> Path:
    """A copy of the project, so that a rehearsal going on in the checkout is left alone."""
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder / part)
    (folder / ".venv").symlink_to(Path(sys.prefix))
    return folder


def rehearse(folder: Path, *words: str) -> tuple[float, str]:
    """Runs a command in the copy; gives its seconds and what it printed on standard output."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(done.stderr)
    return time.perf_counter() - started, done.stdout


def peak_mib() -> float:
    """The largest process among all children so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    """Prints the figures of the reference zone."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy(Path(temporary))
        try:
            seconds, printed = rehearse(folder, "up", "--all", "--json")
            document: dict[str, Any] = json.loads(printed)
            resources = sum(stack["emulated"] + stack["recorded"] for stack in document["stacks"])
            print(f"stacks                       {len(document['stacks']):8d}")
            print(f"resources                    {resources:8d}")
            print(f"up --all                     {seconds:8.1f} s, {seconds / resources * 1000:.0f} ms a resource")
            seconds, _ = rehearse(folder, "preview", "--all", "--json")
            print(f"preview --all, no changes    {seconds:8.1f} s, {seconds / resources * 1000:.0f} ms a resource")
            print(f"peak memory of a process     {peak_mib():8.0f} MiB")
        finally:
            rehearse(folder, "cloud", "stop")


if __name__ == "__main__":
    main()
