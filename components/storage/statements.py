"""Bucket policy statements: those of every bucket, and those of services that deliver to a bucket."""

from collections.abc import Sequence

import pulumi

from components.documents import Statement


def over_tls(arn: pulumi.Input[str]) -> Sequence[Statement]:
    """Denies requests without TLS, or with a version before 1.2: 45 CFR 164.312(e)(1)."""
    everything = [arn, pulumi.Output.format("{0}/*", arn)]
    return [
        {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Sid": "Tls12",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": everything,
            "Condition": {"NumericLessThan": {"s3:TlsVersion": "1.2"}},
        },
    ]


def kept(arn: pulumi.Input[str], *, deletable: bool = False) -> Sequence[Statement]:
    """Denies the deletion of objects, or of their versions. Lifecycle rules, which have no principal, are not affected.

    Args:
        arn: the bucket.
        deletable: whether objects may get a delete marker, under which every version stays.
    """
    return [
        {
            "Sid": "NobodyDeletes",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:DeleteObjectVersion" if deletable else ["s3:DeleteObject", "s3:DeleteObjectVersion"],
            "Resource": pulumi.Output.format("{0}/*", arn),
        }
    ]


def from_cloudtrail(
    arn: pulumi.Input[str], trail_arn: pulumi.Input[str], prefixes: Sequence[pulumi.Input[str]]
) -> Sequence[Statement]:
    """Lets a trail write `AWSLogs/<prefix>/` (CloudTrail User Guide, "Amazon S3 bucket policy for CloudTrail")."""
    service = {"Service": "cloudtrail.amazonaws.com"}
    return [
        {
            "Sid": "TrailChecks",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:GetBucketAcl",
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceArn": trail_arn}},
        },
        {
            "Sid": "TrailWrites",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": [pulumi.Output.format("{0}/AWSLogs/{1}/*", arn, prefix) for prefix in prefixes],
            "Condition": {
                "StringEquals": {"aws:SourceArn": trail_arn, "s3:x-amz-acl": "bucket-owner-full-control"},
            },
        },
    ]


def from_config(arn: pulumi.Input[str], organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Lets AWS Config of the organisation deliver (Config Developer Guide, "Permissions for the S3 Bucket")."""
    service = {"Service": "config.amazonaws.com"}
    return [
        {
            "Sid": "ConfigChecks",
            "Effect": "Allow",
            "Principal": service,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceOrgID": organization_id}},
        },
        {
            "Sid": "ConfigWrites",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format("{0}/AWSLogs/*/Config/*", arn),
            "Condition": {
                "StringEquals": {"aws:SourceOrgID": organization_id, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
    ]


def from_access_logging(arn: pulumi.Input[str], account_id: pulumi.Input[str], sources: str) -> Sequence[Statement]:
    """Lets S3 write the access logs of the account's buckets; `sources` is a pattern of their ARNs."""
    return [
        {
            "Sid": "AccessLogs",
            "Effect": "Allow",
            "Principal": {"Service": "logging.s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format("{0}/*", arn),
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account_id},
                "ArnLike": {"aws:SourceArn": sources},
            },
        }
    ]


def from_log_delivery(arn: pulumi.Input[str], organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """Lets VPC, Resolver and Network Firewall of the organisation's accounts deliver logs.

    CloudWatch Logs User Guide, "Logs sent to Amazon S3"; the organisation stands for its accounts.
    """
    service = {"Service": "delivery.logs.amazonaws.com"}
    return [
        {
            "Sid": "LogDeliveryChecks",
            "Effect": "Allow",
            "Principal": service,
            "Action": ["s3:GetBucketAcl", "s3:ListBucket"],
            "Resource": arn,
            "Condition": {"StringEquals": {"aws:SourceOrgID": organization_id}},
        },
        {
            "Sid": "LogDeliveryWrites",
            "Effect": "Allow",
            "Principal": service,
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format("{0}/AWSLogs/*", arn),
            "Condition": {
                "StringEquals": {"aws:SourceOrgID": organization_id, "s3:x-amz-acl": "bucket-owner-full-control"}
            },
        },
    ]


def from_load_balancers(arn: pulumi.Input[str], account_id: pulumi.Input[str], region: str) -> Sequence[Statement]:
    """Lets load balancers of the account write access logs (Application Load Balancers guide, "Access logs")."""
    return [
        {
            "Sid": "LoadBalancers",
            "Effect": "Allow",
            "Principal": {"Service": "logdelivery.elasticloadbalancing.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format("{0}/*/AWSLogs/{1}/*", arn, account_id),
            "Condition": {
                "ArnLike": {
                    "aws:SourceArn": pulumi.Output.format(
                        "arn:aws:elasticloadbalancing:{0}:{1}:loadbalancer/*", region, account_id
                    )
                }
            },
        }
    ]


def from_inventory(arn: pulumi.Input[str], account_id: pulumi.Input[str], sources: str) -> Sequence[Statement]:
    """Lets S3 write inventories of the account's buckets (S3 User Guide, "Configuring Amazon S3 Inventory")."""
    return [
        {
            "Sid": "Inventories",
            "Effect": "Allow",
            "Principal": {"Service": "s3.amazonaws.com"},
            "Action": "s3:PutObject",
            "Resource": pulumi.Output.format("{0}/inventory/*", arn),
            "Condition": {
                "StringEquals": {"aws:SourceAccount": account_id, "s3:x-amz-acl": "bucket-owner-full-control"},
                "ArnLike": {"aws:SourceArn": sources},
            },
        }
    ]
