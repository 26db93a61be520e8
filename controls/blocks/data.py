"""What the data controls forbid at run time, blocked already before deployment; and the control of cost."""

from collections.abc import Mapping, Sequence

from controls.citations import cite
from controls.model import Control, PolicyRule, Severity

DATA: Mapping[str, Sequence[PolicyRule]] = {
    "D1": (
        PolicyRule(
            name="kms-key-rotation",
            title="Symmetric customer-managed keys rotate every year",
            remedy="Set enable_key_rotation=True.",
        ),
        PolicyRule(
            name="kms-key-deletion-window",
            title="A key can be rescued for the whole waiting period before it is deleted",
            remedy="Set deletion_window_in_days=30, the longest AWS allows.",
        ),
        PolicyRule(
            name="kms-key-enabled",
            title="Keys are enabled, and their policies cannot lock their administrators out",
            remedy="Remove is_enabled=False and bypass_policy_lockout_safety_check=True.",
        ),
        PolicyRule(
            name="kms-key-policy-not-public",
            title="No key policy allows everyone",
            remedy="Name the principals, or narrow Principal * by kms:CallerAccount or aws:PrincipalOrgID.",
        ),
    ),
    "D3": (
        PolicyRule(
            name="s3-bucket-encryption",
            title="Every bucket encrypts with a customer-managed KMS key and uses a bucket key",
            remedy="Add a BucketServerSideEncryptionConfiguration: aws:kms, kms_master_key_id, bucket_key_enabled.",
            stack=True,
        ),
        PolicyRule(
            name="s3-phi-right-key",
            title="Buckets with patient data refuse objects under any other key",
            remedy="Deny s3:PutObject when s3:x-amz-server-side-encryption-aws-kms-key-id is there and another key.",
            stack=True,
        ),
        PolicyRule(
            name="sns-topic-key",
            title="Topics are encrypted with a key",
            remedy="Set kms_master_key_id to a customer-managed key.",
        ),
        PolicyRule(
            name="sqs-queue-key",
            title="Queues are encrypted with a key",
            remedy="Set kms_master_key_id to a customer-managed key.",
        ),
    ),
    "D4": (
        PolicyRule(
            name="s3-bucket-versioning",
            title="Every bucket keeps versions",
            remedy="Add a BucketVersioning with status Enabled.",
            stack=True,
        ),
        PolicyRule(
            name="s3-phi-replicated",
            title="Every bucket with patient data is replicated inside its residency group",
            remedy="Add a BucketReplicationConfig to a bucket in the recovery region, or classify the bucket rightly.",
            stack=True,
        ),
        PolicyRule(
            name="s3-phi-in-time",
            title="Copies of patient data arrive within the promised time, and somebody counts what is late",
            remedy="Set replication_time and metrics in the rule's destination, and delete_marker_replication.",
            stack=True,
        ),
        PolicyRule(
            name="s3-phi-endpoint-only",
            title="Buckets with patient data answer through the organisation's endpoints only",
            remedy="Deny s3:* to Principal * when aws:VpceOrgID is not the organisation's id.",
            stack=True,
        ),
        PolicyRule(
            name="s3-access-point-closed",
            title="Access points are reached from VPCs only, and never publicly",
            remedy="Set vpc_configuration, or deny in the policy by aws:VpceOrgID; block all public access.",
        ),
        PolicyRule(
            name="s3-object-lock",
            title="Locked buckets hold records for six years in compliance mode",
            remedy="Set mode COMPLIANCE and at least 2192 days in the default retention.",
        ),
        PolicyRule(
            name="s3-bucket-ownership",
            title="The bucket's owner owns every object in it",
            remedy="Add BucketOwnershipControls with BucketOwnerEnforced.",
            stack=True,
        ),
        PolicyRule(
            name="s3-no-acl",
            title="No bucket ACLs",
            remedy="Remove the BucketAcl; say in the bucket policy who may do what.",
        ),
        PolicyRule(
            name="s3-policy-tls-only",
            title="Bucket policies deny requests without TLS",
            remedy="Deny s3:* to Principal * with Bool aws:SecureTransport false on the bucket and its objects.",
        ),
        PolicyRule(
            name="s3-bucket-policy",
            title="Every bucket has a policy",
            remedy="Add a BucketPolicy, or use the zone's bucket component, which brings one.",
            stack=True,
        ),
        PolicyRule(
            name="data-protected",
            title="What holds data cannot be destroyed by mistake",
            remedy="Set protect=True in the resource's options.",
        ),
    ),
    "D7": (
        PolicyRule(
            name="log-group-key",
            title="Log groups are encrypted with a key",
            remedy="Set kms_key_id to a key whose policy lets CloudWatch Logs use it.",
        ),
        PolicyRule(
            name="log-group-retention",
            title="Log groups are kept for a year or more",
            remedy="Set retention_in_days; the least is log_retention_days in policies/configuration.yaml.",
        ),
    ),
}
"""Control id -> the policies that block for it."""

COST: Sequence[Control] = (
    Control(
        id="C1",
        title="Budgets tell somebody",
        reason="Spending that nobody expected is often the first sign of a stolen credential.",
        citations=cite("164.308(a)(1)(ii)(D)"),
        severity=Severity.LOW,
        block=(
            PolicyRule(
                name="budget-notifies",
                title="Every budget has a notification with a subscriber",
                remedy="Add a notification with an e-mail address or a topic.",
            ),
        ),
    ),
)
"""Nothing but a policy stands behind these."""
