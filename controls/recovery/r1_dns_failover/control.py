"""R1: DNS failover is automatic and independent of the failed region."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Severity
from controls.recovery.r1_dns_failover.policies import POLICIES

CONTROL: Final = Control(
    id="R1",
    title="DNS failover is automatic and independent of the failed region",
    reason="A failover mechanism in the failed region, or one that needs its control plane, does not work.",
    citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
    severity=Severity.HIGH,
    block=POLICIES,
)
