"""Lifecycle rules: transition to Glacier and expiration."""

from collections.abc import Sequence
from typing import Final

from pulumi_aws import s3

UNFINISHED_UPLOAD_DAYS: Final = 7
VERSION_DAYS: Final = 30
"""Days that a noncurrent version of a locked object is kept after its lock has ended."""
REWRITTEN_DAYS: Final = 1
"""Days that a noncurrent version of an object is kept that is overwritten all the time."""


def rules(
    *,
    retention_days: int | None,
    glacier_after_days: int | None,
    locked: bool,
    rewritten_keys: Sequence[str] = (),
) -> Sequence[s3.BucketLifecycleConfigurationRuleArgs]:
    """Lifecycle rules of a bucket; without `retention_days`, objects do not expire.

    Without a lock an overwritten version is all that is left of a record, so it is kept as long as the record itself.
    Where two rules expire the same version, S3 applies the shorter period (S3 User Guide, "Examples of S3 Lifecycle
    configurations").
    """
    everything = s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    old = VERSION_DAYS if locked or retention_days is None else retention_days
    return [
        s3.BucketLifecycleConfigurationRuleArgs(
            id="age",
            status="Enabled",
            filter=everything,
            transitions=None
            if glacier_after_days is None
            else [s3.BucketLifecycleConfigurationRuleTransitionArgs(days=glacier_after_days, storage_class="GLACIER")],
            # A day after the lock has ended: never an attempt while it holds.
            expiration=None
            if retention_days is None
            else s3.BucketLifecycleConfigurationRuleExpirationArgs(days=retention_days + 1),
            noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=old
            ),
            abort_incomplete_multipart_upload=s3.BucketLifecycleConfigurationRuleAbortIncompleteMultipartUploadArgs(
                days_after_initiation=UNFINISHED_UPLOAD_DAYS
            ),
        ),
        s3.BucketLifecycleConfigurationRuleArgs(
            id="delete-markers",
            status="Enabled",
            filter=everything,
            expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(expired_object_delete_marker=True),
        ),
        *(
            s3.BucketLifecycleConfigurationRuleArgs(
                id=f"rewritten-{number}",
                status="Enabled",
                filter=s3.BucketLifecycleConfigurationRuleFilterArgs(prefix=key),
                noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                    noncurrent_days=REWRITTEN_DAYS
                ),
            )
            for number, key in enumerate(rewritten_keys, start=1)
        ),
    ]
