"""Stand-ins for what is released outside of the program: the image and the artifact of a model version.

On AWS an image build and a training job publish both before the endpoint is deployed. A rehearsal without them
publishes an image without layers under the released digest, and an artifact that holds a note.
"""

import io
import tarfile
from typing import Final

from moto.s3.models import s3_backends

from rehearsal.cloud.patches import images

NOTE: Final = b"A stand-in of the rehearsal. `make drill` trains and publishes the model.\n"


def publish(*, account: str, region: str, repository: str, digest: str, tag: str, bucket: str, key: str) -> bool:
    """Publish the image and the artifact, unless they exist.

    Args:
        account: account of repository and bucket, 12 digits.
        region: region of the repository.
        repository: name of the repository.
        digest: digest of the image, `sha256:` and 64 hexadecimal digits.
        tag: tag of the image.
        bucket: name of the bucket of artifacts.
        key: key of the artifact.

    Returns:
        Whether the artifact is a stand-in that was published now.

    Raises:
        KeyError: the registry has no such repository.
    """
    images.push(account, region, repository, digest, tag)
    if exists(bucket, key):
        return False
    s3_backends[account]["aws"].put_object(bucket, key, _archive())
    return True


def exists(bucket: str, key: str) -> bool:
    """Return whether a bucket has an object."""
    _, account = s3_backends.bucket_accounts[bucket]
    return s3_backends[account]["aws"].get_bucket(bucket).keys.get(key) is not None


def _archive() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as files:
        note = tarfile.TarInfo("STAND-IN")
        note.size = len(NOTE)
        files.addfile(note, io.BytesIO(NOTE))
    return archive.getvalue()
