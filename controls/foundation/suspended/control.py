"""SUSPENDED: A suspended account does nothing."""

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """SUSPENDED for one zone."""
    return Control(
        id="SUSPENDED",
        title="A suspended account does nothing",
        reason="Accounts are parked here before they are closed: what still runs in them is seen before it is gone.",
        citations=cite("164.308(a)(3)(ii)(C)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=(zone.suspended,),
            statements=(Statement(sid="Suspended", actions=("*",), exempt=False),),
        ),
    )
