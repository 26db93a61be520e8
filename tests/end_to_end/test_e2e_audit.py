"""A whole zone in which somebody changed one resource of each of 128 types and made 44 that nobody declared."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cli.declared_resources import declared_resources
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.aws import pages
from tests.end_to_end.planted_faults import FAULTS
from tests.end_to_end.planted_strangers import STRANGERS
from tests.end_to_end.planting import Planted, plant
from tests.end_to_end.zone import Ran, Zone

pytestmark = [
    pytest.mark.slow,
    pytest.mark.whole_zone,
    pytest.mark.xdist_group("audit"),
    pytest.mark.timeout(6000),
]
AUDIT_SECONDS = 3000


@pytest.fixture(scope="module")
def zone(make_zone: Callable[[], Zone]) -> Zone:
    deployed_zone = make_zone()
    ran = deployed_zone.rehearse("up", "--all", "--json", timeout=5000)
    assert ran.code == 0, ran.err
    return deployed_zone


@pytest.fixture(scope="module")
def clean(zone: Zone) -> Ran:
    return zone.rehearse("audit", "--json", timeout=AUDIT_SECONDS)


@pytest.fixture(scope="module")
def faulty(zone: Zone, clean: Ran) -> tuple[Planted, Ran]:
    """What was planted, and the audit afterwards."""
    assert clean.code == 0
    folder = Path.cwd()
    os.chdir(zone.root)
    try:
        workspace = Workspace.find()
        aws = rehearsed_aws(workspace, workspace.settings())
        accounts = {
            entry["Name"]: entry["Id"] for entry in pages(aws.client("organizations"), "list_accounts", "Accounts")
        }
        accounts["management"] = workspace.settings().management_account_id
        planted = plant(declared_resources(workspace).resources, aws, accounts)
    finally:
        os.chdir(folder)
    return planted, zone.rehearse("audit", "--json", timeout=AUDIT_SECONDS)


def differences(ran: Ran) -> list[dict[str, Any]]:
    return [observation for observation in ran.document["observations"] if not observation["ok"]]


def test_zone_as_deployed_is_as_declared(clean: Ran) -> None:
    assert differences(clean) == []
    assert (clean.code, clean.document["ok"], clean.document["incomplete"]) == (0, True, False)
    assert clean.document["resources"] > 3000
    assert clean.document["properties"] > 14000
    assert clean.document["listed"] > 20000


def test_every_fault_can_be_planted(faulty: tuple[Planted, Ran]) -> None:
    assert faulty[0].failed == {}


@pytest.mark.parametrize("type_", sorted({fault.type for fault in FAULTS}))
def test_changed_resource_is_found(faulty: tuple[Planted, Ran], type_: str) -> None:
    planted, ran = faulty
    assert ran.code == 1
    resource = planted.changed[type_]
    matching = [
        observation
        for observation in differences(ran)
        if (observation["type"], observation["arn"], observation["account"], observation["region"])
        == (resource.type, resource.arn, resource.account, resource.region)
    ]
    assert matching, f"{resource.name} {resource.arn}"


@pytest.mark.parametrize("type_", sorted({stranger.finds for stranger in STRANGERS}))
def test_undeclared_resource_is_found(faulty: tuple[Planted, Ran], type_: str) -> None:
    planted, ran = faulty
    near = planted.made[type_]
    accounts = {
        observation["account"]
        for observation in differences(ran)
        if (observation["area"], observation["type"]) == ("undeclared", f"aws:{type_}")
    }
    # A policy is attached in the management account, to another one.
    assert near.account in accounts or (type_.startswith("organizations/") and accounts)


def test_every_finding_names_control_paragraph_resource_and_remedy(faulty: tuple[Planted, Ran]) -> None:
    findings = faulty[1].document["findings"]
    assert len(findings) == len(differences(faulty[1]))
    for finding in findings:
        assert finding["control"]
        assert finding["severity"] in {"low", "medium", "high", "critical"}
        assert all(paragraph.startswith("164.") for paragraph in finding["paragraphs"])
        assert finding["paragraphs"]
        assert finding["remediation"]
        assert finding["account"]
        assert finding["region"]


def test_exports_tell_what_is_declared_and_missing(zone: Zone) -> None:
    """Of two exported stacks both are as declared, and every other stack is a finding (P4)."""
    for stack in ("organization", "audit"):
        assert zone.rehearse("export", stack).code == 0
        (zone.root / f"{stack}.json").write_text(zone.rehearse("export", stack).out, encoding="utf-8")
    ran = zone.rehearse(
        *("audit", "--json", "--export", "organization.json", "--export", "audit.json"), timeout=AUDIT_SECONDS
    )
    assert ran.code == 1, ran.err
    missing = {observation["subject"] for observation in differences(ran)}
    stacks = {entry["name"] for entry in zone.rehearse("graph", "--json").document["stacks"]}
    assert missing == {f"stack {name}" for name in stacks - {"organization", "audit"}}
