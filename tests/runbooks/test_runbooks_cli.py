"""The command line at three in the morning: it shows before it does, asks twice, and says what is wrong."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.runbooks.recoverable import PRIMARY, RECOVERY, Recoverable

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]


def runbook(
    one: Recoverable, *words: str, typed: str = "", via: str = RECOVERY, **more: str
) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    variables: Mapping[str, str] = one.cloud.environment(via=via)
    return subprocess.run(
        [sys.executable, "-m", "runbooks", *words],
        cwd=ROOT,
        env={**kept, **variables, "COLUMNS": "160", **more},
        input=typed,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_without_execute_a_plan_is_shown_and_nothing_is_changed(environment: Recoverable) -> None:
    environment.cloud.stop_region(PRIMARY)
    done = runbook(environment, "failover", "--env", "prod")
    assert done.returncode == 0, done.stderr
    assert "us-east-1 does not answer" in done.stdout
    assert "point sepsis.prod.ml.internal to us-west-2" in done.stdout
    assert "nothing was changed" in done.stdout
    assert environment.writer(RECOVERY) == PRIMARY


def test_production_is_failed_over_by_two_sentences_and_goes_home_by_an_approval(
    environment: Recoverable, tmp_path: Path
) -> None:
    environment.cloud.stop_region(PRIMARY)
    environment.cloud.stop_region("global")
    words = ("failover", "--env", "prod", "--execute", "--poll", "0.05")
    refused = runbook(environment, *words, typed="yes\n")
    assert refused.returncode == 3
    assert "not confirmed; nothing was changed" in refused.stderr
    done = runbook(environment, *words, typed="failover prod\nus-west-2 serves prod\n")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "us-west-2 serves prod" in done.stdout
    assert "Traceback" not in done.stderr
    environment.cloud.start_region("global")
    environment.cloud.start_region(PRIMARY)
    approval = tmp_path / "approval.json"
    approval.write_text(
        json.dumps(
            {
                "operation": "failback",
                "environment": "prod",
                "region": PRIMARY,
                "approved_by": "lead@hospital.example",
                "expires": (datetime.now(UTC) + timedelta(hours=1)).isoformat(),
            }
        )
    )
    back = runbook(
        environment, "failback", "--env", "prod", "--execute", "--poll", "0.05", "--approval", str(approval), "--json"
    )
    assert back.returncode == 0, back.stderr
    assert json.loads(back.stdout)["to"] == PRIMARY
    status = runbook(environment, "status", "--env", "prod", "--json")
    document = json.loads(status.stdout)
    assert {one["serves"] for one in document["endpoints"].values()} == {PRIMARY}
    assert [one["kind"] for one in document["history"]] == ["failback", "failover"]
    ready = runbook(environment, "readiness", "--env", "prod")
    assert ready.returncode == 0, ready.stdout
    assert "a failover would work now" in ready.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
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
def test_what_is_wrong_with_a_command_is_said_with_what_is_allowed(
    environment: Recoverable, words: tuple[str, ...], code: int, said: str
) -> None:
    done = runbook(environment, *words)
    assert done.returncode == code, done.stderr
    assert said in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr


def test_a_region_that_is_gone_is_named_with_what_to_say_instead(environment: Recoverable) -> None:
    environment.cloud.stop_region(PRIMARY)
    done = runbook(environment, "status", "--env", "prod", "--region", PRIMARY)
    assert done.returncode == 1
    assert "us-east-1 does not answer" in done.stderr
    assert "--region" in done.stderr


def test_breaking_the_glass_gives_one_command_the_credentials_and_prints_none(environment: Recoverable) -> None:
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
