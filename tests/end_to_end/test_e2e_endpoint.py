"""Another emulator in place of the built-in cloud: what it cannot do is recorded, and said."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def emulator() -> Iterator[str]:
    """moto as it comes from its makers, without this project's repairs."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
        process.kill()


def test_an_organisation_comes_up_on_another_emulator_and_says_what_is_only_recorded(zone: Zone, emulator: str) -> None:
    zone.shrink()
    ran = zone.rehearse("up", "organization", "--endpoint", emulator, "--json")
    assert ran.code == 0, ran.err
    stack = ran.stack("organization")
    assert stack["emulated"] > stack["recorded"] > 0
    assert "it is recorded, not emulated" in ran.err
    again = zone.rehearse("up", "organization", "--endpoint", emulator, "--json").stack("organization")
    assert {again["operations"][name] for name in ("create", "update", "replace", "delete")} == {0}
    assert not (zone.root / ".rehearsal" / "cloud.json").exists()


def test_an_emulator_that_does_not_answer_is_named(zone: Zone) -> None:
    ran = zone.rehearse("up", "organization", "--endpoint", "http://127.0.0.1:9")
    assert ran.code == 1
    assert "http://127.0.0.1:9" in ran.err
    assert "Traceback" not in ran.err
