"""R1: Traffic leaves a lost region by itself, and by nothing that is lost with it."""

from typing import Final

from controls.citations import cite
from controls.model import Control, Severity
from controls.recovery.r1_dns_failover.policies import POLICIES

CONTROL: Final = Control(
    id="R1",
    title="Traffic leaves a lost region by itself, and by nothing that is lost with it",
    reason="A switch that stands in the region that fails, or that needs its control plane, cannot be thrown.",
    citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
    severity=Severity.HIGH,
    block=POLICIES,
)
