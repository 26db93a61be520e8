"""Every command in the documentation is executed in the whole zone, or its block states in its title what it needs."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from drills.project_copy import ROOT
from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.whole_zone, pytest.mark.xdist_group("documented_commands"), pytest.mark.timeout(6000)]

PAGES = ("README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))))
BLOCK = re.compile(r"^```(?:sh|bash|console)(?P<attributes>[^\n]*)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL)
NEEDS = re.compile(r'title="(?:Needs .+|Runs in CI)"')


class Command(NamedTuple):
    """One command line of a page."""

    page: str
    line: int
    text: str
    exit_code: int


def blocks(page: str) -> Iterator[tuple[int, str, str]]:
    """Line number, attributes and text of every shell block of a page."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        yield text[: match.start()].count("\n") + 2, match["attributes"].strip(), match["text"]


def commands() -> list[Command]:
    """The commands of all blocks that state no need."""
    return [
        Command(page, line + offset, text, 1 if "(exit code 1" in text else 0)
        for page in PAGES
        for line, attributes, block in blocks(page)
        if not NEEDS.search(attributes)
        for offset, text in enumerate(block.splitlines())
        if text.strip() and not text.startswith("#")
    ]


@pytest.fixture(scope="module")
def whole_zone(make_zone: Callable[[], Zone]) -> Zone:
    zone = make_zone()
    result = zone.rehearse("up", "--all", "--json", timeout=1800)
    assert result.code == 0, result.err
    return zone


def run(zone: Zone, command: str) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=zone.root,
        env={**zone.environment(), "PATH": path},
        capture_output=True,
        text=True,
        timeout=1500,
        check=False,
    )


def test_documented_commands_succeed(whole_zone: Zone) -> None:
    failures: list[str] = []
    for command in commands():
        result = run(whole_zone, command.text)
        if result.returncode != command.exit_code:
            output = (result.stdout + result.stderr)[-600:]
            failures.append(f"{command.page}:{command.line}: {command.text}: exit code {result.returncode}\n{output}")
    assert not failures, "\n".join(failures)


def test_some_commands_are_executed() -> None:
    assert len(commands()) >= 9
    assert {command.page for command in commands()} >= {"README.md", "docs/reach.md"}
