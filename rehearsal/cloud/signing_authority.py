"""The certificate authority of the emulated AWS Signer, and envelopes of Notation that it signs.

Source: Notary Project, "Signature Specification" and "JWS Signature Envelope"; RFC 7515.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PAYLOAD_TYPE: Final = "application/vnd.cncf.notary.payload.v1+json"
_HALF: Final = 48
"""Bytes of each number of a signature with P-384."""
_CRITICAL: Final = (
    "io.cncf.notary.signingScheme",
    "io.cncf.notary.authenticSigningTime",
    "io.cncf.notary.expiry",
    "io.cncf.notary.verificationPlugin",
    "com.amazonaws.signer.signingJob",
    "com.amazonaws.signer.signingProfileVersion",
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Issuer:
    """A key with its certificate, and the certificates above it."""

    key: ec.EllipticCurvePrivateKey
    chain: Sequence[x509.Certificate]
    """The certificate of the key first, the root last."""

    def issue(self, name: str, days: int) -> "Issuer":
        """A new key with a certificate for code signing."""
        return _issued(name, days, self)


@dataclass(slots=True)
class Authority:
    """The root of one emulated cloud, and one key per version of a signing profile."""

    root: Issuer = field(default_factory=lambda: _issued("AWS Signer (emulated) root", 3650, None))
    _profiles: dict[str, Issuer] = field(default_factory=dict[str, Issuer])

    def certificate(self) -> str:
        """The root certificate, PEM."""
        return self.root.chain[0].public_bytes(Encoding.PEM).decode()

    def envelope(self, payload: bytes, profile_version_arn: str, job_arn: str, expiry: datetime) -> bytes:
        """A signed envelope.

        Args:
            payload: the JSON document that is signed.
            profile_version_arn: version of the signing profile.
            job_arn: the signing job.
            expiry: time at which the signature expires.
        """
        if profile_version_arn not in self._profiles:
            self._profiles[profile_version_arn] = self.root.issue("AWS Signer (emulated)", 365)
        issuer = self._profiles[profile_version_arn]
        now = datetime.now(UTC).replace(microsecond=0)
        protected = {
            "alg": "ES384",
            "cty": PAYLOAD_TYPE,
            "crit": list(_CRITICAL),
            "io.cncf.notary.signingScheme": "notary.x509.signingAuthority",
            "io.cncf.notary.authenticSigningTime": now.isoformat(),
            "io.cncf.notary.expiry": expiry.replace(microsecond=0).isoformat(),
            "io.cncf.notary.verificationPlugin": "com.amazonaws.signer.notation.plugin",
            "com.amazonaws.signer.signingJob": job_arn,
            "com.amazonaws.signer.signingProfileVersion": profile_version_arn,
        }
        return signed(protected, payload, issuer)


def signed(protected: dict[str, Any], payload: bytes, issuer: Issuer) -> bytes:
    """A JWS in JSON serialisation."""
    header, body = _encoded(json.dumps(protected).encode()), _encoded(payload)
    numbers = decode_dss_signature(issuer.key.sign(f"{header}.{body}".encode(), ec.ECDSA(SHA384())))
    signature = b"".join(number.to_bytes(_HALF) for number in numbers)
    certificates = [base64.b64encode(entry.public_bytes(Encoding.DER)).decode() for entry in issuer.chain]
    document = {
        "payload": body,
        "protected": header,
        "header": {"x5c": certificates, "io.cncf.notary.signingAgent": "emulated"},
        "signature": _encoded(signature),
    }
    return json.dumps(document).encode()


def _issued(name: str, days: int, parent: Issuer | None) -> Issuer:
    """A key with a certificate: of an authority without a parent, else for code signing."""
    key = ec.generate_private_key(ec.SECP384R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(parent.chain[0].subject if parent else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=parent is None, path_length=None), critical=True)
    )
    if parent is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
    certificate = builder.sign(parent.key if parent else key, SHA384())
    return Issuer(key=key, chain=[certificate, *(parent.chain if parent else ())])


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


@cache
def authority() -> Authority:
    """The authority of this process, as moto's state belongs to the process."""
    return Authority()
