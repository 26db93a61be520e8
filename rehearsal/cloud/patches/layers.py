"""ECR: the content of layers, and what images refer to others, as signatures do."""

import base64
import json
from typing import Any

from moto.ecr.exceptions import RepositoryNotFoundException
from moto.ecr.models import ECRBackend, Image, Repository
from moto.ecr.responses import ECRResponse

from rehearsal.cloud.aws_error import AwsError
from rehearsal.cloud.patches import registry


def apply() -> None:
    """Keep the content of layers, and describe artifacts."""
    registry.add_state(Repository, layer_contents=dict)
    registry.replace(ECRBackend, "complete_layer_upload", "3b72d22fe126", _keeping)
    registry.replace(ECRResponse, "get_download_url_for_layer", "58e3d7018520", lambda _: _download_url)
    registry.add(Image, "artifact_media_type", property(_artifact_type))
    registry.add(Image, "subject_manifest_digest", property(_subject))


def _keeping(original: Any) -> Any:
    def complete_layer_upload(
        self: Any, repository_name: str, upload_id: str, layer_digests: list[str], registry_id: str | None = None
    ) -> Any:
        repository = self.repositories.get(repository_name)
        upload = repository.uploads.get(upload_id) if repository else None
        content = bytes(upload.layer_parts) if upload else b""
        answer = original(self, repository_name, upload_id, layer_digests, registry_id)
        repository.layer_contents[answer["layerDigest"]] = content
        return answer

    return complete_layer_upload


def _download_url(self: Any) -> str:
    """The content in the URL itself: there is no bucket of the registry here."""
    name, digest = self._get_param("repositoryName"), self._get_param("layerDigest")
    repository = self.ecr_backend.repositories.get(name)
    if repository is None:
        raise RepositoryNotFoundException(name, self.current_account)
    if digest not in repository.layer_contents:
        raise AwsError("LayersNotFoundException", f"Could not find layers with digests {digest} in '{name}'")
    content = base64.b64encode(repository.layer_contents[digest]).decode()
    return json.dumps({"downloadUrl": f"data:application/octet-stream;base64,{content}", "layerDigest": digest})


def _artifact_type(self: Any) -> str | None:
    """OCI Image Specification, "Image Manifest": the type of the artifact, or else of its configuration."""
    manifest = json.loads(self.image_manifest)
    return manifest.get("artifactType") or (manifest.get("config") or {}).get("mediaType")


def _subject(self: Any) -> str | None:
    return (json.loads(self.image_manifest).get("subject") or {}).get("digest")
