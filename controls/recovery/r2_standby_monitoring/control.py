"""R2: Nobody hopes that the standby works: it is asked, and silence is an alarm."""

from typing import Final

from controls.citations import cite
from controls.model import ConfigRule, Control, Severity
from controls.recovery.r2_standby_monitoring.policies import POLICIES

CONTROL: Final = Control(
    id="R2",
    title="Nobody hopes that the standby works: it is asked, and silence is an alarm",
    reason="A standby that is not looked at is stale on the day it is needed.",
    citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(D)"),
    severity=Severity.HIGH,
    detect=(
        ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_CHECK"),
        ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK"),
    ),
    block=POLICIES,
)
