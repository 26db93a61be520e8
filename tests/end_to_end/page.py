"""The commands of a documentation page, run as a person would run them."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from drills.project_copy import ROOT
from tests.end_to_end.zone import Zone

BLOCK = re.compile(r'^```sh title="(?P<title>[^"]+)"\n(?P<text>.*?)^```', re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Page:
    """A page of `docs/`; the title of each block of commands says what its commands need."""

    name: str

    @property
    def text(self) -> str:
        return (ROOT / "docs" / self.name).read_text(encoding="utf-8")

    def titles(self) -> set[str]:
        return {block["title"] for block in BLOCK.finditer(self.text)}

    def every_block_has_a_title(self) -> bool:
        return self.text.count("```") == 2 * len(BLOCK.findall(self.text))

    def commands(self, title: str) -> list[str]:
        """The command lines of the blocks with a title, in the order of the page."""
        return [
            line
            for block in BLOCK.finditer(self.text)
            if block["title"] == title
            for line in block["text"].splitlines()
        ]


def run(zone: Zone, command: str, variables: Mapping[str, str], seconds: float = 800) -> str:
    """Runs a command in the folder of the checkout; returns its output."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", command],
        cwd=zone.root,
        env={**zone.environment(**variables), "PATH": path},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, f"{command}\n{(done.stdout + done.stderr)[-3000:]}"
    return done.stdout
