"""Copies a container image between two ECR registries by digest, with the registry's own API."""

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.request import urlopen

from cli.promotion.errors import INTEGRITY, PromotionError

PART_BYTES: Final = 20 * 1024 * 1024
"""Bytes of a part of a layer; ECR accepts at most 20 MiB (API Reference, `UploadLayerPart`)."""
_MEDIA_TYPES: Final = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A repository of an environment."""

    client: Any
    """boto3's `ecr` client, in the account of the environment."""
    name: str

    def manifest(self, digest: str) -> tuple[str, str] | None:
        """Manifest and media type of an image; None when the repository does not have it.

        Raises:
            PromotionError: the manifest does not have the digest.
        """
        answer = self.client.batch_get_image(
            repositoryName=self.name, imageIds=[{"imageDigest": digest}], acceptedMediaTypes=list(_MEDIA_TYPES)
        )
        if not answer["images"]:
            return None
        [image] = answer["images"]
        text = str(image["imageManifest"])
        actual = f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"
        if actual != digest:
            raise PromotionError(f"The manifest of {self.name}@{digest} has the digest {actual}.", INTEGRITY)
        return text, str(image.get("imageManifestMediaType") or json.loads(text).get("mediaType") or _MEDIA_TYPES[0])


def copy(
    source: Repository, target: Repository, digest: str, tag: str | None, fetch: Callable[[str], bytes] | None = None
) -> None:
    """Copies an image: first its layers and configuration, then its manifest.

    Args:
        source: repository that has the image.
        target: repository that receives it.
        digest: `sha256:` and 64 hexadecimal digits.
        tag: tag in the target; tags are immutable. None for an artifact that refers to an image.
        fetch: reads a URL that ECR issued for a layer; by default over HTTPS.

    Raises:
        PromotionError: the image is missing, or a digest differs before or after.
    """
    read = source.manifest(digest)
    if read is None:
        raise PromotionError(f"The repository {source.name} has no image {digest}. Push it first.", INTEGRITY)
    if target.manifest(digest) is not None:
        return
    manifest, media_type = read
    for layer in dict.fromkeys(_layers(json.loads(manifest))):
        _copy_layer(source, target, layer, fetch or _fetch)
    target.client.put_image(
        repositoryName=target.name,
        imageManifest=manifest,
        imageManifestMediaType=media_type,
        imageDigest=digest,
        **({"imageTag": tag} if tag else {}),
    )
    if target.manifest(digest) is None:
        raise PromotionError(f"The repository {target.name} does not have {digest} after the copy.", INTEGRITY)


def _layers(manifest: Any) -> Iterator[str]:
    for descriptor in (manifest.get("config") or {}, *(manifest.get("layers") or ())):
        if descriptor.get("digest"):
            yield str(descriptor["digest"])


def layer(repository: Repository, descriptor: Any, fetch: Callable[[str], bytes] | None = None) -> bytes:
    """The content of a layer.

    Args:
        repository: repository that has the layer.
        descriptor: descriptor of the layer in a manifest.
        fetch: reads a URL that ECR issued for a layer; by default over HTTPS.

    Raises:
        PromotionError: the content does not have the digest.
    """
    digest = str(descriptor["digest"])
    url = repository.client.get_download_url_for_layer(repositoryName=repository.name, layerDigest=digest)
    content = (fetch or _fetch)(str(url["downloadUrl"]))
    actual = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if actual != digest:
        raise PromotionError(f"A layer of {repository.name} has the digest {actual}, expected {digest}.", INTEGRITY)
    return content


def push_layer(repository: Repository, digest: str, content: bytes) -> None:
    """Uploads a layer, unless the repository has it."""
    client, name = repository.client, repository.name
    if _available(repository, digest):
        return
    upload = client.initiate_layer_upload(repositoryName=name)["uploadId"]
    for first in range(0, len(content), PART_BYTES):
        part = content[first : first + PART_BYTES]
        client.upload_layer_part(
            repositoryName=name,
            uploadId=upload,
            partFirstByte=first,
            partLastByte=first + len(part) - 1,
            layerPartBlob=part,
        )
    client.complete_layer_upload(repositoryName=name, uploadId=upload, layerDigests=[digest])


def _available(repository: Repository, digest: str) -> bool:
    answer = repository.client.batch_check_layer_availability(repositoryName=repository.name, layerDigests=[digest])
    return any(entry.get("layerAvailability") == "AVAILABLE" for entry in answer.get("layers", []))


def _copy_layer(source: Repository, target: Repository, digest: str, fetch: Callable[[str], bytes]) -> None:
    if not _available(target, digest):
        push_layer(target, digest, layer(source, {"digest": digest}, fetch))


def _fetch(url: str) -> bytes:
    if not url.startswith("https://"):
        raise PromotionError(f"ECR returned a URL that is not HTTPS: {url.partition('?')[0]}", INTEGRITY)
    with urlopen(url, timeout=300) as answer:  # noqa: S310 - HTTPS only, checked above
        content: bytes = answer.read()
    return content
