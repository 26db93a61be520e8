"""Nothing is lost by mistake, 45 CFR 164.308(a)(7) and 164.312(c): versions, locks, protection from deletion."""

from collections.abc import Iterator

from controls.residency import group_of
from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided
from controls.rules.predicates import all_of, between, each, equals
from controls.rules.values import lookup
from policies import tokens
from policies.checks import Checks, Finding, OnResource, Stack, across, configured
from policies.configuration import Parameters
from policies.resources import Resource

HOLDS_DATA = frozenset(
    (
        *tokens.BUCKETS,
        tokens.KEY,
        tokens.REPLICA_KEY,
        tokens.TRAIL,
        tokens.ACCOUNT,
        tokens.ORGANIZATION,
        "aws:dynamodb/table:Table",
        "aws:ecr/repository:Repository",
    )
)
"""What holds data, or without which data cannot be read or accounted for."""

DAYS_IN_A_YEAR = 365.25


def _every_bucket_keeps_versions(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    rule = equals("versioningConfiguration.status", "Enabled")
    for bucket in stack.of(*tokens.BUCKETS):
        settings = [one for kind in tokens.BUCKET_VERSIONING for one in stack.companions(bucket, kind, "bucket")]
        inline = lookup(bucket.props, "versioning.enabled")
        if not settings and inline is not True:
            yield bucket, Undecided.at("versioning") if inline is UNKNOWN else Problem("the bucket keeps no versions")
        yield from ((one, problem) for one in settings for problem in rule(one.props))


def _protected(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    if not resource.protect:
        yield Problem("the resource is not protected: one mistaken `pulumi destroy` would delete it")


def _patient_data_is_replicated(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Buckets classified as patient data have a replica, in a region of the same residency group."""
    for bucket in stack.of(*tokens.BUCKETS):
        if bucket.tags().get("data-classification") != "phi":
            continue
        replications = stack.companions(bucket, tokens.BUCKET_REPLICATION, "bucket")
        if not replications:
            yield bucket, Problem("the bucket holds patient data and is not replicated")
        for one in replications:
            yield from ((bucket, problem) for problem in _stays_home(stack, bucket, one))


def _in_time(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Rules that copy patient data have replication time control, metrics, and copy delete markers."""
    rule = each(
        "rules",
        all_of(
            equals("destination.replicationTime.status", "Enabled"),
            equals("destination.metrics.status", "Enabled"),
            equals("deleteMarkerReplication.status", "Enabled"),
        ),
    )
    for bucket in stack.of(*tokens.BUCKETS):
        if bucket.tags().get("data-classification") == "phi":
            for one in stack.companions(bucket, tokens.BUCKET_REPLICATION, "bucket"):
                yield from ((one, problem) for problem in rule(one.props))


def _stays_home(stack: Stack, bucket: Resource, replication: Resource) -> Iterator[Problem]:
    copies = [one for one in stack.of(*tokens.BUCKETS) if one.urn in replication.depends.get("rules", ())]
    for copy in copies:
        if copy.urn == bucket.urn:
            continue
        if isinstance(copy.region, str) and isinstance(bucket.region, str):
            if group_of(copy.region) != group_of(bucket.region):
                yield Problem(f"its replica {copy.name} lies in {copy.region}, outside the residency group")
            elif copy.region == bucket.region:
                yield Problem(f"its replica {copy.name} lies in the same region: one failure takes both")


def _records_are_locked(parameters: Parameters) -> Rule:
    days = parameters.record_retention_days

    def long_enough(props: Props) -> Iterator[Problem]:
        years = lookup(props, "rule.defaultRetention.years")
        if isinstance(years, int | float):
            yield from between("days", days)({"days": years * DAYS_IN_A_YEAR})
        else:
            yield from between("rule.defaultRetention.days", days)(props)

    return all_of(equals("rule.defaultRetention.mode", "COMPLIANCE"), long_enough)


CHECKS: Checks = {
    "s3-bucket-versioning": across(tokens.BUCKETS, _every_bucket_keeps_versions),
    "s3-phi-replicated": across(tokens.BUCKETS, _patient_data_is_replicated),
    "s3-phi-in-time": across(tokens.BUCKETS, _in_time),
    "s3-object-lock": configured(tokens.BUCKET_OBJECT_LOCK, _records_are_locked),
    "data-protected": OnResource(types=HOLDS_DATA, check=_protected),
}
