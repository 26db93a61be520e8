"""`python -m drills` on the smallest zone that has a region to lose: one environment, its network, data and a model."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from drills.project_copy import ROOT
from rehearsal.cloud import Cloud, Credentials
from tests.end_to_end.zone import Ran, Zone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("drill"), pytest.mark.timeout(2700)]

TUTORIAL = ROOT / "docs" / "practice.md"
EAST, WEST = "us-east-1", "us-west-2"
VARIANTS = ("region", "flapping", *(["conflict"] if os.environ.get("DRILL_VARIANTS") == "all" else []))
"""Variants that are drilled; the nightly workflow sets `DRILL_VARIANTS`. The object of `conflict` stays undecided."""


def drills(zone: Zone, *words: str, timeout: float = 2400) -> Ran:
    """Holds drills as a person would."""
    done = subprocess.run(
        [sys.executable, "-m", "drills", *words],
        cwd=zone.root,
        env=zone.environment(),
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Ran(code=done.returncode, out=done.stdout, err=done.stderr)


def reduce(zone: Zone) -> None:
    """Leaves what recovery of `prod` needs: three accounts, a data set, an endpoint a VPC, no way to the internet."""
    zone.forget("packages")
    accounts, data, model = zone.setting("accounts"), zone.setting("data"), zone.setting("ml")["models"]["readmission"]
    served = {key: value for key, value in model.items() if key != "pipeline"}
    zone.configure(
        accounts={name: accounts[name] for name in ("log-archive", "network", "ml-prod")},
        network={
            **zone.setting("network"),
            "egress": "none",
            "allowed_domains": [],
            "endpoints": ["sagemaker.runtime", "ssm"],
            "segments": {"shared": {}, "prod": {"accounts": ["ml-prod"], "reaches": ["shared"]}},
        },
        data={
            "teams": {"cardiology": data["teams"]["cardiology"]},
            "data_sets": {"readmissions": data["data_sets"]["readmissions"]},
            "access": [{"team": "cardiology", "data_set": "readmissions", "columns": ["*"], "purpose": "training"}],
            "backup": {"account": "log-archive"},
        },
        ml={
            "models": {"readmission": {**served, "environments": ["prod"]}},
            "recovery": {"approvers": zone.setting("ml")["recovery"]["approvers"]},
        },
    )
    zone.forget("security")


@dataclass(frozen=True, kw_only=True)
class Held:
    """Drills that were held, and what they left."""

    zone: Zone
    ran: Ran

    def shell(self, script: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Runs a script in the project's folder."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            ["bash", "-euo", "pipefail", "-c", script],
            cwd=self.zone.root,
            env={**self.zone.environment(), "PATH": path},
            input=typed,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )

    @property
    def page(self) -> str:
        return (self.zone.root / ".rehearsal" / "drill" / "report.html").read_text(encoding="utf-8")

    def drill(self, variant: str) -> Mapping[str, Any]:
        text = (self.zone.root / ".rehearsal" / "drill" / "report.json").read_text(encoding="utf-8")
        return next(drill for drill in json.loads(text)["drills"] if drill["variant"] == variant)

    def client(self, service: str, region: str) -> Any:
        """A client in the environment's account."""
        cloud = Cloud.attach(self.zone.root / ".rehearsal")
        assert cloud is not None
        account = self.zone.rehearse("outputs", "data-prod", "--json").document["account_id"]
        session_credentials = (
            cloud.endpoints()
            .client("sts", EAST)
            .assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole", RoleSessionName="after-the-drill"
            )["Credentials"]
        )
        credentials = Credentials.of(session_credentials)
        return cloud.endpoints().client(service, region, credentials)


@pytest.fixture(scope="module")
def held(make_zone: Callable[[], Zone]) -> Held:
    zone = make_zone()
    reduce(zone)
    return Held(
        zone=zone, ran=drills(zone, "--env", "prod", *(word for variant in VARIANTS for word in ("--variant", variant)))
    )


def steps(runbook: Sequence[Mapping[str, Any]]) -> Sequence[str]:
    """Kinds of steps, in order; those of an endpoint without its name."""
    return [entry["step"].partition("#")[0] for entry in runbook if entry["status"] == "done"]


def test_region_loss_and_return_meet_every_target(held: Held) -> None:
    assert held.ran.code == 0, held.ran.out + held.ran.err
    assert [held.drill(variant)["verdict"]["met"] for variant in VARIANTS] == [True] * len(VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_other_region_answers_within_the_target(held: Held, variant: str) -> None:
    verdict = held.drill(variant)["verdict"]
    assert 0 < verdict["rto"] < 60 * 15
    assert 0 <= verdict["rpo"] < 60 * 15
    assert verdict["requests"] > verdict["failed"] > 0, "nobody noticed that a region was lost"


@pytest.mark.parametrize("variant", VARIANTS)
def test_both_regions_predict_the_same(held: Held, variant: str) -> None:
    verdict = held.drill(variant)["verdict"]
    assert verdict["differing"] == 0
    [smoke] = [entry for entry in held.drill(variant)["failover"] if entry["step"].startswith("smoke-test#")]
    assert smoke["status"] == "done"


@pytest.mark.parametrize("variant", VARIANTS)
def test_no_object_is_lost_or_comes_twice(held: Held, variant: str) -> None:
    verdict = held.drill(variant)["verdict"]
    assert verdict["objects"] > 0
    assert (verdict["lost"], verdict["duplicated"], verdict["altered"]) == (0, 0, 0)


def test_planted_conflict_is_found_and_no_other(held: Held) -> None:
    for variant in VARIANTS:
        planted = held.drill(variant)["conflicts planted"]
        assert len(planted) == (variant == "conflict")
        assert held.drill(variant)["conflicts found"] == planted


def test_the_runbook_asks_nothing_of_the_lost_region(held: Held) -> None:
    assert held.drill("region")["asked of the dead"] == []
    assert "asked the lost region" not in held.ran.out


@pytest.mark.parametrize("variant", VARIANTS)
def test_runbooks_verify_before_moving_traffic_both_ways(held: Held, variant: str) -> None:
    away, home = (steps(held.drill(variant)[runbook]) for runbook in ("failover", "failback"))
    for operation in (away, home):
        assert operation.index("smoke-test") < operation.index("move-traffic") < operation.index("thaw-writers")
    assert home.index("wait-for-replication") < home.index("move-traffic")
    moments = held.drill(variant)["moments"]
    assert [moment["what"] for moment in moments] == [
        f"{EAST} lost",
        f"{WEST} serves",
        f"{EAST} back",
        f"{EAST} serves",
    ]
    assert [moment["at"] for moment in moments] == sorted(moment["at"] for moment in moments)


def test_report_shows_figures_and_timeline_per_drill(held: Held) -> None:
    assert "Every drill met its targets" in held.page
    assert held.page.count("<svg") == len(VARIANTS)
    for variant in VARIANTS:
        verdict = held.drill(variant)["verdict"]
        seconds, requests = (
            "".join(f'<td class="n">{figure}</td>' for figure in figures)
            for figures in (
                [f"{verdict['rto']:.1f}", f"{verdict['rpo']:.1f}"],
                [verdict["requests"], verdict["failed"], verdict["differing"], verdict["objects"]],
            )
        )
        assert f"<tr><td>{variant}</td>{seconds}" in held.page
        assert requests in held.page
    assert held.page.count(">move-traffic#readmission-prod</text>") == 2 * len(VARIANTS)


def test_the_zone_is_left_as_it_was(held: Held) -> None:
    writer = "/hipaa-ml/recovery/prod/state/writer-region"
    for region, instances in ((EAST, 8), (WEST, 1)):
        assert held.client("ssm", region).get_parameter(Name=writer)["Parameter"]["Value"] == EAST
        endpoint = held.client("sagemaker", region).describe_endpoint(EndpointName="readmission-prod")
        assert endpoint["EndpointStatus"] == "InService"
        assert [
            production_variant["CurrentInstanceCount"] for production_variant in endpoint["ProductionVariants"]
        ] == [instances]
    [alarm] = held.client("cloudwatch", WEST).describe_alarms(AlarmNames=["hipaa-ml-readmission-prod-failed-over"])[
        "MetricAlarms"
    ]
    assert alarm["StateValue"] == "OK"
    artifacts = held.zone.rehearse("outputs", "data-prod", "--json").document["buckets"]["artifacts"][EAST]
    with pytest.raises(ClientError, match="AccessDenied"):
        held.client("s3", EAST).put_object(Bucket=artifacts, Key="readmission/after-the-drill", Body=b"")


SENTENCES = {
    "failover": "failover prod\nus-west-2 serves prod\n",
    "failback": "failback prod\nus-east-1 serves prod\n",
}
"""What the person on call types."""


def test_every_operation_was_approved_by_another_person(held: Held) -> None:
    table = held.zone.rehearse("outputs", "recovery-prod", "--json").document["journal_table"]
    operations = [
        {name: value["S"] for name, value in item.items()}
        for item in held.client("dynamodb", WEST).scan(TableName=table)["Items"]
        if item["pk"]["S"] == "history#prod"
    ]
    assert len(operations) == 2 * len(VARIANTS)
    for operation in operations:
        assert operation["who"].partition("assumed-role/")[2].startswith("hipaa-ml-service-recovery-prod/")
        approver = operation["approved_by"].partition("assumed-role/")[2]
        assert approver == "hipaa-ml-service-approval-prod/recovery-approver"


def test_operation_without_a_new_approval_is_refused(held: Held) -> None:
    script = """
    eval "$(python -m drills.on_call --env prod)"
    python -m runbooks failover --env prod --region us-west-2 --execute
    """
    ran = held.shell(script, typed=SENTENCES["failover"])
    assert ran.returncode == 3, ran.stdout + ran.stderr
    message = " ".join(ran.stderr.split())
    assert "The failover of prod needs the approval of another person. No changes were made." in message
    assert "given before the last failover, which it was for" in message


@pytest.mark.whole_zone
def test_commands_of_the_tutorial_succeed(held: Held) -> None:
    built = held.shell("python -m runbooks.bundle build/runbooks.pyz")
    assert built.returncode == 0, built.stderr
    blocks = re.findall(r'```sh title="Needs the zone of a drill"\n(.*?)```', TUTORIAL.read_text(), re.DOTALL)
    assert len(blocks) == 3
    output = ""
    for block in blocks:
        kinds = re.findall(r" (failover|failback) --env prod --execute", block)
        ran = held.shell(block, typed="".join(SENTENCES[kind] for kind in kinds))
        assert ran.returncode == 0, block + ran.stdout + ran.stderr
        output += ran.stdout
    assert "us-west-2 serves prod" in output
    assert "us-east-1 serves prod" in output


WRONG: Mapping[str, tuple[Sequence[str], str]] = {
    "a variant that is none": (
        ["--variant", "meteor"],
        "--variant is 'meteor'; allowed: region, backlog, sagemaker, kms, slow-s3, flapping, cold, conflict",
    ),
    "an environment that is none": (
        ["--env", "prd"],
        "no environment 'prd' has a standby; environments with one: dev, staging, prod",
    ),
    "an environment without a standby": (
        ["--env", "dev"],
        "recovery-dev serves no model: give one a standby in Pulumi.yaml, hipaa-ml:ml",
    ),
    "a zone that is not up": (["--no-up"], "The emulated AWS is not running. Run the drill without --no-up."),
}


@pytest.mark.parametrize("wrong", WRONG, ids=lambda name: name.replace(" ", "-"))
def test_impossible_drill_gives_reason_and_changes_nothing(zone: Zone, wrong: str) -> None:
    words, message = WRONG[wrong]
    ran = drills(zone, *words)
    assert ran.code == 2
    assert f"error: {message}" in ran.out
    assert "Traceback" not in ran.err
    remaining = {path.name for path in (zone.root / ".rehearsal").glob("*")}
    assert remaining <= {"passphrase"}, "there is a cloud, a stack or a report"
