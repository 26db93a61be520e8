"""C1: Budgets have notifications."""

from typing import Final

from controls.citations import cite
from controls.cost.c1_budgets.policies import POLICIES
from controls.model import Control, Severity

CONTROL: Final = Control(
    id="C1",
    title="Budgets have notifications",
    reason="Unexpected spending is often the first sign of stolen credentials.",
    citations=cite("164.308(a)(1)(ii)(D)"),
    severity=Severity.LOW,
    block=POLICIES,
)
