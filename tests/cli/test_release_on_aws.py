"""`zone release` drives a `pulumi` on PATH: what it is asked for, and what its faults are told as."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from cli.main import app
from rehearsal.cloud import Cloud

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow
URN = "urn:pulumi:audit::hipaa-ml::aws:s3/bucket:Bucket::logs"


def update(value: str, op: str = "update") -> dict[str, Any]:
    old = {"type": "aws:s3/bucket:Bucket", "urn": URN, "id": "logs", "inputs": {"acl": "a"}, "outputs": {}}
    metadata = {
        "op": op,
        "urn": URN,
        "type": "aws:s3/bucket:Bucket",
        "provider": "",
        "old": old,
        "new": {**old, "inputs": {"acl": value}},
        "detailedDiff": {"acl": {"diffKind": "update", "inputDiff": True}},
    }
    return {"resOutputsEvent": {"metadata": metadata, "planning": True}}


CHANGE = {"events": [update("b")], "changes": {"update": 1, "same": 4}}


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    cloud = Cloud.start(tmp_path_factory.mktemp("cloud"))
    yield cloud
    cloud.stop()


class Checkout:
    """A project folder with a fake CLI on PATH."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.script: dict[str, Any] = {name: {} for name in ("organization", "audit")}

    def run(self, *words: str, code: int | None = 0) -> str:
        """The output and the error of a `zone release` command."""
        (self.root / "fake" / "script.json").write_text(json.dumps(self.script), encoding="utf-8")
        result = CliRunner().invoke(app, ["release", *words])
        text = f"{result.output}\n{result.exception or ''}"
        assert code is None or result.exit_code == code, text
        return " ".join(text.split())

    @property
    def calls(self) -> list[str]:
        """Calls of the CLI so far."""
        return (self.root / "fake" / "calls.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def checkout(tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Checkout:
    shutil.copyfile(ROOT / "Pulumi.yaml", tmp_path / "Pulumi.yaml")
    (tmp_path / "fake").mkdir()
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin" / "pulumi"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} {Path(__file__).with_name("fake_pulumi.py")} "$@"\n')
    command.chmod(0o755)
    for words in (["init", "-q"], ["-c", "user.name=x", "-c", "user.email=x@y", "commit", "-qm", "x", "--allow-empty"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    for name, value in cloud.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    monkeypatch.setenv("FAKE_PULUMI", str(tmp_path / "fake"))
    monkeypatch.chdir(tmp_path)
    return Checkout(tmp_path)


def test_plan_is_reviewed_and_applied_with_the_plan_of_the_cli(checkout: Checkout) -> None:
    checkout.script["audit"] = {"preview": CHANGE, "up": CHANGE}
    planned = json.loads(_json(checkout.run("plan", "organization", "audit", "--role", "reader", "--json")))
    assert (planned["changes"], planned["waves"]) == (True, [["audit"]])
    assert all("--config-file" in call for call in checkout.calls if call.startswith("--non-interactive preview"))
    applied = checkout.run("apply", "--digest", planned["digest"], "--yes")
    assert "Done: audit" in applied
    [up] = [call for call in checkout.calls if " up " in call]
    assert "--plan" in up
    assert "--config-file" not in up


def _json(text: str) -> str:
    return text[text.index("{") : text.rindex("}") + 1]


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"refresh": {"events": [update("drifted", "refresh")]}}, "AWS changed after the plan was made"),
        ({"up": {"error": "the stack is currently locked by 1 lock(s)"}}, "Another run holds the lock of audit"),
        ({"up": {"kill": True}}, "Failed: audit"),
    ],
)
def test_fault_stops_the_deployment_and_says_how_to_go_on(
    checkout: Checkout, fault: dict[str, Any], message: str
) -> None:
    checkout.script["audit"] = {"preview": CHANGE, "up": CHANGE}
    checkout.run("plan", "organization", "audit")
    checkout.script["audit"] |= fault
    output = checkout.run("apply", "--yes", code=1)
    assert message in output
    assert "Done:" not in output
    assert "go on with a new plan: zone release plan audit" in output


def test_stack_that_cannot_be_planned_leaves_no_plan(checkout: Checkout) -> None:
    checkout.script["audit"] = {"preview": {"error": "the program raised"}}
    assert "No plan was written: audit cannot be deployed" in checkout.run("plan", "organization", "audit", code=None)
    assert not (checkout.root / "build" / "release" / "release.json").exists()
    assert "Make a plan with" in checkout.run("apply", "--yes", code=None)
