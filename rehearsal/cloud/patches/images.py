"""ECR: digests of image manifests, and replication by the registry's replication configuration."""

import copy
import hashlib
import json
from typing import Any, Final

from moto.ecr.models import ECRBackend, Image, ecr_backends

from rehearsal.cloud.patches import registry

_MANIFEST: Final = "application/vnd.docker.distribution.manifest.v2+json"


def apply() -> None:
    """Compute digests of manifests; replicate images."""
    registry.replace(Image, "_create_digest", "2e036c6729a2", _hashing)
    registry.replace(ECRBackend, "put_image", "165dddaf9828", _replicating)


def _hashing(_original: Any) -> Any:
    def create_digest(self: Any) -> None:
        """OCI Image Specification, "Digests": of the manifest's bytes, as they are."""
        self._image_digest = f"sha256:{hashlib.sha256(self.image_manifest.encode()).hexdigest()}"

    return create_digest


def _replicating(original: Any) -> Any:
    def put_image(self: Any, repository_name: str, *args: Any, **kwargs: Any) -> Any:
        image = original(self, repository_name, *args, **kwargs)
        for account, region in _destinations(self, repository_name):
            _arrive(ecr_backends[account][region], self.repositories[repository_name], image)
        return image

    return put_image


def push(account: str, region: str, repository: str, digest: str, tag: str) -> None:
    """Put an image without layers and with a given digest into a repository, as a push from elsewhere does.

    The image is replicated. An image that the repository has already stays as it is.
    """
    backend: Any = ecr_backends[account][region]
    images = backend.repositories[repository].images
    if any(image.get_image_digest() == digest for image in images):
        return
    manifest = json.dumps({"schemaVersion": 2, "mediaType": _MANIFEST, "config": {}, "layers": []})
    image = Image(account, tag, manifest, repository, _MANIFEST, digest)
    images.append(image)
    for destination, other_region in _destinations(backend, repository):
        _arrive(ecr_backends[destination][other_region], backend.repositories[repository], image)


def _destinations(backend: Any, repository: str) -> list[tuple[str, str]]:
    """Return the destinations of a repository. A rule without filters applies to every repository (ECR User Guide)."""
    return [
        (destination["registryId"], destination["region"])
        for rule in backend.replication_config["rules"]
        if not rule.get("repositoryFilters")
        or any(repository.startswith(repository_filter["filter"]) for repository_filter in rule["repositoryFilters"])
        for destination in rule["destinations"]
    ]


def _arrive(destination: Any, source: Any, image: Any) -> None:
    """Put an image into a destination registry. A missing repository is created with default settings, as on AWS."""
    if source.name not in destination.repositories:
        destination.create_repository(
            repository_name=source.name,
            registry_id=None,
            encryption_config=None,
            image_scan_config=None,
            image_tag_mutability=None,
            tags=[],
        )
    images = destination.repositories[source.name].images
    digest = image.get_image_digest()
    images[:] = [entry for entry in images if entry.get_image_digest() != digest]
    images.append(copy.deepcopy(image))
