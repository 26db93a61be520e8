"""Runs the command line of the runbooks, through the listener of one region of the emulated AWS."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from rehearsal.cloud import Cloud, Credentials

ROOT: Final = Path(__file__).resolve().parents[1]


def run_runbook(
    cloud: Cloud, person: Credentials, environment: str, region: str, kind: str, *words: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs one runbook with `--execute`.

    Args:
        cloud: the emulated AWS.
        person: credentials of the person who runs it.
        environment: name of the environment, for example `prod`.
        region: the value of `--region`; the runbook has only the listener of this region.
        kind: the command, for example `failover`.
        words: further arguments of the command line.
        typed: standard input: the confirmations.

    Returns:
        Exit code and output.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables = {
        **cloud.environment(via=region),
        "AWS_ACCESS_KEY_ID": person.access_key,
        "AWS_SECRET_ACCESS_KEY": person.secret_key,
        "AWS_SESSION_TOKEN": person.token or "",
    }
    return subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "runbooks", kind, "--env", environment, "--region", region, "--execute", *words],
        cwd=ROOT,
        env={**kept, **variables},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
