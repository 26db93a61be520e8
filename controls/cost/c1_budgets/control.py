"""C1: Budgets tell somebody."""

from typing import Final

from controls.citations import cite
from controls.cost.c1_budgets.policies import POLICIES
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="C1",
    title="Budgets tell somebody",
    reason="Spending that nobody expected is often the first sign of a stolen credential.",
    citations=cite("164.308(a)(1)(ii)(D)"),
    severity=Severity.LOW,
    block=POLICIES,
)
