"""A run that is killed at any step is continued by the next run, or aborted to a consistent state."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud, resolve
from runbooks import operate
from runbooks.abort import abort
from runbooks.observe import primary_key_regions
from tests.runbooks.operations import operation_request, run
from tests.runbooks.recovery_environment import PRIMARY, RECOVERY, RecoveryEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LEASE_SECONDS = 8.0
"""The next run waits for its end. A shorter lease ends on a busy machine before it can be renewed."""
FAILOVER = (
    "freeze-writers",
    "measure-replication",
    "promote-keys",
    "verify-artifact#sepsis",
    "start-endpoint#sepsis",
    "smoke-test#sepsis",
    "move-traffic#sepsis",
    "verify-traffic#sepsis",
    "thaw-writers",
    "notify",
    "write-record",
)
FAILBACK = (
    "freeze-writers",
    "wait-for-replication",
    "list-conflicts",
    "promote-keys",
    "verify-artifact#sepsis",
    "start-endpoint#sepsis",
    "smoke-test#sepsis",
    "move-traffic#sepsis",
    "verify-traffic#sepsis",
    "stand-down#sepsis",
    "thaw-writers",
    "notify",
    "write-record",
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cloud")


@pytest.fixture(scope="module")
def recovery_environment(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecoveryEnvironment]:
    cloud = Cloud.start(state, management_account="111122223333")
    environment = RecoveryEnvironment(
        cloud=cloud, folder=tmp_path_factory.mktemp("documents"), modes={"sepsis": "pilot-light"}
    )
    environment.build()
    yield environment
    cloud.stop()


def run_until_killed(folder: Path, kind: str, at: str, phase: str) -> None:
    """Runs an operation in this process, and kills the process at the given step."""
    cloud = Cloud.attach(folder)
    assert cloud is not None
    recovery_environment = RecoveryEnvironment(cloud=cloud, folder=folder, modes={"sepsis": "pilot-light"})
    situation = recovery_environment.read_situation()
    situation.journal.lease.seconds = LEASE_SECONDS
    request = operation_request(kind)

    def kill_process(progress: Any) -> None:
        if (progress.step.name, progress.phase) == (at, phase):
            os.kill(os.getpid(), signal.SIGKILL)

    operate.carry_out(
        situation,
        request,
        operate.plan_operation(situation, request),
        on_progress=kill_process,
        on_message=lambda _: None,
    )


ALL = os.environ.get("RUNBOOKS_KILL_TESTS") == "all"
"""Whether to kill runs at every step; by default at those after which the state differs most."""
KILLS = (
    ("failover", "freeze-writers", "done"),
    ("failover", "start-endpoint#sepsis", "started"),
    ("failover", "move-traffic#sepsis", "done"),
    ("failback", "list-conflicts", "done"),
)
EVERY_KILL = tuple(
    (kind, step, phase)
    for kind, steps in (("failover", FAILOVER), ("failback", FAILBACK))
    for step in steps
    for phase in ("started", "done")
)


def kill_at(environment: RecoveryEnvironment, state: Path, kind: str, step: str, phase: str) -> None:
    """Runs an operation in a process that is killed at the given step."""
    if kind == "failback":
        run(environment, "failover")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imports the module once for all processes
    start: Callable[..., Any] = context.Process
    process = start(target=run_until_killed, args=(state, kind, step, phase))
    process.start()
    process.join(240)
    assert process.exitcode == -signal.SIGKILL


def restore(environment: RecoveryEnvironment) -> None:
    """Serves from the primary region again."""
    if set(environment.read_situation().snapshot.positions.values()) == {"recovery"}:
        run(environment, "failback")


@pytest.mark.parametrize(("kind", "step", "phase"), EVERY_KILL if ALL else KILLS)
def test_killed_run_is_continued(
    recovery_environment: RecoveryEnvironment, state: Path, kind: str, step: str, phase: str
) -> None:
    kill_at(recovery_environment, state, kind, step, phase)
    messages: list[str] = []
    record = run(recovery_environment, kind, messages)
    assert any("going on with the" in line for line in messages)
    assert {entry["status"] for entry in record["steps"]} == {"done"}
    assert [entry["step"] for entry in record["steps"]] == list(FAILOVER if kind == "failover" else FAILBACK)
    serving_region = RECOVERY if kind == "failover" else PRIMARY
    assert resolve(recovery_environment.cloud, "111122223333", "sepsis.prod.ml.internal") == [
        f"runtime.sagemaker.{serving_region}.amazonaws.com"
    ]
    assert recovery_environment.writer(RECOVERY) == serving_region
    assert sorted(recovery_environment.statuses(RECOVERY)) == (["sepsis"] if kind == "failover" else [])
    restore(recovery_environment)


@pytest.mark.parametrize(("kind", "step", "phase"), EVERY_KILL if ALL else KILLS)
def test_killed_run_is_aborted_without_suspended_writers(
    recovery_environment: RecoveryEnvironment, state: Path, kind: str, step: str, phase: str
) -> None:
    kill_at(recovery_environment, state, kind, step, phase)
    ended = abort(recovery_environment.read_situation())
    situation = recovery_environment.read_situation()
    assert situation.snapshot.open_operation is None
    serving_region = situation.zone.region(situation.snapshot.positions["sepsis"])
    assert [recovery_environment.writer(region) for region in (PRIMARY, RECOVERY)] == [serving_region] * 2
    assert resolve(recovery_environment.cloud, "111122223333", "sepsis.prod.ml.internal") == [
        f"runtime.sagemaker.{serving_region}.amazonaws.com"
    ]
    if serving_region == PRIMARY and kind == "failover":
        assert recovery_environment.statuses(RECOVERY) == {}
        assert set(primary_key_regions(situation.aws, situation.zone).values()) == {PRIMARY}
        assert ended.left == []
    # A failback that moved the endpoint may leave its standby running, and says so.
    running = kind == "failback" and serving_region == PRIMARY and recovery_environment.statuses(RECOVERY)
    assert not running or any("was not brought back to its standby" in text for text in ended.left)
    if running:
        recovery_environment.client("sagemaker", RECOVERY).delete_endpoint(EndpointName="sepsis")
    restore(recovery_environment)
