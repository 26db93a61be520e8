"""A model version to serve: its image and artifact by digest, so that neither can be exchanged."""

import re
from dataclasses import dataclass
from typing import Final

import pulumi

_IMAGE: Final = re.compile(r"sha256:[0-9a-f]{64}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, kw_only=True, slots=True)
class Release:
    """A version."""

    version: str
    image_digest: str
    """`sha256:…`, as ECR shows it."""
    artifact_sha256: str
    """SHA-256 of `model.tar.gz`; runbooks compare it in both regions."""
    model_sha256: str
    """SHA-256 of the model in the archive; the container compares it before it loads the model."""

    def __post_init__(self) -> None:
        """Refuses a value that is not a digest."""
        if not _IMAGE.fullmatch(self.image_digest):
            raise ValueError(f"Release.image_digest: {self.image_digest!r}; allowed: sha256: and 64 hexadecimal digits")
        for name in ("artifact_sha256", "model_sha256"):
            if not _SHA256.fullmatch(getattr(self, name)):
                raise ValueError(f"Release.{name}: {getattr(self, name)!r}; allowed: 64 hexadecimal digits")

    def artifact_key(self, model: str) -> str:
        """Key of the artifact, in the artifact bucket of each region."""
        return f"{model}/{self.version}/model.tar.gz"

    def image(self, repository_url: pulumi.Input[str]) -> pulumi.Output[str]:
        """The image by its digest."""
        return pulumi.Output.format("{0}@{1}", repository_url, self.image_digest)
