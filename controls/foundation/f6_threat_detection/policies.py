"""Policies of F6: threat detection cannot be disabled, and accounts cannot leave it."""

from collections.abc import Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules.checks import on
from controls.rules.predicates import all_of, equals, present

POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="ecr-scan",
        title="Images are scanned when they are pushed",
        remedy="Set image_scanning_configuration.scan_on_push=True.",
        check=on("aws:ecr/repository:Repository", equals("imageScanningConfiguration.scanOnPush", True, default=False)),
    ),
    PolicyRule(
        name="alarm-acts",
        title="Alarms have actions for the alarm state and for insufficient data",
        remedy="Set alarm_actions and insufficient_data_actions, and leave actions_enabled on.",
        check=on(
            ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
            all_of(
                present("alarmActions"),
                present("insufficientDataActions"),
                equals("actionsEnabled", True, default=True),
            ),
        ),
    ),
)
