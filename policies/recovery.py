"""Served models and their recovery, 45 CFR 164.308(a)(7): switches, standbys, images, logs without patients' data."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.residency import group_of
from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided
from controls.rules.predicates import between, each, equals, matches, present
from controls.rules.values import ABSENT, items, lookup
from policies import tokens
from policies.checks import Checks, Finding, OnResource, Stack, across, on
from policies.configuration import Parameters
from policies.ml import ENDPOINT, MODEL
from policies.resources import Resource

RECORD: Final = "aws:route53/record:Record"
HEALTH_CHECK: Final = "aws:route53/healthCheck:HealthCheck"
ALARM: Final = "aws:cloudwatch/metricAlarm:MetricAlarm"
SCHEDULE: Final = "aws:scheduler/schedule:Schedule"
MASKING: Final = "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy"
IMAGE_COPIES: Final = "aws:ecr/replicationConfiguration:ReplicationConfiguration"

ENDPOINT_LOGS: Final = "/aws/sagemaker/Endpoints/"
"""SageMaker AI Developer Guide, "CloudWatch Logs for Amazon SageMaker AI"."""
NAMESPACE: Final = "/Recovery"
"""Ends the namespace of recovery's metrics."""
SWITCHES: Final = frozenset({"FailedOver", "Withdrawn"})
"""Metrics that runbooks set, and whose alarms keep what was decided last."""
A_MINUTE: Final = 60
AN_HOUR: Final = 3600

_by_digest: Final = matches("image", r"@sha256:[0-9a-f]{64}$", "an image by its digest")


def _moves(record: Props) -> bool:
    """Whether a record is one of several of its name, of which traffic takes one or another."""
    kinds = ("failoverRoutingPolicies", "weightedRoutingPolicies")
    return any(lookup(record, kind) not in (ABSENT, []) for kind in kinds)


def _is_primary(record: Props) -> bool:
    return any(
        one is not UNKNOWN and lookup(one, "type") == "PRIMARY"
        for one in items(lookup(record, "failoverRoutingPolicies"))
    )


def _checked(props: Props) -> Iterator[Problem]:
    if _is_primary(props):
        yield from present("healthCheckId")(props)


def _short(props: Props) -> Iterator[Problem]:
    if _moves(props) and lookup(props, "aliases") in (ABSENT, []):
        yield from between("ttl", 0, A_MINUTE)(props)


def _alarm_elsewhere(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """A primary record leads to a region by its host name: its check must follow an alarm of another one."""
    for record in stack.of(RECORD):
        if not _is_primary(record.props):
            continue
        targets = [one for one in items(lookup(record.props, "records")) if isinstance(one, str)]
        for check in _checks_of(stack, record):
            region = lookup(check.props, "cloudwatchAlarmRegion")
            if region is UNKNOWN:
                yield check, Undecided.at("cloudwatchAlarmRegion")
            elif isinstance(region, str) and any(f".{region}." in target for target in targets):
                yield check, Problem(f"its alarm stands in {region}, the region that {record.name} leads to")


def _checks_of(stack: Stack, record: Resource) -> Sequence[Resource]:
    urns = record.depends.get("healthCheckId", ())
    identity = lookup(record.props, "healthCheckId")
    return [one for one in stack.of(HEALTH_CHECK) if one.urn in urns or lookup(one.props, "id") == identity]


def _silence(props: Props) -> Iterator[Problem]:
    namespace = lookup(props, "namespace")
    if isinstance(namespace, str) and namespace.endswith(NAMESPACE):
        wanted = "ignore" if lookup(props, "metricName") in SWITCHES else "breaching"
        yield from equals("treatMissingData", wanted, default="missing")(props)


def _images_by_digest(props: Props) -> Iterator[Problem]:
    if lookup(props, "primaryContainer") is not ABSENT:
        yield from matches("primaryContainer.image", r"@sha256:[0-9a-f]{64}$", "an image by its digest")(props)
    yield from each("containers", _by_digest)(props)


def _stays_home(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    home = group_of(resource.region) if isinstance(resource.region, str) else None
    for rule in items(lookup(resource.props, "replicationConfiguration.rules")):
        for destination in items(lookup(rule, "destinations")):
            region = lookup(destination, "region")
            if isinstance(region, str) and home is not None and group_of(region) != home:
                yield Problem(f"images are copied to {region}, outside the residency group {home}")


def _masked(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for group in stack.of(tokens.LOG_GROUP):
        name = lookup(group.props, "name")
        if not isinstance(name, str) or not name.startswith(ENDPOINT_LOGS):
            continue
        masking = stack.companions(group, MASKING, "logGroupName")
        masking += [one for one in stack.of(MASKING) if lookup(one.props, "logGroupName") == name]
        if not masking:
            yield group, Problem("nothing masks identifiers of patients in this log")


def _masks_what_it_audits(props: Props) -> Iterator[Problem]:
    text = lookup(props, "policyDocument")
    if text is UNKNOWN:
        yield Undecided.at("policyDocument")
        return
    operations = _operations(text)
    audited, masked = operations.get("Audit", set()), operations.get("Deidentify", set())
    if not masked:
        yield Problem("policyDocument has no Deidentify statement: identifiers are found and not masked")
    elif audited - masked:
        yield Problem(f"policyDocument audits and does not mask {', '.join(sorted(audited - masked))}")


def _operations(text: Any) -> Mapping[str, set[str]]:
    """Operation -> data identifiers; nothing for what is no policy."""
    try:
        statements = json.loads(text)["Statement"]
        return {operation: set(one["DataIdentifier"]) for one in statements for operation in one["Operation"]}
    except (KeyError, TypeError, ValueError):
        return {}


_canary: Final[Rule] = equals(
    "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type", "CANARY", "LINEAR"
)

CHECKS: Checks = {
    "health-check-follows-alarm": on(
        HEALTH_CHECK, equals("type", "CLOUDWATCH_METRIC", "CALCULATED", "RECOVERY_CONTROL")
    ),
    "health-check-says-healthy": on(
        HEALTH_CHECK, equals("insufficientDataHealthStatus", "Healthy", "LastKnownStatus", default="LastKnownStatus")
    ),
    "failover-alarm-elsewhere": across(HEALTH_CHECK, _alarm_elsewhere),
    "failover-record-checked": on(RECORD, _checked),
    "failover-record-short": on(RECORD, _short),
    "recovery-alarm-silence": on(ALARM, _silence),
    "schedule-not-late": on(SCHEDULE, between("target.retryPolicy.maximumEventAgeInSeconds", A_MINUTE, AN_HOUR)),
    "sagemaker-endpoint-canary": on(ENDPOINT, _canary),
    "sagemaker-image-digest": on(MODEL, _images_by_digest),
    "log-group-masked": across(tokens.LOG_GROUP, _masked),
    "log-masking-complete": on(MASKING, _masks_what_it_audits),
    "ecr-replication-home": OnResource(types=frozenset({IMAGE_COPIES}), check=_stays_home),
}
