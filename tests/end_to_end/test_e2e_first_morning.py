"""`docs/first-morning.md`: every command, in order, in a new checkout, against an AWS without an organization."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.page import Page, run
from tests.end_to_end.pulumi_backend import CliZone, provider
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PAGE = Page("first-morning.md")
REHEARSED, ON_AWS = "Needs the emulated AWS of this page", "Needs AWS and the Pulumi CLI"


def test_every_block_of_the_page_is_executed_or_says_what_it_needs() -> None:
    assert PAGE.titles() == {
        REHEARSED,
        ON_AWS,
        "Needs an empty directory, Git and Python 3.11",
        "Needs AWS and about an hour",
    }
    assert PAGE.every_block_has_a_title()


def test_rehearsal_of_the_first_morning(zone: Zone) -> None:
    zone.shrink()
    for command in PAGE.commands(REHEARSED):
        run(zone, command, {})


@pytest.mark.cli
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH")
def test_first_morning_with_the_pulumi_cli(zone: Zone, tmp_path: Path) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    with provider(zone) as port:
        variables = CliZone(zone, port, tmp_path / "home").variables
        for command in PAGE.commands(ON_AWS):
            run(zone, command, variables)
    assert '"aws:organizations/organization:Organization"' in zone.rehearse("export", "organization").out
