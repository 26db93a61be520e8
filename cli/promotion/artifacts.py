"""Artifacts of models in S3: packs a registered model as SageMaker loads it, and verifies its digests."""

import gzip
import hashlib
import io
import tarfile
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from cli.promotion.errors import INTEGRITY, PromotionError
from cli.promotion.packages import Package

_PACKAGE: Final = "package.json"
_BASELINE: Final = "baseline/"
_MISSING: Final = frozenset({"404", "NoSuchKey", "NotFound"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """The artifacts bucket of an environment."""

    client: Any
    """boto3's `s3` client, in the account of the environment."""
    name: str

    def read(self, key: str) -> bytes | None:
        """Content of an object; None when it does not exist."""
        try:
            content: bytes = self.client.get_object(Bucket=self.name, Key=key)["Body"].read()
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") in _MISSING:
                return None
            raise
        return content

    def write(self, key: str, content: bytes) -> None:
        """Writes an object, verifies what S3 holds.

        Raises:
            PromotionError: the object that was read back differs.
        """
        self.client.put_object(Bucket=self.name, Key=key, Body=content)
        stored = self.read(key)
        if stored is None or digest(stored) != digest(content):
            raise PromotionError(f"s3://{self.name}/{key} differs from what was written.", INTEGRITY)

    def keys(self, prefix: str) -> list[str]:
        """Keys below a prefix, sorted."""
        pages = self.client.get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix=prefix)
        return sorted(entry["Key"] for page in pages for entry in page.get("Contents", []))


def digest(content: bytes) -> str:
    """SHA-256, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def archive_key(model: str, version: str) -> str:
    """Key of `model.tar.gz`, which the endpoint loads."""
    return f"{model}/{version}/model.tar.gz"


def archive(bucket: Bucket, model: str, package: Package) -> bytes:
    """`model.tar.gz` of a package: the existing one, or the registered files packed.

    Raises:
        PromotionError: there are no files, or the model's digest is not the registered one.
    """
    content = bucket.read(archive_key(model, package.version))
    if content is None:
        content = _pack(bucket, package)
    verify(content, package)
    return content


def verify(content: bytes, package: Package) -> None:
    """Compares the model inside an archive with the registered digest.

    Raises:
        PromotionError: it is no archive, or no file has the digest.
    """
    expected = package.required("ModelSha256")
    try:
        with tarfile.open(fileobj=io.BytesIO(content), mode="r:gz") as opened:
            members = [opened.extractfile(member) for member in opened.getmembers() if member.isfile()]
            digests = [digest(member.read()) for member in members if member is not None]
    except (tarfile.TarError, OSError, EOFError) as error:
        raise PromotionError(f"The archive of {package.arn} cannot be read: {error}", INTEGRITY) from None
    if expected not in digests:
        raise PromotionError(
            f"The archive of {package.arn} has no file with the registered SHA-256 {expected}: it was altered. "
            "Restore the recorded version of the objects, and find out who changed them.",
            INTEGRITY,
        )


def _pack(bucket: Bucket, package: Package) -> bytes:
    """The same files give the same bytes, whoever packs them and when."""
    name, _, prefix = package.required("Artifact").removeprefix("s3://").partition("/")
    if name != bucket.name:
        raise PromotionError(f"{package.arn}: Artifact is in the bucket {name!r}, not in {bucket.name!r}.", INTEGRITY)
    beside = (f"{prefix}/{_PACKAGE}", f"{prefix}/{_BASELINE}")
    keys = [key for key in bucket.keys(f"{prefix}/") if not key.startswith(beside)]
    if not keys:
        raise PromotionError(f"s3://{name}/{prefix}/ has no model: it was deleted or never uploaded.", INTEGRITY)
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w", format=tarfile.USTAR_FORMAT) as packed:
        for key in keys:
            content = bucket.read(key) or b""
            member = tarfile.TarInfo(key.removeprefix(f"{prefix}/"))
            member.size, member.mode = len(content), 0o444
            packed.addfile(member, io.BytesIO(content))
    return gzip.compress(plain.getvalue(), mtime=0)
