"""What goes wrong half-way loses nothing and creates nothing twice: kills, throttling, two runs, broken programs."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.cloud import Cloud
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


def run(zone: Zone, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "cli.main", *words],
        cwd=zone.root,
        env=zone.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def cloud(zone: Zone) -> Cloud:
    running_cloud = Cloud.attach(zone.root / ".rehearsal")
    assert running_cloud is not None
    return running_cloud


def client(zone: Zone, service: str) -> Any:
    return cloud(zone).endpoints().client(service, "us-east-1")


def inventory(zone: Zone) -> Counter[str]:
    """What the organisation has, by name: a second one of anything counts two."""
    organizations = client(zone, "organizations")
    accounts = [account["Name"] for account in organizations.list_accounts()["Accounts"]]
    kinds = ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY", "AISERVICES_OPT_OUT_POLICY")
    policies = [policy["Name"] for kind in kinds for policy in organizations.list_policies(Filter=kind)["Policies"]]
    [root] = organizations.list_roots()["Roots"]
    units: list[str] = []
    waiting = [root["Id"]]
    while waiting:
        parent = waiting.pop()
        children = organizations.list_organizational_units_for_parent(ParentId=parent)["OrganizationalUnits"]
        units += [child["Name"] for child in children]
        waiting += [child["Id"] for child in children]
    return Counter([*accounts, *policies, *units])


@pytest.mark.parametrize(
    "seed", [pytest.param(seed, marks=pytest.mark.whole_zone if seed else ()) for seed in range(6)]
)
def test_next_run_completes_a_killed_run(zone: Zone, seed: int) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    chance = random.Random(seed)
    for _ in range(3):
        process = run(zone, "up", "organization")
        time.sleep(chance.uniform(0.5, 9.0))
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    finished = zone.rehearse("up", "organization", "--json")
    assert finished.code == 0, finished.err
    again = zone.rehearse("up", "organization", "--json")
    counts = again.stack("organization")["operations"]
    assert {counts[name] for name in ("create", "update", "replace", "delete")} == {0}
    resources = inventory(zone)
    assert set(resources.values()) == {1}, resources
    assert zone.rehearse("audit", "--json", timeout=1200).document["observations"]
    differing = [
        observation
        for observation in zone.rehearse("audit", "--json", timeout=1200).document["observations"]
        if not observation["ok"]
    ]
    assert {observation["area"] for observation in differing} <= {"trail", "buckets", "resources"}, differing
    absent = [observation["subject"] for observation in differing if observation["area"] == "resources"]
    assert "stack audit" in absent, "what is declared and not deployed is a finding"
    assert all(subject.startswith("stack ") for subject in absent), absent


def test_throttling_and_concurrent_modification_are_retried_and_shown(zone: Zone) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    cloud(zone).inject("organizations:CreatePolicy", error="ConcurrentModificationException", times=2)
    cloud(zone).inject("organizations:AttachPolicy", error="TooManyRequestsException", times=3)
    ran = zone.rehearse("up", "organization")
    assert ran.code == 0, ran.err
    assert "ConcurrentModificationException" in ran.out
    assert "TooManyRequestsException" in ran.out


def test_second_run_of_a_stack_refuses_or_waits(zone: Zone) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    cloud(zone).inject("organizations:CreateOrganization", delay=6.0, times=1)
    first = run(zone, "up", "organization")
    deadline = time.monotonic() + 60
    lock = zone.root / ".rehearsal" / "stacks" / "organization.lock"
    while not lock.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    time.sleep(0.5)
    refused = zone.rehearse("up", "organization")
    assert refused.code != 0
    assert str(first.pid) in refused.err
    waited = zone.rehearse("up", "organization", "--wait", "120", "--json")
    first.communicate(timeout=900)
    assert first.returncode == 0
    assert waited.code == 0, waited.err
    assert waited.stack("organization")["operations"]["create"] == 0
    assert set(inventory(zone).values()) == {1}


@pytest.fixture
def breaking(zone: Zone) -> Callable[[str], None]:
    def append(code: str) -> None:
        main = zone.root / "__main__.py"
        main.write_text(main.read_text(encoding="utf-8") + code, encoding="utf-8")

    return append


def test_program_that_raises_keeps_created_resources(zone: Zone, breaking: Callable[[str], None]) -> None:
    zone.shrink()
    program = (zone.root / "__main__.py").read_text(encoding="utf-8")
    breaking('\nimport pulumi\n\nif not pulumi.runtime.is_dry_run():\n    raise RuntimeError("the program broke")\n')
    ran = zone.rehearse("up", "organization")
    assert ran.code == 1
    assert "the program broke" in ran.err
    assert "Traceback" not in ran.err
    (zone.root / "__main__.py").write_text(program, encoding="utf-8")
    assert zone.rehearse("up", "organization").code == 0
    assert set(inventory(zone).values()) == {1}


def test_next_run_completes_after_provider_crash(zone: Zone) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    cloud(zone).inject("organizations:CreateOrganization", delay=5.0, times=1)
    process = run(zone, "up", "organization")
    deadline = time.monotonic() + 60
    killed = False
    while not killed and time.monotonic() < deadline:
        processes = subprocess.run(
            ["pgrep", "-f", f"rehearsal.provider --state {zone.root}"], capture_output=True, text=True, check=False
        ).stdout.split()
        journal = zone.root / ".rehearsal" / "stacks" / "organization.journal"
        if processes and journal.exists():
            time.sleep(0.5)
            os.kill(int(processes[0]), signal.SIGKILL)
            killed = True
        time.sleep(0.05)
    _, message = process.communicate(timeout=900)
    assert killed
    assert process.returncode == 1
    assert "provider" in message
    assert "Traceback" not in message
    assert zone.rehearse("up", "organization").code == 0
    assert set(inventory(zone).values()) == {1}
