"""Faults of a first deployment and of the engine, `first_deployment.csv`: each row names the test that shows it gone.

Column `test`: `path::function`, or `open: REASON`.
"""

import ast
import csv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
OPEN: Final = "open: "
FAULTS: Final = (*(f"A{number}" for number in range(1, 20)), *(f"E{number}" for number in range(1, 10)))
AT_MOST_OPEN: Final = 0


def rows() -> Sequence[dict[str, str]]:
    with (ROOT / "tests" / "first_deployment.csv").open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


@cache
def functions(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_every_fault_is_in_the_table() -> None:
    assert tuple(dict.fromkeys(row["fault"] for row in rows())) == FAULTS


def test_every_row_names_a_test_that_exists() -> None:
    missing: list[str] = []
    for row in rows():
        path, _, function = row["test"].partition("::")
        if not row["test"].startswith(OPEN) and function not in functions(path):
            missing.append(row["test"])
    assert missing == []


def test_open_faults_have_a_reason() -> None:
    reasons = [row["test"].removeprefix(OPEN) for row in rows() if row["test"].startswith(OPEN)]
    assert all(reasons)
    assert len(reasons) <= AT_MOST_OPEN, reasons
