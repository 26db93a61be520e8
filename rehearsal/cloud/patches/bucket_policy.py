"""Bucket policies: the gateway decides them, with their conditions; malformed ones are refused.

moto decides bucket policies by itself, and lets a `Deny` statement deny whether its condition holds or not.
"""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, S3Backend

from authorization import Policy, PolicyError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Leave decisions to the gateway; refuse malformed policies."""
    registry.replace(FakeBucket, "get_permission", "7571412a3495", lambda _: _undecided)
    registry.replace(S3Backend, "put_bucket_policy", "cb66d163aa17", _checked)


def _undecided(_bucket: Any, _action: str, _resource: str) -> PermissionResult:
    return PermissionResult.NEUTRAL


def _checked(original: Any) -> Any:
    def put_bucket_policy(self: Any, bucket_name: str, policy: bytes) -> None:
        try:
            statements = Policy.parse("bucket policy", policy.decode()).statements
        except (PolicyError, UnicodeDecodeError, AttributeError):
            statements = []
        if not statements:
            raise S3ClientError("MalformedPolicy", "This policy contains invalid Json or an invalid statement")
        original(self, bucket_name, policy)

    return put_bucket_policy
