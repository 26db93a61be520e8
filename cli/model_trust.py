"""Whose signatures of images `zone model` trusts: signing profiles of the settings, below AWS Signer's root."""

from urllib.request import urlopen

from cryptography import x509

from cli.errors import UsageError
from cli.model_access import Access, RehearsedAccess
from cli.promotion import signatures
from cli.promotion.images import Repository
from cli.promotion.signatures import TrustPolicy
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from rehearsal.cloud import drills
from zone.settings import Settings

_EMBEDDED = "data:application/octet-stream;base64,"


def trust_of(access: Access, workspace: Workspace, settings: Settings, environment: str) -> TrustPolicy | None:
    """The trust policy of an environment; None when the settings require no signatures.

    Raises:
        UsageError: the file of the root certificate is missing or has no certificate.
    """
    signing = settings.ml.image_signing
    if signing is None:
        return None
    signer = access.client("signer", environment, settings.zone.promotion_role)
    if isinstance(access, RehearsedAccess):
        root = drills.signing_root(workspace.running_cloud()).encode()
        return TrustPolicy(
            signer=signer,
            profiles=signing.profiles,
            roots=x509.load_pem_x509_certificates(root),
            fetch=embedded,
        )
    file = workspace.root / signing.root_certificate
    try:
        roots = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{file} is not AWS Signer's root certificate ({error}). Download it as docs/data-to-endpoint.md describes."
        ) from None
    return TrustPolicy(signer=signer, profiles=signing.profiles, roots=roots)


def embedded(url: str) -> bytes:
    """Reads a layer from the URL of the emulated ECR, which holds the content itself."""
    if not url.startswith(_EMBEDDED):
        raise UsageError(f"The emulated ECR issued an unexpected URL: {url[:40]}")
    with urlopen(url) as answer:  # noqa: S310 - a `data:` URL, checked above
        content: bytes = answer.read()
    return content


def sign_in_rehearsal(workspace: Workspace, settings: Settings, repository: Repository, digest: str) -> None:
    """Signs an image of the emulated ECR with the first trusted profile, which is created if it does not exist."""
    signing = settings.ml.image_signing
    if signing is None or any(True for _ in signatures.referrers(repository, digest)):
        return
    arn = signing.profiles[0]
    account, name = arn.split(":")[4], arn.rpartition("/")[2]
    signer = rehearsed_aws(workspace, settings).client("signer", account=account)
    try:
        signer.get_signing_profile(profileName=name)
    except signer.exceptions.ResourceNotFoundException:
        signer.put_signing_profile(profileName=name, platformId=signatures.PLATFORM)
    signatures.sign(repository, digest, signer, name)
