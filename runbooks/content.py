"""Compares the content of two versions of an object by size and checksum.

An ETag is no digest of an object that is encrypted with KMS. The checksum of such an object can be read with
`kms:Decrypt` only, which the runbooks' role has for artifacts and not for patient data (S3 API Reference,
`HeadObject`). What cannot be compared counts as different, so that a person decides.
"""

from collections.abc import Mapping
from typing import Final

from runbooks.context import Context
from runbooks.documents import BucketPair, Side
from runbooks.error_codes import error_code
from runbooks.versions import ObjectVersion

_ALGORITHMS: Final = ("SHA512", "SHA256", "SHA1", "CRC64NVME", "CRC32C", "CRC32")


def content_difference(context: Context, pair: BucketPair, versions: Mapping[Side, ObjectVersion]) -> str:
    """Compares one version of an object in each region.

    Args:
        context: the operation.
        pair: the buckets of the object.
        versions: side -> the version there.

    Returns:
        How the contents differ, or why they could not be compared; an empty text if they are the same.
    """
    first, second = versions.values()
    if first.size != second.size:
        return "differs in size"
    checksums: list[Mapping[str, str]] = []
    for side, version in versions.items():
        try:
            checksums.append(_checksums(context, pair, side, version))
        except context.aws.request_error as error:
            return f"not compared: the checksum in {context.zone.region(side)} cannot be read ({error_code(error)})"
    common = [algorithm for algorithm in _ALGORITHMS if all(algorithm in values for values in checksums)]
    if not common:
        return "not compared: the versions have no checksum of the same algorithm"
    return "" if checksums[0][common[0]] == checksums[1][common[0]] else f"differs in {common[0]}"


def _checksums(context: Context, pair: BucketPair, side: Side, version: ObjectVersion) -> Mapping[str, str]:
    """Algorithm -> checksum of the whole object; that of an upload in parts depends on their sizes."""
    head = context.client("s3", side).head_object(
        Bucket=pair.bucket(side), Key=version.key, VersionId=version.id, ChecksumMode="ENABLED"
    )
    if head.get("ChecksumType") == "COMPOSITE":
        return {}
    return {
        algorithm: str(head[f"Checksum{algorithm}"]) for algorithm in _ALGORITHMS if head.get(f"Checksum{algorithm}")
    }
