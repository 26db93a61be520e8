"""The states of the reference zone as commit 3f9e872 deployed it (`tests/end_to_end/test_e2e_no_change.py`)."""

import json
import tarfile
from functools import cache
from pathlib import Path
from typing import Any

ARCHIVE = Path(__file__).parent / "end_to_end" / "data" / "state-3f9e872.tar.xz"


@cache
def _documents() -> dict[str, str]:
    with tarfile.open(ARCHIVE) as archive:
        return {
            Path(member.name).stem: content.read().decode()
            for member in archive.getmembers()
            if member.isfile() and (content := archive.extractfile(member)) is not None
        }


def export(stack: str) -> dict[str, Any]:
    """The export of a stack, which the caller may change."""
    return json.loads(_documents()[stack])


def states(*stacks: str) -> dict[str, list[dict[str, Any]]]:
    """Stack -> resources of its state; all stacks if none is named."""
    return {stack: export(stack)["deployment"]["resources"] for stack in stacks or _documents()}


def resource(state: list[dict[str, Any]], name: str, kind: str = "") -> dict[str, Any]:
    """The resource of a name, and of a type that ends as given."""
    (entry,) = (
        entry for entry in state if entry["urn"].rpartition("::")[2] == name and str(entry["type"]).endswith(kind)
    )
    return entry
