"""Detection and monitoring: one detector per region, services that are enabled once, retention periods, targets."""

import re
from typing import Any, Final

from moto.events.models import events_backends
from moto.guardduty.models import guardduty_backends
from moto.macie2.models import macie2_backends
from moto.organizations.models import organizations_backends
from moto.securityhub.models import securityhub_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation
from rehearsal.cloud.rules.service_principals import service_may

RETENTION_DAYS: Final = frozenset(
    {1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}
)
TARGETS_PER_RULE: Final = 5
EMAIL_SUBSCRIBERS: Final = 10
_KEY: Final = re.compile(r"arn:aws:kms:[a-z0-9-]+:(\d{12}):key/.+")


def _one_detector(situation: Situation) -> Refusal | None:
    if guardduty_backends[situation.account][situation.region].detectors:
        return Refusal(
            code="BadRequestException",
            message="The request is rejected because a detector already exists for the current account.",
        )
    return None


def _macie_enabled(situation: Situation) -> Refusal | None:
    backend: Any = macie2_backends[situation.account][situation.region]
    session: Any = backend.macie_session or {}
    if session.get("status") == "ENABLED":
        return Refusal(code="ConflictException", message="Macie has already been enabled")
    return None


def _hub_enabled(situation: Situation) -> Refusal | None:
    backend: Any = securityhub_backends[situation.account][situation.region]
    if getattr(backend, "enabled", False) or getattr(backend, "hub", None):
        return Refusal(code="ResourceConflictException", message="Account is already subscribed to Security Hub")
    return None


def _management_only(situation: Situation) -> Refusal | None:
    owner, _ = organizations_backends.master_accounts.get(situation.account, (situation.account, "aws"))
    if owner != situation.account:
        return Refusal(
            code="AccessDeniedException", message="The request failed because it is not made by the management account."
        )
    return None


def _retention(situation: Situation) -> Refusal | None:
    days = situation.parameters.get("retentionInDays")
    if days is not None and int(days) not in RETENTION_DAYS:
        allowed = ", ".join(str(number) for number in sorted(RETENTION_DAYS))
        return Refusal(code="InvalidParameterException", message=f"retentionInDays is {days}; allowed: {allowed}")
    return None


def _log_group_key(situation: Situation) -> Refusal | None:
    match = _KEY.fullmatch(str(situation.parameters.get("kmsKeyId") or ""))
    if match is None:
        return None
    name = situation.parameters.get("logGroupName")
    group = f"arn:aws:logs:{situation.region}:{situation.account}:log-group:{name}"
    context = {
        "kms:EncryptionContext:aws:logs:arn": [group],
        "aws:SourceArn": [group],
        "aws:SourceAccount": [situation.account],
    }
    if service_may(f"logs.{situation.region}.amazonaws.com", "kms:GenerateDataKey", match[0], match[1], context):
        return None
    return Refusal(
        code="InvalidParameterException",
        message=f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'",
    )


def _targets(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    bus = str(parameters.get("EventBusName") or "default").rpartition("/")[2]
    backend: Any = events_backends[situation.account][situation.region]
    event_bus = backend.event_buses.get(bus)
    rule = event_bus.rules.get(parameters.get("Rule")) if event_bus is not None else None
    existing = {target["Id"] for target in rule.targets} if rule is not None else set[str]()
    if len(existing | {target["Id"] for target in parameters.get("Targets") or ()}) > TARGETS_PER_RULE:
        return Refusal(
            code="LimitExceededException",
            message=f"The requested resource exceeds the maximum number of {TARGETS_PER_RULE} targets.",
        )
    return None


def _subscribers(situation: Situation) -> Refusal | None:
    groups = [
        situation.parameters.get("Subscribers") or (),
        *(entry.get("Subscribers") or () for entry in situation.parameters.get("NotificationsWithSubscribers") or ()),
    ]
    for subscribers in groups:
        if sum(1 for entry in subscribers if entry.get("SubscriptionType") == "EMAIL") > EMAIL_SUBSCRIBERS:
            return Refusal(
                code="CreationLimitExceededException",
                message=f"A notification has at most {EMAIL_SUBSCRIBERS} e-mail subscribers.",
            )
    return None


RULES: Final = (
    Rule(
        service="guardduty",
        operations=("CreateDetector",),
        check=_one_detector,
        states="an account has one detector per region",
        source="GuardDuty API Reference, CreateDetector",
    ),
    Rule(
        service="macie2",
        operations=("EnableMacie",),
        check=_macie_enabled,
        states="Macie is enabled once per account and region",
        source="Macie API Reference, EnableMacie",
    ),
    Rule(
        service="macie2",
        operations=("EnableOrganizationAdminAccount",),
        check=_management_only,
        states="only the management account designates the administrator",
        source="Macie API Reference, EnableOrganizationAdminAccount",
    ),
    Rule(
        service="securityhub",
        operations=("EnableSecurityHub",),
        check=_hub_enabled,
        states="Security Hub is enabled once per account and region",
        source="Security Hub API Reference, EnableSecurityHub",
    ),
    Rule(
        service="logs",
        operations=("PutRetentionPolicy",),
        check=_retention,
        states="a retention period is one of the listed numbers of days",
        source="CloudWatch Logs API Reference, PutRetentionPolicy",
    ),
    Rule(
        service="logs",
        operations=("CreateLogGroup", "AssociateKmsKey"),
        check=_log_group_key,
        states="the key policy lets CloudWatch Logs use the key",
        source="CloudWatch Logs User Guide, Encrypt log data using AWS KMS",
    ),
    Rule(
        service="events",
        operations=("PutTargets",),
        check=_targets,
        states="a rule has at most 5 targets",
        source="EventBridge User Guide, Quotas",
    ),
    Rule(
        service="budgets",
        operations=("CreateBudget", "CreateNotification"),
        check=_subscribers,
        states="a notification has at most 10 e-mail subscribers",
        source="Budgets API Reference, CreateNotification",
    ),
)
