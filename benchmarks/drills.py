"""Failovers in the emulated cloud: RTO and RPO over thirty drills, and fifty endpoints at once."""

import statistics
import tempfile
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rehearsal.cloud import Cloud, Image, host
from runbooks import operate
from runbooks.operate import OperationRequest
from tests.runbooks.recovery_environment import PRIMARY, RECOVERY, RecoveryEnvironment, container

DRILLS = 30
ENDPOINTS = 50
AWS_SECONDS = 2.0
"""What a container takes longer to come up, as AWS does: a failover side by side waits for it once."""


def main() -> None:
    """Prints figures; the cloud answers at once, so what is measured is the runbook itself."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        _drills(folder / "drills")
        for parallel in (16, 1):
            _many(folder / f"many-{parallel}", parallel)


def _drills(folder: Path) -> None:
    environment = _environment(folder, {"readmission": "warm", "sepsis": "pilot-light"})
    try:
        rtos: list[float] = []
        rpos: list[float] = []
        waits: list[float] = []
        for _ in range(DRILLS):
            environment.heartbeat()
            lost_at = datetime.now(UTC)
            started = time.perf_counter()
            environment.cloud.stop_region(PRIMARY)
            record = _run(environment, OperationRequest(kind="failover", lost_at=lost_at, poll_seconds=0.05))
            rtos.append(time.perf_counter() - started)
            steps = {step["step"]: step for step in record["steps"]}
            rpos.append(float(steps["measure-replication"]["rpo_seconds"]))
            waits.append(float(steps["start-endpoint#sepsis"]["seconds"]))
            environment.cloud.start_region(PRIMARY)
            _run(environment, OperationRequest(kind="failback", accept_conflicts=True, poll_seconds=0.05))
        print(f"{DRILLS} drills, two endpoints: RTO {_figures(rtos)}; RPO {_figures(rpos)}")
        own = [rto - wait for rto, wait in zip(rtos, waits, strict=True)]
        print(f"waiting for the endpoint that is created: {_figures(waits)}; the runbook's own: {_figures(own)}")
    finally:
        environment.cloud.stop()


def _many(folder: Path, parallel: int) -> None:
    environment = _environment(folder, {f"model-{number:02d}": "pilot-light" for number in range(ENDPOINTS)})
    try:
        host(environment.cloud, Image(repository="readmission", command=container(trained=False), delay=AWS_SECONDS))
        environment.cloud.stop_region(PRIMARY)
        started = time.perf_counter()
        _run(environment, OperationRequest(kind="failover", poll_seconds=0.1, parallel=parallel))
        how = "one after another" if parallel == 1 else f"{parallel} at a time"
        print(f"{ENDPOINTS} endpoints that take {AWS_SECONDS:g} s each, {how}: {time.perf_counter() - started:.1f} s")
    finally:
        environment.cloud.stop()


def _environment(folder: Path, modes: Mapping[str, Any]) -> RecoveryEnvironment:
    cloud = Cloud.start(folder / "cloud", management_account="111122223333")
    for region in (PRIMARY, RECOVERY):
        cloud.raise_quota("endpoint-instances", region, 2 * ENDPOINTS)
    environment = RecoveryEnvironment(cloud=cloud, folder=folder, modes=dict(modes))
    environment.build()
    return environment


def _run(environment: RecoveryEnvironment, request: OperationRequest) -> Mapping[str, Any]:
    situation = environment.read_situation(RECOVERY)
    plan = operate.plan_operation(situation, request)
    return operate.carry_out(situation, request, plan, on_progress=lambda _: None, on_message=lambda _: None)


def _figures(seconds: list[float]) -> str:
    return f"min {min(seconds):.2f}, median {statistics.median(seconds):.2f}, max {max(seconds):.2f} s"


if __name__ == "__main__":
    main()
