"""A promotion requires a signature of the image by a trusted profile that AWS Signer did not revoke."""

import base64
import json
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from cli.model_trust import embedded
from cli.promotion import envelopes, signatures
from cli.promotion.envelopes import SignatureError
from cli.promotion.errors import INTEGRITY, PromotionError
from cli.promotion.images import Repository
from cli.promotion.promote import Environment, previous
from cli.promotion.signatures import TrustPolicy
from rehearsal.cloud import Cloud, Credentials, Endpoints, drills
from rehearsal.cloud.signing_authority import Authority, signed
from tests.cli.promotion import test_promote as promotions
from tests.cli.promotion.test_promote import ACCOUNT, EAST, IMAGE, MEDIA, accounts, pair

__all__ = ["accounts", "pair"]
OTHER = "sha256:" + "b" * 64
Pair = tuple[Environment, Environment]


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    started = Cloud.start(tmp_path_factory.mktemp("cloud"), management_account=ACCOUNT)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def endpoints(cloud: Cloud) -> Endpoints:
    return cloud.endpoints(retries=1)


@pytest.fixture
def signer(endpoints: Endpoints, accounts: tuple[Credentials, Credentials]) -> Any:
    client = endpoints.client("signer", EAST, accounts[0])
    for name in ("releases", "strangers"):
        client.put_signing_profile(profileName=name, platformId=signatures.PLATFORM)
    return client


@pytest.fixture
def signed_pair(pair: Pair, cloud: Cloud, signer: Any) -> Pair:
    """Environments that trust the profile `releases`, with an image that is not signed."""
    profile = signer.get_signing_profile(profileName="releases")
    arn = profile["arn"]
    trust = TrustPolicy(
        signer=signer,
        profiles=[arn],
        roots=x509.load_pem_x509_certificates(drills.signing_root(cloud).encode()),
        fetch=embedded,
    )
    promotions.register(pair[0])
    return replace(pair[0], trust=trust), replace(pair[1], trust=trust)


def assert_refused(environments: Pair, words: str) -> None:
    """Neither environment receives anything."""
    staging, prod = environments
    with pytest.raises(PromotionError, match=words) as raised:
        promotions.run(staging, staging)
    assert raised.value.exit_code == INTEGRITY
    with pytest.raises(PromotionError, match=words):
        promotions.run(staging, prod)
    assert prod.packages.all() == []
    assert prod.repository.manifest(IMAGE) is None


def test_signed_image_is_promoted_with_its_signature(signed_pair: Pair, signer: Any) -> None:
    staging, prod = signed_pair
    artifact = signatures.sign(staging.repository, IMAGE, signer, "releases")
    promotions.run(staging, staging)
    promoted = promotions.run(staging, prod)
    assert promoted.release.image_digest == IMAGE
    assert list(signatures.referrers(prod.repository, IMAGE)) == [artifact]
    promotions.run(staging, prod)
    assert list(signatures.referrers(prod.repository, IMAGE)) == [artifact]


def test_image_without_signature_is_refused(signed_pair: Pair) -> None:
    assert_refused(signed_pair, r"is not signed\. Sign it with a trusted profile\.")


def test_signature_of_a_profile_that_is_not_trusted_is_refused(signed_pair: Pair, signer: Any) -> None:
    signatures.sign(signed_pair[0].repository, IMAGE, signer, "strangers")
    assert_refused(signed_pair, "signing-profiles/strangers/[0-9a-f]+ is not trusted")


def test_signature_of_another_image_is_refused(signed_pair: Pair, signer: Any) -> None:
    staging = signed_pair[0].repository
    payload = {"targetArtifact": {"mediaType": MEDIA, "digest": OTHER, "size": 1}}
    answer = signer.sign_payload(
        profileName="releases", payload=json.dumps(payload).encode(), payloadFormat=envelopes.PAYLOAD_TYPE
    )
    attach(staging, answer["signature"])
    assert_refused(signed_pair, f"it signs {OTHER}")


def test_one_trusted_signature_among_others_is_enough(signed_pair: Pair, signer: Any) -> None:
    staging, prod = signed_pair
    for profile in ("strangers", "releases"):
        signatures.sign(staging.repository, IMAGE, signer, profile)
    promotions.run(staging, staging)
    promotions.run(staging, prod)
    assert len(list(signatures.referrers(prod.repository, IMAGE))) == 2


@pytest.mark.parametrize("what", ["signature", "profile"])
def test_revoked_signature_is_refused_in_promotions_and_rollbacks(signed_pair: Pair, signer: Any, what: str) -> None:
    staging, _ = signed_pair
    signatures.sign(staging.repository, IMAGE, signer, "releases")
    promotions.run(staging, staging)
    later = promotions.register(staging, b"later")
    promotions.run(staging, staging)
    assert previous("risk", staging, later).release.image_digest == IMAGE

    assert staging.trust is not None
    [artifact] = signatures.referrers(staging.repository, IMAGE)
    verified = staging.trust.require(staging.repository, IMAGE)
    if what == "signature":
        signer.revoke_signature(jobId=verified.job_arn.rpartition("/")[2], reason="the build machine was lost")
    else:
        version = verified.profile_version_arn.rpartition("/")[2]
        before = verified.time - timedelta(minutes=1)
        signer.revoke_signing_profile(
            profileName="releases", profileVersion=version, reason="lost", effectiveTime=before
        )
    assert artifact
    assert_refused(signed_pair, "AWS Signer revoked arn:aws:signer:")
    with pytest.raises(PromotionError, match="AWS Signer revoked"):
        previous("risk", staging, later)


def test_profile_that_was_revoked_later_leaves_earlier_signatures(signed_pair: Pair, signer: Any) -> None:
    staging, _ = signed_pair
    signatures.sign(staging.repository, IMAGE, signer, "releases")
    version = signer.get_signing_profile(profileName="releases")["profileVersion"]
    later = datetime.now(UTC) + timedelta(minutes=5)
    signer.revoke_signing_profile(profileName="releases", profileVersion=version, reason="old", effectiveTime=later)
    promotions.run(staging, staging)
    with pytest.raises(ClientError, match="is Revoked"):
        signatures.sign(staging.repository, IMAGE, signer, "releases")


def attach(repository: Repository, envelope: bytes) -> None:
    """Attaches an envelope to the image, whatever it is."""

    class Given:
        """A signer that answers with the envelope."""

        @staticmethod
        def sign_payload(**_: Any) -> Any:
            return {"signature": envelope}

    signatures.sign(repository, IMAGE, Given(), "any")


AUTHORITY = Authority()
PROFILE = f"arn:aws:signer:{EAST}:{ACCOUNT}:/signing-profiles/releases/0123456789"
JOB = f"arn:aws:signer:{EAST}:{ACCOUNT}:/signing-jobs/1"


def now() -> datetime:
    """The time of a verification: after all certificates of the test were issued."""
    return datetime.now(UTC) + timedelta(seconds=5)


PAYLOAD = json.dumps({"targetArtifact": {"mediaType": MEDIA, "digest": IMAGE, "size": 9}}).encode()


def envelope(days: int = 30) -> dict[str, Any]:
    return json.loads(AUTHORITY.envelope(PAYLOAD, PROFILE, JOB, now() + timedelta(days=days)))


def verify(document: Any, digest: str = IMAGE) -> envelopes.Signed:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    return envelopes.verify(content, digest, [AUTHORITY.root.chain[0]], now())


def protected(document: dict[str, Any]) -> dict[str, Any]:
    text = document["protected"]
    return json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))


def resigned(change: Callable[[dict[str, Any]], object], issuer: Any = None) -> bytes:
    """An envelope with other protected attributes, signed by the authority."""
    attributes = protected(envelope())
    change(attributes)
    return signed(attributes, PAYLOAD, issuer or AUTHORITY.root.issue("signer", 30))


def test_envelope_that_holds_names_profile_job_and_time() -> None:
    held = verify(envelope())
    assert (held.profile_arn, held.job_arn) == (PROFILE.rpartition("/")[0], JOB)
    assert abs(held.time - now()) < timedelta(minutes=1)
    assert len(held.certificate_hashes) == 2


ALTERED: dict[str, tuple[Callable[[], Any], str]] = {
    "payload": (lambda: envelope() | {"payload": envelope()["payload"][:-4] + "fQ"}, "not an envelope|not a signature"),
    "other payload": (
        lambda: envelope() | {"payload": base64.urlsafe_b64encode(PAYLOAD + b" ").decode()}, "not a signature",
    ),
    "signature": (lambda: envelope() | {"signature": "A" * 128}, "not a signature"),
    "short signature": (lambda: envelope() | {"signature": "AAAA"}, "not a signature"),
    "another root": (lambda: Authority().envelope(PAYLOAD, PROFILE, JOB, now() + timedelta(days=1)), "do not lead to"),
    "no certificates": (lambda: envelope() | {"header": {"x5c": []}}, "do not lead to"),
    "root alone": (lambda: resigned(lambda _: None, AUTHORITY.root), "in the wrong place"),
    "expired": (lambda: envelope(days=-1), "it expired at"),
    "future": (lambda: resigned(lambda a: a.update({envelopes.TIME: "2999-01-01T00:00:00+00:00"})), "was not valid at"),
    "no time zone": (lambda: resigned(lambda a: a.update({envelopes.TIME: "2026-01-01T00:00:00"})), "not an envelope"),
    "algorithm": (lambda: resigned(lambda a: a.update({"alg": "ES256"})), "does not belong to the key"),
    "no algorithm": (lambda: resigned(lambda a: a.update({"alg": "none"})), "does not belong to the key"),
    "critical": (lambda: resigned(lambda a: a["crit"].append("x")), "its critical attributes"),
    "not critical": (lambda: resigned(lambda a: a["crit"].remove(envelopes.PROFILE)), "its critical attributes"),
    "scheme": (lambda: resigned(lambda a: a.update({envelopes.SCHEME: "notary.x509"})), "its scheme is notary.x509"),
    "no profile": (lambda: resigned(lambda a: a.pop(envelopes.PROFILE)), "not an envelope"),
    "text": (lambda: b"text", "not an envelope"),
}  # fmt: skip


@pytest.mark.parametrize("name", ALTERED)
def test_envelope_that_does_not_hold_is_refused(name: str) -> None:
    make, words = ALTERED[name]
    with pytest.raises(SignatureError, match=words):
        verify(make())


def test_another_digest_is_refused() -> None:
    with pytest.raises(SignatureError, match=f"it signs {IMAGE}"):
        verify(envelope(), OTHER)


def test_certificates_are_identified_as_the_api_reference_computes_it(tmp_path: Path) -> None:
    """With the OpenSSL commands of the API Reference, "GetRevocationStatus"."""
    document = envelope()
    hashes: list[str] = []
    for number, text in enumerate(document["header"]["x5c"]):
        certificate = x509.load_der_x509_certificate(base64.b64decode(text))
        file, content = tmp_path / f"{number}.pem", tmp_path / f"{number}.tbs"
        file.write_bytes(certificate.public_bytes(Encoding.PEM))
        words = ["openssl", "asn1parse", "-in", str(file), "-strparse", "4", "-out", str(content), "-noout"]
        subprocess.run(words, check=True, capture_output=True)
        digest = subprocess.run(["openssl", "sha384", "-r", str(content)], check=True, capture_output=True, text=True)
        hashes.append(digest.stdout.split()[0])
    leaf, root = hashes
    assert list(verify(document).certificate_hashes) == [leaf + root, root + root]
