"""Baselines of monitors in S3: copies the baseline that was registered with a version, and verifies its digest."""

from collections.abc import Mapping
from typing import Final

from cli.promotion.artifacts import Bucket, digest
from cli.promotion.errors import INTEGRITY, PromotionError
from cli.promotion.packages import Package

PROPERTY: Final = "BaselineSha256"
"""Metadata property: digest of the baseline; absent for versions that were registered without one."""
_FOLDER: Final = "baseline"


def prefix_of(model: str, version: str) -> str:
    """Prefix of a version's baseline, which the monitor reads."""
    return f"{model}/{version}/{_FOLDER}/"


def files_digest(files: Mapping[str, bytes]) -> str:
    """SHA-256 of the lines that `sha256sum *` prints for the files, sorted by name."""
    return digest("".join(f"{digest(files[name])}  {name}\n" for name in sorted(files)).encode())


def registered(bucket: Bucket, model: str, package: Package) -> Mapping[str, bytes] | None:
    """The files of the baseline of a package: of the promoted version, or else of the registered one.

    Returns:
        Name -> content; None when the version was registered without a baseline.

    Raises:
        PromotionError: the files are missing, or their digest is not the registered one.
    """
    expected = package.properties.get(PROPERTY)
    if not expected:
        return None
    files = _read(bucket, prefix_of(model, package.version))
    if not files:
        name, _, prefix = package.required("Artifact").removeprefix("s3://").partition("/")
        files = _read(bucket, f"{prefix}/{_FOLDER}/") if name == bucket.name else {}
    if not files:
        raise PromotionError(
            f"s3://{bucket.name} has no baseline of {package.arn}: it was deleted. Restore the recorded versions of "
            "the objects, or run the pipeline again.",
            INTEGRITY,
        )
    _verify(files, expected, f"The baseline of {package.arn}")
    return files


def copied(bucket: Bucket, model: str, version: str, files: Mapping[str, bytes]) -> None:
    """Writes a baseline beside the artifact of a version, unless it is there.

    Raises:
        PromotionError: another baseline is there.
    """
    prefix = prefix_of(model, version)
    existing = _read(bucket, prefix)
    if existing:
        # What a killed promotion wrote is completed; anything else is never overwritten.
        alien = sorted(name for name in existing if digest(existing[name]) != digest(files.get(name, b"")))
        if alien:
            raise PromotionError(
                f"s3://{bucket.name}/{prefix}{alien[0]} differs from the registered baseline. Find out who wrote it; "
                "a version is never overwritten.",
                INTEGRITY,
            )
    for name in sorted(files.keys() - existing.keys()):
        bucket.write(f"{prefix}{name}", files[name])


def _read(bucket: Bucket, prefix: str) -> dict[str, bytes]:
    return {key.removeprefix(prefix): bucket.read(key) or b"" for key in bucket.keys(prefix)}


def _verify(files: Mapping[str, bytes], expected: str, subject: str) -> None:
    actual = files_digest(files)
    if actual != expected:
        raise PromotionError(
            f"{subject} has the digest {actual}, registered is {expected}: it was altered. Restore the recorded "
            "versions of the objects, and find out who changed them.",
            INTEGRITY,
        )
