"""`--target aws` without a Pulumi CLI: wrong options, credentials and a missing CLI; what the CLI's events become."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pulumi.automation import EngineEvent
from typer.testing import CliRunner

from cli.aws_runs import AwsRun
from cli.main import app
from cli.pulumi_events import RunRecord
from cli.workspace import Workspace
from rehearsal.cloud import Cloud
from rehearsal.engine import Event, StepDone

ROOT = Path(__file__).parents[2]
URN = "urn:pulumi:audit::hipaa-ml::aws:s3/bucket:Bucket::logs"
STACK_URN = "urn:pulumi:audit::hipaa-ml::pulumi:pulumi:Stack::hipaa-ml-audit"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("project")
    shutil.copyfile(ROOT / "Pulumi.yaml", folder / "Pulumi.yaml")
    return folder


@pytest.fixture(scope="module")
def cloud(project: Path) -> Iterator[Cloud]:
    cloud = Cloud.start(project / ".rehearsal")
    yield cloud
    cloud.stop()


@pytest.fixture
def shell(project: Path, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    """A shell in the project, with credentials of the emulated management account and nothing on PATH."""
    monkeypatch.chdir(project)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    yield cloud
    cloud.clear_faults()


def message(*words: str) -> str:
    """The message of a command that fails."""
    result = CliRunner().invoke(app, words)
    assert result.exit_code != 0
    assert result.exception is not None
    return str(result.exception)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("up", "organization", "--target", "aws", "--endpoint", "http://localhost:1"), "Give one of --target aws and"),
        (("up", "organization", "--plan", "plans"), "--plan needs --target aws"),
        (("preview", "organization", "--save-plan", "plans"), "--save-plan needs --target aws"),
        (("up", "organization", "--target", "aws", "--wait", "3"), "--wait is for rehearsals"),
        (("destroy", "organization", "--target", "aws", "--unprotect"), "--unprotect is for rehearsals only"),
        (
            ("up", "audit", "--target", "aws", "--plan", "plans"),
            "plans has no plan for audit. Save one with",
        ),
        (("up", "network", "--target", "aws"), "There is no stack 'network'"),
    ],
)
def test_options_that_do_not_fit_are_refused(shell: Cloud, words: tuple[str, ...], expected: str) -> None:
    del shell
    assert expected in message(*words)


def test_missing_cli_is_told_after_the_account_was_checked(shell: Cloud) -> None:
    command = ("up", "organization", "--target", "aws", "--yes")
    assert "The Pulumi CLI is missing" in message(*command)
    shell.inject("sts:GetCallerIdentity", error="ExpiredToken", status=403)
    assert "The AWS session has expired" in message(*command)


def test_credentials_of_another_account_are_refused(shell: Cloud, project: Path) -> None:
    del shell
    file = project / "Pulumi.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('"123456789012"', '"999999999999"'), encoding="utf-8")
    try:
        refusal = message("preview", "organization", "--target", "aws")
    finally:
        file.write_text(text, encoding="utf-8")
    assert "management_account_id in Pulumi.yaml is 999999999999" in refusal


@pytest.mark.parametrize(
    ("more", "command"),
    [
        ({"operation": "up"}, "zone up audit security --target aws"),
        (
            {"operation": "up", "secrets_provider": "awskms://alias/x?region=us-east-1"},
            "zone up audit security --target aws --secrets-provider 'awskms://alias/x?region=us-east-1'",
        ),
        ({"operation": "preview", "plans": Path("p")}, "zone preview audit security --target aws --save-plan p"),
        (
            {"operation": "up", "plans": Path("p")},
            "zone preview audit security --target aws --save-plan p && zone up audit security --target aws --plan p",
        ),
    ],
)
def test_continuation_names_the_stacks_that_are_left(project: Path, more: Any, command: str) -> None:
    workspace = Workspace(root=project, state=project / ".rehearsal")
    run = AwsRun(packs=None, parallel=1, at_once=1, workspace=workspace, **more)
    assert run.continuation(["audit", "security"]) == command


def state(urn: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "urn": urn, "id": "logs-1", **more}


def step(op: str, urn: str = URN, kind: str = "aws:s3/bucket:Bucket", **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": urn, "type": kind, **more}


def recorded(*events: dict[str, Any], received: list[Event] | None = None) -> RunRecord:
    record = RunRecord("audit", "preview", received.append if received is not None else lambda _: None)
    for number, event in enumerate(events):
        record(EngineEvent.from_json({"sequence": number, "timestamp": 0, **event}))
    return record


def test_steps_counts_and_differences_are_those_of_the_cli() -> None:
    received: list[Event] = []
    old, new = state(URN, "aws:s3/bucket:Bucket", inputs={"tags": {"a": "1"}}), {"tags": {"a": "2"}}
    metadata = step(
        "update",
        old=old,
        new={**old, "inputs": new},
        detailedDiff={"tags.a": {"diffKind": "update", "inputDiff": True}},
    )
    record = recorded(
        {"resourcePreEvent": {"metadata": metadata, "planning": True}},
        {"resOutputsEvent": {"metadata": metadata, "planning": True}},
        {"resOutputsEvent": {"metadata": step("create-replacement")}},
        {"summaryEvent": {"resourceChanges": {"same": 3, "update": 1}}},
        received=received,
    )
    result = record.result()
    assert (result.ok, dict(result.operations)) == (True, {"same": 3, "update": 1})
    [changed] = result.steps
    [difference] = changed.diff
    assert (difference.path, difference.kind, difference.old, difference.new) == ("tags.a", "update", "1", "2")
    assert result.resources == (("aws:s3/bucket:Bucket", URN, "logs-1"),)
    assert any(isinstance(event, StepDone) for event in received)
    assert not record.unchanged


@pytest.mark.parametrize(("outputs", "unchanged"), [({"arn": "a"}, True), ({"arn": "b"}, False)])
def test_changed_output_of_the_stack_is_a_change(outputs: dict[str, str], unchanged: bool) -> None:
    kind = "pulumi:pulumi:Stack"
    metadata = step(
        "same",
        STACK_URN,
        kind,
        old=state(STACK_URN, kind, outputs={"arn": "a"}),
        new=state(STACK_URN, kind, outputs=outputs),
    )
    record = recorded({"resOutputsEvent": {"metadata": metadata}}, {"summaryEvent": {"resourceChanges": {"same": 1}}})
    assert record.unchanged is unchanged


def test_mandatory_violation_fails_the_run_and_undecided_ones_do_not() -> None:
    policy = {
        "policyName": "s3-encryption",
        "policyPackName": "hipaa-ml",
        "enforcementLevel": "mandatory",
        "resourceUrn": URN,
        "message": "<{%reset%}>Buckets are encrypted\nlogs: no key. Remedy: Name a key.<{%reset%}>",
    }
    undecided = {
        **policy,
        "policyName": "iam-trust",
        "enforcementLevel": "advisory",
        "message": "can't run policy 'iam-trust' from policy pack 'hipaa-ml' during preview: not known",
    }
    record = recorded({"policyEvent": policy}, {"policyEvent": undecided})
    result = record.result()
    assert (result.ok, record.violated_policies) == (False, ["s3-encryption"])
    violation, other = result.violations
    assert (violation.description, violation.message) == (
        "Buckets are encrypted",
        "logs: no key. Remedy: Name a key.",
    )
    assert other.message.startswith("can't run policy")
