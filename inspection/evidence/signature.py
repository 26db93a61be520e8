"""The signature over a manifest: made by an asymmetric KMS key, checked with its public key, also without AWS."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from inspection.evidence.manifest import MANIFEST, SIGNATURE, ManifestError, digest

ALGORITHMS: Final = ("ECDSA_SHA_256", "RSASSA_PSS_SHA_256", "RSASSA_PKCS1_V1_5_SHA_256")
"""KMS signing algorithms with SHA-256, best first (KMS Developer Guide, "Asymmetric key specs")."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signature:
    """Content of `manifest.signature.json`."""

    key: str
    """ARN of the KMS key."""
    algorithm: str
    digest: str
    """SHA-256 digest of `manifest.json`, hexadecimal."""
    signature: str
    """Base64."""
    public_key: str
    """SubjectPublicKeyInfo in DER, base64."""

    @property
    def fingerprint(self) -> str:
        """SHA-256 digest of the public key, hexadecimal."""
        return hashlib.sha256(base64.b64decode(self.public_key)).hexdigest()


def sign_manifest(folder: Path, kms: Any, key: str) -> Signature:
    """Signs the manifest of a folder and writes `manifest.signature.json`.

    Args:
        folder: folder of the evidence, with its manifest.
        kms: boto3 client of KMS in the key's account and region; needs `kms:Sign` and `kms:GetPublicKey`.
        key: id, ARN or alias of an asymmetric key with usage SIGN_VERIFY.

    Raises:
        ManifestError: the key does not sign, or not with SHA-256.
        ClientError: KMS refuses.
    """
    public = kms.get_public_key(KeyId=key)
    offered = public.get("SigningAlgorithms", ())
    algorithm = next((name for name in ALGORITHMS if name in offered), None)
    if public.get("KeyUsage") != "SIGN_VERIFY" or algorithm is None:
        raise ManifestError(
            f"--sign {key}: the key has usage {public.get('KeyUsage')} and spec {public.get('KeySpec')}; allowed: an "
            f"asymmetric key with usage SIGN_VERIFY and one of {', '.join(ALGORITHMS)}"
        )
    answer = kms.sign(KeyId=key, Message=message(folder), MessageType="RAW", SigningAlgorithm=algorithm)
    signature = Signature(
        key=str(answer["KeyId"]),
        algorithm=algorithm,
        digest=digest(folder / MANIFEST),
        signature=base64.b64encode(answer["Signature"]).decode(),
        public_key=base64.b64encode(public["PublicKey"]).decode(),
    )
    (folder / SIGNATURE).write_text(json.dumps(asdict(signature), indent=1) + "\n", encoding="utf-8")
    return signature


def read_signature(folder: Path) -> Signature | None:
    """The signature of a folder's manifest; none if it is not signed.

    Raises:
        ManifestError: the file is no signature.
    """
    file = folder / SIGNATURE
    if not file.exists():
        return None
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        values = {name: str(document[name]) for name in Signature.__dataclass_fields__}
        base64.b64decode(values["signature"], validate=True)
        base64.b64decode(values["public_key"], validate=True)
    except (ValueError, KeyError, TypeError, binascii.Error) as error:
        raise ManifestError(f"{file} is no signature of `zone evidence` ({type(error).__name__}: {error})") from None
    return Signature(**cast("Mapping[str, str]", values))


def signature_problems(folder: Path, signature: Signature, trusted: bytes | None = None) -> list[str]:
    """Why a signature does not hold; none if it does.

    Args:
        folder: folder of the evidence.
        signature: its signature.
        trusted: public key (DER) that must have signed; without one, any key may have.
    """
    public = base64.b64decode(signature.public_key)
    if trusted is not None and trusted != public:
        return [f"signed with another key than the one given: {signature.key}"]
    if not _verifies(public, signature.algorithm, base64.b64decode(signature.signature), message(folder)):
        return [f"the signature of {MANIFEST} does not hold: the manifest changed after it was signed"]
    return []


def message(folder: Path) -> bytes:
    """The signed text: the line that `sha256sum manifest.json` prints, so that OpenSSL can verify the signature."""
    return f"{digest(folder / MANIFEST)}  {MANIFEST}\n".encode()


def _verifies(public: bytes, algorithm: str, signature: bytes, content: bytes) -> bool:
    """Whether a public key confirms the signature of a text."""
    hashed = SHA256()
    try:
        key = load_der_public_key(public)
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm == "ECDSA_SHA_256":
            key.verify(signature, content, ec.ECDSA(hashed))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == "RSASSA_PSS_SHA_256":
            # KMS uses a salt as long as the digest (KMS Developer Guide, "RSA key specs"), moto the longest.
            key.verify(signature, content, padding.PSS(padding.MGF1(SHA256()), padding.PSS.AUTO), hashed)
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == "RSASSA_PKCS1_V1_5_SHA_256":
            key.verify(signature, content, padding.PKCS1v15(), hashed)
        else:
            return False
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True
