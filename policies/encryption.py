"""Encryption at rest, 45 CFR 164.312(a)(2)(iv): customer-managed keys, rotated, hard to lose."""

from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Rule, Undecided
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import all_of, between, equals, present, when
from controls.rules.values import ABSENT, items, lookup
from policies import tokens
from policies.checks import Checks, Finding, Stack, across, configured, on
from policies.configuration import Parameters

ACCESS_LOG_TAG = ("data-purpose", "access-logs")
"""S3 delivers server access logs only to buckets whose default encryption is SSE-S3 (Amazon S3 User Guide,
"Enabling Amazon S3 server access logging"), so a bucket with this tag may use it."""

rotation: Rule = when(
    "customerMasterKeySpec",
    (ABSENT, "SYMMETRIC_DEFAULT"),
    equals("enableKeyRotation", True, default=False),
)
"""Only symmetric keys can rotate (AWS KMS Developer Guide, "Rotating AWS KMS keys")."""


def _bucket_encryption(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for bucket in stack.of(*tokens.BUCKETS):
        settings = [one for kind in tokens.BUCKET_ENCRYPTION for one in stack.companions(bucket, kind, "bucket")]
        rules = [rule for one in settings for rule in items(lookup(one.props, "rules"))]
        rules += items(lookup(bucket.props, "serverSideEncryptionConfiguration.rule"))
        name, value = ACCESS_LOG_TAG
        if bucket.tags().get(name) == value:
            continue
        yield from ((bucket, problem) for problem in _encrypted_with_own_key(rules))


def _encrypted_with_own_key(rules: list[object]) -> Iterator[Problem]:
    if not rules:
        yield Problem(
            "the bucket has no default encryption of its own: S3 would use SSE-S3, whose key nobody here controls"
        )
    for rule in rules:
        if rule is UNKNOWN or not isinstance(rule, dict):
            yield Undecided.at("the bucket's default encryption")
            continue
        algorithm = lookup(rule, "applyServerSideEncryptionByDefault.sseAlgorithm")
        if algorithm is UNKNOWN:
            yield Undecided.at("sseAlgorithm")
        elif algorithm not in ("aws:kms", "aws:kms:dsse"):
            yield Problem(f"default encryption is {algorithm!r}; it must be aws:kms")
        elif lookup(rule, "applyServerSideEncryptionByDefault.kmsMasterKeyId") is ABSENT:
            yield Problem("default encryption names no customer-managed key (kmsMasterKeyId): S3 would use aws/s3")
        elif algorithm == "aws:kms" and lookup(rule, "bucketKeyEnabled") not in (True, UNKNOWN):
            yield Problem("bucketKeyEnabled is not true: every object would cost a request to KMS")


def _deletion_window(parameters: Parameters) -> Rule:
    return between("deletionWindowInDays", parameters.key_deletion_window_days, 30, default=30)


CHECKS: Checks = {
    "kms-key-rotation": on(tokens.KEY, rotation),
    "kms-key-deletion-window": configured((tokens.KEY, tokens.REPLICA_KEY), _deletion_window),
    "kms-key-enabled": on(
        (tokens.KEY, tokens.REPLICA_KEY),
        all_of(
            equals("isEnabled", True, default=True),
            equals("enabled", True, default=True),
            equals("bypassPolicyLockoutSafetyCheck", False, default=False),
        ),
    ),
    "kms-key-policy-not-public": on(
        (tokens.KEY, tokens.REPLICA_KEY, tokens.KEY_POLICY),
        document("policy", every_allow(no_public_principal)),
    ),
    "s3-bucket-encryption": across(tokens.BUCKETS, _bucket_encryption),
    "log-group-key": on(tokens.LOG_GROUP, present("kmsKeyId")),
    "sns-topic-key": on(tokens.TOPIC, present("kmsMasterKeyId")),
    "sqs-queue-key": on(tokens.QUEUE, present("kmsMasterKeyId")),
    "ebs-encryption-default": on(tokens.EBS_ENCRYPTION, equals("enabled", True, default=True)),
}
