"""The credentials of a command: missing, expired, of another account, and an AWS that cannot be reached."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.own_aws import OwnAws
from operations.errors import OperationError
from operations.identity import aws_errors, require_account
from rehearsal.cloud import Cloud
from tests.operations.conftest import EAST, MANAGEMENT


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cloud: Cloud) -> Iterator[None]:
    """The credentials of the emulated management account, and none of the person who runs the tests."""
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("HOME", str(tmp_path))
    yield
    cloud.clear_faults()


def caller(expected: str = MANAGEMENT) -> str:
    with aws_errors():
        aws = OwnAws(role="OrganizationAccountAccessRole")
    return require_account(aws, expected, EAST).arn


def test_account_and_principal_are_read() -> None:
    assert MANAGEMENT in caller()


def test_credentials_of_another_account_are_refused() -> None:
    with pytest.raises(
        OperationError, match=r"are of the account 123456789012 .* is 999999999999.*No changes were made"
    ):
        caller("999999999999")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("ExpiredToken", r"The AWS session has expired \(ExpiredToken\)\. Sign in again"),
        ("InvalidClientTokenId", r"AWS does not accept the credentials"),
        ("AccessDenied", r"AWS refused GetCallerIdentity: AccessDenied"),
    ],
)
def test_refused_credentials_are_explained(cloud: Cloud, code: str, message: str) -> None:
    cloud.inject("sts:GetCallerIdentity", error=code, status=403)
    with pytest.raises(OperationError, match=message):
        caller()


def test_missing_credentials_are_explained(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "missing"))
    monkeypatch.delenv("AWS_PROFILE")
    with pytest.raises(OperationError, match="No AWS credentials were found"):
        caller()


def test_missing_profile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "hospital")
    with pytest.raises(OperationError, match=r"hospital.*Correct AWS_PROFILE"):
        caller()


def test_unreachable_endpoint_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(OperationError, match="AWS cannot be reached"):
        caller()
