"""F4 to F6: what watches the accounts cannot be switched off from inside them."""

from collections.abc import Sequence
from typing import Final

from controls.citations import cite
from controls.foundation.accounts import EVERY_OU
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement

AUDIT: Final[Sequence[Control]] = (
    Control(
        id="F4",
        title="The audit trail cannot be stopped or narrowed",
        reason="The first thing an intruder does is stop the record of the second.",
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
    ),
    Control(
        id="F5",
        title="AWS Config keeps recording and judging",
        reason="Without the recorder nobody can say how a resource was configured on the day of an incident.",
        citations=cite("164.312(b)", "164.308(a)(8)", "164.308(a)(1)(ii)(D)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F5Config",
                    actions=(
                        "config:DeleteAggregationAuthorization",
                        "config:DeleteConfigRule",
                        "config:DeleteConfigurationAggregator",
                        "config:DeleteConfigurationRecorder",
                        "config:DeleteConformancePack",
                        "config:DeleteDeliveryChannel",
                        "config:DeleteEvaluationResults",
                        "config:DeleteOrganizationConfigRule",
                        "config:DeleteOrganizationConformancePack",
                        "config:DeleteRemediationConfiguration",
                        "config:DeleteRetentionConfiguration",
                        "config:DisassociateResourceTypes",
                        "config:PutConfigRule",
                        "config:PutConfigurationAggregator",
                        "config:PutConfigurationRecorder",
                        "config:PutConformancePack",
                        "config:PutDeliveryChannel",
                        "config:PutRetentionConfiguration",
                        "config:StopConfigurationRecorder",
                    ),
                ),
            ),
        ),
        # No managed Config rule watches the recorder: with the recorder off no rule runs. Security Hub's Config.1 does.
    ),
    Control(
        id="F6",
        title="Threat detection cannot be switched off or left",
        reason="A detector that an intruder can disable detects only the careless.",
        citations=cite("164.308(a)(5)(ii)(B)", "164.308(a)(6)(ii)", "164.308(a)(1)(ii)(D)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                Statement(
                    sid="F6GuardDuty",
                    actions=(
                        "guardduty:DeleteDetector",
                        "guardduty:DeleteMembers",
                        "guardduty:DisableOrganizationAdminAccount",
                        "guardduty:DisassociateFromAdministratorAccount",
                        "guardduty:DisassociateFromMasterAccount",
                        "guardduty:DisassociateMembers",
                        "guardduty:StopMonitoringMembers",
                        "guardduty:UpdateDetector",
                        "guardduty:UpdateMemberDetectors",
                    ),
                ),
                Statement(
                    sid="F6SecurityHub",
                    actions=(
                        "securityhub:BatchDisableStandards",
                        "securityhub:DeleteMembers",
                        "securityhub:DisableOrganizationAdminAccount",
                        "securityhub:DisableSecurityHub",
                        "securityhub:DisableSecurityHubV2",
                        "securityhub:DisassociateFromAdministratorAccount",
                        "securityhub:DisassociateFromMasterAccount",
                        "securityhub:DisassociateMembers",
                        "securityhub:UpdateStandardsControl",
                    ),
                ),
                Statement(
                    sid="F6Others",
                    actions=(
                        "access-analyzer:DeleteAnalyzer",
                        "access-analyzer:UpdateAnalyzer",
                        "inspector2:Disable",
                        "inspector2:DisableDelegatedAdminAccount",
                        "inspector2:DisassociateMember",
                        "macie2:DeleteMember",
                        "macie2:DisableMacie",
                        "macie2:DisableOrganizationAdminAccount",
                        "macie2:DisassociateFromAdministratorAccount",
                        "macie2:DisassociateFromMasterAccount",
                        "macie2:DisassociateMember",
                        "macie2:UpdateMacieSession",
                    ),
                ),
            ),
        ),
        detect=(ConfigRule(identifier="GUARDDUTY_ENABLED_CENTRALIZED"), ConfigRule(identifier="SECURITYHUB_ENABLED")),
    ),
)
"""F4, F5 and F6."""
