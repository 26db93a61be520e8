"""Questions people ask: may this principal do that, and does the pack accept a state that somebody else exported."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.end_to_end.zone import Zone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("questions")]
ROLE = "arn:aws:iam::000000000008:role/team/scientist"
IN_PROD = ("can", "--account", "ml-prod", "--principal", ROLE)


@pytest.fixture(scope="module")
def zone(make_zone: Callable[[], Zone]) -> Zone:
    return make_zone()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("s3:PutBucketPolicy", "arn:aws:s3:::hipaa-ml-phi"), 1, "D4Buckets"),
        (("s3:GetObject", "arn:aws:s3:::hipaa-ml-phi/x"), 1, "P2Networks"),
        (("s3:GetObject", "arn:aws:s3:::hipaa-ml-phi/x", "--context", "aws:ViaAWSService=true"), 0, "allowed"),
        (("s3:CreateBucket", "*", "--context", "aws:RequestedRegion=eu-west-1"), 1, "F7Regions"),
        (("s3:CreateBucket", "*", "--context", "aws:RequestedRegion"), 2, "KEY=VALUE"),
        (("CreateBucket",), 2, "service:Action"),
        ((), 2, "ACTION"),
    ],
)
def test_can_says_which_statement_decides(zone: Zone, words: tuple[str, ...], code: int, message: str) -> None:
    ran = zone.rehearse(*IN_PROD, *words)
    assert ran.code == code, ran.err
    assert message in ran.out + ran.err


def test_can_lists_the_requests_that_are_decided_otherwise(zone: Zone) -> None:
    table = zone.root / "requests.csv"
    header = "account,principal,action,resource,context,expect\n"
    right = f"ml-prod,{ROLE},s3:DeleteBucket,arn:aws:s3:::hipaa-ml-phi,,denied D4Buckets\n"
    wrong = f"ml-prod,{ROLE},organizations:LeaveOrganization,*,,allowed\n"
    table.write_text(header + right, encoding="utf-8")
    assert zone.rehearse("can", "--requests", str(table)).code == 0
    table.write_text(header + right + wrong, encoding="utf-8")
    ran = zone.rehearse("can", "--requests", str(table))
    assert ran.code == 1
    assert "line 3" in ran.out
    assert "F1Leave" in ran.out
    table.write_text("account\nml-prod\n", encoding="utf-8")
    assert zone.rehearse("can", "--requests", str(table)).code == 2


@pytest.mark.cli
@pytest.mark.skipif(shutil.which("pulumi") is None, reason="there is no `pulumi` on PATH")
def test_the_pack_judges_an_exported_state_without_a_provider(zone: Zone, tmp_path: Path) -> None:
    zone.shrink()
    assert zone.rehearse("up", "organization", "audit").code == 0
    state = json.loads(zone.rehearse("export", "audit").out)
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(state), encoding="utf-8")
    for resource in state["deployment"]["resources"]:
        if resource["type"] == "aws:s3/bucketVersioning:BucketVersioning":
            resource["outputs"]["versioningConfiguration"]["status"] = "Suspended"
    bad.write_text(json.dumps(state), encoding="utf-8")
    environment = zone.environment(PULUMI_BACKEND_URL=f"file://{tmp_path}", PULUMI_SKIP_UPDATE_CHECK="true")

    def analyzed(file: Path) -> subprocess.CompletedProcess[str]:
        command = ["pulumi", "policy", "analyze", "--file", str(file), "--policy-pack", "policies", "--json"]
        return subprocess.run(
            command, cwd=zone.root, env={**os.environ, **environment}, capture_output=True, text=True, check=False
        )

    assert analyzed(good).returncode == 0
    refused = analyzed(bad)
    assert refused.returncode == 1
    assert "s3-bucket-versioning" in refused.stdout or "keeps versions" in refused.stdout
