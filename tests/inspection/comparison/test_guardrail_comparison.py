"""The requests of the controls' tables, asked in a zone of other accounts, regions and names, keep their answers."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from cli.facts import collect
from cli.workspace import Workspace
from inspection.comparison.facts import Facts, GuardrailFacts, from_document, to_document
from inspection.comparison.guardrails import compare_guardrails, decide, organization
from inspection.comparison.reference import ACCOUNTS, ORGANIZATION, REGIONS
from tests.controls.test_controls_requests import ANSWERS, GUARDED, PLACES

ROOT: Final = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    return collect(_workspace(tmp_path_factory.mktemp("zone"), ROOT / "Pulumi.yaml"), declared=True)


def _workspace(folder: Path, project: Path) -> Workspace:
    shutil.copyfile(project, folder / "Pulumi.yaml")
    return Workspace(root=folder, state=folder / ".rehearsal")


def _guardrails(facts: Facts) -> GuardrailFacts:
    assert facts.guardrails is not None, facts.problems
    return facts.guardrails


def test_reference_accounts_are_those_of_the_tables() -> None:
    assert {name: place.account for name, place in PLACES.items()} == ACCOUNTS
    assert GUARDED.organization_id == ORGANIZATION
    assert {word for answer in ANSWERS for word in REGIONS if word in answer.request["context"]} == set(REGIONS)


def test_document_is_read_as_it_was_written(facts: Facts) -> None:
    written = json.dumps(to_document(facts))
    assert json.dumps(to_document(from_document(json.loads(written)))) == written


def test_requests_are_decided_in_the_zone_as_in_the_reference(facts: Facts) -> None:
    guardrails = _guardrails(facts)
    zone = organization(guardrails)
    different = [
        (answer.request, str(decided))
        for answer in ANSWERS
        if answer.request["account"] in guardrails.accounts
        and (decided := decide(zone, guardrails, answer.request, answer.request["account"])).allowed
        is not answer.decision.allowed
    ]
    assert not different


@pytest.mark.parametrize("sid", ["N8Addresses", "M4Untyped"])
def test_removed_statement_weakens_every_account_that_it_bound(facts: Facts, sid: str) -> None:
    before = _guardrails(facts)
    policies = [replace(policy, content=_without(policy.content, sid)) for policy in before.policies]
    comparison = compare_guardrails(before, replace(before, policies=policies))
    assert comparison.weakened
    assert all(sid in change.before for change in comparison.weakened)
    assert not comparison.tightened
    assert not comparison.undecided
    assert compare_guardrails(before, before).decided == 0


def _without(content: str, sid: str) -> str:
    document = json.loads(content)
    if "Statement" in document:
        document["Statement"] = [item for item in document["Statement"] if item.get("Sid") != sid]
    return json.dumps(document)


def test_row_that_cannot_be_decided_is_reported(facts: Facts) -> None:
    before = _guardrails(facts)
    row = {"account": "ml-prod", "principal": "x", "action": "s3:GetObject", "resource": "*", "context": ""}
    policies = [replace(policy, content=_without(policy.content, "N8Addresses")) for policy in before.policies]
    comparison = compare_guardrails(before, replace(before, policies=policies, requests=[*before.requests, row]))
    assert any("s3:GetObject of ml-prod" in reason for reason in comparison.undecided)


def test_facts_name_what_could_not_be_computed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    collected = collect(_workspace(tmp_path, ROOT / "Pulumi.yaml"), declared=False)
    assert collected.network is None
    assert any(problem.startswith("network: No VPC is deployed") for problem in collected.problems)
