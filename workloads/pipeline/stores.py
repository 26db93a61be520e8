"""Stores of data versions and model packages: a local folder or a versioned S3 bucket."""

from pathlib import Path
from typing import Any, Protocol

from workloads.pipeline.errors import USAGE, StepError


class MissingObjectError(Exception):
    """An object, or the recorded version of it, does not exist."""

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail)
        self.detail = detail


class Store(Protocol):
    """Objects by key."""

    @property
    def address(self) -> str:
        """Name of the store in messages."""
        ...

    def read(self, key: str, version_id: str | None = None) -> bytes:
        """An object's bytes; the newest version unless one is named."""
        ...

    def write(self, key: str, content: bytes) -> str:
        """Writes an object and returns its version id (`null` without versions)."""
        ...


class LocalStore:
    """A folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def address(self) -> str:
        """The folder."""
        return str(self._folder)

    def read(self, key: str, version_id: str | None = None) -> bytes:
        """A file's bytes."""
        if version_id is not None:
            raise MissingObjectError(f" in version {version_id}: a folder keeps no versions")
        try:
            return (self._folder / key).read_bytes()
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError):
            raise MissingObjectError from None

    def write(self, key: str, content: bytes) -> str:
        """Writes a file in one step."""
        file = self._folder / key
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_name(file.name + ".part")
        temporary.write_bytes(content)
        temporary.replace(file)
        return "null"


class S3Store:
    """A bucket with versions; the bucket's default encryption and policy decide keys and access."""

    def __init__(self, bucket: str, client: Any) -> None:
        self._bucket = bucket
        self._client = client

    @property
    def address(self) -> str:
        """The bucket's URL."""
        return f"s3://{self._bucket}"

    def read(self, key: str, version_id: str | None = None) -> bytes:
        """An object's bytes."""
        version = {} if version_id is None else {"VersionId": version_id}
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key, **version)["Body"].read()
        except self._client.exceptions.ClientError as error:
            code = error.response["Error"]["Code"]
            if code in {"NoSuchKey", "NoSuchVersion", "MethodNotAllowed", "404", "405", "InvalidArgument"}:
                raise MissingObjectError(f" in version {version_id}" if version_id else "") from None
            raise StepError(
                f"S3 refused to read s3://{self._bucket}/{key}: {code}.",
                action="Check the job's role, the bucket policy and the key policy.",
                code=USAGE,
            ) from None

    def write(self, key: str, content: bytes) -> str:
        """Writes an object with a checksum."""
        answer = self._client.put_object(Bucket=self._bucket, Key=key, Body=content, ChecksumAlgorithm="SHA256")
        return str(answer.get("VersionId", "null"))


def open_store(address: str) -> tuple[Store, str]:
    """Store and key prefix of `s3://BUCKET/PREFIX` or of a folder."""
    if not address.startswith("s3://"):
        return LocalStore(Path(address)), ""
    import boto3  # noqa: PLC0415 - a run on local data needs no AWS client

    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    return S3Store(bucket, boto3.client("s3")), f"{prefix.rstrip('/')}/" if prefix else ""
