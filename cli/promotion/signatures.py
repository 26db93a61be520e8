"""Signatures of images: a promotion requires one by a trusted signing profile of AWS Signer that is not revoked.

A signature is an OCI artifact in the repository of the image, with the image as its subject. `notation sign` with the
plugin of AWS Signer creates it, and so does the managed signing of Amazon ECR.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from cryptography import x509

from cli.promotion import envelopes, images
from cli.promotion.envelopes import SignatureError, Signed
from cli.promotion.errors import INTEGRITY, PromotionError
from cli.promotion.images import Repository

ARTIFACT_TYPE: Final = "application/vnd.cncf.notary.signature"
PLATFORM: Final = "Notation-OCI-SHA384-ECDSA"
"""Platform of the signing profiles for container images."""
MANIFEST_TYPE: Final = "application/vnd.oci.image.manifest.v1+json"
_CONFIG: Final = b"{}"


@dataclass(frozen=True, kw_only=True, slots=True)
class TrustPolicy:
    """Whose signatures a promotion trusts."""

    signer: Any
    """boto3's `signer` client, in the region of the profiles."""
    profiles: Sequence[str]
    """ARNs of signing profiles, without a version."""
    roots: Sequence[x509.Certificate]
    """Root certificates of AWS Signer."""
    fetch: Callable[[str], bytes] | None = None
    """Reads a URL that ECR issued for a layer; by default over HTTPS."""

    def require(self, repository: Repository, digest: str) -> Signed:
        """Requires a signature of an image.

        Args:
            repository: repository of the image and of its signatures.
            digest: digest of the image.

        Returns:
            The first signature that is valid, trusted and not revoked.

        Raises:
            PromotionError: the image has no such signature; the message states what is wrong with each.
        """
        reasons: list[str] = []
        for artifact in referrers(repository, digest):
            try:
                return self._verified(repository, artifact, digest)
            except SignatureError as error:
                reasons.append(f"{artifact[:19]}…: {error}")
        image = f"{repository.name}@{digest}"
        if not reasons:
            raise PromotionError(f"The image {image} is not signed. Sign it with a trusted profile.", INTEGRITY)
        raise PromotionError(
            f"No signature of the image {image} can be trusted. {'; '.join(reasons)}. Find out who signed it; build "
            "and sign the image again.",
            INTEGRITY,
        )

    def _verified(self, repository: Repository, artifact: str, digest: str) -> Signed:
        read = repository.manifest(artifact)
        layers = json.loads(read[0]).get("layers", ()) if read else ()
        if len(layers) != 1 or layers[0].get("mediaType") != envelopes.MEDIA_TYPE:
            raise SignatureError(f"it has no envelope of type {envelopes.MEDIA_TYPE}")
        content = images.layer(repository, layers[0], self.fetch)
        signed = envelopes.verify(content, digest, self.roots, datetime.now(UTC))
        if signed.profile_arn not in self.profiles:
            raise SignatureError(f"the profile {signed.profile_version_arn} is not trusted")
        revoked = self.signer.get_revocation_status(
            signatureTimestamp=signed.time,
            platformId=PLATFORM,
            profileVersionArn=signed.profile_version_arn,
            jobArn=signed.job_arn,
            certificateHashes=list(signed.certificate_hashes),
        ).get("revokedEntities")
        if revoked:
            raise SignatureError(f"AWS Signer revoked {', '.join(revoked)}")
        return signed


def referrers(repository: Repository, digest: str) -> Iterator[str]:
    """The digests of the signatures whose subject is an image."""
    pages = repository.client.get_paginator("describe_images").paginate(repositoryName=repository.name)
    for page in pages:
        for detail in page["imageDetails"]:
            if (
                detail.get("artifactMediaType") == ARTIFACT_TYPE
                and detail.get("subjectManifestDigest", digest) == digest
                and _subject(repository, str(detail["imageDigest"])) == digest
            ):
                yield str(detail["imageDigest"])


def _subject(repository: Repository, artifact: str) -> str:
    read = repository.manifest(artifact)
    return str(json.loads(read[0]).get("subject", {}).get("digest", "")) if read else ""


def copy(source: Repository, target: Repository, digest: str, fetch: Callable[[str], bytes] | None = None) -> None:
    """Copies the signatures of an image to the repository that has received the image.

    Args:
        source: repository of the image and of its signatures.
        target: repository that receives the signatures.
        digest: digest of the image.
        fetch: reads a URL that ECR issued for a layer; by default over HTTPS.
    """
    for artifact in referrers(source, digest):
        images.copy(source, target, artifact, None, fetch)


def sign(repository: Repository, digest: str, signer: Any, profile: str) -> str:
    """Signs an image, as `notation sign` with the plugin of AWS Signer does.

    Args:
        repository: repository of the image.
        digest: digest of the image.
        signer: boto3's `signer` client.
        profile: name of the signing profile.

    Returns:
        The digest of the signature's manifest.

    Raises:
        PromotionError: the repository does not have the image.
    """
    read = repository.manifest(digest)
    if read is None:
        raise PromotionError(f"The repository {repository.name} has no image {digest}. Push it first.", INTEGRITY)
    subject = {"mediaType": read[1], "digest": digest, "size": len(read[0].encode())}
    payload = json.dumps({"targetArtifact": subject}).encode()
    answer = signer.sign_payload(profileName=profile, payload=payload, payloadFormat=envelopes.PAYLOAD_TYPE)
    envelope = bytes(answer["signature"])
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST_TYPE,
        "artifactType": ARTIFACT_TYPE,
        "config": {"mediaType": ARTIFACT_TYPE, **_pushed(repository, _CONFIG)},
        "layers": [{"mediaType": envelopes.MEDIA_TYPE, **_pushed(repository, envelope)}],
        "subject": subject,
    }
    text = json.dumps(manifest)
    repository.client.put_image(
        repositoryName=repository.name, imageManifest=text, imageManifestMediaType=MANIFEST_TYPE
    )
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _pushed(repository: Repository, content: bytes) -> dict[str, Any]:
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    images.push_layer(repository, digest, content)
    return {"digest": digest, "size": len(content)}
