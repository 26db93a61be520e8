"""Recovery from the loss of a region: what must be so long before it happens, 45 CFR 164.308(a)(7)."""

from collections.abc import Mapping, Sequence

from controls.blocks.rule import rule, stack_rule
from controls.citations import cite
from controls.model import ConfigRule, Control, PolicyRule, Severity

RECOVERY: Sequence[Control] = (
    Control(
        id="R1",
        title="Traffic leaves a lost region by itself, and by nothing that is lost with it",
        reason="A switch that stands in the region that fails, or that needs its control plane, cannot be thrown.",
        citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(C)"),
        severity=Severity.HIGH,
        block=(
            rule(
                "health-check-follows-alarm",
                "Health checks follow an alarm: nobody outside can, or may, ask a private endpoint",
                "Set type to CLOUDWATCH_METRIC with cloudwatch_alarm_name and cloudwatch_alarm_region.",
            ),
            rule(
                "health-check-says-healthy",
                "A switch that nobody has thrown leads to the primary",
                "Set insufficient_data_health_status to Healthy or LastKnownStatus.",
            ),
            stack_rule(
                "failover-alarm-elsewhere",
                "The alarm that takes traffic away from a region stands in another one",
                "Set cloudwatch_alarm_region of the primary record's health check to the recovery region.",
            ),
            rule(
                "failover-record-checked",
                "A primary record has a health check, without which it never gives way",
                "Set health_check_id.",
            ),
            rule(
                "failover-record-short",
                "Records that move are forgotten within a minute",
                "Set ttl to 60 or less.",
            ),
        ),
    ),
    Control(
        id="R2",
        title="Nobody hopes that the standby works: it is asked, and silence is an alarm",
        reason="A standby that is not looked at is stale on the day it is needed.",
        citations=cite("164.308(a)(7)(ii)(B)", "164.308(a)(7)(ii)(D)"),
        severity=Severity.HIGH,
        block=(
            rule(
                "recovery-alarm-silence",
                "Alarms on readiness treat silence as a failure; switches alone ignore it",
                "Set treat_missing_data to breaching, or to ignore on the metrics FailedOver and Withdrawn.",
            ),
            rule(
                "schedule-not-late",
                "What is scheduled by the minute is not made up for hours later",
                "Set target.retry_policy with maximum_event_age_in_seconds of 3600 or less.",
            ),
        ),
        detect=(
            ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_CHECK"),
            ConfigRule(identifier="CLOUDWATCH_ALARM_ACTION_ENABLED_CHECK"),
        ),
    ),
)
"""Controls of recovery. Config has no managed rule for health checks or records: for R1 `readiness` asks."""

SERVED: Mapping[str, Sequence[PolicyRule]] = {
    "M7": (
        rule(
            "sagemaker-endpoint-canary",
            "Endpoint deployments move a part of the traffic first",
            "Set deployment_config.blue_green_update_policy.traffic_routing_configuration.type to CANARY or LINEAR.",
        ),
    ),
    "D7": (
        rule(
            "sagemaker-image-digest",
            "Models name their image by digest: what was approved is what runs",
            "Set image to REPOSITORY@sha256:DIGEST instead of a tag.",
        ),
        stack_rule(
            "log-group-masked",
            "Logs of endpoints mask identifiers of patients",
            "Make a LogDataProtectionPolicy with an Audit and a Deidentify statement for the log group.",
        ),
        rule(
            "log-masking-complete",
            "Data-protection policies mask what they audit",
            "Give the policy a statement with Deidentify and the same data identifiers as Audit.",
        ),
    ),
    "F7": (
        rule(
            "ecr-replication-home",
            "Images are copied within the residency group only",
            "Name a region of the zone's residency group (controls/residency.py lists them).",
        ),
    ),
}
"""Control id -> further policies of served models."""
