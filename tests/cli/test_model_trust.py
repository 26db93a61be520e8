"""Whose signatures of images `zone model` trusts on AWS: the profiles of the settings, below the root in a file."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, cast

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from cli.errors import UsageError
from cli.model_trust import embedded, trust_of
from rehearsal.cloud.signing_authority import Authority
from zone.settings.ml import ImageSigning

PROFILE: Final = "arn:aws:signer:us-east-1:111122223333:/signing-profiles/releases"
ROLE: Final = "hipaa-ml-service-promotion"


class AwsAccess:
    """Access to AWS that records which client was requested."""

    def __init__(self) -> None:
        self.clients: list[tuple[str, str, str]] = []

    def client(self, service: str, environment: str, role: str) -> Any:
        self.clients.append((service, environment, role))
        return "signer"


def settings(signing: ImageSigning | None) -> Any:
    return SimpleNamespace(ml=SimpleNamespace(image_signing=signing), zone=SimpleNamespace(promotion_role=ROLE))


def trust(folder: Path, signing: ImageSigning | None, access: AwsAccess | None = None) -> Any:
    workspace = cast("Any", SimpleNamespace(root=folder))
    return trust_of(cast("Any", access or AwsAccess()), workspace, settings(signing), "prod")


def test_no_signature_is_required_without_the_setting(tmp_path: Path) -> None:
    access = AwsAccess()
    assert trust(tmp_path, None, access) is None
    assert access.clients == []


def test_profiles_and_root_certificate_are_those_of_the_project(tmp_path: Path) -> None:
    [root, *_] = Authority().root.chain
    (tmp_path / "trust").mkdir()
    (tmp_path / "trust" / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    access = AwsAccess()
    policy = trust(tmp_path, ImageSigning(profiles=[PROFILE], root_certificate="trust/root.pem"), access)
    assert (policy.signer, list(policy.profiles), policy.roots) == ("signer", [PROFILE], [root])
    assert access.clients == [("signer", "prod", ROLE)]


@pytest.mark.parametrize("content", [None, b"", b"-----BEGIN CERTIFICATE-----\nno\n-----END CERTIFICATE-----\n"])
def test_missing_or_invalid_root_certificate_is_an_error_that_names_the_file(
    tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "aws-signer-notation-root.pem"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(UsageError) as error:
        trust(tmp_path, ImageSigning(profiles=[PROFILE]))
    assert str(error.value).startswith(f"{file} is not AWS Signer's root certificate")
    assert "docs/data-to-endpoint.md" in str(error.value)


def test_layer_of_the_emulated_registry_is_read_from_its_url_alone() -> None:
    assert embedded("data:application/octet-stream;base64,b25l") == b"one"
    with pytest.raises(UsageError, match="unexpected URL: file:///etc/passwd"):
        embedded("file:///etc/passwd")
