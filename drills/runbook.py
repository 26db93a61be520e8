"""Runbooks as the engineer runs them: their own command line, through one region's listener alone."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from rehearsal.cloud import Cloud

ROOT: Final = Path(__file__).resolve().parents[1]


def runbook(
    cloud: Cloud, environment: str, region: str, kind: str, *words: str, typed: str = ""
) -> subprocess.CompletedProcess[str]:
    """Runs one and gives what came of it; `typed` answers what it asks.

    Args:
        cloud: where.
        environment: such as `prod`; its account is who acts.
        region: the region that is asked, and whose listener is the only way out.
        kind: `failover`, `record-answers` and so on.
        words: further words of the command line.
        typed: the confirmations.
    """
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables = cloud.environment(f"ml-{environment}", via=region)
    return subprocess.run(  # noqa: S603 - our own interpreter, our own module
        [sys.executable, "-m", "runbooks", kind, "--env", environment, "--region", region, "--execute", *words],
        cwd=ROOT,
        env={**kept, **variables},
        input=typed,
        capture_output=True,
        text=True,
        check=False,
    )
