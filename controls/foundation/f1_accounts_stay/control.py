"""F1: Accounts cannot leave the organisation or be closed."""

from typing import Final

from controls.citations import cite
from controls.foundation.f1_accounts_stay.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F1",
    title="Accounts cannot leave the organisation or be closed",
    reason="An account that leaves the organisation is no longer subject to its guardrails, trail and key policies.",
    citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(4)(ii)(B)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F1Leave",
                actions=("account:CloseAccount", "organizations:LeaveOrganization"),
                exempt=False,
            ),
        ),
    ),
    detect=(ConfigRule(identifier="ACCOUNT_PART_OF_ORGANIZATIONS"),),
    block=POLICIES,
)
