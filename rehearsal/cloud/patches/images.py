"""ECR: an image is its manifest's digest, and arrives wherever the registry's replication configuration says."""

import copy
import hashlib
from typing import Any

from moto.ecr.models import ECRBackend, Image, ecr_backends

from rehearsal.cloud.patches import registry


def apply() -> None:
    """True digests; images in every region that they are replicated to."""
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


def _destinations(backend: Any, repository: str) -> list[tuple[str, str]]:
    """ECR User Guide, "Private image replication": a rule without filters is for every repository."""
    return [
        (destination["registryId"], destination["region"])
        for rule in backend.replication_config["rules"]
        if not rule.get("repositoryFilters")
        or any(repository.startswith(repository_filter["filter"]) for repository_filter in rule["repositoryFilters"])
        for destination in rule["destinations"]
    ]


def _arrive(there: Any, source: Any, image: Any) -> None:
    """The same image, by digest and tags; a repository that is missing there is made with the defaults, as on AWS."""
    if source.name not in there.repositories:
        there.create_repository(
            repository_name=source.name,
            registry_id=None,
            encryption_config=None,
            image_scan_config=None,
            image_tag_mutability=None,
            tags=[],
        )
    kept = there.repositories[source.name].images
    digest = image.get_image_digest()
    kept[:] = [entry for entry in kept if entry.get_image_digest() != digest]
    kept.append(copy.deepcopy(image))
