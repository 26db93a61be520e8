"""Policies of F10: account-wide blocks and defaults stay on."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import Problem, Rule, tokens
from controls.rules.checks import Finding, Stack, across, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import all_of, equals

four_public_access_blocks: Rule = all_of(
    equals("blockPublicAcls", True, default=False),
    equals("blockPublicPolicy", True, default=False),
    equals("ignorePublicAcls", True, default=False),
    equals("restrictPublicBuckets", True, default=False),
)


def _every_bucket_has_a_block(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for bucket in stack.of(*tokens.BUCKETS):
        if not stack.companions(bucket, tokens.BUCKET_PUBLIC_ACCESS, "bucket"):
            yield bucket, Problem("the bucket has no BucketPublicAccessBlock")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="account-public-access-block",
        title="The account blocks public access to S3 in all four ways",
        remedy="Set all four flags of AccountPublicAccessBlock to true.",
        check=on(tokens.ACCOUNT_PUBLIC_ACCESS, four_public_access_blocks),
    ),
    PolicyRule(
        name="ebs-encryption-default",
        title="New EBS volumes are encrypted by default",
        remedy="Set enabled=True on EncryptionByDefault.",
        check=on(tokens.EBS_ENCRYPTION, equals("enabled", True, default=True)),
    ),
    PolicyRule(
        name="snapshot-public-access-block",
        title="EBS snapshots cannot be shared publicly",
        remedy="Set state to block-all-sharing.",
        check=on(tokens.SNAPSHOT_BLOCK, equals("state", "block-all-sharing")),
    ),
    PolicyRule(
        name="image-public-access-block",
        title="Machine images cannot be shared publicly",
        remedy="Set state to block-new-sharing.",
        check=on(tokens.IMAGE_BLOCK, equals("state", "block-new-sharing")),
    ),
    PolicyRule(
        name="instance-metadata-v2",
        title="Instances answer metadata requests with session tokens only (IMDSv2)",
        remedy="Set http_tokens to required on InstanceMetadataDefaults.",
        check=on(tokens.METADATA_DEFAULTS, equals("httpTokens", "required")),
    ),
    PolicyRule(
        name="s3-public-access-block",
        title="A bucket's public access block has all four flags",
        remedy="Set block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets to true.",
        check=on(tokens.BUCKET_PUBLIC_ACCESS, four_public_access_blocks),
    ),
    PolicyRule(
        name="s3-bucket-public-access-block",
        title="Every bucket has a public access block",
        remedy="Add a BucketPublicAccessBlock for the bucket, or use the zone's SecureBucket component.",
        check=across(tokens.BUCKETS, _every_bucket_has_a_block),
    ),
)
