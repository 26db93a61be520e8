"""A run that is killed at any step is continued by the next run, which repeats no completed step."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud, resolve
from runbooks import operate
from tests.runbooks.operations import operation_request, run
from tests.runbooks.recovery_environment import PRIMARY, RECOVERY, RecoveryEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LEASE_SECONDS = 1.0
"""The next run waits for the end of the killed run's lease."""
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


@pytest.mark.parametrize("phase", ["started", "done"])
@pytest.mark.parametrize(
    ("kind", "steps"), [("failover", FAILOVER), ("failback", FAILBACK)], ids=["failover", "failback"]
)
def test_killed_run_is_continued_at_every_step(
    recovery_environment: RecoveryEnvironment, state: Path, kind: str, steps: tuple[str, ...], phase: str
) -> None:
    """For every step: kill a run there, run again, and restore the initial state."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imports the module once for all processes
    start: Callable[..., Any] = context.Process
    for at in steps:
        if kind == "failback":
            run(recovery_environment, "failover")
        process = start(target=run_until_killed, args=(state, kind, at, phase))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, at
        messages: list[str] = []
        record = run(recovery_environment, kind, messages)
        assert any("going on with the" in line for line in messages), at
        assert {step["status"] for step in record["steps"]} == {"done"}, at
        assert [step["step"] for step in record["steps"]] == list(steps), at
        serving_region = RECOVERY if kind == "failover" else PRIMARY
        assert resolve(recovery_environment.cloud, "111122223333", "sepsis.prod.ml.internal") == [
            f"runtime.sagemaker.{serving_region}.amazonaws.com"
        ]
        assert recovery_environment.writer(RECOVERY) == serving_region
        assert sorted(recovery_environment.statuses(RECOVERY)) == (["sepsis"] if kind == "failover" else [])
        if kind == "failover":
            run(recovery_environment, "failback")
