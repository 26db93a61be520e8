"""The command line: plans, confirmations and error messages."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from rehearsal.cloud import resolve
from runbooks import answers
from runbooks.errors import BadInputError
from tests.runbooks.recovery_environment import CASES, PRIMARY, RECOVERY, RecoveryEnvironment

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
ACCOUNT = "111122223333"


def runbook(
    environment: RecoveryEnvironment, *words: str, typed: str = "", via: str = RECOVERY, **more: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables: Mapping[str, str] = environment.cloud.environment(via=via)
    return subprocess.run(
        [sys.executable, "-m", "runbooks", *words],
        cwd=ROOT,
        env={**kept, **variables, "COLUMNS": "160", **more},
        input=typed,
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


def test_failover_without_execute_prints_plan_and_changes_nothing(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    done = runbook(environment, "failover", "--env", "prod")
    assert done.returncode == 0, done.stderr
    assert "us-east-1 does not answer" in done.stdout
    assert "point sepsis.prod.ml.internal to us-west-2" in done.stdout
    assert "No changes were made" in done.stdout
    assert environment.writer(RECOVERY) == PRIMARY


def test_failover_and_failback_by_typed_confirmation(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.stop_region("global")
    words = ("failover", "--env", "prod", "--execute", "--poll", "0.05")
    refused = runbook(environment, *words, typed="yes\n")
    assert refused.returncode == 3
    assert "The operation was not confirmed. No changes were made." in refused.stderr
    done = runbook(environment, *words, typed="failover prod\nus-west-2 serves prod\n")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "us-west-2 serves prod" in done.stdout
    assert "Traceback" not in done.stderr
    environment.cloud.start_region("global")
    environment.cloud.start_region(PRIMARY)
    words = ("failback", "--env", "prod", "--execute", "--poll", "0.05", "--json")
    unapproved = runbook(environment, *words, "--approval")
    assert unapproved.returncode == 3
    assert "prod has no approvers: set ml.recovery.approvers in Pulumi.yaml" in unapproved.stderr
    back = runbook(environment, *words, typed="failback prod\nus-east-1 serves prod\n")
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["to"] == PRIMARY
    status = runbook(environment, "status", "--env", "prod", "--json")
    document = json.loads(status.stdout)
    assert {endpoint["serves"] for endpoint in document["endpoints"].values()} == {PRIMARY}
    assert document["traffic"] == dict.fromkeys(("readmission", "sepsis"), PRIMARY)
    assert document["writers"] == {PRIMARY: PRIMARY, RECOVERY: PRIMARY}
    assert document["lease"] is None
    assert document["last_drill"]
    assert [operation["kind"] for operation in document["history"]] == ["failback", "failover"]
    ready = runbook(environment, "readiness", "--env", "prod")
    assert ready.returncode == 0, ready.stdout
    assert "a failover would work now" in ready.stdout


@pytest.mark.xdist_group("untouched")
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("failover", "--env", "production"), 2, "no environment 'production' in us-west-2; environments there: prod"),
        (
            ("failover", "--env", "prod", "--endpoint", "sepsi"),
            2,
            "no endpoint 'sepsi' in prod; endpoints: readmission",
        ),
        (
            ("failover", "--env", "prod", "--region", "eu-west-1"),
            2,
            "no environment 'prod' in eu-west-1; no environment",
        ),
        (("failover", "--env", "prod", "--lost-at", "three"), 2, "--lost-at is 'three'; allowed: a time such as"),
        (("failback", "--env", "prod"), 3, "served from us-east-1 already"),
        (("abort", "--env", "prod", "--execute"), 0, ""),
        (("break-glass", "--account", "12", "--reason", "x", "--", "true"), 2, "--account is '12'; allowed: 12 digits"),
        (("break-glass", "--account", "111122223333", "--reason", "x", "--", "true"), 2, "--reason must say why"),
        (("break-glass", "--account", "111122223333", "--reason", "region lost, locked out"), 2, "name the command"),
        (("status",), 2, "--env"),
    ],
)
def test_invalid_command_line_is_refused_with_allowed_values(
    unchanged_environment: RecoveryEnvironment, words: tuple[str, ...], code: int, message: str
) -> None:
    done = runbook(unchanged_environment, *words)
    assert done.returncode == code, done.stderr
    assert message in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_unreachable_region_is_named_with_option_to_change(environment: RecoveryEnvironment) -> None:
    environment.cloud.stop_region(PRIMARY)
    done = runbook(environment, "status", "--env", "prod", "--region", PRIMARY)
    assert done.returncode == 1
    assert "us-east-1 does not answer" in done.stderr
    assert "--region" in done.stderr


def test_break_glass_runs_command_with_credentials_and_prints_none(environment: RecoveryEnvironment) -> None:
    environment.client("iam", PRIMARY).create_role(
        RoleName="hipaa-ml-break-glass",
        AssumeRolePolicyDocument=json.dumps(
            {"Statement": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"}}
        ),
    )
    show = "import boto3; print(boto3.client('sts').get_caller_identity()['Arn'])"
    done = runbook(
        environment,
        *("break-glass", "--account", "111122223333", "--reason", "region lost, pipeline stuck", "--"),
        *(sys.executable, "-c", show),
    )
    assert done.returncode == 0, done.stderr
    assert "assumed-role/hipaa-ml-break-glass/region-lost,-pipeline-stuck" in done.stdout
    assert "the glass is broken" in done.stderr


def test_record_answers_once_from_approved_version(environment: RecoveryEnvironment, tmp_path: Path) -> None:
    bucket, key = environment.bucket("artifacts", PRIMARY), "smoke/sepsis-7.json"
    s3 = environment.client("s3", PRIMARY)
    s3.delete_object(Bucket=bucket, Key=key)
    inputs = tmp_path / "inputs.json"
    inputs.write_text(json.dumps({"cases": CASES}))
    words = ("record-answers", "--env", "prod", "--region", PRIMARY, "--endpoint", "sepsis", "--inputs", str(inputs))
    shown = runbook(environment, *words, via=PRIMARY)
    assert shown.returncode == 0, shown.stderr
    assert "sepsis in us-east-1 would be invoked with 3 cases" in shown.stdout
    assert s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0
    done = runbook(environment, *words, "--execute", via=PRIMARY)
    assert done.returncode == 0, done.stderr
    kept = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    assert kept["model_version"] == "7"
    assert [case["predictions"] for case in kept["cases"]] == environment.predictions
    again = runbook(environment, *words, "--execute", via=PRIMARY)
    assert again.returncode == 3
    assert "the answers of version 7 are recorded, and are not overwritten" in " ".join(again.stderr.split())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "not JSON"),
        ('{"inputs": []}', "cases: must be a list of at least one object"),
        ('{"cases": [{"instances": [1]}, {"instances": []}]}', "cases[1]: must be an object whose `instances`"),
    ],
)
def test_invalid_inputs_are_refused(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "inputs.json"
    file.write_text(text)
    with pytest.raises(BadInputError, match=re.escape(message)):
        answers.read_inputs(file)


def test_readiness_fails_without_recorded_answers(environment: RecoveryEnvironment) -> None:
    environment.client("s3", RECOVERY).delete_object(
        Bucket=environment.bucket("artifacts", RECOVERY), Key="smoke/sepsis-7.json"
    )
    done = runbook(environment, "readiness", "--env", "prod", "--json")
    assert done.returncode == 1
    wrong = [
        finding
        for finding in json.loads(done.stdout)["findings"]
        if finding["check"] == "known answers" and not finding["ok"]
    ]
    assert [finding["subject"] for finding in wrong] == ["sepsis"]


def test_withdraw_and_restore_recovery_region_when_active_active(
    make_environment: Callable[..., RecoveryEnvironment],
) -> None:
    environment = make_environment(sepsis="active-active", readmission="warm")
    name = "sepsis.prod.ml.internal"
    words = ("withdraw", "--env", "prod", "--region", PRIMARY, "--endpoint")
    both_hosts = {f"runtime.sagemaker.{region}.amazonaws.com" for region in (PRIMARY, RECOVERY)}
    assert set(resolve(environment.cloud, ACCOUNT, name)) == both_hosts
    refused = runbook(environment, *words, "readmission", via=PRIMARY)
    assert refused.returncode == 2
    assert "readmission is warm" in refused.stderr
    environment.cloud.stop_region(RECOVERY)
    shown = runbook(environment, *words, "sepsis", via=PRIMARY)
    assert shown.returncode == 0, shown.stderr
    assert "No changes were made" in shown.stdout
    assert set(resolve(environment.cloud, ACCOUNT, name)) == both_hosts
    typed = "withdraw prod\nus-east-1 serves prod\n"
    done = runbook(environment, *words, "sepsis", "--execute", "--poll", "0.05", via=PRIMARY, typed=typed)
    assert done.returncode == 0, done.stderr
    assert resolve(environment.cloud, ACCOUNT, name) == [f"runtime.sagemaker.{PRIMARY}.amazonaws.com"]
    environment.cloud.start_region(RECOVERY)
    failover = runbook(environment, "failover", "--env", "prod", "--endpoint", "sepsis")
    assert failover.returncode == 3
    assert "--endpoint sepsis --back --execute" in " ".join(failover.stderr.split())
    ready = runbook(environment, "readiness", "--env", "prod", "--json")
    assert [
        finding["found"] for finding in json.loads(ready.stdout)["findings"] if finding["check"] == "withdrawal"
    ] == ["us-west-2 is withdrawn: `withdraw --back` adds it"]
    typed = "withdraw prod\nus-east-1 and us-west-2 serve prod\n"
    back = runbook(environment, *words, "sepsis", "--back", "--execute", "--poll", "0.05", via=PRIMARY, typed=typed)
    assert back.returncode == 0, back.stderr
    assert set(resolve(environment.cloud, ACCOUNT, name)) == both_hosts
