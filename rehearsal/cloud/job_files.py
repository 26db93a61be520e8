"""Inputs and outputs of SageMaker jobs: objects that are copied to the job's folder and back, under the job's role."""

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Objects that are copied into the job's folder before it starts."""

    name: str
    uri: str
    folder: str
    """Below `/opt/ml`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Destination:
    """Files that are copied into a bucket when the job has succeeded."""

    uri: str
    folder: str
    """Below `/opt/ml`."""
    key_id: str
    packed: bool
    """Whether the files become one archive `model.tar.gz`."""


class JobError(Exception):
    """A job cannot go on; the message is its failure reason."""


def _bucket_and_key(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def download(s3: Any, source: Source, folder: Path, *, required: bool = True) -> None:
    """Copy the objects below an S3 address to a folder.

    Args:
        s3: client of the job's role.
        source: name and address of the input.
        folder: folder of the files.
        required: whether an address without objects is an error.

    Raises:
        JobError: the objects cannot be read, or a key leaves the folder.
    """
    bucket, prefix = _bucket_and_key(source.uri)
    folder.mkdir(parents=True, exist_ok=True)
    base = f"{prefix.rstrip('/')}/" if prefix else ""
    try:
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        keys = [key for key in keys if (key.startswith(base) or key == prefix) and not key.endswith("/")]
        if required and not keys:
            raise JobError(f"ClientError: No S3 objects found under S3 URL {source.uri} of the input {source.name}.")
        for key in keys:
            file = folder / (key.removeprefix(base) if key.startswith(base) else key.rpartition("/")[2])
            if not file.resolve().is_relative_to(folder.resolve()):
                raise JobError(f"ClientError: the key {key!r} of the input {source.name} leaves the job's folder.")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except ClientError as error:
        raise JobError(f"ClientError: the input {source.name} ({source.uri}) cannot be read: {text(error)}") from None


def upload(s3: Any, destination: Destination, folder: Path, name: str) -> None:
    """Copy the files of a folder to a bucket, as files or as the archive of a training job.

    Args:
        s3: client of the job's role.
        destination: address, key and form.
        folder: folder of the files.
        name: name of the job, below which its archive is.

    Raises:
        JobError: the bucket or the key refuses them.
    """
    bucket, prefix = _bucket_and_key(destination.uri)
    key_id = {"SSEKMSKeyId": destination.key_id, "ServerSideEncryption": "aws:kms"} if destination.key_id else {}
    files = {
        f"{prefix.rstrip('/')}/{file.relative_to(folder).as_posix()}": file
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    try:
        if destination.packed:
            packed = io.BytesIO()
            with tarfile.open(fileobj=packed, mode="w:gz") as archive:
                for file in files.values():
                    archive.add(file, arcname=file.relative_to(folder).as_posix())
            key = f"{prefix.rstrip('/')}/{name}/output/model.tar.gz"
            s3.put_object(Bucket=bucket, Key=key, Body=packed.getvalue(), **key_id)
            return
        for key, file in files.items():
            s3.put_object(Bucket=bucket, Key=key, Body=file.read_bytes(), **key_id)
    except ClientError as error:
        raise JobError(f"ClientError: the output cannot be written to {destination.uri}: {text(error)}") from None


def text(error: ClientError) -> str:
    """Return code and message of an error."""
    response: Any = error.response
    return f"{response['Error']['Code']}: {response['Error']['Message']}"
