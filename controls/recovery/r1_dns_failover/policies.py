"""Policies of R1: dNS failover is automatic and independent of the failed region."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import between, equals, present
from controls.rules.resources import Resource
from controls.rules.values import ABSENT, items, lookup

HEALTH_CHECK: Final = "aws:route53/healthCheck:HealthCheck"
RECORD: Final = "aws:route53/record:Record"


def _checks_of(stack: Stack, record: Resource) -> Sequence[Resource]:
    urns = record.depends.get("healthCheckId", ())
    identity = lookup(record.props, "healthCheckId")
    return [
        health_check
        for health_check in stack.of(HEALTH_CHECK)
        if health_check.urn in urns or lookup(health_check.props, "id") == identity
    ]


def _is_primary(record: Props) -> bool:
    return any(
        policy is not UNKNOWN and lookup(policy, "type") == "PRIMARY"
        for policy in items(lookup(record, "failoverRoutingPolicies"))
    )


def _alarm_elsewhere(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """A primary record leads to a region by its host name: its check must follow an alarm of another one."""
    for record in stack.of(RECORD):
        if not _is_primary(record.props):
            continue
        targets = [target for target in items(lookup(record.props, "records")) if isinstance(target, str)]
        for check in _checks_of(stack, record):
            region = lookup(check.props, "cloudwatchAlarmRegion")
            if region is UNKNOWN:
                yield check, Undecided.at("cloudwatchAlarmRegion")
            elif isinstance(region, str) and any(f".{region}." in target for target in targets):
                yield check, Problem(f"its alarm stands in {region}, the region that {record.name} leads to")


def _checked(props: Props) -> Iterator[Problem]:
    if _is_primary(props):
        yield from present("healthCheckId")(props)


A_MINUTE: Final = 60


def _moves(record: Props) -> bool:
    """Return whether a record is one of several of its name, of which traffic takes one or another."""
    kinds = ("failoverRoutingPolicies", "weightedRoutingPolicies")
    return any(lookup(record, kind) not in (ABSENT, []) for kind in kinds)


def _short(props: Props) -> Iterator[Problem]:
    if _moves(props) and lookup(props, "aliases") in (ABSENT, []):
        yield from between("ttl", 0, A_MINUTE)(props)


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="health-check-follows-alarm",
        title="Health checks are based on an alarm, since private endpoints are not reachable from outside",
        remedy="Set type to CLOUDWATCH_METRIC with cloudwatch_alarm_name and cloudwatch_alarm_region.",
        check=on(HEALTH_CHECK, equals("type", "CLOUDWATCH_METRIC", "CALCULATED", "RECOVERY_CONTROL")),
    ),
    PolicyRule(
        name="health-check-keeps-status",
        title="Health checks keep their last status without data, so traffic does not return to a lost region",
        remedy="Set insufficient_data_health_status to LastKnownStatus.",
        check=on(
            HEALTH_CHECK,
            equals("insufficientDataHealthStatus", "LastKnownStatus", default="LastKnownStatus"),
        ),
    ),
    PolicyRule(
        name="failover-alarm-elsewhere",
        title="The alarm for the failover of a region is in another region",
        remedy="Set cloudwatch_alarm_region of the primary record's health check to the recovery region.",
        check=across(HEALTH_CHECK, _alarm_elsewhere),
    ),
    PolicyRule(
        name="failover-record-checked",
        title="Primary failover records have a health check",
        remedy="Set health_check_id.",
        check=on(RECORD, _checked),
    ),
    PolicyRule(
        name="failover-record-short",
        title="Failover records have a TTL of at most one minute",
        remedy="Set ttl to 60 or less.",
        check=on(RECORD, _short),
    ),
)
