"""SUSPENDED: Suspended accounts have no permissions."""

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """SUSPENDED for one zone."""
    return Control(
        id="SUSPENDED",
        title="Suspended accounts have no permissions",
        reason="Accounts are moved to this OU before they are closed, so that remaining workloads are found first.",
        citations=cite("164.308(a)(3)(ii)(C)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=(zone.suspended,),
            statements=(Statement(sid="Suspended", actions=("*",), exempt=False),),
        ),
    )
