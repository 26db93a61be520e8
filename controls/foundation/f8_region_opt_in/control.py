"""F8: Regions cannot be enabled or disabled."""

from controls.citations import cite
from controls.model import Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU
from controls.zone import Zone


def control(zone: Zone) -> Control:
    """F8 for one zone."""
    allowed = sorted(zone.regions)
    return Control(
        id="F8",
        title="Regions cannot be enabled or disabled",
        reason="A newly enabled region has no recorder or detector; a disabled one cannot be used for recovery.",
        citations=cite("164.308(a)(1)(ii)(B)", "164.308(a)(7)(i)"),
        severity=Severity.MEDIUM,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F8Enable",
                    actions=("account:EnableRegion",),
                    conditions={"StringNotEquals": {"account:TargetRegion": allowed}},
                    exempt=False,
                ),
                Statement(
                    sid="F8Disable",
                    actions=("account:DisableRegion",),
                    conditions={"StringEquals": {"account:TargetRegion": allowed}},
                    exempt=False,
                ),
            ),
        ),
    )
