"""R2: The standby is tested regularly, and missing results raise an alarm."""

from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Severity
from controls.recovery.r2_standby_monitoring.policies import POLICIES

CONTROL: Final = Control(
    id="R2",
    title="The standby is tested regularly, and missing results raise an alarm",
    reason="A standby that is not monitored may be outdated when it is needed.",
    citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(D)"),
    severity=Severity.HIGH,
    detect=(
        ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_CHECK"),
        ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK"),
    ),
    block=POLICIES,
)
