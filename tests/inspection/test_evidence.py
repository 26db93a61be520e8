"""Planted faults of deployed resources appear under their paragraph; what is not deployed covers nothing."""

import json
import os
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from controls.registry import CONTROLS, controls
from controls.security_rule import REQUIREMENTS
from inspection.evidence.attachments import read_attachments
from inspection.evidence.collect import collect
from inspection.evidence.conformance_packs import PACK
from inspection.evidence.document import COLUMNS, document, rows
from inspection.evidence.manifest import ManifestError, changes, write_manifest
from inspection.evidence.organization_policies import ATTACHMENT, POLICY
from inspection.evidence.origin import Origin, Stacks, is_aws, signs_of_emulation
from inspection.evidence.oscal import assessment_results, control_id
from inspection.evidence.page import html
from inspection.evidence.proofs import RecordedResult, ResultError, proofs, read_results, states, verdict, written
from inspection.evidence.report import Attachment, Evidence, Paragraph, PolicyExemption, Provenance
from policies.configuration import FILE, Configuration, Exemption
from policies.deployed import evaluate
from tests import deployed_states
from zone.plan.guardrails import guardrail_policies
from zone.settings import settings_from_files

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 30, 3, tzinfo=UTC)
SETTINGS = settings_from_files(ROOT, "organization")
EMULATED = Origin(source="rehearsal", detail="state", emulated=True, basis=["a rehearsal"])
IN_AWS = Origin(source="aws", detail="states in s3://state", emulated=False, basis=["read from AWS"])
ACCOUNT = "111122223333"
EXEMPTIONS = Configuration.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8"))).exemptions
"""Exemptions of the reference zone."""


@cache
def compiled() -> Any:
    return guardrail_policies(SETTINGS)


def provenance(origin: Origin = EMULATED) -> Provenance:
    return Provenance(
        zone="hipaa-ml",
        written=NOW,
        by="auditor@hospital.example",
        commit="0" * 40,
        accounts={"ml-prod": ACCOUNT},
        regions=["us-east-1"],
        origin=origin,
    )


def evidence(stacks: Stacks, origin: Origin = EMULATED, exemptions: Any = (), **more: Any) -> Evidence:
    configuration = Configuration(exemptions=list(exemptions))
    return collect(
        provenance=provenance(origin),
        stacks=stacks,
        controls=controls(SETTINGS.zone).values(),
        compiled=compiled(),
        verdicts=evaluate(stacks, configuration, NOW.date()),
        exemptions=[
            PolicyExemption(
                policy=item.policy, resource=item.resource, owner=item.owner, reason=item.reason, expires=item.expires
            )
            for item in configuration.exemptions
        ],
        **more,
    )


def paragraph(report: Evidence, number: str) -> Paragraph:
    return next(item for item in report.paragraphs if item.number == number)


# The catalogue


def test_every_standard_and_specification_is_in_the_catalogue() -> None:
    matrix = [item for item in REQUIREMENTS.values() if item.paragraph < "164.314"]
    assert len([item for item in matrix if item.kind == "standard"]) == 18
    assert len([item for item in matrix if item.kind == "specification"]) == 36
    assert len([item for item in matrix if item.designation == "addressable"]) == 22
    assert len(REQUIREMENTS) == 68
    for item in REQUIREMENTS.values():
        assert REQUIREMENTS[item.standard].kind == "standard"
        assert (item.kind == "standard") == (item.paragraph == item.standard)
        assert item.designation == "required" or item.kind == "specification"


@pytest.mark.parametrize(
    "number",
    [
        *("164.308(a)(1)(ii)(C)", "164.308(a)(3)(ii)(B)", "164.308(a)(5)(i)", "164.308(a)(7)(ii)(E)", "164.308(b)(3)"),
        *("164.310(a)(1)", "164.310(b)", "164.310(c)", "164.316(b)(2)(ii)", "164.316(b)(2)(iii)"),
    ],
)
def test_paragraphs_that_only_the_organization_shows(number: str) -> None:
    assert REQUIREMENTS[number].show
    assert paragraph(evidence({}), number).status == "organizational"


def test_a_paragraph_without_anything_to_show_has_a_control() -> None:
    cited = {citation.paragraph for control in CONTROLS.values() for citation in control.citations}
    assert not [item.paragraph for item in REQUIREMENTS.values() if not item.show and item.paragraph not in cited]


def test_every_control_stands_under_its_paragraphs() -> None:
    listed = {(item.number, entry.control) for item in evidence({}).paragraphs for entry in item.entries}
    cited = {(citation.paragraph, control.id) for control in CONTROLS.values() for citation in control.citations}
    assert listed == {pair for pair in cited if pair[0] in REQUIREMENTS}


# Verdicts


def test_nothing_deployed_covers_nothing() -> None:
    report = evidence({})
    assert not [item.number for item in report.paragraphs if item.covered]
    assert {item.status for item in report.paragraphs} == {"not deployed", "organizational"}
    assert not report.complete


def test_the_reference_zone_passes() -> None:
    report = evidence(deployed_states.states(), exemptions=EXEMPTIONS)
    assert report.ok
    assert report.counts["exempt"] == 3
    assert report.counts["passes"] > 4000
    assert paragraph(report, "164.312(a)(2)(iv)").status == "zone passes"
    assert not paragraph(report, "164.308(a)(1)(ii)(A)").covered


def test_a_failing_resource_appears_under_its_paragraph() -> None:
    stacks = deployed_states.states("data-prod")
    key = next(entry for entry in stacks["data-prod"] if entry["type"] == "aws:kms/key:Key")
    key["inputs"]["enableKeyRotation"] = False
    report = evidence(stacks)
    encryption = paragraph(report, "164.312(a)(2)(iv)")
    failing = [item for entry in encryption.entries for item in entry.verdicts if item.outcome == "fails"]
    assert [(item.policy, item.urn) for item in failing] == [("kms-key-rotation", key["urn"])]
    assert encryption.status == "fails"
    assert not report.ok
    name = key["urn"].rpartition("::")[2]
    assert [row["paragraph"] for row in rows(report) if row["verdict"] == "fails" and name in row["where"]]
    assert f"data-prod/{name}" in html(report).split("What fails")[1].split("<h2>")[0]


def test_removal_of_the_only_resource_removes_coverage() -> None:
    stacks = deployed_states.states("data-prod")
    number = "164.312(a)(2)(iii)"
    roles = {"data-prod": [entry for entry in stacks["data-prod"] if "iam/role:Role" in entry["type"]][:1]}
    with_role = evidence({"data-prod": [*providers(stacks["data-prod"]), *roles["data-prod"]]})
    without = evidence({"data-prod": providers(stacks["data-prod"])})
    assert paragraph(with_role, number).covered
    assert not paragraph(without, number).covered
    assert paragraph(without, number).status == "not deployed"


def providers(state: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in state if entry["type"].startswith("pulumi:providers:")]


@pytest.mark.parametrize(("days", "outcome", "status"), [(0, "exempt", "zone passes"), (-1, "fails", "fails")])
def test_exemptions_are_shown_and_fail_after_their_end(days: int, outcome: str, status: str) -> None:
    stacks = deployed_states.states("data-prod")
    key = next(entry for entry in stacks["data-prod"] if entry["type"] == "aws:kms/key:Key")
    key["inputs"]["enableKeyRotation"] = False
    exemption = Exemption(
        policy="kms-key-rotation",
        resource=key["urn"],
        owner="cloud@hospital.example",
        reason="imported material cannot rotate",
        expires=NOW.date() + timedelta(days=days),
    )
    report = evidence(stacks, exemptions=[exemption, *EXEMPTIONS])
    item = paragraph(report, "164.312(a)(2)(iv)")
    of_key = [verdict for entry in item.entries for verdict in entry.verdicts if verdict.urn == key["urn"]]
    (exempt,) = (verdict for verdict in of_key if verdict.expires)
    assert (exempt.outcome, item.status) == (outcome, status)
    assert exempt.expires == exemption.expires
    assert exempt.reason in html(report)


# Organization policies and conformance packs


def organization() -> Stacks:
    return deployed_states.states("organization", "security")


def policy_with(stacks: Any, sid: str) -> dict[str, Any]:
    return next(
        entry
        for entry in stacks["organization"]
        if entry["type"] == POLICY and f'"Sid":"{sid}"' in entry["outputs"]["content"] and "canary" not in entry["urn"]
    )


def without_statement(stacks: Any) -> None:
    policy = policy_with(stacks, "F4Trail")
    content = json.loads(policy["outputs"]["content"])
    content["Statement"] = [item for item in content["Statement"] if item["Sid"] != "F4Trail"]
    policy["outputs"]["content"] = json.dumps(content)


def with_fewer_actions(stacks: Any) -> None:
    policy = policy_with(stacks, "F4Trail")
    policy["outputs"]["content"] = policy["outputs"]["content"].replace('"cloudtrail:StopLogging",', "")


def detached(stacks: Any) -> None:
    policy = policy_with(stacks, "F4Trail")
    attachment = next(
        entry
        for entry in stacks["organization"]
        if entry["type"] == ATTACHMENT and entry["outputs"]["policyId"] == policy["id"]
    )
    stacks["organization"].remove(attachment)


def without_policy(stacks: Any) -> None:
    stacks["organization"].remove(policy_with(stacks, "F4Trail"))


def no_json(stacks: Any) -> None:
    policy_with(stacks, "F4Trail")["outputs"]["content"] = "{"


@pytest.mark.parametrize(
    ("plant", "detail"),
    [
        (without_statement, "the statement F4Trail is missing"),
        (with_fewer_actions, "the statement F4Trail differs from the one that the control declares"),
        (detached, "not attached to "),
        (without_policy, "the policy is declared and not deployed"),
        (no_json, "the deployed document is no JSON"),
    ],
)
def test_weakened_guardrails_fail_under_their_paragraph(plant: Callable[[Any], None], detail: str) -> None:
    stacks = organization()
    plant(stacks)
    item = paragraph(evidence(stacks), "164.312(b)")
    failing = [verdict for entry in item.entries for verdict in entry.verdicts if verdict.outcome == "fails"]
    assert any(detail in verdict.detail for verdict in failing)
    assert item.status == "fails"


def test_an_intact_organization_fails_nothing() -> None:
    assert evidence(organization()).ok


def test_a_rule_that_no_pack_has_fails() -> None:
    stacks = organization()
    for entry in stacks["security"]:
        if entry["type"] == PACK:
            for side in ("inputs", "outputs"):
                template = entry[side].get("templateBody", "")
                entry[side]["templateBody"] = template.replace("CLOUD_TRAIL_ENCRYPTION_ENABLED", "OTHER")
    failing = evidence(stacks).verdicts("fails")
    assert [(control, item.policy) for control, item in failing] == [("F4", "CLOUD_TRAIL_ENCRYPTION_ENABLED")]


def test_a_pack_without_template_is_not_evaluated() -> None:
    stacks = deployed_states.states("security")
    for entry in stacks["security"]:
        if entry["type"] == PACK:
            for side in ("inputs", "outputs"):
                entry[side].pop("templateBody", None)
    report = evidence(stacks)
    assert report.counts["not evaluated"]
    assert not report.complete


# Origin


def test_the_reference_states_show_an_emulator() -> None:
    assert signs_of_emulation(deployed_states.states("organization"))


@pytest.mark.parametrize(
    ("endpoints", "emulated"),
    [
        ('[{"s3":"http://127.0.0.1:4566"}]', True),
        ('[{"s3":"https://amazonaws.com.attacker.example"}]', True),
        ('[{"s3":"https://s3-fips.us-east-1.amazonaws.com"}]', False),
        ("[]", False),
    ],
)
def test_endpoints_of_providers_decide(endpoints: str, emulated: bool) -> None:
    provider = {"urn": "u", "type": "pulumi:providers:aws", "inputs": {"endpoints": endpoints}}
    assert bool(signs_of_emulation({"data": [provider]})) is emulated


def test_addresses_of_aws() -> None:
    assert is_aws("https://sts.us-east-1.amazonaws.com")
    assert is_aws("https://sts.us-east-1.api.aws")
    assert not is_aws("http://localhost:5000")
    assert not is_aws("https://amazonaws.com.example.org")


def test_the_mark_is_on_pages_and_files_of_an_emulated_zone_only() -> None:
    stacks = deployed_states.states("organization")
    for origin, marked in ((EMULATED, True), (IN_AWS, False)):
        report = evidence(stacks, origin)
        page = html(report)
        assert ("EMULATED" in page) is marked
        assert ("@top-right" in page) is marked
        assert document(report)["emulated"] is marked
        assert all((row["source"] == "EMULATED") is marked for row in rows(report))
        assert ("EMULATED" in json.dumps(assessment_results(report))) is marked


# Results of other proofs


def result(kind: str = "audit", **more: Any) -> RecordedResult:
    values: dict[str, Any] = {
        "kind": kind,
        "date": NOW.isoformat(),
        "by": "auditor",
        "commit": "0" * 40,
        "accounts": [ACCOUNT],
        "regions": ["us-east-1"],
        "source": "rehearsal",
        "emulated": True,
        "document": {"ok": True},
    }
    return RecordedResult(**{**values, **more})


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("recorded", "state"),
    [
        (None, "missing"),
        (result(), "passed"),
        (result(date=(NOW - 7 * DAY).isoformat()), "passed"),
        (result(date=(NOW - 8 * DAY).isoformat()), "stale"),
        (result(date=(NOW + DAY).isoformat()), "undecided"),
        (result(document={"ok": False}), "failed"),
        (result(document={"ok": False}, date=(NOW - 80 * DAY).isoformat()), "failed"),
        (result(document={"ok": "yes"}), "undecided"),
        (result(document=[]), "undecided"),
        (result(emulated=False, source="aws"), "undecided"),
    ],
)
def test_state_of_a_result(recorded: RecordedResult | None, state: str) -> None:
    listed = states({} if recorded is None else {"audit": recorded}, NOW, emulated=True)
    assert len(listed) == len(proofs())
    assert next(item.state for item in listed if item.kind == "audit") == state


def test_a_failed_proof_fails_its_paragraphs() -> None:
    listed = states({"reach": result("reach", document={"ok": False})}, NOW, emulated=True)
    report = evidence({}, proofs=listed)
    assert paragraph(report, "164.312(e)(1)").status == "fails"
    assert paragraph(report, "164.312(b)").status == "not deployed"
    assert not report.ok


def test_kinds_of_results_name_paragraphs_of_the_rule() -> None:
    assert not [number for proof in proofs().values() for number in proof.paragraphs if number not in REQUIREMENTS]


def compliance(*kinds: str) -> dict[str, Any]:
    return {"ComplianceByConfigRules": [{"Compliance": {"ComplianceType": kind}} for kind in kinds]}


def agreement(name: str = "AWS Organizations Business Associate Addendum", state: str = "ACTIVE") -> dict[str, Any]:
    return {"customerAgreements": [{"name": name, "state": state, "effectiveStart": "2026-01-05T00:00:00+00:00"}]}


@pytest.mark.parametrize(
    ("kind", "content", "passed"),
    [
        ("config", compliance("COMPLIANT"), True),
        ("config", compliance("COMPLIANT", "NON_COMPLIANT"), False),
        ("config", compliance("INSUFFICIENT_DATA"), None),
        ("config", {}, None),
        ("drill", {"drills": [{"verdict": {"met": True}}]}, True),
        ("drill", {"drills": [{"verdict": {"met": True}}, {"verdict": None}]}, False),
        ("drill", {"drills": []}, None),
        ("baa", agreement(), True),
        ("baa", agreement(state="CUSTOMER_TERMINATED"), False),
        ("baa", agreement(name="Nondisclosure Agreement"), False),
        ("baa", {"customerAgreements": []}, False),
        ("access-review", {"ok": True}, True),
    ],
)
def test_verdict_of_a_document(kind: str, content: Any, passed: bool | None) -> None:
    assert verdict(kind, content)[0] is passed


def test_the_newest_result_of_a_kind_counts(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(written(result(document={"ok": False})), encoding="utf-8")
    (tmp_path / "b.json").write_text(written(result(date=(NOW - DAY).isoformat())), encoding="utf-8")
    assert read_results(tmp_path)["audit"].document == {"ok": False}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no recorded result"),
        ('{"ok": true}', "is no recorded result"),
        (written(result("other")), "allowed: config, audit"),
        (written(result(date="yesterday")), "date is 'yesterday'"),
        (written(result(date="2026-11-30T03:00:00")), "ISO 8601 with offset"),
        (written(result(accounts="1")), "accounts and regions are lists"),
    ],
)
def test_other_files_in_the_folder_are_refused(content: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text(content, encoding="utf-8")
    with pytest.raises(ResultError, match=r"x\.json") as raised:
        read_results(tmp_path)
    assert message in str(raised.value)


# Manifest and attachments


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "attachments" / "164.308(a)(2)").mkdir(parents=True)
    (tmp_path / "attachments" / "164.308(a)(2)" / "appointment.txt").write_text("J. Doe", encoding="utf-8")
    (tmp_path / "evidence.json").write_text("{}", encoding="utf-8")
    write_manifest(tmp_path, provenance())
    return tmp_path


def test_an_untouched_folder_has_no_changes(folder: Path) -> None:
    assert changes(folder) == []


def test_changed_missing_and_added_files_are_named(folder: Path) -> None:
    (folder / "evidence.json").write_text("{ }", encoding="utf-8")
    (folder / "attachments" / "164.308(a)(2)" / "appointment.txt").unlink()
    (folder / "attachments" / "164.310(b)").mkdir()
    (folder / "attachments" / "164.310(b)" / "policy.txt").write_text("x", encoding="utf-8")
    assert changes(folder) == [
        "added: attachments/164.310(b)/policy.txt",
        "changed: evidence.json",
        "missing: attachments/164.308(a)(2)/appointment.txt",
    ]


def test_links_are_refused(folder: Path) -> None:
    (folder / "link").symlink_to(folder / "evidence.json")
    with pytest.raises(ManifestError, match="symbolic link"):
        changes(folder)


@pytest.mark.parametrize("content", ["", "{}", '{"files": [{}]}', '{"files": [{"path": "../x", "sha256": "0"}]}'])
def test_unusable_manifests_are_refused(content: str, folder: Path) -> None:
    (folder / "manifest.json").write_text(content, encoding="utf-8")
    with pytest.raises(ManifestError, match=r"manifest\.json"):
        changes(folder)


def test_attachments_appear_under_their_paragraph(folder: Path) -> None:
    attached = read_attachments(folder)
    report = evidence({}, attachments=attached)
    (attachment,) = paragraph(report, "164.308(a)(2)").attachments
    assert attachment.path == "attachments/164.308(a)(2)/appointment.txt"
    assert attachment.sha256 in html(report)
    assert attachment.sha256 in json.dumps(assessment_results(report))


@pytest.mark.parametrize("path", ["164.308(a)(99)/x.txt", "x.txt"])
def test_attachments_of_no_paragraph_are_refused(path: str, folder: Path) -> None:
    file = folder / "attachments" / path
    file.parent.mkdir(exist_ok=True)
    file.write_text("x", encoding="utf-8")
    with pytest.raises(ManifestError, match="belongs to no paragraph"):
        read_attachments(folder)


# OSCAL


@cache
def oscal() -> dict[str, Any]:
    stacks = deployed_states.states("organization", "data-prod")
    key = next(entry for entry in stacks["data-prod"] if entry["type"] == "aws:kms/key:Key")
    key["inputs"]["enableKeyRotation"] = False
    attached = {"164.308(a)(2)": [Attachment(path="attachments/164.308(a)(2)/a.txt", sha256="0" * 64)]}
    listed = states({"audit": result()}, NOW, emulated=True)
    return assessment_results(evidence(stacks, proofs=listed, attachments=attached))


def nodes(value: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


def test_oscal_references_resolve() -> None:
    content = oscal()["assessment-results"]
    (outcome,) = content["results"]
    observations = {item["uuid"] for item in outcome["observations"]}
    items = {item["uuid"] for item in outcome["local-definitions"]["inventory-items"]}
    subjects = {subject["subject-uuid"] for item in outcome["observations"] for subject in item.get("subjects", ())}
    related = {
        item["observation-uuid"] for finding in outcome["findings"] for item in finding.get("related-observations", ())
    }
    assert subjects
    assert subjects <= items
    assert related == observations
    assert content["import-ap"]["href"][1:] in {item["uuid"] for item in content["back-matter"]["resources"]}
    identifiers = [node["uuid"] for node in nodes(content) if "uuid" in node]
    assert len(identifiers) == len(set(identifiers))
    assert {uuid.UUID(identifier).version for identifier in identifiers} == {5}


def test_oscal_findings_have_the_status_of_their_paragraph() -> None:
    (outcome,) = oscal()["assessment-results"]["results"]
    findings = {item["target"]["target-id"]: item["target"]["status"] for item in outcome["findings"]}
    assert len(findings) == len(REQUIREMENTS)
    assert findings[control_id("164.312(a)(2)(iv)")] == {"state": "not-satisfied", "reason": "fail"}
    assert findings[control_id("164.312(e)(2)(i)")] == {"state": "satisfied", "reason": "pass"}
    assert findings[control_id("164.308(a)(7)(i)")] == {"state": "not-satisfied", "reason": "other"}


def test_oscal_has_no_empty_lists_or_texts_and_only_tokens_as_names() -> None:
    for node in nodes(oscal()):
        assert all(value not in ("", []) for value in node.values())
        if "ns" in node:
            assert re.fullmatch(r"[^\W\d][\w.\-]*", node["name"])
            assert node["value"] == " ".join(node["value"].split())


def python_patterns(value: Any) -> Any:
    """The schema with patterns that Python's `re` reads: NIST writes Unicode classes of ECMAScript."""
    if isinstance(value, dict):
        return {
            key: item.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d")
            if key == "pattern" and isinstance(item, str)
            else python_patterns(item)
            for key, item in value.items()
        }
    return [python_patterns(item) for item in value] if isinstance(value, list) else value


@pytest.mark.skipif(
    "OSCAL_SCHEMA" not in os.environ,
    reason="OSCAL_SCHEMA names no oscal_assessment-results_schema.json of NIST's OSCAL release (docs/evidence.md)",
)
def test_oscal_validates_against_the_schema_of_nist() -> None:
    schema = python_patterns(json.loads(Path(os.environ["OSCAL_SCHEMA"]).read_text(encoding="utf-8")))
    validator = Draft7Validator(schema)
    assert not [error.message[:300] for error in validator.iter_errors(oscal())]
    broken = json.loads(json.dumps(oscal()))
    del broken["assessment-results"]["results"][0]["findings"][0]["target"]
    assert list(validator.iter_errors(broken))


def test_rows_have_the_columns_of_the_table() -> None:
    assert all(tuple(row) == COLUMNS for row in rows(evidence(deployed_states.states("audit"))))


def test_a_page_of_hostile_names_has_no_markup_of_theirs() -> None:
    stacks = deployed_states.states("audit")
    hostile = "<script>alert(1)</script>"
    report = evidence(stacks, replace(EMULATED, detail=hostile))
    assert hostile not in html(report)
    assert "&lt;script&gt;" in html(report)
