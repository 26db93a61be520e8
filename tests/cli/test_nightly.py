"""Every section of the nightly report finds its planted fault, and what cannot be read is incomplete, never clean."""

import json
import urllib.error
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from typer.testing import CliRunner

from authorization import reference
from cli.deployed_stacks import DeployedStacks
from cli.evidence_files import write_evidence
from cli.facts import guardrail_facts
from cli.main import app
from cli.night import ageing, deployed
from cli.night.page import headline, html, markdown
from cli.night.section import Section, UnreadableError, passed, section
from cli.quotas import raise_quotas
from cli.workspace import Workspace
from controls.data.d8_eligible_services import control as d8
from inspection.audit import AuditReport
from inspection.evidence.origin import Origin
from inspection.observation import compared, missing
from policies.configuration import Exemption
from rehearsal.cloud import Cloud
from rehearsal.engine import PropertyDiff, StackResult, Step
from tests import deployed_states
from zone.settings import settings_from_files

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 29, 3, tzinfo=UTC)
TODAY = NOW.date()
BUCKET = "aws:s3/bucket:Bucket"
WORKSPACE = Workspace(root=ROOT, state=ROOT / ".rehearsal")


def refreshed(stack: str, *steps: Step, error: str = "") -> StackResult:
    return StackResult(name=stack, operation="refresh", ok=not error, operations={}, steps=steps, error=error)


CHANGED = Step(
    urn=f"urn:pulumi:audit::z::{BUCKET}::logs",
    type=BUCKET,
    op="refresh",
    diff=(PropertyDiff(path="acl", kind="update"),),
)
SAME = replace(CHANGED, op="same")


@pytest.mark.parametrize(
    ("results", "expected", "verdict", "line"),
    [
        ([refreshed("audit", SAME)], ["audit"], "ok", ""),
        ([refreshed("audit", CHANGED)], ["audit"], "finding", "audit: refresh aws:s3/bucket:Bucket logs: acl"),
        ([refreshed("audit", error="throttled")], ["audit"], "incomplete", "audit: throttled"),
        ([refreshed("audit", SAME)], ["audit", "data"], "incomplete", "data: not read"),
        ([], [], "incomplete", ""),
    ],
)
def test_drift(results: list[StackResult], expected: list[str], verdict: str, line: str) -> None:
    part = deployed.drift(results, expected)
    assert part.verdict == verdict
    assert not line or line in part.lines


def test_audit_and_reach() -> None:
    same, other = compared("accounts", "x", 1, 1), missing("trail", "y", "on")
    assert deployed.audit(AuditReport(observations=[same])).verdict == "ok"
    part = deployed.audit(AuditReport(observations=[same, other]))
    assert (part.verdict, list(part.lines)) == ("finding", ["trail: y: expected on, found nothing"])
    assert section("audit", lambda: deployed.audit(AuditReport(observations=[]))).verdict == "incomplete"
    assert deployed.reach(3, []).verdict == "ok"
    assert deployed.reach(3, ["leak: a → b"]).verdict == "finding"


@pytest.mark.parametrize(("rotation", "verdict"), [(True, "ok"), (False, "finding")])
def test_evidence_of_a_failing_resource_is_a_finding(rotation: bool, verdict: str, tmp_path: Path) -> None:
    stacks = deployed_states.states("audit")
    key = next(entry for entry in stacks["audit"] if entry["type"] == "aws:kms/key:Key")
    key["inputs"]["enableKeyRotation"] = rotation
    origin = Origin(source="rehearsal", detail="", emulated=True, basis=())
    report = write_evidence(WORKSPACE, DeployedStacks(stacks=stacks, origin=origin), tmp_path)
    part = deployed.evidence(report, tmp_path)
    assert part.verdict == verdict
    assert rotation or any("kms-key-rotation: audit/" in line for line in part.lines)


def refuse(error: Exception) -> Callable[[], Section]:
    def check() -> Section:
        raise error

    return check


@pytest.mark.parametrize(
    "error",
    [
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "ListAccounts"),
        EndpointConnectionError(endpoint_url="https://x"),
        UnreadableError("no figure"),
        urllib.error.URLError("no route"),
        PermissionError("denied"),
    ],
)
def test_what_cannot_be_read_is_incomplete(error: Exception) -> None:
    part = section("x", refuse(error))
    assert part.verdict == "incomplete"
    assert part.summary.startswith("not checked: ")
    assert not passed([part])


def test_a_defect_of_the_report_is_no_result() -> None:
    with pytest.raises(ZeroDivisionError):
        section("x", refuse(ZeroDivisionError()))
    assert not passed([])


def exemption(days: int) -> Exemption:
    return Exemption(
        policy="p", resource="bucket", owner="owner", reason="a migration runs", expires=TODAY + timedelta(days=days)
    )


@pytest.mark.parametrize(("days", "verdict"), [(-1, "finding"), (0, "notice"), (30, "notice"), (31, "ok")])
def test_exemption_that_ends(days: int, verdict: str) -> None:
    assert ageing.exemptions([exemption(days)], TODAY).verdict == verdict


@pytest.mark.parametrize(("days", "verdict"), [(d8.MAXIMUM_AGE_DAYS, "ok"), (d8.MAXIMUM_AGE_DAYS + 1, "finding")])
def test_age_of_the_eligible_services(days: int, verdict: str) -> None:
    assert ageing.eligible_services(d8.READ_ON + timedelta(days=days)).verdict == verdict


def package(folder: Path, services: Mapping[str, list[str]]) -> Path:
    """An unpacked npm package with services and their condition keys."""
    for kind in ("actions", "resourceTypes", "conditionKeys"):
        (folder / "data" / kind).mkdir(parents=True, exist_ok=True)
    (folder / "package.json").write_text('{"version": "1", "updatedAt": "2026-11-29"}', encoding="utf-8")
    for name, keys in services.items():
        (folder / "data" / "actions" / f"{name}.json").write_text("{}", encoding="utf-8")
        table = {key: {"key": key, "type": "String"} for key in keys}
        (folder / "data" / "conditionKeys" / f"{name}.json").write_text(json.dumps(table), encoding="utf-8")
    return folder


def test_new_services_and_condition_keys(tmp_path: Path) -> None:
    before = package(tmp_path / "before", {"s3": ["s3:a"], "old": []})
    archive = tmp_path / "reference.zip"
    ageing.write(before, archive)
    assert ageing.aws_tables(before, archive).verdict == "ok"
    after = package(tmp_path / "after", {"s3": ["s3:a", "s3:b"], "new": []})
    part = ageing.aws_tables(after, archive)
    assert part.verdict == "finding"
    assert list(part.lines) == ["new service: new", "service no longer listed: old", "new condition key: s3:b"]
    assert section("x", lambda: ageing.aws_tables(None, archive)).verdict == "incomplete"
    assert Path(str(reference.__file__)).with_name(reference.ARCHIVE).exists()


@pytest.mark.parametrize(
    ("version", "days", "verdict"), [("999.0.0", 31, "finding"), ("999.0.0", 3, "notice"), ("0.0.1", 900, "ok")]
)
def test_newer_releases(version: str, days: int, verdict: str) -> None:
    released = (NOW - timedelta(days=days)).isoformat()
    document = {"info": {"version": version}, "urls": [{"upload_time_iso_8601": released}]}
    assert ageing.updates(TODAY, lambda _: document, ["boto3"]).verdict == verdict
    assert metadata.version("boto3")


@pytest.mark.parametrize(
    "document", [{}, {"info": {"version": "?"}, "urls": []}, {"info": {"version": "9"}, "urls": []}]
)
def test_unusable_answer_of_the_package_index_is_incomplete(document: dict[str, Any]) -> None:
    assert section("x", lambda: ageing.updates(TODAY, lambda _: document, ["boto3"])).verdict == "incomplete"


class Management:
    """The management account of the emulated AWS."""

    def __init__(self, cloud: Cloud) -> None:
        self._endpoints = cloud.endpoints()

    def client(self, service: str, *, account: str | None = None, region: str | None = None) -> Any:
        del account
        return self._endpoints.client(service, region or "us-east-1")


@pytest.fixture(scope="module")
def management(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Management]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"))
    raise_quotas(cloud, ["us-east-1"])
    yield Management(cloud)
    cloud.stop()


def test_guardrails_that_were_weakened_in_aws(management: Management) -> None:
    declared = guardrail_facts(settings_from_files(ROOT, "organization"))
    client = management.client("organizations")
    client.create_organization(FeatureSet="ALL")
    root = client.list_roots()["Roots"][0]["Id"]
    kinds = {policy.type for policy in declared.policies}
    for kind in kinds:
        client.enable_policy_type(RootId=root, PolicyType=kind)
    units = {"/": root}
    for path in dict.fromkeys(ou for _, ou in declared.accounts.values()):
        for depth in range(1, len(path.split("/")) + 1):
            part = "/".join(path.split("/")[:depth])
            parent, _, name = part.rpartition("/")
            if part not in units:
                created = client.create_organizational_unit(ParentId=units[parent or "/"], Name=name)
                units[part] = created["OrganizationalUnit"]["Id"]
    for name, (_, ou) in declared.accounts.items():
        status = client.create_account(Email=f"{name}@x.test", AccountName=name)["CreateAccountStatus"]
        client.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=units[ou])
    identifiers: dict[str, str] = {}
    for policy in declared.policies:
        created = client.create_policy(Name=policy.name, Description="d", Type=policy.type, Content=policy.content)
        identifiers[policy.name] = created["Policy"]["PolicySummary"]["Id"]
        for target in policy.targets:
            if target in units:
                client.attach_policy(PolicyId=identifiers[policy.name], TargetId=units[target])
    assert deployed.attack(declared, management).verdict == "ok"
    weakened = next(policy for policy in declared.policies if "N8Addresses" in policy.content)
    document = json.loads(weakened.content)
    document["Statement"] = [item for item in document["Statement"] if item["Sid"] != "N8Addresses"]
    client.update_policy(PolicyId=identifiers[weakened.name], Content=json.dumps(document, separators=(",", ":")))
    part = deployed.attack(declared, management)
    assert part.verdict == "finding"
    assert any(line.startswith("ec2:AllocateAddress") and "is allowed in ml-" in line for line in part.lines)


def test_drill_that_is_too_long_ago(management: Management) -> None:
    environments = {"prod": "123456789012"}
    regions, now = ["us-west-2"], datetime.now(UTC)

    def checked() -> Section:
        return section("drills", lambda: deployed.drills(environments, regions, management, now))

    assert checked().verdict == "incomplete"
    client = management.client("cloudwatch", region="us-west-2")
    client.put_metric_alarm(
        AlarmName="drills",
        Namespace="zone",
        MetricName=deployed.DRILL_METRIC,
        Period=3600,
        EvaluationPeriods=1,
        Threshold=90,
        Statistic="Maximum",
        ComparisonOperator="GreaterThanThreshold",
    )
    assert "no figure of" in checked().summary
    for age, verdict in ((12, "ok"), (91, "finding")):
        data = [{"MetricName": deployed.DRILL_METRIC, "Value": age, "Timestamp": now}]
        client.put_metric_data(Namespace="zone", MetricData=data)
        assert checked().verdict == verdict
    assert deployed.drills({}, regions, management, now).verdict == "ok"


SECTIONS = [
    Section(name="reach", verdict="ok", summary="fine"),
    Section(name="drift", verdict="finding", summary="1 finding", lines=["<script>alert(1)</script> @everyone"]),
    Section(name="updates", verdict="notice", summary="fine", lines=["pulumi 4"]),
    Section(name="audit", verdict="incomplete", summary="not checked: throttled"),
]


def test_report_names_what_needs_somebody_first() -> None:
    assert headline(SECTIONS) == "1 section with findings, 1 section incomplete"
    assert headline(SECTIONS[:1]) == "1 sections checked, nothing to do"
    assert headline([]) == "no section was checked"
    text, page = markdown(SECTIONS, "Report", NOW), html(SECTIONS, "Report", NOW)
    for written in (text, page):
        assert written.index("drift") < written.index("audit") < written.index("updates") < written.index("reach")
        assert "<script>" not in written
    assert "@everyone" not in text
    long = Section(name="long", verdict="finding", summary="many", lines=["x" * 900] * 190)
    assert len(markdown([long, *SECTIONS], "Report", NOW)) <= 65_536


def test_command_on_an_empty_rehearsal_is_incomplete_and_writes_the_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "Pulumi.yaml").write_text((ROOT / "Pulumi.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "policies").mkdir()
    content = (ROOT / "policies" / "configuration.yaml").read_text(encoding="utf-8")
    (tmp_path / "policies" / "configuration.yaml").write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ageing, "fetch", lambda _: {})
    run = CliRunner().invoke(app, ["nightly", "--out", "report", "--json"])
    assert run.exit_code == 1, run.output
    written = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert not written["ok"]
    verdicts = {part["name"]: part["verdict"] for part in written["sections"]}
    assert {name for name, verdict in verdicts.items() if verdict == "incomplete"} == {
        "drift", "audit", "reach", "attack", "evidence", "drills", "AWS tables", "updates"
    }  # fmt: skip
    assert (tmp_path / "report" / "report.html").exists()
    assert date.today() >= d8.READ_ON  # noqa: DTZ011 - the list was not read in the future
