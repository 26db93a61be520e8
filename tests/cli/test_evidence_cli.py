"""`zone evidence` writes, records, signs and verifies; each kind of bad input is refused before anything is written."""

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli import evidence as command
from cli.errors import UsageError
from cli.evidence_live import read_live
from cli.main import app
from inspection.evidence.manifest import ManifestError
from inspection.evidence.origin import Origin
from inspection.evidence.proofs import ResultError
from inspection.evidence.report import Provenance
from rehearsal.cloud import Cloud
from tests import deployed_states
from tests.inspection.test_evidence import NOW

ROOT = Path(__file__).parents[2]
REAL_ACCOUNT = "210987654321"
WRITTEN = ("evidence.html", "evidence.json", "evidence.csv", "oscal-assessment-results.json", "manifest.json")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project without a rehearsal."""
    folder = tmp_path / "project"
    (folder / "policies").mkdir(parents=True)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    shutil.copy(ROOT / "policies" / "configuration.yaml", folder / "policies")
    monkeypatch.chdir(folder)
    return folder


def run(*words: str, content: str | None = None) -> Any:
    return CliRunner().invoke(app, ["evidence", *words], input=content)


def refused(*words: str, content: str | None = None) -> str:
    result = run(*words, content=content)
    assert isinstance(result.exception, UsageError | ResultError | ManifestError), result.output
    return str(result.exception)


def export(folder: Path, stack: str, *, of_aws: bool = False, rotation: bool = True) -> Path:
    """An export of a stack, without the marks of an emulator, or with a key that does not rotate."""
    document = deployed_states.export(stack)
    for entry in document["deployment"]["resources"]:
        if entry["type"] == "aws:kms/key:Key" and not rotation:
            entry["inputs"]["enableKeyRotation"] = False
    text = json.dumps(document)
    file = folder / f"{stack}.json"
    file.write_text(text.replace("123456789012", REAL_ACCOUNT) if of_aws else text, encoding="utf-8")
    return file


def test_a_failing_resource_fails_the_command(project: Path) -> None:
    file = export(project, "data-dev", rotation=False)
    result = run("--export", str(file), "--by", "auditor")
    assert result.exit_code == 1, result.output
    assert "✗ D1 kms-key-rotation: data-dev/" in result.output
    document = json.loads((project / "evidence" / "evidence.json").read_text(encoding="utf-8"))
    assert (document["ok"], document["by"], document["commit"]) == (False, "auditor", "unknown: not a git checkout")
    failing = [item["number"] for item in document["paragraphs"] if item["status"] == "fails"]
    assert "164.312(a)(2)(iv)" in failing
    assert "164.312(d)" not in failing


@pytest.mark.parametrize("of_aws", [True, False])
def test_every_file_says_whether_the_zone_is_emulated(of_aws: bool, project: Path) -> None:
    result = run("--export", str(export(project, "organization", of_aws=of_aws)))
    assert result.exit_code == 0, result.output
    for name in WRITTEN:
        text = (project / "evidence" / name).read_text(encoding="utf-8")
        assert ("EMULATED" in text) is not of_aws, name
    document = json.loads((project / "evidence" / "evidence.json").read_text(encoding="utf-8"))
    assert document["emulated"] is not of_aws
    assert document["source"]["source"] == "export"


def test_a_state_of_the_rehearsal_is_emulated_whatever_its_accounts(project: Path) -> None:
    file = export(project, "organization", of_aws=True)
    document = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**document, "rehearsed": True}), encoding="utf-8")
    result = run("--export", str(file))
    assert "EMULATED: organization.json was written by the rehearsal" in result.output


def test_without_a_deployment_nothing_is_covered(project: Path) -> None:
    result = run()
    assert result.exit_code == 0, result.output
    assert "0 of 68 paragraphs" in result.output
    assert "nothing is deployed" in result.output
    assert "Nothing is deployed" in (project / "evidence" / "evidence.html").read_text(encoding="utf-8")


def test_results_and_attachments_are_kept_listed_and_hashed(project: Path) -> None:
    attachment = project / "evidence" / "attachments" / "164.308(a)(2)" / "appointment.txt"
    attachment.parent.mkdir(parents=True)
    attachment.write_text("J. Doe", encoding="utf-8")
    assert run("record", "attack", "-", content='{"ok": true}').exit_code == 0
    result = run("--results", "results", "--export", str(export(project, "organization")))
    assert result.exit_code == 0, result.output
    document = json.loads((project / "evidence" / "evidence.json").read_text(encoding="utf-8"))
    states = {item["kind"]: item["state"] for item in document["proofs"]}
    assert states["attack"] == "passed"
    assert states["reach"] == "missing"
    manifest = json.loads((project / "evidence" / "manifest.json").read_text(encoding="utf-8"))
    listed = [item["path"] for item in manifest["files"]]
    assert "attachments/164.308(a)(2)/appointment.txt" in listed
    assert [name for name in listed if name.startswith("results/attack-")]
    assert run("verify", "evidence").exit_code == 0


def test_a_failed_result_fails_the_command(project: Path) -> None:
    assert run("record", "reach", "-", content='{"ok": false}').exit_code == 0
    result = run("--results", "results", "--export", str(export(project, "organization")))
    assert result.exit_code == 1
    assert "Reachability of the network: failed" in result.output


def test_an_ended_exemption_fails(project: Path) -> None:
    file = project / "policies" / "configuration.yaml"
    text = file.read_text(encoding="utf-8")
    assert run("--export", str(export(project, "data-dev"))).exit_code == 0
    file.write_text(text.replace("expires: 2027-12-31", "expires: 2026-01-31"), encoding="utf-8")
    result = run("--export", str(export(project, "data-dev")))
    assert result.exit_code == 1
    assert "exemption ended on 2026-01-31" in result.output
    assert "0 exemptions in force" in result.output


def test_changes_of_a_written_folder_are_named(project: Path) -> None:
    assert run().exit_code == 0
    (project / "evidence" / "evidence.csv").write_text("x", encoding="utf-8")
    (project / "evidence" / "other.txt").write_text("x", encoding="utf-8")
    (project / "evidence" / "evidence.html").unlink()
    result = run("verify", "evidence")
    assert result.exit_code == 1
    for line in ("changed: evidence.csv", "added: other.txt", "missing: evidence.html"):
        assert line in result.output


def test_an_unsigned_folder_is_no_signed_one(project: Path) -> None:
    assert run().exit_code == 0
    result = run("verify", "evidence", "--signed")
    assert result.exit_code == 1
    assert "the manifest is not signed" in result.output


def test_bad_input_is_refused(project: Path) -> None:
    file = export(project, "audit")
    copy = project / "copy.json"
    shutil.copy(file, copy)
    assert "both exports of the stack 'audit'" in refused("--export", str(file), "--export", str(copy))
    assert "Give one of --export and --aws" in refused("--export", str(file), "--aws")
    assert "No such file" in refused("--export", "absent.json")
    copy.write_text('{"deployment": []}', encoding="utf-8")
    assert "is no stack export" in refused("--export", str(copy))
    assert "no such folder" in refused("--results", "absent")
    assert "allowed: config, audit" in refused("record", "other", "-", content="{}")
    assert "is no JSON document" in refused("record", "audit", "-", content="{")
    assert "wrote" in refused("verify", str(project))
    assert not (project / "evidence").exists()


class Kms:
    """KMS of the emulated AWS, in the place of the reader of the command."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self._endpoints = cloud.endpoints()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del account
        return self._endpoints.client(service, region or "us-east-1")


@pytest.fixture(scope="module")
def kms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kms]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"))
    yield Kms(cloud)
    cloud.stop()


@pytest.fixture
def signing(project: Path, kms: Kms, monkeypatch: pytest.MonkeyPatch) -> Any:
    def reader(*_: Any, **__: Any) -> Kms:
        return kms

    monkeypatch.setattr(command, "_reader", reader)
    return kms.client("kms")


def key(client: Any, spec: str = "ECC_NIST_P256", usage: str = "SIGN_VERIFY") -> str:
    return str(client.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"])


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "RSA_2048"])
def test_a_signed_manifest_is_verified_with_and_without_kms(spec: str, signing: Any, project: Path) -> None:
    arn = key(signing, spec)
    written = run("--sign", arn)
    assert written.exit_code == 0, written.output
    assert arn in written.output
    public = project / "key.der"
    public.write_bytes(signing.get_public_key(KeyId=arn)["PublicKey"])
    for words in ((), ("--key", arn), ("--key", str(public)), ("--signed",)):
        result = run("verify", "evidence", *words)
        assert result.exit_code == 0, result.output
        assert "the signature holds" in result.output


def test_a_manifest_written_anew_by_someone_else_is_found(signing: Any, project: Path) -> None:
    arn, other = key(signing), key(signing)
    assert run("--sign", arn).exit_code == 0
    manifest = project / "evidence" / "manifest.json"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace('"by": "', '"by": "someone '), encoding="utf-8")
    result = run("verify", "evidence")
    assert result.exit_code == 1
    assert "the signature of manifest.json does not hold" in result.output
    assert run("--sign", other).exit_code == 0
    assert run("verify", "evidence").exit_code == 0
    result = run("verify", "evidence", "--key", arn)
    assert result.exit_code == 1
    assert "signed with another key" in result.output


def test_keys_that_do_not_sign_are_refused(signing: Any) -> None:
    assert "KMS did not sign" in refused("--sign", f"arn:aws:kms:us-east-1:123456789012:key/{'0' * 8}")
    assert "usage ENCRYPT_DECRYPT" in refused("--sign", key(signing, "RSA_2048", "ENCRYPT_DECRYPT"))


def test_a_signature_file_that_is_none_is_refused(signing: Any, project: Path) -> None:
    assert run("--sign", key(signing)).exit_code == 0
    (project / "evidence" / "manifest.signature.json").write_text("{}", encoding="utf-8")
    assert "is no signature" in refused("verify", "evidence")


class Recorded:
    """AWS with Config rules in one region and AWS Artifact."""

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del account
        return Config(region or "") if service == "config" else Artifact()


class Config:
    def __init__(self, region: str) -> None:
        self._region = region

    def can_paginate(self, operation: str) -> bool:
        return operation == ""

    def describe_compliance_by_config_rule(self) -> dict[str, Any]:
        if self._region != "us-east-1":
            raise command.ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "DescribeCompliance")
        return {
            "ComplianceByConfigRules": [
                {"ConfigRuleName": "s3-versioning", "Compliance": {"ComplianceType": "NON_COMPLIANT"}}
            ]
        }


class Artifact:
    def can_paginate(self, operation: str) -> bool:
        return operation == ""

    def list_customer_agreements(self) -> dict[str, Any]:
        return {
            "customerAgreements": [{"name": "Business Associate Addendum", "state": "ACTIVE", "effectiveStart": NOW}]
        }


def test_config_and_agreements_are_read_and_refusals_are_listed() -> None:
    provenance = Provenance(
        zone="z",
        written=NOW,
        by="auditor",
        commit="c",
        accounts={"ml-prod": REAL_ACCOUNT},
        regions=["us-east-1", "us-west-2"],
        origin=Origin(source="aws", detail="", emulated=False, basis=()),
    )
    live = read_live(Recorded(), provenance, NOW)
    config, agreements = live.results
    (rule,) = config.document["ComplianceByConfigRules"]
    assert (rule["Account"], rule["Region"]) == (REAL_ACCOUNT, "us-east-1")
    assert agreements.document["customerAgreements"][0]["effectiveStart"] == NOW.isoformat()
    (refusal,) = live.not_read
    assert refusal.startswith("Config compliance in ml-prod us-west-2: ")
    assert "AccessDenied" in refusal


def test_what_the_emulator_does_not_have_is_not_read(kms: Kms) -> None:
    provenance = Provenance(
        zone="z",
        written=NOW,
        by="auditor",
        commit="c",
        accounts={"management": "123456789012"},
        regions=["us-east-1"],
        origin=Origin(source="rehearsal", detail="", emulated=True, basis=()),
    )
    live = read_live(kms, provenance, NOW)
    assert len(live.results) + len(live.not_read) >= 1
    assert all(result.emulated for result in live.results)


@pytest.fixture
def backend(project: Path, tmp_path: Path, kms: Kms, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Pulumi CLI whose backend has the stack audit, and credentials of the emulated management account."""
    command_file = tmp_path / "bin" / "pulumi"
    command_file.parent.mkdir()
    fake = Path(__file__).with_name("fake_pulumi.py")
    command_file.write_text(f'#!/bin/sh\nexec {sys.executable} {fake} "$@"\n', encoding="utf-8")
    command_file.chmod(0o755)
    folder = tmp_path / "fake"
    folder.mkdir()
    script = {"audit": {"resources": deployed_states.export("audit")["deployment"]["resources"]}}
    (folder / "script.json").write_text(json.dumps(script), encoding="utf-8")
    for name, value in kms.cloud.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{command_file.parent}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_PULUMI", str(folder))
    return project


def test_the_backend_of_the_zone_is_read_and_its_session_decides_on_the_mark(backend: Path) -> None:
    result = run("--aws")
    assert result.exit_code == 0, result.output
    document = json.loads((backend / "evidence" / "evidence.json").read_text(encoding="utf-8"))
    assert document["deployed"] == ["audit"]
    assert document["by"].startswith("arn:aws:")
    assert document["emulated"] is True
    assert document["source"]["source"] == "aws"
    assert "the credentials' session sends its requests to http://" in document["source"]["basis"][0]


def test_a_result_of_the_zone_in_aws_names_the_principal(backend: Path) -> None:
    result = run("record", "attack", "-", "--aws", content='{"ok": true}')
    assert result.exit_code == 0, result.output
    (file,) = (backend / "results").glob("attack-*.json")
    recorded = json.loads(file.read_text(encoding="utf-8"))
    assert recorded["by"].startswith("arn:aws:")
    assert (recorded["source"], recorded["emulated"]) == ("aws", True)
