"""Another emulator in place of the built-in cloud: what it cannot do is recorded, and message."""

from collections.abc import Iterator

import pytest

from tests.end_to_end.emulator import moto_server
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture
def emulator() -> Iterator[str]:
    """moto as it comes from its makers, without this project's repairs."""
    with moto_server() as url:
        yield url


def test_organization_deploys_to_another_emulator_with_recorded_types_listed(zone: Zone, emulator: str) -> None:
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
