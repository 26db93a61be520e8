"""Checks of the policies of D4."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.residency import group_of
from controls.rules import UNKNOWN, Problem, Props, Rule, Undecided, tokens
from controls.rules.checks import Finding, Stack
from controls.rules.documents import (
    denies_outside_endpoints,
    document,
)
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, between, each, equals, matches
from controls.rules.resources import Resource
from controls.rules.values import ABSENT, items, lookup
from controls.tags import CLASSIFICATION_TAG


def every_bucket_keeps_versions(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Every bucket has versioning, as a resource of its own or inline."""
    rule = equals("versioningConfiguration.status", "Enabled")
    for bucket in stack.of(*tokens.BUCKETS):
        settings = [
            setting for kind in tokens.BUCKET_VERSIONING for setting in stack.companions(bucket, kind, "bucket")
        ]
        inline = lookup(bucket.props, "versioning.enabled")
        if not settings and inline is not True:
            yield bucket, Undecided.at("versioning") if inline is UNKNOWN else Problem("the bucket keeps no versions")
        yield from ((setting, problem) for setting in settings for problem in rule(setting.props))


def _stays_home(stack: Stack, bucket: Resource, replication: Resource) -> Iterator[Problem]:
    copies = [
        bucket_copy
        for bucket_copy in stack.of(*tokens.BUCKETS)
        if bucket_copy.urn in replication.depends.get("rules", ())
    ]
    for copy in copies:
        if copy.urn == bucket.urn:
            continue
        if isinstance(copy.region, str) and isinstance(bucket.region, str):
            if group_of(copy.region) != group_of(bucket.region):
                yield Problem(f"its replica {copy.name} lies in {copy.region}, outside the residency group")
            elif copy.region == bucket.region:
                yield Problem(f"its replica {copy.name} lies in the same region: one failure takes both")


def patient_data_is_replicated(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Buckets classified as patient data have a replica, in a region of the same residency group."""
    for bucket in stack.of(*tokens.BUCKETS):
        classification = bucket.tag("data-classification")
        if classification not in ("phi", UNKNOWN):
            continue
        replications = stack.companions(bucket, tokens.BUCKET_REPLICATION, "bucket")
        if not replications:
            problem = Problem("the bucket holds patient data and is not replicated")
            yield bucket, Undecided.at("tags") if classification is UNKNOWN else problem
        for replication in replications:
            yield from ((bucket, problem) for problem in _stays_home(stack, bucket, replication))


def in_time(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
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
        classification = bucket.tag("data-classification")
        if classification in ("phi", UNKNOWN):
            for replication in stack.companions(bucket, tokens.BUCKET_REPLICATION, "bucket"):
                for problem in rule(replication.props):
                    yield replication, Undecided.at("tags") if classification is UNKNOWN else problem


ACCESS_POINT: Final = "aws:s3/accessPoint:AccessPoint"
BLOCKS: Final = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
ALL_BLOCKED: Final[Sequence[str]] = [f"publicAccessBlockConfiguration.{block}" for block in BLOCKS]


def within_vpcs(props: Props) -> Iterator[Problem]:
    """An access point has a VPC, or a policy that denies requests from outside the endpoints."""
    if lookup(props, "vpcConfiguration.vpcId") is ABSENT:
        if props.get("policy") in (None, ""):
            yield Problem("neither vpcConfiguration nor a policy keeps requests from elsewhere out")
        elif props.get("policy") is not UNKNOWN:
            yield from document("policy", denies_outside_endpoints)(props)


DAYS_IN_A_YEAR = 365.25


def records_are_locked(parameters: Parameters) -> Rule:
    """The default retention is in compliance mode and long enough."""
    days = parameters.record_retention_days

    def long_enough(props: Props) -> Iterator[Problem]:
        years = lookup(props, "rule.defaultRetention.years")
        if isinstance(years, int | float):
            yield from between("days", days)({"days": years * DAYS_IN_A_YEAR})
        else:
            yield from between("rule.defaultRetention.days", days)(props)

    return all_of(equals("rule.defaultRetention.mode", "COMPLIANCE"), long_enough)


def every_bucket_owns_its_objects(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Every bucket enforces that its owner owns all objects."""
    rule = equals("rule.objectOwnership", "BucketOwnerEnforced")
    for bucket in stack.of(*tokens.BUCKETS):
        controls = stack.companions(bucket, tokens.BUCKET_OWNERSHIP, "bucket")
        if not controls:
            yield bucket, Problem("the bucket has no BucketOwnershipControls")
        yield from ((setting, problem) for setting in controls for problem in rule(setting.props))


def every_bucket_has_a_policy(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """Every bucket has a bucket policy."""
    for bucket in stack.of(*tokens.BUCKETS):
        if not stack.companions(bucket, tokens.BUCKET_POLICY, "bucket"):
            yield bucket, Problem("the bucket has no BucketPolicy, so nothing denies requests without TLS")


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
"""Types that hold data, or without which data cannot be read or accounted for."""


def protected(resource: Resource, _parameters: Parameters) -> Iterator[Problem]:
    """The resource has the option `protect`; synthetic data, which is no record, needs none."""
    if not resource.protect and resource.tag(CLASSIFICATION_TAG) != "synthetic":
        yield Problem("the resource is not protected: one mistaken `pulumi destroy` would delete it")


FORCING_TLS: Final = frozenset({"rds.force_ssl", "require_secure_transport"})
"""PostgreSQL's and MySQL's names for it."""


def forces_tls(props: Props) -> Iterator[Problem]:
    """A parameter group forces TLS."""
    forced = [
        parameter
        for parameter in items(lookup(props, "parameters"))
        if parameter is not UNKNOWN and parameter.get("name") in FORCING_TLS
    ]
    if not any(str(parameter.get("value")).lower() in ("1", "on", "true") for parameter in forced):
        yield Problem(f"none of the parameters {', '.join(sorted(FORCING_TLS))} is on")


def tls_or_redirect(props: Props) -> Iterator[Problem]:
    """A listener uses TLS, or only redirects to HTTPS."""
    protocol = lookup(props, "protocol")
    actions = [action for action in items(lookup(props, "defaultActions")) if action is not UNKNOWN]
    if protocol in ("HTTP", "TCP") and not (actions and all(action.get("type") == "redirect" for action in actions)):
        yield Problem(f"protocol is {protocol}: only a redirect to HTTPS may be unencrypted")
    if protocol in ("HTTPS", "TLS"):
        yield from matches("sslPolicy", r"TLS13-1-[23]|TLS-1-2-Ext|FS-1-2", "a policy of TLS 1.2 or better")(props)
