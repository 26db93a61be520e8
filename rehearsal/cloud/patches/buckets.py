"""S3: defaults of new buckets; complete replication and notification configurations."""

import hashlib
from typing import Any

import xmltodict
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeKey, PublicAccessBlock, S3Backend, s3_backends
from moto.s3.responses import S3Response

from rehearsal.cloud.patches import registry


def apply() -> None:
    """Encrypt new buckets and block public access (AWS's defaults since 2023); keep every member of configurations."""
    registry.replace(S3Backend, "create_bucket", "f7ecc576c5d2", _with_defaults)
    registry.replace(S3Backend, "delete_bucket_encryption", "7b2702d1fb13", lambda _: _reset_encryption)
    registry.replace(S3Backend, "put_bucket_replication", "6dd7d63edffb", _checked)
    registry.replace(S3Response, "get_bucket_replication", "5da06c98f098", _replication)
    registry.replace(S3Response, "_notification_config_from_body", "80faf78dfed2", _keeping_eventbridge)
    registry.replace(S3Response, "get_bucket_notification", "82884034c165", _giving_eventbridge)
    registry.replace(FakeKey, "etag", "aa3062e82e08", _no_digest)


def _no_digest(original: Any) -> Any:
    """The ETag of an object that is encrypted with KMS is no digest of its content (S3 API Reference, "Object")."""

    def etag(self: Any) -> str:
        if self.encryption == "aws:kms" and not getattr(self, "has_own_etag", False):
            self.has_own_etag = True
            _, dash, parts = (self._etag or "").partition("-")  # of an upload in parts, their number stays
            text = f"{self.bucket_name}/{self.name}?{self.version_id}".encode()
            self._etag = hashlib.md5(text, usedforsecurity=False).hexdigest() + dash + parts
        return str(original.fget(self))

    return property(etag)


def _with_defaults(original: Any) -> Any:
    def create_bucket(self: Any, bucket_name: str, region_name: str, *args: Any, **kwargs: Any) -> Any:
        bucket = original(self, bucket_name, region_name, *args, **kwargs)
        bucket.public_access_block = PublicAccessBlock(True, True, True, True)  # noqa: FBT003 - moto's signature
        _reset_encryption(self, bucket_name)
        return bucket

    return create_bucket


def _reset_encryption(self: Any, bucket_name: str) -> None:
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": "false"}
    self.get_bucket(bucket_name).encryption = {"Rule": default}


def _checked(original: Any) -> Any:
    def put_bucket_replication(self: Any, bucket_name: str, replication: dict[str, Any]) -> None:
        rules = replication["Rule"]
        for rule in rules if isinstance(rules, list) else [rules]:
            name = rule["Destination"]["Bucket"].rpartition(":")[2]
            _, account = s3_backends.bucket_accounts.get(name, ("aws", ""))
            existing = s3_backends[account]["aws"].buckets.get(name) if account else None
            if name == bucket_name:
                raise S3ClientError("InvalidRequest", "Destination bucket cannot be the same as the source bucket.")
            if existing is None or not existing.is_versioned:
                raise S3ClientError("InvalidRequest", "Destination bucket must exist and must have versioning enabled.")
        original(self, bucket_name, replication)

    return put_bucket_replication


def _replication(original: Any) -> Any:
    def get_bucket_replication(self: Any) -> Any:
        replication = self.backend.get_bucket_replication(self.bucket_name)
        if not replication:
            return original(self)
        configuration = {name: value for name, value in replication.items() if not name.startswith("@")}
        return 200, {"content-type": "application/xml"}, xmltodict.unparse({"ReplicationConfiguration": configuration})

    return get_bucket_replication


def _keeping_eventbridge(original: Any) -> Any:
    def _notification_config_from_body(self: Any) -> Any:
        self.backend.get_bucket(self.bucket_name).eventbridge = b"<EventBridgeConfiguration" in _bytes(self.body)
        return original(self)

    return _notification_config_from_body


def _giving_eventbridge(original: Any) -> Any:
    def get_bucket_notification(self: Any) -> Any:
        status, headers, body = original(self)
        if not getattr(self.backend.get_bucket(self.bucket_name), "eventbridge", False):
            return status, headers, body
        root: dict[str, Any] = xmltodict.parse(body) if body else {"NotificationConfiguration": None}
        result = dict(root["NotificationConfiguration"] or {})
        document = {"NotificationConfiguration": {**result, "EventBridgeConfiguration": None}}
        return status, headers, xmltodict.unparse(document)

    return get_bucket_notification


def _bytes(body: Any) -> bytes:
    return body.encode() if isinstance(body, str) else bytes(body)
