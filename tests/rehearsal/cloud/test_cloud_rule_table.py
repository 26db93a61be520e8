"""The table of AWS's rules, `aws_rules.csv`: every rule that is enforced names the test that shows it.

Column `test`: the name of a case of `test_cloud_rules.py`, or `file::function`, or `not enforced: REASON`.
"""

import ast
import csv
from collections.abc import Sequence
from pathlib import Path

from tests.rehearsal.cloud.test_cloud_rules import ALL_CASES

HERE = Path(__file__).parent
NOT_ENFORCED = "not enforced"
AT_MOST_NOT_ENFORCED = 2


def rows() -> Sequence[dict[str, str]]:
    with (HERE / "aws_rules.csv").open(encoding="utf-8") as table:
        return list(csv.DictReader(table))


def functions(file: str) -> set[str]:
    tree = ast.parse((HERE / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_rule_names_a_test_that_exists() -> None:
    cases = {case.name for case in ALL_CASES}
    missing = []
    for row in rows():
        test = row["test"]
        file, _, function = test.partition("::")
        exists = function in functions(file) if function else test in cases
        if not exists and not test.startswith(NOT_ENFORCED):
            missing.append((row["call"], test))
    assert missing == []


def test_at_least_the_stated_number_of_rules_is_enforced() -> None:
    not_enforced = [row["rule"] for row in rows() if row["test"].startswith(NOT_ENFORCED)]
    assert len(not_enforced) <= AT_MOST_NOT_ENFORCED, not_enforced


def test_cases_have_names_of_their_own() -> None:
    names = [case.name for case in ALL_CASES]
    assert sorted(names) == sorted(set(names))
