"""The AWS provider's own validation before a call: policies that are not JSON, invalid names."""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from rehearsal.provider.values import any_unknown

_DOCUMENTS: Final = frozenset(
    {"policy", "assumeRolePolicy", "content", "inlinePolicy", "accessPolicy", "policyDocument"}
)
_TYPES: Final = ("aws:iam/", "aws:s3/", "aws:kms/", "aws:sns/", "aws:sqs/", "aws:organizations/", "aws:ssoadmin/")
_NO_DOCUMENT: Final = frozenset({"aws:s3/bucketObject:BucketObject", "aws:s3/bucketObjectv2:BucketObjectv2"})
_BUCKETS: Final = frozenset({"aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2"})
_BUCKET_NAME: Final = re.compile(r"(?!xn--)(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def problems(token: str, inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the failures as (property, reason)."""
    failures: list[tuple[str, str]] = []
    if token.startswith(_TYPES) and token not in _NO_DOCUMENT:
        failures += [
            (name, f"{name!r} contains an invalid JSON policy: {reason}")
            for name, value in inputs.items()
            if name in _DOCUMENTS and not any_unknown(value) and (reason := _malformed(value))
        ]
    name = inputs.get("bucket")
    if token in _BUCKETS and isinstance(name, str) and not any_unknown(name) and not _BUCKET_NAME.fullmatch(name):
        failures.append(
            (
                "bucket",
                (
                    f"{name!r} is no bucket name: 3 to 63 lower-case letters, digits, dots and hyphens, "
                    "beginning and ending with a letter or digit"
                ),
            )
        )
    return failures


def _malformed(value: Any) -> str:
    if not isinstance(value, str) or not value:
        return ""
    try:
        return "" if isinstance(json.loads(value), dict) else "it is no JSON object"
    except ValueError as error:
        return str(error)
