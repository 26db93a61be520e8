"""Rules of the accounts that configure a security service for an organization: management, delegated administrator."""

from collections.abc import Callable
from typing import Any, Final

from moto.cloudtrail.exceptions import TrailNotFoundException
from moto.cloudtrail.models import cloudtrail_backends
from moto.guardduty.models import guardduty_backends
from moto.inspector2.models import inspector2_backends
from moto.macie2.models import macie2_backends

from rehearsal.cloud.authorization.organization import management_account
from rehearsal.cloud.patches.delegation import may_manage
from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

TRAILS: Final = "cloudtrail.amazonaws.com"
ANALYZERS: Final = "access-analyzer.amazonaws.com"
CONFORMANCE: Final = ("config.amazonaws.com", "config-multiaccountsetup.amazonaws.com")
SHORTEST_TRAIL_NAME: Final = 3
"""moto refuses shorter names before it looks for a trail."""
Check = Callable[[Situation], Refusal | None]


def _administrators(service: str, management: str, region: str) -> set[str]:
    """The administrators of a service in a region, as the management account designated them."""
    if service == "guardduty":
        return set(guardduty_backends[management][region].admin_account_ids)
    if service == "macie2":
        return {str(macie2_backends[management][region].organization_admin_account_id)}
    statuses = inspector2_backends[management][region].admin_accounts
    return {account for account, status in statuses.items() if status == "ENABLED"}


def _administrator_only(service: str, code: str) -> Check:
    def check(situation: Situation) -> Refusal | None:
        management = management_account(situation.account)
        if management and situation.account in _administrators(service, management, situation.region):
            return None
        return Refusal(
            code=code,
            message=f"The request is rejected because account {situation.account} is not the delegated administrator "
            "of the organization.",
        )

    return check


def _management_only(code: str) -> Check:
    def check(situation: Situation) -> Refusal | None:
        if situation.account == management_account(situation.account):
            return None
        return Refusal(code=code, message="The request is rejected: it is not made by the management account.")

    return check


def _organization_trail(situation: Situation) -> Refusal | None:
    name = str(situation.parameters.get("Name") or situation.parameters.get("TrailName") or "")
    organizational = bool(situation.parameters.get("IsOrganizationTrail"))
    if situation.request.operation != "CreateTrail" and len(name) >= SHORTEST_TRAIL_NAME:
        try:
            trail: Any = cloudtrail_backends[situation.account][situation.region].get_trail(name)
        except TrailNotFoundException:
            return None
        organizational = organizational or bool(trail.is_org_trail)
    if not organizational or may_manage(situation.account, TRAILS):
        return None
    return Refusal(
        code="NotOrganizationMasterAccountException",
        message="This operation is not allowed: the account is neither the management account nor a delegated "
        "administrator of CloudTrail.",
    )


def _organization_analyzer(situation: Situation) -> Refusal | None:
    kind = str(situation.parameters.get("type"))
    if not kind.startswith("ORGANIZATION") or may_manage(situation.account, ANALYZERS):
        return None
    return Refusal(
        code="ValidationException",
        message="You must create a delegated administrator for your organization before you create an organization "
        "analyzer.",
    )


def _organization_pack(situation: Situation) -> Refusal | None:
    if any(may_manage(situation.account, principal) for principal in CONFORMANCE):
        return None
    return Refusal(
        code="OrganizationAccessDeniedException",
        message="This API can be called only by the management account or a delegated administrator.",
    )


RULES: Final = (
    Rule(
        service="cloudtrail",
        operations=(
            *("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"),
            *("PutEventSelectors", "PutInsightSelectors"),
        ),
        check=_organization_trail,
        states="only the management account and the delegated administrator change an organization trail",
        source="CloudTrail User Guide, Creating a trail for an organization",
    ),
    Rule(
        service="guardduty",
        operations=("UpdateOrganizationConfiguration",),
        check=_administrator_only("guardduty", "BadRequestException"),
        states="only the delegated administrator configures the organization",
        source="GuardDuty API Reference, UpdateOrganizationConfiguration",
    ),
    Rule(
        service="guardduty",
        operations=("EnableOrganizationAdminAccount", "DisableOrganizationAdminAccount"),
        check=_management_only("BadRequestException"),
        states="only the management account designates the administrator",
        source="GuardDuty API Reference, EnableOrganizationAdminAccount",
    ),
    Rule(
        service="macie2",
        operations=("UpdateOrganizationConfiguration",),
        check=_administrator_only("macie2", "AccessDeniedException"),
        states="only the delegated administrator configures the organization",
        source="Macie API Reference, UpdateOrganizationConfiguration",
    ),
    Rule(
        service="inspector2",
        operations=("UpdateOrganizationConfiguration",),
        check=_administrator_only("inspector2", "AccessDeniedException"),
        states="only the delegated administrator configures the organization",
        source="Inspector API Reference, UpdateOrganizationConfiguration",
    ),
    Rule(
        service="inspector2",
        operations=("EnableDelegatedAdminAccount", "DisableDelegatedAdminAccount"),
        check=_management_only("AccessDeniedException"),
        states="only the management account designates the administrator",
        source="Inspector API Reference, EnableDelegatedAdminAccount",
    ),
    Rule(
        service="accessanalyzer",
        operations=("CreateAnalyzer",),
        check=_organization_analyzer,
        states="an analyzer of the organization belongs to the management account or a delegated administrator",
        source="IAM User Guide, Delegated administrator for IAM Access Analyzer",
    ),
    Rule(
        service="config",
        operations=("PutOrganizationConformancePack", "DeleteOrganizationConformancePack"),
        check=_organization_pack,
        states="organization conformance packs belong to the management account or a delegated administrator",
        source="Config API Reference, PutOrganizationConformancePack",
    ),
)
