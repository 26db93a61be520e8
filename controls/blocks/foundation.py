"""What the foundation guardrails (F1 to F12) forbid at run time, blocked already before deployment."""

from collections.abc import Mapping, Sequence

from controls.model import PolicyRule

FOUNDATION: Mapping[str, Sequence[PolicyRule]] = {
    "F1": (
        PolicyRule(
            name="organization-all-features",
            title="The Organization has all features and the policy types that guardrails need",
            remedy="Set feature_set to ALL and enable the missing policy types in enabled_policy_types.",
        ),
        PolicyRule(
            name="organization-account-kept",
            title="Deleting an Account resource never closes the AWS account",
            remedy="Set close_on_deletion=False; to close an account, move it to the Suspended OU first.",
        ),
        PolicyRule(
            name="organization-guardrail-denies",
            title="SCPs and RCPs are deny lists with a description within AWS's limit",
            remedy="Write the guardrail as Deny statements in the control registry; FullAWSAccess does the allowing.",
        ),
    ),
    "F3": (
        PolicyRule(
            name="iam-no-users",
            title="No IAM users, groups, login profiles or access keys",
            remedy="Give people a permission set in IAM Identity Center and programs a role.",
        ),
        PolicyRule(
            name="iam-github-subject",
            title="A role for GitHub Actions trusts one repository and the STS audience only",
            remedy="Test the token's aud and sub with StringEquals, the latter on repo:OWNER/NAME:environment:ENV.",
        ),
        PolicyRule(
            name="iam-password-policy",
            title="The account's password policy is strict, should a user ever exist",
            remedy="Require 14 characters of all four kinds and remember 24 passwords.",
        ),
    ),
    "F4": (
        PolicyRule(
            name="cloudtrail-complete",
            title="The trail covers the organisation and all regions, is validated, encrypted and watched",
            remedy="Set is_organization_trail, is_multi_region_trail, enable_log_file_validation, key and log group.",
        ),
        PolicyRule(
            name="cloudtrail-data-events",
            title="The trail records who read or wrote which S3 object",
            remedy="Add an advanced event selector for eventCategory Data and resources.type AWS::S3::Object.",
        ),
    ),
    "F5": (
        PolicyRule(
            name="config-recorder-complete",
            title="The Config recorder records every supported resource type, continuously",
            remedy="Set recording_group.all_supported and leave recording_mode continuous.",
        ),
        PolicyRule(
            name="config-recorder-on",
            title="The Config recorder is switched on",
            remedy="Set is_enabled=True on the RecorderStatus.",
        ),
    ),
    "F7": (
        PolicyRule(
            name="residency-one-group",
            title="All regions of a stack lie in one residency group",
            remedy="Place the resource in a region of the zone's residency group (controls/residency.py lists them).",
            stack=True,
        ),
    ),
    "F9": (
        PolicyRule(
            name="iam-no-administrator",
            title="No IAM policy allows everything, or all of IAM, KMS, S3, STS or Organizations, on every resource",
            remedy="Name the actions and the resources; where a service has no resource level, add a condition.",
        ),
        PolicyRule(
            name="iam-no-privilege-escalation",
            title="No IAM policy lets its holder widen its own rights",
            remedy="Name the roles that may be passed or changed, and require the permissions boundary in a condition.",
        ),
        PolicyRule(
            name="iam-trust-not-public",
            title="No role can be assumed by everyone",
            remedy="Name the principals, or narrow Principal * by aws:PrincipalOrgID.",
        ),
    ),
    "F10": (
        PolicyRule(
            name="account-public-access-block",
            title="The account blocks public access to S3 in all four ways",
            remedy="Set all four flags of AccountPublicAccessBlock to true.",
        ),
        PolicyRule(
            name="ebs-encryption-default",
            title="New EBS volumes are encrypted by default",
            remedy="Set enabled=True on EncryptionByDefault.",
        ),
        PolicyRule(
            name="snapshot-public-access-block",
            title="EBS snapshots cannot be shared publicly",
            remedy="Set state to block-all-sharing.",
        ),
        PolicyRule(
            name="image-public-access-block",
            title="Machine images cannot be shared publicly",
            remedy="Set state to block-new-sharing.",
        ),
        PolicyRule(
            name="instance-metadata-v2",
            title="Instances answer metadata requests with session tokens only (IMDSv2)",
            remedy="Set http_tokens to required on InstanceMetadataDefaults.",
        ),
        PolicyRule(
            name="s3-public-access-block",
            title="A bucket's public access block has all four flags",
            remedy="Set block_public_acls, block_public_policy, ignore_public_acls, restrict_public_buckets to true.",
        ),
        PolicyRule(
            name="s3-bucket-public-access-block",
            title="Every bucket has a public access block",
            remedy="Add a BucketPublicAccessBlock for the bucket, or use the zone's SecureBucket component.",
            stack=True,
        ),
    ),
    "F11": (
        PolicyRule(
            name="s3-bucket-policy-not-public",
            title="No bucket policy allows everyone",
            remedy="Name the principals, or narrow Principal * by aws:PrincipalOrgID or the source's ARN.",
        ),
        PolicyRule(
            name="sns-topic-not-public",
            title="No topic policy allows everyone",
            remedy="Name the principals, or narrow Principal * by aws:SourceArn or aws:SourceOrgID.",
        ),
    ),
    "F12": (
        PolicyRule(
            name="tags-required",
            title="Resources say whose they are and what data they hold",
            remedy="Add the tags to the resource or to the provider's default_tags.",
        ),
    ),
}
"""Control id -> the policies that block for it."""
