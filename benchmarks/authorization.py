"""The cost of authorization: `up` of the first stacks with and without decisions of the emulated AWS, in turn.

Without decisions the benchmark replaces `Authorizer.denial` in a process of its own; no option of the product does so.
Prints medians of seconds on the clock and of processor seconds of the emulated AWS.

`python -m benchmarks.authorization --all --runs 1` measures the whole zone.
"""

import argparse
import json
import os
import runpy
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks.zone import copy, rehearse
from cli.quotas import raise_quotas
from rehearsal.cloud import Cloud

REGIONS: Final = ("us-east-1", "us-west-2")
STACKS: Final = ("organization", "audit")
RUNS: Final = 3
"""Runs with decisions, and as many without, unless `--runs` names another number."""
UNDECIDED: Final = "undecided"
"""First argument of this module in the process that serves without decisions."""
_PATIENCE: Final = 60.0
"""Seconds until the emulated AWS has to be up."""


def serve_undecided(words: list[str]) -> None:
    """Serve an emulated AWS that allows every request.

    Args:
        words: command line of `python -m rehearsal.cloud`.
    """
    from rehearsal.cloud.authorization import Authorizer  # noqa: PLC0415 - loads moto

    Authorizer.denial = lambda *_: None  # type: ignore[method-assign]
    sys.argv = ["rehearsal.cloud", *words]
    runpy.run_module("rehearsal.cloud", run_name="__main__", alter_sys=True)


def measured(stacks: Sequence[str], *, decided: bool) -> tuple[float, float]:
    """Measure one `up` in a new emulated AWS.

    Args:
        stacks: names of the stacks, or `--all`.
        decided: whether the emulated AWS decides requests.

    Returns:
        Seconds of `up`, and processor seconds of the emulated AWS.
    """
    module = ["rehearsal.cloud"] if decided else ["benchmarks.authorization", UNDECIDED]
    with tempfile.TemporaryDirectory() as temporary:
        folder = copy(Path(temporary))
        state = folder / ".rehearsal"
        state.mkdir()
        words = ["--state", str(state), "--regions", ",".join(REGIONS), "--management-account", "123456789012"]
        server = subprocess.Popen(
            [sys.executable, "-m", *module, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # An ended process that nobody waits for still has its number, and `cloud stop` waits until it is gone.
        threading.Thread(target=server.wait, daemon=True).start()
        try:
            cloud = _await(state)
            raise_quotas(cloud, REGIONS)
            seconds, printed = rehearse(folder, "up", *stacks, "--json")
            assert json.loads(printed)["stacks"]
            return seconds, _processor_seconds(server.pid)
        finally:
            rehearse(folder, "cloud", "stop")


def _await(state: Path) -> Cloud:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        cloud = Cloud.attach(state)
        if cloud is not None:
            return cloud
        time.sleep(0.1)
    sys.exit("the emulated AWS did not start")


def _processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print the figures with and without decisions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help=f"measure all stacks instead of {' and '.join(STACKS)}")
    parser.add_argument("--runs", type=int, default=RUNS, help="runs with decisions, and as many without")
    options = parser.parse_args()
    stacks = ("--all",) if options.all else STACKS
    runs = [(decided, measured(stacks, decided=decided)) for _ in range(options.runs) for decided in (True, False)]
    for index, name in enumerate(("up, seconds", "emulated AWS, processor seconds")):
        with_, without = (median(figures[index] for on, figures in runs if on is decided) for decided in (True, False))
        print(f"{name:32s} {with_:6.1f} with, {without:6.1f} without: {with_ / without - 1:+.1%}")


if __name__ == "__main__":
    if sys.argv[1:2] == [UNDECIDED]:
        serve_undecided(sys.argv[2:])
    else:
        main()
