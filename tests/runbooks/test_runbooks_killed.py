"""A runbook that is killed at any step is finished by the next one, with nothing done twice."""

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from rehearsal.cloud import Cloud, resolve
from runbooks import operate
from tests.runbooks.operating import run, wanted
from tests.runbooks.recoverable import PRIMARY, RECOVERY, Recoverable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

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
def recoverable(state: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recoverable]:
    cloud = Cloud.start(state, management_account="111122223333")
    environment = Recoverable(cloud=cloud, folder=tmp_path_factory.mktemp("documents"), modes={"sepsis": "pilot-light"})
    environment.build()
    yield environment
    cloud.stop()


def killed(folder: Path, kind: str, at: str, phase: str) -> None:
    """Runs in a process of its own, which dies without a word at the given step."""
    cloud = Cloud.attach(folder)
    assert cloud is not None
    recoverable = Recoverable(cloud=cloud, folder=folder, modes={"sepsis": "pilot-light"})
    situation = recoverable.look()
    want = wanted(kind)

    def die(progress: Any) -> None:
        if (progress.step.name, progress.phase) == (at, phase):
            os.kill(os.getpid(), signal.SIGKILL)

    operate.carry_out(
        situation, want, operate.plan_operation(situation, want), on_progress=die, on_message=lambda _: None
    )


@pytest.mark.parametrize("phase", ["started", "done"])
@pytest.mark.parametrize(
    ("kind", "steps"), [("failover", FAILOVER), ("failback", FAILBACK)], ids=["failover", "failback"]
)
def test_each_kill_is_picked_up(
    recoverable: Recoverable, state: Path, kind: str, steps: tuple[str, ...], phase: str
) -> None:
    """Every step in turn: kill there, run again, go back to where it began."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # imports once, instead of once a kill
    start: Callable[..., Any] = context.Process
    for at in steps:
        if kind == "failback":
            run(recoverable, "failover")
        process = start(target=killed, args=(state, kind, at, phase))
        process.start()
        process.join(120)
        assert process.exitcode == -signal.SIGKILL, at
        messages: list[str] = []
        record = run(recoverable, kind, messages)
        assert any("going on with the" in line for line in messages), at
        assert {step["status"] for step in record["steps"]} == {"done"}, at
        assert [step["step"] for step in record["steps"]] == list(steps), at
        there = RECOVERY if kind == "failover" else PRIMARY
        assert resolve(recoverable.cloud, "111122223333", "sepsis.prod.ml.internal") == [
            f"runtime.sagemaker.{there}.amazonaws.com"
        ]
        assert recoverable.writer(RECOVERY) == there
        assert sorted(recoverable.statuses(RECOVERY)) == (["sepsis"] if kind == "failover" else [])
        if kind == "failover":
            run(recoverable, "failback")
