"""Policies of R2: the standby is tested regularly, and missing results raise an alarm."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Props
from controls.rules.checks import on
from controls.rules.predicates import between, equals
from controls.rules.values import lookup

ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
NAMESPACE: Final = "/Recovery"
"""Ends the namespace of recovery's metrics."""
SWITCHES: Final = frozenset({"FailedOver", "Withdrawn"})
"""Metrics that runbooks set, and whose alarms keep what was decided last."""


def _silence(props: Props) -> Iterator[Problem]:
    namespace = lookup(props, "namespace")
    if isinstance(namespace, str) and namespace.endswith(NAMESPACE):
        expected = "ignore" if lookup(props, "metricName") in SWITCHES else "breaching"
        yield from equals("treatMissingData", expected, default="missing")(props)


AN_HOUR: Final = 3600
A_MINUTE: Final = 60
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="recovery-alarm-silence",
        title="Readiness alarms treat missing data as breaching; alarms on switches ignore it",
        remedy="Set treat_missing_data to breaching, or to ignore on the metrics FailedOver and Withdrawn.",
        check=on(ALARM, _silence),
    ),
    PolicyRule(
        name="schedule-not-late",
        title="Schedules do not retry late invocations for hours",
        remedy="Set target.retry_policy with maximum_event_age_in_seconds of 3600 or less.",
        check=on(SCHEDULE, between("target.retryPolicy.maximumEventAgeInSeconds", A_MINUTE, AN_HOUR)),
    ),
)
