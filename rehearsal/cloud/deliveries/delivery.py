"""A delivery and its outcome, and the objects that services put into buckets."""

import base64
import gzip
import json
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.cloud.authorization.entities import stored_bucket


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """One delivery."""

    service: str
    """`cloudtrail`, `config`, `flow-logs` or `backup`."""
    account: str
    region: str
    source: str
    """What is delivered: ARN of a trail or of a resource, id of a flow log, name of a delivery channel."""
    target: str
    """S3 URI, ARN of a log group, or ARN of a backup vault."""
    error: str = ""
    """Message of the error; empty for a delivery that arrived."""

    def document(self) -> dict[str, Any]:
        """The delivery as JSON, with `delivered`."""
        return {**asdict(self), "delivered": not self.error}


def put(
    client: Any,
    bucket: str,
    name: str,
    body: bytes,
    *,
    key_arn: str = "",
    context: Mapping[str, str] | None = None,
) -> None:
    """Put an object as AWS services do: with the ACL that gives it to the owner of the bucket.

    Args:
        client: client of S3 whose requests are those of the service.
        bucket: name of the bucket.
        name: key of the object.
        body: content.
        key_arn: KMS key; empty: the default encryption of the bucket.
        context: encryption context.

    Raises:
        ClientError: S3 refuses the object.
    """
    encryption: dict[str, str] = {}
    if key_arn:
        encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key_arn}
    if context:
        encryption["SSEKMSEncryptionContext"] = base64.b64encode(json.dumps(dict(context)).encode()).decode()
    client.put_object(
        Bucket=bucket,
        Key=name,
        Body=body,
        ACL="bucket-owner-full-control",
        # A bucket with an object lock accepts only objects with a checksum.
        ChecksumAlgorithm="SHA256",
        **encryption,
    )


def bucket_region(bucket: str) -> str | None:
    """Return the region of a bucket; None when no account has it."""
    stored = stored_bucket(bucket)
    return str(stored.region_name) if stored is not None else None


def packed(document: Any) -> bytes:
    """Return a document as compressed JSON."""
    return gzip.compress(json.dumps(document).encode())


def under(prefix: str | None, name: str) -> str:
    """Return the key of an object below an optional prefix."""
    stripped = str(prefix or "").strip("/")
    return f"{stripped}/{name}" if stripped else name


def now() -> datetime:
    """Return the present time in whole seconds, UTC."""
    return datetime.now(UTC).replace(microsecond=0)


def unique() -> str:
    """Return a random suffix of an object's name, 16 characters."""
    return uuid.uuid4().hex[:16]


def code_of(error: ClientError) -> str:
    """Return the code of an AWS error."""
    details: Mapping[str, Any] = error.response.get("Error", {})
    return str(details.get("Code", ""))


def message_of(error: ClientError) -> str:
    """Return the message of an AWS error."""
    details: Mapping[str, Any] = error.response.get("Error", {})
    return str(details.get("Message", ""))
