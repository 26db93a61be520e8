"""`docs/first-morning.md`: every command, in order, in a new checkout, against an AWS without an organization."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from drills.project_copy import ROOT
from tests.end_to_end.pulumi_backend import CliZone, provider
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

PAGE = ROOT / "docs" / "first-morning.md"
BLOCK = re.compile(r'^```sh title="(?P<title>[^"]+)"\n(?P<text>.*?)^```', re.MULTILINE | re.DOTALL)
REHEARSED, ON_AWS = "Needs the emulated AWS of this page", "Needs AWS and the Pulumi CLI"


def commands(title: str) -> list[str]:
    """The command lines of the blocks with a title, in the order of the page."""
    text = PAGE.read_text(encoding="utf-8")
    return [line for block in BLOCK.finditer(text) if block["title"] == title for line in block["text"].splitlines()]


def run(zone: Zone, command: str, variables: Mapping[str, str]) -> None:
    """Runs a command as a person would, in the folder of the checkout."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=zone.root,
        env={**zone.environment(**variables), "PATH": path},
        capture_output=True,
        text=True,
        timeout=800,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{(done.stdout + done.stderr)[-3000:]}"


def test_every_block_of_the_page_is_executed_or_says_what_it_needs() -> None:
    titles = {block["title"] for block in BLOCK.finditer(PAGE.read_text(encoding="utf-8"))}
    assert titles == {REHEARSED, ON_AWS, "Needs an empty directory, Git and Python 3.11", "Needs AWS and about an hour"}
    assert PAGE.read_text(encoding="utf-8").count("```") == 2 * len(BLOCK.findall(PAGE.read_text(encoding="utf-8")))


def test_rehearsal_of_the_first_morning(zone: Zone) -> None:
    zone.shrink()
    for command in commands(REHEARSED):
        run(zone, command, {})


@pytest.mark.cli
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH")
def test_first_morning_with_the_pulumi_cli(zone: Zone, tmp_path: Path) -> None:
    zone.shrink()
    assert zone.rehearse("cloud", "start").code == 0
    with provider(zone) as port:
        variables = CliZone(zone, port, tmp_path / "home").variables
        for command in commands(ON_AWS):
            run(zone, command, variables)
    assert '"aws:organizations/organization:Organization"' in zone.rehearse("export", "organization").out
