"""A daily inventory of a bucket with the encryption and the replication status of each object."""

from typing import Final

import pulumi
from pulumi_aws import s3

FIELDS: Final = (
    "BucketKeyStatus",
    "EncryptionStatus",
    "ETag",
    "IsMultipartUploaded",
    "LastModifiedDate",
    "ObjectLockMode",
    "ObjectLockRetainUntilDate",
    "ReplicationStatus",
    "Size",
    "StorageClass",
)


def inventory(
    name: str, bucket: pulumi.Input[str], destination_arn: pulumi.Input[str], opts: pulumi.ResourceOptions
) -> s3.Inventory:
    """Creates an inventory of every version, as Parquet, below `inventory/` of the bucket of access logs."""
    return s3.Inventory(
        name,
        name="everything",
        bucket=bucket,
        included_object_versions="All",
        optional_fields=list(FIELDS),
        schedule=s3.InventoryScheduleArgs(frequency="Daily"),
        destination=s3.InventoryDestinationArgs(
            bucket=s3.InventoryDestinationBucketArgs(
                bucket_arn=destination_arn,
                format="Parquet",
                prefix="inventory",
                # The destination has SSE-S3 only, as access logs want it; names of objects must not tell of patients.
                encryption=s3.InventoryDestinationBucketEncryptionArgs(
                    sse_s3=s3.InventoryDestinationBucketEncryptionSseS3Args()
                ),
            )
        ),
        opts=opts,
    )
