"""Findings of an audit, and the documents that other tools import."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import botocore.session
import pytest
from botocore.validate import ParamValidator
from jsonschema import Draft202012Validator
from moto import mock_aws

from controls.citations import TITLES
from controls.registry import CONTROLS
from inspection.audit import CHECKS
from inspection.findings import Finding, by_severity, findings
from inspection.formats.asff import BATCH, asff
from inspection.formats.ocsf import ocsf
from inspection.formats.pages import as_csv, as_html
from inspection.observation import Observation, missing, unexpected
from inspection.resources.undeclared import listings
from rehearsal.provider.schema import tokens

ACCOUNT = "123456789012"
NOW = datetime(2026, 11, 30, 4, 0, tzinfo=UTC)


def observed(**changes: Any) -> Observation:
    values: dict[str, Any] = {
        "area": "resources",
        "subject": "audit aws:cloudtrail/trail:Trail organization-trail enableLogFileValidation",
        "expected": "true",
        "found": "false",
        "ok": False,
        "type": "aws:cloudtrail/trail:Trail",
        "arn": "arn:aws:cloudtrail:us-east-1:111111111111:trail/t",
        "account": "111111111111",
        "region": "us-west-2",
        "stack": "audit",
        "property": "enableLogFileValidation",
        **changes,
    }
    return Observation(**values)


def listed(*observations: Observation) -> list[Finding]:
    return list(findings(observations, management_account=ACCOUNT, region="us-east-1"))


@pytest.fixture
def several() -> list[Finding]:
    long = "x" * 5000
    return listed(
        observed(),
        observed(property="kmsKeyId", subject=f"audit trail {long}", expected=long, found=long),
        observed(type="aws:s3/bucket:Bucket", kind="undeclared", subject="bucket <script>alert(1)</script>", arn=""),
        missing("accounts", "ml-prod", "an account"),
        unexpected("organizational units", "Nobody", "an OU"),
    )


def test_policy_that_names_the_property_gives_control_and_remedy() -> None:
    [finding] = listed(observed())
    assert (finding.control, finding.severity) == ("F4", "critical")
    assert finding.paragraphs == [citation.paragraph for citation in CONTROLS["F4"].citations]
    assert "enable_log_file_validation" in finding.remediation
    assert "zone up audit" in finding.remediation
    assert (finding.account, finding.region, finding.arn) == (observed().account, observed().region, observed().arn)


def test_matching_observations_are_no_findings() -> None:
    assert listed(observed(ok=True, kind="same")) == []


def test_findings_keep_their_ids_and_differ_from_one_another(several: list[Finding]) -> None:
    assert [finding.id for finding in listed(observed())] == [finding.id for finding in listed(observed())]
    assert len({finding.id for finding in several}) == len(several)


def test_most_severe_come_first(several: list[Finding]) -> None:
    order = ["critical", "high", "medium", "low"]
    positions = [order.index(finding.severity) for finding in several]
    assert positions == sorted(positions)
    assert sum(count for _, count in by_severity(several)) == len(several)


def test_every_type_has_a_control_with_a_paragraph() -> None:
    for token in sorted(tokens()):
        [finding] = listed(observed(type=token, property=""))
        assert finding.control in CONTROLS, token
        assert finding.paragraphs, token
        assert set(finding.paragraphs) <= set(TITLES), token


@pytest.mark.parametrize("area", sorted({check.__name__.replace("_", " ") for check in CHECKS}))
def test_every_area_has_a_control(area: str) -> None:
    [finding] = listed(missing(area, "something", "there"))
    assert finding.control in CONTROLS


def test_listings_name_controls_and_types_that_exist() -> None:
    assert len(listings()) > 60
    for listing in listings():
        assert listing.control in CONTROLS, listing
        assert set(listing.types) <= set(tokens()), listing


def test_asff_is_what_security_hub_takes(several: list[Finding]) -> None:
    documents = asff(several, account=ACCOUNT, region="us-east-1", now=NOW)
    model = botocore.session.get_session().get_service_model("securityhub")
    shape: Any = model.operation_model("BatchImportFindings").input_shape
    report = ParamValidator().validate({"Findings": documents}, shape)
    assert not report.has_errors(), report.generate_report()
    for document in documents:
        # Limits of the AWS Security Finding Format, which botocore's model does not have.
        assert len(document["Title"]) <= 256
        assert len(document["Description"]) <= 1024
        assert len(document["Remediation"]["Recommendation"]["Text"]) <= 512
        assert all(len(value) <= 2048 for value in document["ProductFields"].values())
        assert all(1 <= len(resource["Id"]) <= 512 for resource in document["Resources"])
        assert document["Compliance"]["RelatedRequirements"]
    assert ParamValidator().validate({"Findings": [{"Id": 1}]}, shape).has_errors()


@pytest.fixture
def security_hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with mock_aws():
        client = boto3.client("securityhub", region_name="us-east-1")
        client.enable_security_hub()
        yield client


def test_an_emulated_security_hub_imports_the_findings(security_hub: Any, several: list[Finding]) -> None:
    documents = asff(several, account=ACCOUNT, region="us-east-1", now=NOW)
    answer = security_hub.batch_import_findings(Findings=documents[:BATCH])
    assert (answer["SuccessCount"], answer["FailedCount"]) == (len(several), 0)
    imported = security_hub.get_findings()["Findings"]
    assert {entry["Id"] for entry in imported} == {document["Id"] for document in documents}


OCSF: dict[str, Any] = {
    "type": "object",
    "required": [
        *("activity_id", "category_uid", "class_uid", "compliance", "finding_info", "metadata", "severity_id", "time"),
        *("type_uid", "cloud"),
    ],
    "properties": {
        "activity_id": {"enum": [0, 1, 2, 3, 99]},
        "category_uid": {"const": 2},
        "class_uid": {"const": 2003},
        "type_uid": {"enum": [200300, 200301, 200302, 200303, 200399]},
        "severity_id": {"enum": [0, 1, 2, 3, 4, 5, 6, 99]},
        "status_id": {"enum": [0, 1, 2, 3, 4, 5, 99]},
        "time": {"type": "integer", "minimum": 1_000_000_000_000},
        "metadata": {
            "type": "object",
            "required": ["product", "version"],
            "properties": {"version": {"pattern": r"^1\.\d+\.\d+$"}, "product": {"required": ["vendor_name"]}},
        },
        "finding_info": {"type": "object", "required": ["title", "uid"]},
        "compliance": {
            "type": "object",
            "required": ["standards"],
            "properties": {
                "status_id": {"enum": [0, 1, 2, 3, 99]},
                "standards": {"type": "array", "minItems": 1, "items": {"type": "string"}},
                "requirements": {"type": "array", "items": {"type": "string"}},
            },
        },
        "cloud": {"type": "object", "required": ["provider"]},
        "resources": {"type": "array", "minItems": 1, "items": {"required": ["uid", "type"]}},
        "remediation": {"type": "object", "required": ["desc"]},
    },
}
"""What the class Compliance Finding (2003) of OCSF 1.3 requires (schema.ocsf.io)."""


def test_ocsf_is_a_compliance_finding(several: list[Finding]) -> None:
    events = ocsf(several, account=ACCOUNT, region="us-east-1", now=NOW)
    validator = Draft202012Validator(OCSF)
    for event in events:
        assert list(validator.iter_errors(event)) == []
        assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
    assert list(validator.iter_errors({**events[0], "class_uid": 2001}))


def test_csv_has_a_row_for_each_finding(several: list[Finding]) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(several))))
    assert [row["id"] for row in rows] == [finding.id for finding in several]
    assert rows[0]["paragraphs"].startswith("164.")


def test_page_shows_every_finding_escaped_and_says_that_the_zone_is_emulated(several: list[Finding]) -> None:
    summary = {
        "emulated": True,
        "incomplete": True,
        "resources": 7,
        "properties": 30,
        "listed": 90,
        "unread": [{"account": ACCOUNT, "region": "us-east-1", "what": "iam:list_users", "error": "AccessDenied"}],
        "not_compared": {"aws:cloudwatch/dashboard:Dashboard": 2},
    }
    page = as_html(several, summary=summary, source="the emulated AWS", now=NOW)
    assert page.count("<article") == len(several)
    assert "<script>" not in page
    for text in ("EMULATED", "INCOMPLETE", "iam:list_users", "AccessDenied", "aws:cloudwatch/dashboard:Dashboard"):
        assert text in page
    assert "EMULATED" not in as_html(several, summary={**summary, "emulated": False}, source="AWS", now=NOW)
