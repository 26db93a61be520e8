"""Generated pages are what their generators write; pages written by hand name only files that are there."""

import dataclasses
import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.cloud.rules import document as rules_document
from rehearsal.engine.goal import REFUSED_OPTIONS, Goal
from rehearsal.engine.monitor import Monitor
from rehearsal.provider import coverage
from zone.settings import document

ROOT = Path(__file__).parents[2]


def test_the_page_of_controls_is_up_to_date() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "controls.document"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=900
    ).stdout
    assert (ROOT / "docs" / "controls.md").read_text(encoding="utf-8") == written, "run `make docs`"


def test_configuration_reference_is_current() -> None:
    assert (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8") == document.page(), "run `make docs`"


def test_coverage_page_is_current() -> None:
    assert (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8") == coverage.page(), "run `make docs`"


def test_rules_page_is_current() -> None:
    text = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert text == "\n".join(rules_document.page()).rstrip() + "\n", "run `make docs`"


def test_engine_page_lists_supported_and_refused_options() -> None:
    text = (ROOT / "docs" / "engine.md").read_text(encoding="utf-8")
    supported, _, refused = text.partition("## Refused")
    names = set(re.findall(r"`(\w+)`", supported.partition("## Resource options")[2]))
    assert {field.name for field in dataclasses.fields(Goal)} <= names
    assert re.findall(r"^- `([^`]+)`$", refused, re.MULTILINE) == list(REFUSED_OPTIONS)
    calls = {name for name, method in vars(Monitor).items() if (inspect.getdoc(method) or "").startswith("Refused:")}
    assert set(re.findall(r"`([A-Z]\w+)`", refused)) == calls


@pytest.mark.parametrize(
    "page", ["README.md", "CONTRIBUTING.md", *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md")))]
)
def test_a_page_links_only_to_files_that_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target
