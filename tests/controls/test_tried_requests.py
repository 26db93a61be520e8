"""Requests that earlier guardrails decided wrongly, each with its number in the report of the trial.

`O` numbers are requests of daily work that were denied, `U` numbers are requests that were allowed against the title of
a control. The rows are written from the report, not from the statements of the controls.
"""

import csv
import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest

from inspection.vocabulary import keys_not_carried, unknown_action
from tests.controls.test_controls_requests import GUARDED

TABLE: Final = Path(__file__).with_name("tried_requests.csv")
with TABLE.open(encoding="utf-8", newline="") as rows:
    REQUESTS: Final = list(csv.DictReader(rows))


@pytest.mark.parametrize("row", REQUESTS, ids=lambda row: f"{row['finding']}-{row['account']}-{row['action']}")
def test_request_is_decided_as_its_author_expects(row: Mapping[str, str]) -> None:
    context = json.loads(row["context"])
    assert unknown_action(row["action"]) is None
    assert not keys_not_carried(row["action"], context)
    decision = GUARDED.decide(row["account"], row["principal"], row["action"], row["resource"], context)
    assert decision.allowed is (row["expect"] == "allowed"), decision


def test_table_has_denied_daily_work_and_allowed_violations() -> None:
    """O5 is about bucket policies, O9 about another residency group, U5 about targets: they have tests of their own."""
    expected = Counter((row["finding"][0], row["expect"]) for row in REQUESTS)
    assert expected["O", "allowed"] >= 25
    assert expected["U", "denied"] >= 90
    numbers = {row["finding"] for row in REQUESTS}
    assert numbers == {f"O{i}" for i in (1, 2, 3, 4, 6, 7, 8)} | {f"U{i}" for i in range(1, 18) if i != 5}
