"""F6: Threat detection cannot be disabled, and accounts cannot leave it."""

from typing import Final

from controls.citations import cite
from controls.derived import named
from controls.foundation.f6_threat_detection.policies import POLICIES
from controls.foundation.f9_protected_roles.control import IDENTITY_CENTER_ROLES
from controls.model import ConfigRule, Control, Guardrail, Severity, Statement
from controls.targets import EVERY_OU
from controls.zone import Zone

DETECTORS: Final = ("access-analyzer", "detective", "guardduty", "inspector2", "macie2", "securityhub")
"""Service prefixes of threat detection."""
_RESTORES: Final = "removes what suppresses findings"
_INVITATION: Final = "an invitation that was not accepted"
_REPORT: Final = "stops a report or a scan that was asked for"
_NOTES: Final = "notes of an investigation"
_VIEW: Final = "how findings are shown or sent"
HARMLESS: Final = {
    "access-analyzer:CancelPolicyGeneration": _REPORT,
    "access-analyzer:DeleteArchiveRule": _RESTORES,
    "detective:UpdateInvestigationState": _NOTES,
    "guardduty:DeleteFilter": _RESTORES,
    "guardduty:DeleteIPSet": _RESTORES,
    "guardduty:DeleteTrustedEntitySet": _RESTORES,
    "guardduty:UpdateFindingsFeedback": _NOTES,
    "inspector2:Cancel*": _REPORT,
    "inspector2:DeleteFilter": _RESTORES,
    "inspector2:StopCisSession": _REPORT,
    "*:DeleteInvitations": _INVITATION,
    "macie2:DeleteAllowList": _RESTORES,
    "macie2:DeleteFindingsFilter": _RESTORES,
    "securityhub:*AutomationRule*": "F6Suppression denies rules that suppress",
    "securityhub:*Insight": _VIEW,
    "securityhub:*ActionTarget": _VIEW,
    "securityhub:*Connector*": _VIEW,
    "securityhub:BatchUpdateFindings*": "triage of findings; F6Suppressed denies to suppress them",
}
"""Actions that change a detector's settings or findings and weaken nothing -> reason."""
WEAKENING: Final = named(
    "(Batch)?(Apply|Archive|Cancel|Delete|Deregister|Disable|Disassociate|Put|Reset|Stop|Update)",
    DETECTORS,
    exceptions=HARMLESS,
)
"""Actions that stop, narrow or redirect detection."""


NAMED: Final = (
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
)
_NAMED_ACTIONS: Final = frozenset(action for statement in NAMED for action in statement.actions)


def control(zone: Zone) -> Control:
    """F6 for one zone."""
    return Control(
        id="F6",
        title="Threat detection cannot be disabled, and accounts cannot leave it",
        reason="An intruder who can disable detection remains undetected.",
        citations=cite("164.308(a)(5)(ii)(B)", "164.308(a)(6)(ii)", "164.308(a)(1)(ii)(D)"),
        severity=Severity.HIGH,
        prevent=Guardrail(
            targets=EVERY_OU,
            statements=(
                *NAMED,
                Statement(
                    sid="F6Settings",
                    # What AWS adds to the tables of its detectors is denied as soon as they are renewed.
                    actions=tuple(action for action in WEAKENING if action not in _NAMED_ACTIONS),
                ),
                Statement(
                    sid="F6Suppressed",
                    actions=("securityhub:BatchUpdateFindings",),
                    conditions={"StringEquals": {"securityhub:ASFFSyntaxPath/Workflow.Status": "SUPPRESSED"}},
                ),
                Statement(
                    sid="F6Alarms",
                    # The permission set `operator` may disable the actions of an alarm: IAM Identity Center's roles are
                    # spared, which F9Roles protects.
                    actions=(
                        "cloudwatch:DeleteAlarms",
                        "cloudwatch:DisableAlarmActions",
                        "cloudwatch:PutAlarmMuteRule",
                        "cloudwatch:PutCompositeAlarm",
                        "cloudwatch:PutMetricAlarm",
                    ),
                    resources=(f"arn:aws:cloudwatch:*:*:alarm:*{zone.prefix}-*",),
                    conditions={"ArnNotLike": {"aws:PrincipalArn": IDENTITY_CENTER_ROLES}},
                ),
                Statement(
                    sid="F6Rules",
                    actions=(
                        "events:DeleteRule",
                        "events:DisableRule",
                        "events:PutRule",
                        "events:PutTargets",
                        "events:RemoveTargets",
                    ),
                    resources=(f"arn:aws:events:*:*:rule/{zone.prefix}-*",),
                ),
            ),
        ),
        detect=(ConfigRule(identifier="GUARDDUTY_ENABLED_CENTRALIZED"), ConfigRule(identifier="SECURITYHUB_ENABLED")),
        block=POLICIES,
    )
