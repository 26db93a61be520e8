"""How objects age: to Glacier, then away when their time is over."""

from collections.abc import Sequence
from typing import Final

from pulumi_aws import s3

UNFINISHED_UPLOAD_DAYS: Final = 7
VERSION_DAYS: Final = 30
"""How long an old version of a locked object stays beyond its lock; the lock itself holds whatever lifecycle says."""


def rules(
    *, retention_days: int, glacier_after_days: int, locked: bool
) -> Sequence[s3.BucketLifecycleConfigurationRuleArgs]:
    """Lifecycle rules of a bucket of records.

    Without a lock an overwritten version is all that is left of a record, so it is kept as long as the record itself.
    """
    everything = s3.BucketLifecycleConfigurationRuleFilterArgs(prefix="")
    return [
        s3.BucketLifecycleConfigurationRuleArgs(
            id="age",
            status="Enabled",
            filter=everything,
            transitions=[
                s3.BucketLifecycleConfigurationRuleTransitionArgs(days=glacier_after_days, storage_class="GLACIER")
            ],
            # A day after the lock has ended: never an attempt while it holds.
            expiration=s3.BucketLifecycleConfigurationRuleExpirationArgs(days=retention_days + 1),
            noncurrent_version_expiration=s3.BucketLifecycleConfigurationRuleNoncurrentVersionExpirationArgs(
                noncurrent_days=VERSION_DAYS if locked else retention_days
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
    ]
