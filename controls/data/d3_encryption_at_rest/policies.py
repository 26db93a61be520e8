"""Policies of D3: data at rest is encrypted with the zone's own keys."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided, tokens
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.companions import each_phi_bucket
from controls.rules.documents import denies_wrong_keys
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, equals, present, when
from controls.rules.values import ABSENT, items, lookup

ACCESS_LOG_TAG = ("data-purpose", "access-logs")
"""S3 delivers server access logs only to buckets whose default encryption is SSE-S3 (Amazon S3 User Guide,
"Enabling Amazon S3 server access logging"), so a bucket with this tag may use it."""


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


def _bucket_encryption(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for bucket in stack.of(*tokens.BUCKETS):
        settings = [
            setting for kind in tokens.BUCKET_ENCRYPTION for setting in stack.companions(bucket, kind, "bucket")
        ]
        rules = [rule for setting in settings for rule in items(lookup(setting.props, "rules"))]
        rules += items(lookup(bucket.props, "serverSideEncryptionConfiguration.rule"))
        name, value = ACCESS_LOG_TAG
        purpose = bucket.tag(name)
        if purpose == value:
            continue
        for problem in _encrypted_with_own_key(rules):
            # A bucket for access logs may use SSE-S3: while the tag is unknown, the problem may be none.
            yield bucket, Undecided.at("tags") if purpose is UNKNOWN else problem


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="codeartifact-domain-key",
        title="Package domains are encrypted with a customer-managed key",
        remedy="Set encryption_key.",
        check=on("aws:codeartifact/domain:Domain", present("encryptionKey")),
    ),
    PolicyRule(
        name="s3-bucket-encryption",
        title="Every bucket encrypts with a customer-managed KMS key and uses a bucket key",
        remedy="Add a BucketServerSideEncryptionConfiguration: aws:kms, kms_master_key_id, bucket_key_enabled.",
        check=across(tokens.BUCKETS, _bucket_encryption),
    ),
    PolicyRule(
        name="s3-phi-right-key",
        title="Buckets with patient data deny objects encrypted with another key",
        remedy="Deny s3:PutObject when s3:x-amz-server-side-encryption-aws-kms-key-id is there and another key.",
        check=across(tokens.BUCKETS, each_phi_bucket(denies_wrong_keys)),
    ),
    PolicyRule(
        name="sns-topic-key",
        title="Topics are encrypted with a key",
        remedy="Set kms_master_key_id to a customer-managed key.",
        check=on(tokens.TOPIC, present("kmsMasterKeyId")),
    ),
    PolicyRule(
        name="sqs-queue-key",
        title="Queues are encrypted with a key",
        remedy="Set kms_master_key_id to a customer-managed key.",
        check=on(tokens.QUEUE, present("kmsMasterKeyId")),
    ),
    PolicyRule(
        name="ssm-secure-key",
        title="Secure parameters use a named key",
        remedy="Set key_id.",
        check=on("aws:ssm/parameter:Parameter", when("type", ("SecureString",), present("keyId"))),
    ),
    PolicyRule(
        name="secret-key",
        title="Secrets are encrypted with a named key",
        remedy="Set kms_key_id.",
        check=on("aws:secretsmanager/secret:Secret", present("kmsKeyId")),
    ),
    PolicyRule(
        name="athena-results-key",
        title="Query results are encrypted with a named key",
        remedy="Set result_configuration.encryption_configuration to SSE_KMS with kms_key_arn.",
        check=on(
            "aws:athena/workgroup:Workgroup",
            all_of(
                equals(
                    "configuration.resultConfiguration.encryptionConfiguration.encryptionOption", "SSE_KMS", "CSE_KMS"
                ),
                present("configuration.resultConfiguration.encryptionConfiguration.kmsKeyArn"),
            ),
        ),
    ),
    PolicyRule(
        name="athena-enforced",
        title="Queries cannot override the workgroup's result location and encryption",
        remedy="Set configuration.enforce_workgroup_configuration=True.",
        check=on(
            "aws:athena/workgroup:Workgroup", equals("configuration.enforceWorkgroupConfiguration", True, default=True)
        ),
    ),
    PolicyRule(
        name="ecr-key",
        title="Images are encrypted with a named key",
        remedy="Set encryption_configurations to KMS with kms_key.",
        check=on(
            "aws:ecr/repository:Repository",
            all_of(
                equals("encryptionConfigurations.encryptionType", "KMS", default="AES256"),
                present("encryptionConfigurations.kmsKey"),
            ),
        ),
    ),
    PolicyRule(
        name="sfn-key",
        title="Executions are encrypted with a named key",
        remedy="Set encryption_configuration to CUSTOMER_MANAGED_KMS_KEY with kms_key_id.",
        check=on(
            "aws:sfn/stateMachine:StateMachine",
            all_of(
                equals("encryptionConfiguration.type", "CUSTOMER_MANAGED_KMS_KEY"),
                present("encryptionConfiguration.kmsKeyId"),
            ),
        ),
    ),
)
