"""Verifies signatures of Notation over the digest of an image: JWS envelopes that AWS Signer produced.

Source: Notary Project, "Signature Specification", "JWS Signature Envelope" and "Trust Store and Trust Policy
Specification"; AWS Signer Developer Guide, "Signing container images".
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, Hash, HashAlgorithm
from cryptography.x509.oid import ExtendedKeyUsageOID

MEDIA_TYPE: Final = "application/jose+json"
PAYLOAD_TYPE: Final = "application/vnd.cncf.notary.payload.v1+json"
SCHEME: Final = "io.cncf.notary.signingScheme"
TIME: Final = "io.cncf.notary.authenticSigningTime"
EXPIRY: Final = "io.cncf.notary.expiry"
PLUGIN: Final = "io.cncf.notary.verificationPlugin"
PLUGIN_VERSION: Final = "io.cncf.notary.verificationPluginMinVersion"
JOB: Final = "com.amazonaws.signer.signingJob"
PROFILE: Final = "com.amazonaws.signer.signingProfileVersion"
AUTHORITY: Final = "notary.x509.signingAuthority"
"""Signing scheme of AWS Signer: the authority states the time of the signature."""
_UNDERSTOOD: Final = frozenset({SCHEME, TIME, EXPIRY, PLUGIN, PLUGIN_VERSION, JOB, PROFILE})
_REQUIRED: Final = (SCHEME, TIME, JOB, PROFILE)
_HASHES: Final[Mapping[str, HashAlgorithm]] = {"256": SHA256(), "384": SHA384(), "512": SHA512()}
_CURVES: Final = {"secp256r1": "256", "secp384r1": "384", "secp521r1": "512"}
_MODULI: Final = {2048: "256", 3072: "384", 4096: "512"}


class SignatureError(Exception):
    """A signature does not hold; the message states why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Signed:
    """What a signature that holds states."""

    digest: str
    """Digest of the signed manifest."""
    profile_version_arn: str
    job_arn: str
    time: datetime
    certificate_hashes: Sequence[str]
    """Hashes by which AWS Signer identifies the certificates of the chain."""

    @property
    def profile_arn(self) -> str:
        """ARN of the signing profile, without its version."""
        return self.profile_version_arn.rpartition("/")[0]


def verify(envelope: bytes, digest: str, roots: Sequence[x509.Certificate], now: datetime) -> Signed:
    """Verifies an envelope over the manifest of an image.

    Args:
        envelope: JSON serialisation of the JWS.
        digest: digest of the manifest, `sha256:` and 64 hexadecimal digits.
        roots: certificates of the authorities that are trusted; those in the envelope are not.
        now: the time of the verification, with a time zone.

    Returns:
        Signer, job and time. The caller decides whether the profile is trusted, and asks for revocations.

    Raises:
        SignatureError: the signature does not hold, has expired, or is of another manifest.
    """
    try:
        document = json.loads(envelope)
        protected = json.loads(_decoded(document["protected"]))
        payload = json.loads(_decoded(document["payload"]))
        chain = [x509.load_der_x509_certificate(base64.b64decode(text)) for text in document["header"]["x5c"]]
        signature = _decoded(document["signature"])
        target = payload["targetArtifact"]["digest"]
        critical = set(protected["crit"])
        attributes = {name: str(protected[name]) for name in _REQUIRED}
        algorithm = str(protected["alg"])
        expiry = _time(protected[EXPIRY]) if EXPIRY in protected else None
        time = _time(attributes[TIME])
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        raise SignatureError(f"it is not an envelope of AWS Signer ({type(error).__name__}: {error})") from None
    _require_chain(chain, roots, time)
    _require_signature(chain[0], algorithm, f"{document['protected']}.{document['payload']}".encode(), signature)
    unknown = critical - _UNDERSTOOD
    if unknown or not critical.issuperset(_REQUIRED):
        raise SignatureError(f"its critical attributes are {', '.join(sorted(critical))}")
    if attributes[SCHEME] != AUTHORITY or protected.get("cty") != PAYLOAD_TYPE:
        raise SignatureError(f"its scheme is {attributes[SCHEME]} and its payload {protected.get('cty')}")
    if expiry is not None and expiry <= now:
        raise SignatureError(f"it expired at {protected[EXPIRY]}")
    if target != digest:
        raise SignatureError(f"it signs {target}")
    return Signed(
        digest=digest,
        profile_version_arn=attributes[PROFILE],
        job_arn=attributes[JOB],
        time=time,
        certificate_hashes=[_identifier(child, parent) for child, parent in pairwise([*chain, chain[-1]])],
    )


def _time(text: str) -> datetime:
    time = datetime.fromisoformat(text)
    if time.tzinfo is None:
        raise ValueError(f"{text} has no time zone")
    return time


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _require_chain(chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate], time: datetime) -> None:
    """Each certificate is issued by the next, and the last is a trusted root; all were valid at the time."""
    if not chain or chain[-1] not in roots:
        raise SignatureError("its certificates do not lead to the root certificate of the settings")
    for place, certificate in enumerate(chain):
        if not certificate.not_valid_before_utc <= time <= certificate.not_valid_after_utc:
            raise SignatureError(f"the certificate {certificate.subject.rfc4514_string()} was not valid at {time}")
        try:
            constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
            authority = constraints.ca
        except x509.ExtensionNotFound:
            authority = False
        if authority is not (place > 0):
            raise SignatureError(f"the certificate {certificate.subject.rfc4514_string()} is in the wrong place")
    for child, parent in pairwise([*chain, chain[-1]]):
        try:
            child.verify_directly_issued_by(parent)
        except (InvalidSignature, ValueError, TypeError):
            raise SignatureError(f"{child.subject.rfc4514_string()} is not issued by the next certificate") from None
    try:
        usages = chain[0].extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        usages = ()
    if ExtendedKeyUsageOID.CODE_SIGNING not in usages:
        raise SignatureError("its certificate is not for code signing")


def _require_signature(certificate: x509.Certificate, algorithm: str, content: bytes, signature: bytes) -> None:
    key, size = certificate.public_key(), algorithm[2:]
    try:
        if isinstance(key, ec.EllipticCurvePublicKey) and algorithm == f"ES{_CURVES.get(key.curve.name)}":
            half = (key.curve.key_size + 7) // 8
            numbers = (int.from_bytes(signature[:half]), int.from_bytes(signature[half:]))
            if len(signature) != 2 * half:
                numbers = (0, 0)  # no signature has them
            key.verify(encode_dss_signature(*numbers), content, ec.ECDSA(_HASHES[size]))
        elif isinstance(key, rsa.RSAPublicKey) and algorithm == f"PS{_MODULI.get(key.key_size)}":
            scheme = padding.PSS(mgf=padding.MGF1(_HASHES[size]), salt_length=padding.PSS.DIGEST_LENGTH)
            key.verify(signature, content, scheme, _HASHES[size])
        else:
            raise SignatureError(f"its algorithm {algorithm} does not belong to the key of its certificate")
    except InvalidSignature:
        raise SignatureError("it is not a signature by the key of its certificate") from None


def _identifier(child: x509.Certificate, parent: x509.Certificate) -> str:
    """SHA-384 of what the parent signed of the child, and of the parent (API Reference, "GetRevocationStatus")."""
    parts: list[Any] = []
    for certificate in (child, parent):
        digest = Hash(SHA384())
        digest.update(certificate.tbs_certificate_bytes)
        parts.append(digest.finalize().hex())
    return "".join(parts)
