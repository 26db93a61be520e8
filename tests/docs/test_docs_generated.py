"""Generated pages are what their generators write; pages written by hand name only files that are there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def test_the_page_of_controls_is_up_to_date() -> None:
    written = subprocess.run(
        [sys.executable, "-m", "controls.document"], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    ).stdout
    assert (ROOT / "docs" / "controls.md").read_text(encoding="utf-8") == written, "run `make docs`"


@pytest.mark.parametrize("page", ["README.md", "docs/rehearsal.md", "docs/deploying.md"])
def test_a_page_links_only_to_files_that_are_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        if not target.startswith("http"):
            assert ((ROOT / page).parent / target).exists(), target
