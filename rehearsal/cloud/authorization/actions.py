"""The IAM actions that an API operation needs.

An operation needs the action of its own name unless a table here says otherwise (Service Authorization Reference; for
S3, S3 User Guide, "Required permissions for Amazon S3 API operations").
"""

from collections.abc import Mapping
from typing import Final

from authorization import reference
from rehearsal.cloud.requests import ParsedRequest

PREFIXES: Final[Mapping[str, str]] = {
    "email": "ses",
    "monitoring": "cloudwatch",
    "s3-object-lambda": "s3",
    "tagging": "tag",
}
"""Signing name -> service prefix of IAM, where they differ."""

NONE: Final = ""
"""In place of an action: AWS needs no permission for the operation, and no policy can deny it."""

_S3: Final[Mapping[str, str]] = {
    "CompleteMultipartUpload": "PutObject",
    "CopyObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "DeleteBucketInventoryConfiguration": "PutInventoryConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketMetricsConfiguration": "PutMetricsConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeleteObjects": "DeleteObject",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketAnalyticsConfiguration": "GetAnalyticsConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketIntelligentTieringConfiguration": "GetIntelligentTieringConfiguration",
    "GetBucketInventoryConfiguration": "GetInventoryConfiguration",
    "GetBucketLifecycle": "GetLifecycleConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketMetricsConfiguration": "GetMetricsConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "HeadObject": "GetObject",
    "ListBucketAnalyticsConfigurations": "GetAnalyticsConfiguration",
    "ListBucketIntelligentTieringConfigurations": "GetIntelligentTieringConfiguration",
    "ListBucketInventoryConfigurations": "GetInventoryConfiguration",
    "ListBucketMetricsConfigurations": "GetMetricsConfiguration",
    "ListBuckets": "ListAllMyBuckets",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "ListParts": "ListMultipartUploadParts",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketAnalyticsConfiguration": "PutAnalyticsConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketIntelligentTieringConfiguration": "PutIntelligentTieringConfiguration",
    "PutBucketInventoryConfiguration": "PutInventoryConfiguration",
    "PutBucketLifecycle": "PutLifecycleConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketMetricsConfiguration": "PutMetricsConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
    "SelectObjectContent": "GetObject",
    "UploadPart": "PutObject",
    "UploadPartCopy": "PutObject",
}
_S3_CONTROL: Final[Mapping[str, str]] = {
    "DeletePublicAccessBlock": "PutAccountPublicAccessBlock",
    "GetPublicAccessBlock": "GetAccountPublicAccessBlock",
    "PutPublicAccessBlock": "PutAccountPublicAccessBlock",
}
_OF_A_VERSION: Final[Mapping[str, str]] = {
    "DeleteObject": "DeleteObjectVersion",
    "DeleteObjectTagging": "DeleteObjectVersionTagging",
    "GetObject": "GetObjectVersion",
    "GetObjectAcl": "GetObjectVersionAcl",
    "GetObjectTagging": "GetObjectVersionTagging",
    "PutObjectAcl": "PutObjectVersionAcl",
    "PutObjectTagging": "PutObjectVersionTagging",
}
"""S3 action -> the action that a request needs which names a version."""
_BUDGETS_READS: Final = ("Describe", "List")
EXCEPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "s3": _S3,
    "s3control": _S3_CONTROL,
    "kms": {"ReEncrypt": "ReEncryptFrom"},
    "lambda": {"Invoke": "InvokeFunction", "InvokeWithResponseStream": "InvokeFunction"},
    "sts": {"GetCallerIdentity": NONE, "GetSessionToken": NONE},
    "dynamodb": {
        "ExecuteStatement": "PartiQLSelect",
        "TransactGetItems": "GetItem",
        "TransactWriteItems": "PutItem",
    },
    "accessanalyzer": {"GetFindingV2": "GetFinding", "ListFindingsV2": "ListFindings"},
    "detective": {"ListOrganizationAdminAccounts": "ListOrganizationAdminAccount"},
    "sns": {"PublishBatch": "Publish"},
    "sqs": {
        "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
        "DeleteMessageBatch": "DeleteMessage",
        "SendMessageBatch": "SendMessage",
    },
}
"""Botocore's service -> operation -> action, where they differ."""


def prefix(request: ParsedRequest) -> str:
    """The service prefix in IAM policies of a request's actions."""
    signing_name = str(request.model.service_model.signing_name)
    return PREFIXES.get(signing_name, signing_name)


def action(request: ParsedRequest) -> str | None:
    """The action that a request needs.

    Returns:
        `service:Action`; NONE when it needs none; None when the tables have no such action.
    """
    service_prefix = prefix(request)
    name = EXCEPTIONS.get(request.service, {}).get(request.operation, request.operation)
    if name == NONE:
        return NONE
    if service_prefix == "budgets":
        name = "ViewBudget" if name.startswith(_BUDGETS_READS) else "ModifyBudget"
    if request.service == "s3" and request.parameters.get("VersionId"):
        name = _OF_A_VERSION.get(name, name)
    row = reference.action(f"{service_prefix}:{name}")
    return f"{service_prefix}:{row.name}" if row is not None else None
