"""F4: The audit trail cannot be stopped or narrowed."""

from typing import Final

from controls.citations import cite
from controls.foundation.f4_audit_trail.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F4",
    title="The audit trail cannot be stopped or narrowed",
    reason="Intruders stop the audit trail first, so that later actions are not recorded.",
    citations=cite("164.312(b)", "164.308(a)(1)(ii)(D)", "164.308(a)(5)(ii)(C)", "164.312(c)(2)"),
    severity=Severity.CRITICAL,
    prevent=Guardrail(
        targets=EVERY_OU,
        statements=(
            Statement(
                sid="F4Trail",
                actions=(
                    "cloudtrail:DeleteEventDataStore",
                    "cloudtrail:DeleteTrail",
                    "cloudtrail:DeregisterOrganizationDelegatedAdmin",
                    "cloudtrail:PutEventSelectors",
                    "cloudtrail:PutInsightSelectors",
                    "cloudtrail:StopEventDataStoreIngestion",
                    "cloudtrail:StopLogging",
                    "cloudtrail:UpdateEventDataStore",
                    "cloudtrail:UpdateTrail",
                ),
            ),
        ),
    ),
    detect=(
        ConfigRule(identifier="CLOUD_TRAIL_ENABLED"),
        ConfigRule(identifier="MULTI_REGION_CLOUD_TRAIL_ENABLED"),
        ConfigRule(identifier="CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED"),
        ConfigRule(identifier="CLOUD_TRAIL_ENCRYPTION_ENABLED"),
        ConfigRule(identifier="CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED"),
        ConfigRule(identifier="CLOUDTRAIL_S3_DATAEVENTS_ENABLED"),
    ),
    block=POLICIES,
)
