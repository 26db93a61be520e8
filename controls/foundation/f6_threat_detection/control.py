"""F6: Threat detection cannot be disabled, and accounts cannot leave it."""

from typing import Final

from controls.citations import cite
from controls.foundation.f6_threat_detection.policies import POLICIES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU

CONTROL: Final = Control(
    id="F6",
    title="Threat detection cannot be disabled, and accounts cannot leave it",
    reason="An intruder who can disable detection remains undetected.",
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
            Statement(
                sid="F6Suppression",
                # A filter that archives findings, or a list of trusted addresses, hides what the detector reports.
                actions=(
                    "access-analyzer:CreateArchiveRule",
                    "access-analyzer:UpdateArchiveRule",
                    "guardduty:ArchiveFindings",
                    "guardduty:CreateFilter",
                    "guardduty:CreateIPSet",
                    "guardduty:CreateTrustedEntitySet",
                    "guardduty:DeletePublishingDestination",
                    "guardduty:UpdateFilter",
                    "guardduty:UpdateIPSet",
                    "guardduty:UpdateTrustedEntitySet",
                    "inspector2:CreateFilter",
                    "inspector2:UpdateFilter",
                    "macie2:CreateAllowList",
                    "macie2:CreateFindingsFilter",
                    "macie2:UpdateFindingsFilter",
                    "securityhub:BatchUpdateAutomationRules",
                    "securityhub:CreateAutomationRule",
                    "securityhub:CreateAutomationRuleV2",
                    "securityhub:UpdateAutomationRuleV2",
                ),
            ),
        ),
    ),
    detect=(ConfigRule(identifier="GUARDDUTY_ENABLED_CENTRALIZED"), ConfigRule(identifier="SECURITYHUB_ENABLED")),
    block=POLICIES,
)
