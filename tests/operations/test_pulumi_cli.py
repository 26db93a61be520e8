"""The Pulumi CLI: missing, broken, too old; what it reports when it fails, in plain words."""

import re
from pathlib import Path

import pytest

from operations.errors import OperationError
from operations.failures import explained
from operations.pulumi_cli import find_cli

PROTECTED = """resource "urn:pulumi:audit::hipaa-ml::aws:s3/bucket:Bucket::logs" cannot be deleted
because it is protected. To unprotect …; resource "urn:pulumi:audit::hipaa-ml::aws:kms/key:Key::key" cannot
be deleted"""
LOCKED = """error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete
the lock file with `pulumi cancel`.
  s3://bucket/.pulumi/locks/organization/hipaa-ml/audit/1.json: created by ann@host (pid 4711) at 2026-11-29T12:00:00Z
"""


def executable(folder: Path, text: str) -> None:
    file = folder / "pulumi"
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)


def test_missing_cli_is_named_with_version_and_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(
        OperationError, match=r"no `pulumi` on PATH\. Needed is version 3\.206\.0 or newer\. Install it from"
    ):
        find_cli()


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo v3.100.0", r"version 3\.206\.0 or newer is needed .*3\.100\.0"),
        ("echo v4.0.0", r"Major version mismatch"),
        ("echo no version", r"Could not parse"),
        ("exit 3", r"`pulumi version` failed: .*exit status 3"),
    ],
)
def test_unusable_cli_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, message: str) -> None:
    executable(tmp_path, script)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match=message):
        find_cli()


def test_file_that_cannot_be_executed_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(tmp_path, "")
    (tmp_path / "pulumi").write_bytes(b"\x7fELF broken")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OperationError, match="`pulumi version` failed"):
        find_cli()


@pytest.mark.parametrize(
    ("output", "message"),
    [
        (PROTECTED, r"^protected resources were kept: logs\. They hold data; the others were deleted"),
        (LOCKED, r"lock of audit.*created by ann@host \(pid 4711\) at 2026.*`pulumi cancel --stack audit --yes`"),
        ("error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions", r"not logged in"),
        ("error: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …", r"Set PULUMI_CONFIG_PASSPHRASE"),
        ("error: incorrect passphrase", r"is not that of audit"),
        ("error: resource urn:x violates plan: properties changed", r"audit no longer matches its plan"),
        ("create is not allowed by the plan: no steps were expected for this resource", r"no longer matches its plan"),
        ("operation error STS: AssumeRole, api error ExpiredToken: The security token", r"session has expired"),
        ("error: No valid credential sources found", r"No AWS credentials were found"),
        ("AWS account ID not allowed: 111122223333", r"provider of audit is in another account"),
        ("blob (code=NotFound): NoSuchBucket: The bucket", r"bucket of the backend does not exist"),
        ("NotFoundException: Alias arn:aws:kms:us-east-1:1:alias/x is not found.", r"secrets provider does not exist"),
        ("write /tmp/x: no space left on device", r"The disk is full"),
        ("dial tcp: lookup s3.amazonaws.com: no such host", r"The connection was lost"),
        ("error: could not load plugin for aws", r"provider plugin cannot be installed"),
    ],
)
def test_failures_of_the_cli_are_explained(output: str, message: str) -> None:
    text = explained(output, "audit")
    assert text is not None
    assert re.search(message, text), text


def test_unknown_failures_are_left_to_the_cli() -> None:
    assert explained("error: something else", "audit") is None
